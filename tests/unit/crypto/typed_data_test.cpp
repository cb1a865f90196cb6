#include "crypto/typed_data.hpp"

#include "crypto/keccak.hpp"

#include <gtest/gtest.h>

namespace millpond::crypto {
namespace {

TEST(TypedData, hashes_structs_as_the_specification_s_example_does)
{
    // The Mail example of EIP-712; its domain has another name, so only the struct is compared.
    const auto person = [](std::string_view name, std::string_view wallet) {
        return TypedStruct{"Person(string name,address wallet)"}
            .text(name)
            .address(*parse_address(wallet))
            .hash();
    };
    const Hash32 mail =
        TypedStruct{"Mail(Person from,Person to,string contents)Person(string name,address wallet)"}
            .word(person("Cow", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"))
            .word(person("Bob", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"))
            .text("Hello, Bob!")
            .hash();
    EXPECT_EQ(to_hex(mail), "c52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e");
    const auto domain =
        parse_hex("f2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f");
    Hash32 separator{};
    std::copy(domain->begin(), domain->end(), separator.begin());
    EXPECT_EQ(
        to_hex(typed_digest(separator, mail)),
        "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"
    );
}

TEST(TypedData, separates_chains_and_registries)
{
    const TypedDomain here{.chain_id = 42161, .contract = {1}};
    EXPECT_NE(domain_separator(here), domain_separator({.chain_id = 1, .contract = {1}}));
    EXPECT_NE(domain_separator(here), domain_separator({.chain_id = 42161, .contract = {2}}));
}

}  // namespace
}  // namespace millpond::crypto
