#include "edge/chain/sender.hpp"

#include "tests/support/anvil.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace millpond::chain {
namespace {

using test::Anvil;

constexpr std::uint64_t noon = 1'800'000'000;
constexpr std::uint64_t confirmations = 3;

class Hiding final : public Endpoint {
public:
    Hiding(std::unique_ptr<Endpoint> behind, std::string nonce)
        : behind_(std::move(behind)),
          nonce_(std::move(nonce))
    {
    }

    Result<std::string, Fault> ask(const std::string& question, std::uint64_t id) override
    {
        const auto says = [&](const std::string& what) {
            return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":)" + what + "}";
        };
        if (question.find("eth_getTransactionReceipt") != std::string::npos) return says("null");
        const bool counts = question.find("eth_getTransactionCount") != std::string::npos;
        if (counts && !nonce_.empty()) return says(nonce_);
        return behind_->ask(question, id);
    }

    [[nodiscard]] std::string name() const override { return "hiding:1"; }

private:
    std::unique_ptr<Endpoint> behind_;
    std::string nonce_;
};

/// A chain that makes blocks when told to, and a sender that can be stopped and started.
class SenderTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        if (!Anvil::installed()) GTEST_SKIP() << "the contracts' toolchain is not installed";
        std::string name = (std::filesystem::temp_directory_path() / "sender-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        anvil_.emplace(false);
        anvil_->mine(confirmations + 1);
        settings_.confirmations = confirmations;
        settings_.spend_max = Wei{std::uint64_t{5'000'000'000'000'000'000}};
        start();
    }

    void TearDown() override
    {
        if (!folder_.empty()) std::filesystem::remove_all(folder_);
    }

    /// As after a kill: all that is known is in the file and on the chain.
    void start()
    {
        sender_.reset();
        intents_.reset();
        auto opened = Intents::open(folder_ / "intents");
        ASSERT_TRUE(opened) << opened.error().what;
        intents_.emplace(std::move(*opened));
        if (!node_) node_ = anvil_->node();
        sender_.emplace(*node_, Anvil::key(0), *intents_, settings_);
    }

    template <typename... Endpoints>
    void see_through(Endpoints... endpoints)
    {
        std::vector<std::unique_ptr<Endpoint>> all;
        (all.push_back(std::move(endpoints)), ...);
        sender_.reset();
        node_ = std::make_unique<Node>(Anvil::chain_id, std::move(all));
        start();
    }

    /// The chain as a node tells it that has no receipt of anything, and may count nonces its way.
    [[nodiscard]] std::unique_ptr<Endpoint> hiding(const std::string& nonce = "")
    {
        return std::make_unique<Hiding>(anvil_->endpoint(), nonce);
    }

    static Intent pay(const std::string& name, std::uint64_t wei = 1000)
    {
        return {.name = name, .to = receiver(), .value = Wei{wei}};
    }

    static Address receiver()
    {
        return Address{*crypto::parse_address("0x00000000000000000000000000000000000000aa")};
    }

    Stage step(const Intent& intent, std::uint64_t now = noon)
    {
        auto progress = sender_->advance(intent, now);
        EXPECT_TRUE(progress) << progress.error().what;
        return progress ? progress->stage : Stage::sent;
    }

    std::string refusal(const Intent& intent, std::uint64_t now = noon)
    {
        auto progress = sender_->advance(intent, now);
        return progress ? "" : progress.error().what;
    }

    Wei received() { return *node_->balance(receiver()); }

    std::filesystem::path folder_;
    std::optional<Anvil> anvil_;
    std::unique_ptr<Node> node_;
    SenderSettings settings_;
    std::optional<Intents> intents_;
    std::optional<Sender> sender_;
};

TEST_F(SenderTest, counts_a_payment_as_done_under_enough_blocks)
{
    EXPECT_EQ(step(pay("a")), Stage::sent);
    EXPECT_EQ(step(pay("a")), Stage::sent);
    anvil_->mine();
    EXPECT_EQ(step(pay("a")), Stage::mined);
    anvil_->mine(confirmations);
    EXPECT_EQ(step(pay("a")), Stage::confirmed);
    EXPECT_EQ(received(), Wei{1000});
}

TEST_F(SenderTest, pays_once_however_often_it_is_killed)
{
    for (int i = 0; i < 3; ++i) {
        start();
        EXPECT_EQ(step(pay("a")), Stage::sent);
    }
    anvil_->mine();
    start();
    EXPECT_EQ(step(pay("a")), Stage::mined);
    anvil_->mine(confirmations);
    for (int i = 0; i < 3; ++i) {
        start();
        EXPECT_EQ(step(pay("a")), Stage::confirmed);
    }
    EXPECT_EQ(received(), Wei{1000});
    EXPECT_EQ(*node_->nonce(sender_->account()), 1U);
}

/// Killed between the file and the node: the transaction is in the file only.
TEST_F(SenderTest, sends_what_it_had_no_time_to_send)
{
    step(pay("a"));
    const Hash32 hash = intents_->find("a")->attempts.front().parsed.hash;
    anvil_->command("anvil_dropTransaction", "[\"0x" + to_hex(hash) + "\"]");
    start();
    EXPECT_EQ(step(pay("a")), Stage::sent);
    anvil_->mine();
    EXPECT_EQ(received(), Wei{1000});
}

TEST_F(SenderTest, survives_a_reorganisation)
{
    step(pay("a"));
    anvil_->mine();
    EXPECT_EQ(step(pay("a")), Stage::mined);
    anvil_->reorganise(1);
    EXPECT_EQ(received(), Wei{});
    EXPECT_EQ(step(pay("a")), Stage::sent);
    anvil_->mine();
    EXPECT_EQ(step(pay("a")), Stage::mined);
    anvil_->mine(confirmations);
    EXPECT_EQ(step(pay("a")), Stage::confirmed);
    EXPECT_EQ(received(), Wei{1000});
}

TEST_F(SenderTest, offers_more_where_a_transaction_is_left_lying)
{
    step(pay("a"));
    const Hash32 first = intents_->find("a")->attempts.front().parsed.hash;
    anvil_->command("anvil_dropTransaction", "[\"0x" + to_hex(first) + "\"]");
    anvil_->mine(3);
    EXPECT_EQ(step(pay("a")), Stage::sent);
    const auto& attempts = intents_->find("a")->attempts;
    ASSERT_EQ(attempts.size(), 2U);
    EXPECT_EQ(attempts[0].parsed.transaction.nonce, attempts[1].parsed.transaction.nonce);
    EXPECT_GT(attempts[1].parsed.transaction.fees.most, attempts[0].parsed.transaction.fees.most);
    anvil_->mine(confirmations + 1);
    EXPECT_EQ(step(pay("a")), Stage::confirmed);
    EXPECT_EQ(received(), Wei{1000});
}

/// The one that was given up for lost comes into a block after all.
TEST_F(SenderTest, takes_whichever_attempt_the_chain_took)
{
    step(pay("a"));
    const Attempt first = intents_->find("a")->attempts.front();
    anvil_->command("anvil_dropTransaction", "[\"0x" + to_hex(first.parsed.hash) + "\"]");
    anvil_->mine(3);
    step(pay("a"));
    const Hash32 second = intents_->find("a")->attempts.back().parsed.hash;
    anvil_->command("anvil_dropTransaction", "[\"0x" + to_hex(second) + "\"]");
    ASSERT_TRUE(node_->send({.raw = first.raw, .hash = first.parsed.hash}));
    anvil_->mine(confirmations + 1);
    EXPECT_EQ(step(pay("a")), Stage::confirmed);
    EXPECT_EQ(intents_->find("a")->ended->transaction, first.parsed.hash);
    EXPECT_EQ(received(), Wei{1000});
}

TEST_F(SenderTest, takes_another_nonce_once_its_own_went_to_something_else)
{
    see_through(anvil_->endpoint(), anvil_->endpoint());
    step(pay("a"));
    const Attempt first = intents_->find("a")->attempts.front();
    Transaction other = first.parsed.transaction;
    other.fees = *replacing(other.fees, other.fees);
    other.value = Wei{7};
    ASSERT_TRUE(node_->send(sign(other, Anvil::key(0))));
    anvil_->mine();
    EXPECT_FALSE(sender_->advance(pay("a"), noon));  // not settled yet: nothing new is signed
    EXPECT_EQ(intents_->find("a")->attempts.size(), 1U);
    anvil_->mine(confirmations);
    EXPECT_EQ(step(pay("a")), Stage::sent);
    EXPECT_EQ(intents_->find("a")->attempts.front().parsed.transaction.nonce, 1U);
    anvil_->mine(confirmations + 1);
    EXPECT_EQ(step(pay("a")), Stage::confirmed);
    EXPECT_EQ(received(), Wei{1007});
}

/// It was paid; whoever says that something else had its nonce wants it paid again.
TEST_F(SenderTest, pays_once_though_a_node_hides_the_payment)
{
    step(pay("a"));
    anvil_->mine(confirmations + 1);
    see_through(hiding());
    EXPECT_NE(refusal(pay("a")).find("its nonce is spent"), std::string::npos);
    see_through(hiding(), anvil_->endpoint());
    EXPECT_NE(refusal(pay("a")).find("its nonce is spent"), std::string::npos);
    see_through(anvil_->endpoint(), hiding());
    EXPECT_NE(refusal(pay("a")).find("its nonce is spent"), std::string::npos);
    see_through(anvil_->endpoint());
    EXPECT_EQ(step(pay("a")), Stage::confirmed);
    anvil_->mine(confirmations + 1);
    EXPECT_EQ(received(), Wei{1000});
    EXPECT_EQ(*node_->nonce(sender_->account()), 1U);
}

/// A nonce from the future: nothing is signed again, however long it is told.
TEST_F(SenderTest, signs_nothing_again_because_one_node_counts_ahead)
{
    step(pay("a"));
    see_through(hiding("\"0x7\""));
    EXPECT_NE(refusal(pay("a")).find("its nonce is spent"), std::string::npos);
    EXPECT_TRUE(sender_->displaced().contains("a"));
    see_through(anvil_->endpoint());
    anvil_->mine(confirmations + 2);
    EXPECT_EQ(step(pay("a")), Stage::confirmed);
    EXPECT_EQ(received(), Wei{1000});
}

TEST_F(SenderTest, gives_each_intent_its_own_nonce)
{
    step(pay("a"));
    step(pay("b", 500));
    start();
    step(pay("c", 50));
    anvil_->mine(confirmations + 1);
    for (const auto& [name, wei] : {std::pair{"a", 1000U}, {"b", 500U}, {"c", 50U}})
        EXPECT_EQ(step(pay(name, wei)), Stage::confirmed);
    EXPECT_EQ(received(), Wei{1550});
}

TEST_F(SenderTest, refuses_another_transaction_under_a_used_name)
{
    step(pay("a"));
    EXPECT_EQ(refusal(pay("a", 1001)), "a: was another transaction before");
}

TEST_F(SenderTest, stops_at_the_spending_cap_until_the_period_is_over)
{
    settings_.spend_max = Wei{100'000'000'000'000};
    start();
    EXPECT_EQ(step(pay("a", 1000)), Stage::sent);
    EXPECT_NE(
        refusal(pay("b", 1000)).find("the spending cap of 100000000000000"), std::string::npos
    );
    start();
    EXPECT_NE(refusal(pay("b", 1000)), "");
    EXPECT_EQ(step(pay("b", 1000), noon + 86'401), Stage::sent);
}

TEST_F(SenderTest, waits_while_gas_costs_more_than_its_ceiling)
{
    settings_.fee_ceiling = Wei{1'000'000};
    start();
    const auto progress = sender_->advance(pay("a"), noon);
    ASSERT_FALSE(progress);
    EXPECT_TRUE(progress.error().retryable);
    EXPECT_EQ(intents_->find("a"), nullptr);
}

TEST_F(SenderTest, says_how_much_is_missing)
{
    settings_.spend_max = Wei::max();
    start();
    anvil_->command(
        "anvil_setBalance", "[\"0x" + to_hex(sender_->account().value()) + "\", \"0x3e8\"]"
    );
    EXPECT_NE(refusal(pay("a", 1)), "");
    EXPECT_EQ(intents_->find("a"), nullptr);
}

TEST_F(SenderTest, tells_of_one_that_failed_in_its_block)
{
    const Intent call{.name = "call", .to = receiver(), .value = Wei{1}};
    EXPECT_EQ(step(call), Stage::sent);
    anvil_->command(
        "anvil_setCode", "[\"0x" + to_hex(receiver().value()) + "\", \"0x60006000fd\"]"
    );
    anvil_->mine(confirmations + 1);
    EXPECT_EQ(step(call), Stage::confirmed);
    EXPECT_FALSE(intents_->find("call")->ended->succeeded);
}

TEST_F(SenderTest, sends_nothing_that_would_revert)
{
    anvil_->command(
        "anvil_setCode", "[\"0x" + to_hex(receiver().value()) + "\", \"0x60006000fd\"]"
    );
    EXPECT_NE(refusal(pay("a")), "");
    EXPECT_EQ(intents_->find("a"), nullptr);
}

TEST_F(SenderTest, finishes_by_waiting)
{
    anvil_->command("evm_setIntervalMining", "[1]");
    const auto ended =
        sender_->finish(pay("a"), std::chrono::milliseconds{50}, std::chrono::seconds{30});
    ASSERT_TRUE(ended) << ended.error().what;
    EXPECT_TRUE(ended->succeeded);
}

TEST_F(SenderTest, keeps_its_file_from_others_and_keys_out_of_it)
{
    step(pay("a"));
    const auto path = folder_ / "intents";
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(path).permissions(), perms::owner_read | perms::owner_write);
    std::ifstream in{path};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    EXPECT_EQ(text.find(to_hex(Anvil::key(0).bytes())), std::string::npos);
}

TEST_F(SenderTest, forgets_a_line_that_was_cut_off_and_refuses_one_that_was_changed)
{
    step(pay("a"));
    const auto path = folder_ / "intents";
    std::ofstream{path, std::ios::app} << R"({"intent":"b","raw)";
    start();
    EXPECT_EQ(intents_->find("b"), nullptr);
    EXPECT_NE(intents_->find("a"), nullptr);
    std::ofstream{path, std::ios::app} << "nonsense\n";
    EXPECT_FALSE(Intents::open(path));
}

}  // namespace
}  // namespace millpond::chain
