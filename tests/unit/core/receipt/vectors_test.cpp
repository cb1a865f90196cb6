#include "core/receipt/fields.hpp"
#include "core/receipt/receipt.hpp"
#include "crypto/typed_data.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace millpond::receipt {
namespace {

using Json = nlohmann::json;

Bytes bytes_of(const Json& hex)
{
    return *parse_hex(hex.get<std::string>());
}

template <std::size_t Size>
std::array<std::uint8_t, Size> array_of(const Json& hex)
{
    const Bytes bytes = bytes_of(hex);
    std::array<std::uint8_t, Size> array{};
    EXPECT_EQ(bytes.size(), Size);
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

void read(const Json& json, Hash32& field)
{
    field = array_of<32>(json);
}

template <typename Tag>
void read(const Json& json, Strong<Tag, Hash32>& field)
{
    field = Strong<Tag, Hash32>{array_of<32>(json)};
}

void read(const Json& json, Address& field)
{
    field = Address{array_of<20>(json)};
}

void read(const Json& json, std::uint64_t& field)
{
    field = std::stoull(json.get<std::string>());
}

void read(const Json& json, Wei& field)
{
    field = *parse_wei(json.get<std::string>());
}

class ReceiptVectors : public testing::Test {
protected:
    ReceiptVectors()
    {
        std::ifstream in{MILLPOND_SOURCE_DIR "/schema/vectors/receipts.json"};
        file = Json::parse(in);
        const auto& of = file.at("domain");
        domain = crypto::domain_separator({
            .chain_id = std::stoull(of.at("chainId").get<std::string>()),
            .contract = array_of<20>(of.at("verifyingContract")),
        });
    }

    template <typename T>
    void expect(const Json& object)
    {
        T value{};
        Fields<T>::walk(value, [&](std::string_view name, auto& field) {
            read(object.at("fields").at(std::string{name}), field);
        });
        EXPECT_EQ(hash_of(value), array_of<32>(object.at("structHash")));
        EXPECT_EQ(crypto::typed_digest(domain, hash_of(value)), array_of<32>(object.at("digest")));
        const auto key = crypto::PrivateKey::parse(bytes_of(file.at("privateKey")));
        const auto signed_value = sign(value, *key, domain);
        EXPECT_EQ(signed_value.signature, array_of<65>(object.at("signature")));
        Bytes encoded = bytes_of(object.at("words"));
        encoded.insert(encoded.end(), signed_value.signature.begin(), signed_value.signature.end());
        EXPECT_EQ(encode(signed_value), encoded);
        const auto decoded = decode<T>(encoded);
        ASSERT_TRUE(decoded);
        EXPECT_EQ(*decoded, signed_value);
    }

    Json file;
    Hash32 domain{};
};

TEST_F(ReceiptVectors, agree_with_another_implementation_on_every_byte)
{
    EXPECT_EQ(domain, array_of<32>(file.at("domain").at("separator")));
    std::map<std::string, int> kinds;
    for (const auto& object : file.at("objects")) {
        const auto type = object.at("type").get<std::string>();
        SCOPED_TRACE(type);
        ++kinds[type];
        if (type == "SessionGrant") expect<SessionGrant>(object);
        if (type == "TaskOffer") expect<TaskOffer>(object);
        if (type == "SealedCommit") expect<SealedCommit>(object);
        if (type == "ResultCommit") expect<ResultCommit>(object);
        if (type == "Voucher") expect<Voucher>(object);
        if (type == "Correction") expect<Correction>(object);
        if (type == "Reject") expect<Reject>(object);
        if (type == "EpochRoot") expect<EpochRoot>(object);
        if (type == "CheckReport") expect<CheckReport>(object);
        if (type == "SeedDisclosure") expect<SeedDisclosure>(object);
    }
    EXPECT_EQ(kinds.size(), 10U);
}

}  // namespace
}  // namespace millpond::receipt
