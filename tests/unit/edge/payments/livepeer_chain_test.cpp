#include "edge/payments/livepeer_chain.hpp"

#include "core/chain/abi.hpp"
#include "core/payment/ticket.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/sender.hpp"
#include "edge/payments/redeemer.hpp"
#include "tests/support/anvil.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

namespace millpond {
namespace {

using test::Anvil;

const std::string artifacts = MILLPOND_SOURCE_DIR "/build/contracts/out";

Wei ether(std::uint64_t tenths)
{
    return *multiply(Wei{tenths}, Wei{100'000'000'000'000'000});
}

/// Keeps what it is given.
struct MemoryJournal final : Journal {
    std::vector<Entry> all;

    Task<Result<void, Fault>> append(std::vector<Entry> entries) override
    {
        for (Entry& each : entries)
            all.push_back(std::move(each));
        co_return Result<void, Fault>{};
    }
};

/// A recipient (account 0) and a gateway (account 1) on a chain with Livepeer's contracts.
class LivepeerChainTest : public ::testing::Test {
protected:
    static void SetUpTestSuite()
    {
        if (!Anvil::installed()) return;
        const std::string build = MILLPOND_SOURCE_DIR "/contracts/build.sh >&2";
        ASSERT_EQ(std::system(build.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
    }

    void SetUp() override
    {
        if (!Anvil::installed()) GTEST_SKIP() << "the contracts' toolchain is not installed";
        node_ = anvil_.node();
        const auto code = chain::read_creation_code(artifacts, "LivepeerDouble", "LivepeerDouble");
        ASSERT_TRUE(code) << code.error().what;
        contracts_ = chain::contract_address(Anvil::account(2), 0);
        send(2, {.name = "contracts", .data = *code});
        const auto funding = chain::call_of(
            "fundDepositAndReserve(uint256,uint256)",
            chain::Abi{}.amount(ether(10)).amount(ether(10))
        );
        send(1, {.name = "funds", .to = contracts_, .value = ether(20), .data = funding});
        open();
    }

    void TearDown() override
    {
        redeemer_.reset();
        desk_.reset();
        chain_.reset();
    }

    void open()
    {
        auto opened = LivepeerChain::open(
            loop_,
            Anvil::key(0),
            {
                .nodes = {anvil_.url()},
                .chain_id = Anvil::chain_id,
                .controller = contracts_,
                .recipient = Anvil::account(0),
                .intents_file = folder_.path() / "redemptions",
                .poll = std::chrono::milliseconds{20},
                .spend_max = ether(10),
                .confirmations = 0,
                .told = [](const std::string& what) { ADD_FAILURE() << what; },
            }
        );
        ASSERT_TRUE(opened);
        chain_ = std::move(*opened);
        // Every ticket wins, and is worth a good deal more than redeeming it.
        desk_ = std::make_unique<TicketDesk>(
            loop_,
            journal_,
            *chain_,
            metrics_,
            TicketDesk::Settings{
                .recipient = Anvil::account(0),
                .secret = Hash32{3},
                .rules = {.expected_value = ether(1), .face_value_max = ether(1)},
                .price = price,
            }
        );
        redeemer_ = std::make_unique<Redeemer>(
            *chain_,
            *desk_,
            [this](const Hash32&, const std::string& why) { refusals_.push_back(why); }
        );
        chain_->on_news([this] {
            desk_->tick();
            redeemer_->look();
            ++looks_;
            if (news_) news_();
        });
        until([this] { return chain_->view().has_value(); });
    }

    /// Runs until it holds after one of the looks at the chain.
    void until(std::function<bool()> holds)
    {
        if (holds()) return;
        news_ = [this, &holds] {
            if (holds()) loop_.stop();
        };
        loop_.run();
        news_ = {};
    }

    void run(Task<void> task)
    {
        spawn([](Task<void> each, net::Loop& loop) -> Task<void> {
            co_await std::move(each);
            loop.post([&loop] { loop.stop(); });
        }(std::move(task), loop_));
        loop_.run();
    }

    void send(int number, const chain::Intent& intent)
    {
        auto intents = chain::Intents::open(
            folder_.path() / ("intents" + std::to_string(number) + intent.name)
        );
        chain::Sender sender{
            *node_, Anvil::key(number), *intents, {.confirmations = 0, .spend_max = ether(1'000)}
        };
        const auto ended =
            sender.finish(intent, std::chrono::milliseconds{5}, std::chrono::seconds{60});
        ASSERT_TRUE(ended) << ended.error().what;
        EXPECT_TRUE(ended->succeeded);
    }

    Wei earned()
    {
        const auto answer = node_->call(
            {.to = contracts_,
             .data = chain::call_of("earned(address)", chain::Abi{}.address(Anvil::account(0)))}
        );
        return *chain::AbiAnswer{*answer}.amount(0);
    }

    /// So many tickets of the gateway, as a segment brings them.
    void pay(std::uint32_t tickets)
    {
        run([](LivepeerChainTest& test, std::uint32_t count) -> Task<void> {
            const SessionId session{"deadbeef"};
            const auto terms = co_await test.desk_->ask(Anvil::account(1), session);
            EXPECT_TRUE(terms) << terms.error();
            if (!terms) co_return;
            Payment payment{
                .params = terms->params,
                .sender = Anvil::account(1),
                .tickets = {},
                .expected_price = terms->price,
            };
            for (std::uint32_t nonce = 1; nonce <= count; ++nonce) {
                const Hash32 hash = payment::ticket_hash(payment.params, payment.sender, nonce);
                payment.tickets.push_back({nonce, Anvil::key(1).sign_personal(hash)});
            }
            auto signers = co_await test.desk_->recover(payment, {}, {});
            const auto taken =
                co_await test.desk_->receive(payment, std::move(signers.tickets), session);
            EXPECT_TRUE(taken) << taken.error();
        }(*this, tickets));
    }

    static constexpr Price price{.per = Wei{1'000}, .pixels = Pixels{1}};

    TempDir folder_;
    Anvil anvil_{true};
    net::Loop loop_;
    std::unique_ptr<chain::Node> node_;
    Address contracts_;
    MemoryJournal journal_;
    Metrics metrics_;
    std::unique_ptr<LivepeerChain> chain_;
    std::unique_ptr<TicketDesk> desk_;
    std::unique_ptr<Redeemer> redeemer_;
    std::vector<std::string> refusals_;
    std::size_t looks_ = 0;
    std::function<void()> news_;
};

TEST_F(LivepeerChainTest, sees_rounds_funds_and_whether_its_recipient_is_active)
{
    const auto view = *chain_->view();
    EXPECT_EQ(view.round, 10U);
    EXPECT_EQ(view.ticket_round.number, 10U);
    EXPECT_NE(view.ticket_round.block_hash, Hash32{});
    EXPECT_TRUE(view.active);
    EXPECT_GT(view.gas_price, Wei{});
    run([](LivepeerChainTest& test) -> Task<void> {
        const auto funds = co_await test.chain_->funds(Anvil::account(1));
        EXPECT_TRUE(funds);
        EXPECT_EQ(funds->deposit, ether(10));
        EXPECT_EQ(funds->reserve, ether(10));
        EXPECT_EQ(funds->pool_size, 1U);
        EXPECT_EQ(funds->withdraw_round, 0U);
    }(*this));
    send(
        2,
        {.name = "deactivate",
         .to = contracts_,
         .data = chain::call_of("deactivate(uint256)", chain::Abi{}.number(11))}
    );
    // A round whose hash the chain has lost: tickets are of the one before.
    send(
        2,
        {.name = "round",
         .to = contracts_,
         .data =
             chain::call_of("startRound(uint256,bytes32)", chain::Abi{}.number(11).word(Hash32{}))}
    );
    until([this] { return chain_->view()->round == 11; });
    EXPECT_FALSE(chain_->view()->active);
    EXPECT_EQ(chain_->view()->ticket_round.number, 10U);
}

TEST_F(LivepeerChainTest, redeems_each_winning_ticket_once_and_not_before_it_has_expired)
{
    pay(3);
    EXPECT_EQ(desk_->winners().size(), 3U);
    until([this, before = looks_] { return looks_ > before + 2; });
    EXPECT_EQ(earned(), Wei{});
    anvil_.mine(40);
    until([this] { return desk_->winners().size() == 0; });
    EXPECT_EQ(earned(), ether(3));
    std::size_t closed = 0;
    for (const Entry& entry : journal_.all) {
        const auto* each = std::get_if<WinnerClosed>(&entry.body);
        if (each == nullptr) continue;
        ++closed;
        EXPECT_EQ(each->outcome, "redeemed");
        EXPECT_NE(each->transaction, Hash32{});
    }
    EXPECT_EQ(closed, 3U);
}

TEST_F(LivepeerChainTest, sends_no_ticket_that_the_chain_has_already)
{
    pay(1);
    const auto winner = desk_->winners().of(Anvil::account(1))[0];
    anvil_.mine(40);
    until([this] { return desk_->winners().size() == 0; });
    std::optional<Redemption> again;
    // As after a crash that lost the file of redemptions.
    redeemer_.reset();
    desk_.reset();
    chain_.reset();
    std::filesystem::remove(folder_.path() / "redemptions");
    open();
    run([](LivepeerChainTest& test, payment::WinningTicket of, std::optional<Redemption>& to
        ) -> Task<void> {
        auto step = co_await test.chain_->redeem(of);
        EXPECT_TRUE(step);
        if (step) to = *step;
    }(*this, winner, again));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->end, RedemptionEnd::used);
    EXPECT_EQ(earned(), ether(1));
}

TEST_F(LivepeerChainTest, names_what_a_redemption_would_revert_with_and_sends_none)
{
    pay(1);
    auto winner = desk_->winners().of(Anvil::account(1))[0];
    winner.recipient_rand[0] ^= 1;
    const auto before = *node_->nonce(Anvil::account(0));
    run([](LivepeerChainTest& test, payment::WinningTicket of) -> Task<void> {
        const auto step = co_await test.chain_->redeem(of);
        EXPECT_FALSE(step);
        if (!step)
            EXPECT_NE(
                step.error().what.find("recipientRand does not match recipientRandHash"),
                std::string::npos
            ) << step.error().what;
    }(*this, winner));
    EXPECT_EQ(*node_->nonce(Anvil::account(0)), before);
}

}  // namespace
}  // namespace millpond
