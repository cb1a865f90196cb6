#include "apps/millpond/pool_payments.hpp"
#include "edge/chain/intents.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace millpond {
namespace {

/// A pool's folder from before redemptions shared a file with settlement.
class EarlierRedemptions : public testing::Test {
protected:
    EarlierRedemptions()
    {
        config_.data_dir = folder_.path();
        config_.payments.on_chain = true;
    }

    std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }

    static std::string attempt(const std::string& intent, std::uint64_t nonce)
    {
        const chain::Transaction transaction{
            .chain = 42'161, .nonce = nonce, .gas = 21'000, .to = Address{}
        };
        const TempDir folder;
        auto intents = chain::Intents::open(folder.path() / "one");
        const auto key = *crypto::PrivateKey::parse(Bytes(32, 0x11));
        EXPECT_TRUE(intents->add_attempt(intent, chain::sign(transaction, key), 1, 1));
        return read(folder.path() / "one");
    }

    static std::string read(const std::filesystem::path& path)
    {
        std::ifstream in{path, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

    TempDir folder_;
    PoolConfig config_;
};

TEST_F(EarlierRedemptions, go_on_in_the_file_of_their_chain_before_what_it_holds)
{
    const std::string old = attempt("ticket/aa", 7);
    std::ofstream{file("redemptions")} << old << "{\"intent\":\"ticket/cut off";
    std::ofstream{file("intents_42161.jsonl")} << attempt("reward/9", 8);
    ASSERT_TRUE(take_over_redemptions(config_));
    EXPECT_FALSE(std::filesystem::exists(file("redemptions")));
    const auto intents = chain::Intents::open(file("intents_42161.jsonl"));
    ASSERT_TRUE(intents) << intents.error().what;
    EXPECT_NE(intents->find("ticket/aa"), nullptr);
    EXPECT_NE(intents->find("reward/9"), nullptr);
    EXPECT_EQ(intents->next_nonce(), 9U);
}

TEST_F(EarlierRedemptions, are_taken_over_once_though_a_crash_comes_between)
{
    const std::string old = attempt("ticket/aa", 7);
    std::ofstream{file("redemptions")} << old;
    ASSERT_TRUE(take_over_redemptions(config_));
    std::ofstream{file("redemptions")} << old;  // as if it had not been renamed yet
    ASSERT_TRUE(take_over_redemptions(config_));
    EXPECT_EQ(read(file("intents_42161.jsonl")), old);
    ASSERT_TRUE(take_over_redemptions(config_));
    EXPECT_EQ(read(file("intents_42161.jsonl")), old);
}

}  // namespace
}  // namespace millpond
