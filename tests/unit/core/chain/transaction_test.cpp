#include "core/chain/transaction.hpp"

#include "crypto/signature.hpp"

#include <gtest/gtest.h>

namespace millpond::chain {
namespace {

crypto::PrivateKey key_of(std::string_view hex)
{
    return *crypto::PrivateKey::parse(*parse_hex(hex));
}

/// The first account of every development chain.
crypto::PrivateKey first_key()
{
    return key_of("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
}

Transaction transaction()
{
    return {
        .chain = 31'337,
        .nonce = 7,
        .fees = {.most = Wei{3'000'000'000}, .tip = Wei{1'000'000'000}},
        .gas = 21'000,
        .to = Address{*crypto::parse_address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")},
        .value = Wei{1'000'000'000'000'000'000},
        .data = {0xde, 0xad},
    };
}

/// Made with `cast mktx` of Foundry 1.7.
TEST(Transaction, is_signed_as_foundry_signs_it)
{
    const auto made = sign(transaction(), first_key());
    EXPECT_EQ(
        to_hex(made.raw),
        "02f876827a6907843b9aca0084b2d05e008252089470997970c51812dc3a010c7d01b50e0d17dc79"
        "c8880de0b6b3a764000082deadc001a079323e79d266abc6541fee2b29373dd3ef4a78b2a5f68ebf"
        "310a3073ce128a3da03eae423a1f31319072eaf5b749c9584fc1b4e9b3cf85680cc1c7e04de4b61f"
        "16"
    );
}

TEST(Transaction, is_read_back_with_its_sender)
{
    const auto made = sign(transaction(), first_key());
    const auto parsed = parse_signed(made.raw);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->transaction, transaction());
    EXPECT_EQ(parsed->hash, made.hash);
    EXPECT_EQ(
        crypto::checksum_address(parsed->from.value()), "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
    );
}

TEST(Transaction, that_makes_a_contract_has_no_receiver)
{
    Transaction making = transaction();
    making.to.reset();
    const auto parsed = parse_signed(sign(making, first_key()).raw);
    ASSERT_TRUE(parsed);
    EXPECT_FALSE(parsed->transaction.to);
}

TEST(Transaction, of_other_types_is_not_read)
{
    Bytes raw = sign(transaction(), first_key()).raw;
    raw.front() = 1;
    EXPECT_FALSE(parse_signed(raw));
    EXPECT_FALSE(parse_signed({}));
    raw.front() = 2;
    raw.pop_back();
    EXPECT_FALSE(parse_signed(raw));
}

TEST(Transaction, costs_its_value_and_all_its_gas)
{
    EXPECT_EQ(cost_most(transaction()), Wei{1'000'063'000'000'000'000});
    Transaction huge = transaction();
    huge.value = Wei::max();
    EXPECT_FALSE(cost_most(huge));
}

TEST(Fees, leave_room_for_the_base_fee_to_double)
{
    EXPECT_EQ(fees_for(Wei{100}, Wei{3}), (Fees{.most = Wei{203}, .tip = Wei{3}}));
    EXPECT_FALSE(fees_for(Wei::max(), Wei{1}));
}

TEST(Fees, of_a_replacement_are_an_eighth_higher_at_least)
{
    const Fees sent{.most = Wei{101}, .tip = Wei{1}};
    EXPECT_EQ(
        replacing(sent, {.most = Wei{5}, .tip = Wei{1}}), (Fees{.most = Wei{114}, .tip = Wei{2}})
    );
    EXPECT_EQ(
        replacing(sent, {.most = Wei{500}, .tip = Wei{9}}), (Fees{.most = Wei{500}, .tip = Wei{9}})
    );
}

TEST(ContractAddress, follows_from_sender_and_nonce)
{
    const Address sender{*crypto::parse_address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")};
    EXPECT_EQ(
        crypto::checksum_address(contract_address(sender, 0).value()),
        "0x5FbDB2315678afecb367f032d93F642f64180aa3"
    );
    EXPECT_EQ(
        crypto::checksum_address(contract_address(sender, 9).value()),
        "0x8A791620dd6260079BF849Dc5567aDC3F2FdC318"
    );
}

}  // namespace
}  // namespace millpond::chain
