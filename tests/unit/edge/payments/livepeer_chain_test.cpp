#include "edge/payments/livepeer_chain.hpp"

#include "crypto/keccak.hpp"
#include "tests/support/livepeer_on_anvil.hpp"
#include "tests/unit/edge/payments/payments_fixture.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

using test::Anvil;
using test::ether;

/// A recipient (account 0) and a gateway (account 1) on a chain with Livepeer's contracts.
class LivepeerChainTest : public ::testing::Test {
public:
    static constexpr Price price{.per = Wei{1'000}, .pixels = Pixels{1}};

    void SetUp() override
    {
        if (!Anvil::installed()) GTEST_SKIP() << "the contracts' toolchain is not installed";
        world.emplace();
        settings = {
            .nodes = {world->url()},
            .chain_id = Anvil::chain_id,
            .controller = world->controller,
            .recipient = Anvil::account(0),
            .poll = std::chrono::milliseconds{10},
            .spend_max = ether(10),
            .confirmations = 0,
            .told = [this](const std::string& what) { told.push_back(what); },
        };
        world->fund(ether(10), ether(10));
    }

    void TearDown() override { close(); }

    void close()
    {
        redeemer.reset();
        desk.reset();
        chain.reset();
    }

    /// As after a start: all that is known is in the folder, the journal and on the chain.
    void open()
    {
        close();
        auto account = chain::Account::open(loop, folder.path() / "intents");
        ASSERT_TRUE(account) << account.error().what;
        auto opened = LivepeerChain::open(loop, Anvil::key(0), *account, settings);
        ASSERT_TRUE(opened);
        chain = std::move(*opened);
        // Every ticket wins, and is worth a good deal more than redeeming it.
        desk = std::make_unique<TicketDesk>(
            loop,
            journal,
            *chain,
            metrics,
            TicketDesk::Settings{
                .recipient = Anvil::account(0),
                .secret = Hash32{3},
                .rules = rules,
                .price = price,
                .prices = {},
            }
        );
        redeemer = std::make_unique<Redeemer>(
            *chain,
            *desk,
            [this](const Hash32&, const std::string& why) { refusals.push_back(why); }
        );
        chain->on_news([this] {
            desk->tick();
            redeemer->look();
            ++looks;
            if (news) news();
        });
        until([this] { return chain->view().has_value(); });
    }

    /// Runs until it holds after one of the looks at the chain.
    void until(const std::function<bool()>& holds)
    {
        if (holds()) return;
        news = [this, &holds] {
            if (holds()) loop.stop();
        };
        loop.run();
        news = {};
    }

    /// Until what was under way at a look is surely over, and another look was had.
    void look_twice()
    {
        until([this, before = looks] { return looks > before + 2; });
    }

    void run(Task<void> task)
    {
        spawn([](Task<void> each, net::Loop& on) -> Task<void> {
            co_await std::move(each);
            on.post([&on] { on.stop(); });
        }(std::move(task), loop));
        loop.run();
    }

    payment::SenderFunds funds()
    {
        payment::SenderFunds found;
        run([](LivepeerChainTest& test, payment::SenderFunds& to) -> Task<void> {
            const auto funds = co_await test.chain->funds(Anvil::account(1));
            EXPECT_TRUE(funds) << funds.error().what;
            if (funds) to = *funds;
        }(*this, found));
        return found;
    }

    /// So many tickets of the gateway, as a segment brings them. All of them win.
    void pay(std::uint32_t tickets)
    {
        run([](LivepeerChainTest& test, std::uint32_t count) -> Task<void> {
            const SessionId session{"deadbeef"};
            const auto terms = co_await test.desk->ask(Anvil::account(1), session);
            EXPECT_TRUE(terms) << terms.error();
            if (!terms) co_return;
            EXPECT_EQ(
                co_await test::take(
                    *test.desk, test::payment_of(*terms, Anvil::key(1), count), session
                ),
                ""
            );
        }(*this, tickets));
    }

    /// What the chain says to a redemption.
    std::string redeem(payment::WinningTicket winner)
    {
        std::string said;
        run([](LivepeerChainTest& test, payment::WinningTicket of, std::string& to) -> Task<void> {
            const auto step = co_await test.chain->redeem(std::move(of));
            if (!step) {
                to = step.error().what;
            } else {
                to = *step ? name_of((*step)->end) : "under way";
            }
        }(*this, std::move(winner), said));
        return said;
    }

    TempDir folder;
    std::optional<test::LivepeerOnAnvil> world;
    LivepeerChain::Settings settings;
    payment::Rules rules{.expected_value = ether(1), .face_value_max = ether(1)};
    net::Loop loop;
    test::MemoryJournal journal;
    Metrics metrics;
    std::unique_ptr<LivepeerChain> chain;
    std::unique_ptr<TicketDesk> desk;
    std::unique_ptr<Redeemer> redeemer;
    std::vector<std::string> refusals;
    std::vector<std::string> told;
    std::size_t looks = 0;
    std::function<void()> news;
};

TEST_F(LivepeerChainTest, sees_rounds_block_hashes_and_whether_its_recipient_is_active)
{
    open();
    const auto view = *chain->view();
    EXPECT_EQ(view.round, 10U);
    EXPECT_EQ(view.ticket_round.number, 10U);
    EXPECT_EQ(view.ticket_round.block_hash, crypto::keccak256(as_bytes("round 10")));
    EXPECT_TRUE(view.active);
    EXPECT_GT(view.gas_price, Wei{});
    EXPECT_EQ(view.l1_block, Wei{world->node->head()->number});
    world->call(
        2, "BondingManager", chain::call_of("deactivate(uint256)", chain::Abi{}.number(11))
    );
    // A round whose hash the chain has lost: tickets are of the one before.
    world->start_round(11, Hash32{});
    until([this] { return chain->view()->round == 11; });
    EXPECT_FALSE(chain->view()->active);
    EXPECT_EQ(chain->view()->ticket_round, view.ticket_round);
}

TEST_F(LivepeerChainTest, sees_what_a_gateway_pays_in_asks_back_and_takes_out)
{
    settings.funds_kept = std::chrono::hours{1};
    open();
    EXPECT_EQ(funds().deposit, ether(10));
    EXPECT_EQ(funds().reserve, ether(10));
    EXPECT_EQ(funds().pool_size, 1U);
    EXPECT_EQ(funds().withdraw_round, 0U);
    world->fund(ether(1), ether(2));
    look_twice();
    EXPECT_EQ(funds().deposit, ether(11));
    EXPECT_EQ(funds().reserve, ether(12));
    world->call(1, "TicketBroker", chain::call_of("unlock()", {}));
    look_twice();
    EXPECT_EQ(funds().withdraw_round, 12U);
    world->call(1, "TicketBroker", chain::call_of("cancelUnlock()", {}));
    look_twice();
    EXPECT_EQ(funds().withdraw_round, 0U);
    world->call(1, "TicketBroker", chain::call_of("unlock()", {}));
    world->start_round(12, Hash32{12});
    world->call(1, "TicketBroker", chain::call_of("withdraw()", {}));
    look_twice();
    EXPECT_EQ(funds().deposit, Wei{});
    EXPECT_EQ(funds().reserve, Wei{});
}

TEST_F(LivepeerChainTest, puts_its_address_into_the_registry_once_and_again_when_that_changes)
{
    settings.service_uri = "https://pool.example:8935";
    settings.register_service = true;
    open();
    until([this] { return world->registered() == settings.service_uri; });
    look_twice();
    EXPECT_EQ(world->recipient_sent(), 1U);
    world->call(0, "ServiceRegistry", chain::livepeer::set_service_uri("https://elsewhere"));
    world->start_round(11, Hash32{11});
    until([this] { return world->registered() == settings.service_uri; });
    look_twice();
    open();
    look_twice();
    EXPECT_EQ(world->recipient_sent(), 3U);
    EXPECT_TRUE(told.empty());
}

TEST_F(LivepeerChainTest, says_that_the_registry_sends_gateways_elsewhere)
{
    settings.service_uri = "https://pool.example:8935";
    open();
    look_twice();
    EXPECT_EQ(
        told,
        std::vector<std::string>{"the ServiceRegistry sends gateways to \"\" instead of "
                                 "\"https://pool.example:8935\""}
    );
    EXPECT_EQ(world->recipient_sent(), 0U);
}

TEST_F(LivepeerChainTest, calls_the_reward_once_in_each_round_in_which_it_is_active)
{
    settings.call_reward = true;
    open();
    until([this] { return world->recipient_sent() == 1; });
    look_twice();
    open();
    look_twice();
    EXPECT_EQ(world->recipient_sent(), 1U);
    world->start_round(11, Hash32{11});
    until([this] { return world->recipient_sent() == 2; });
    world->call(
        2, "BondingManager", chain::call_of("deactivate(uint256)", chain::Abi{}.number(12))
    );
    world->start_round(12, Hash32{12});
    until([this] { return chain->view()->round == 12; });
    look_twice();
    EXPECT_EQ(world->recipient_sent(), 2U);
    EXPECT_TRUE(told.empty());
}

TEST_F(LivepeerChainTest, redeems_each_winning_ticket_once_and_not_before_it_has_expired)
{
    open();
    pay(3);
    EXPECT_EQ(desk->winners().size(), 3U);
    look_twice();
    EXPECT_EQ(world->earned(), Wei{});
    world->mine(40);
    until([this] { return desk->winners().size() == 0; });
    EXPECT_EQ(world->earned(), ether(3));
    const auto closed = journal.of<WinnerClosed>();
    ASSERT_EQ(closed.size(), 3U);
    for (const WinnerClosed& each : closed) {
        EXPECT_EQ(each.outcome, "redeemed");
        EXPECT_NE(each.transaction, Hash32{});
    }
    EXPECT_EQ(world->recipient_sent(), 3U);
    EXPECT_EQ(funds().deposit, ether(7));
}

TEST_F(LivepeerChainTest, sends_no_ticket_that_the_chain_has_already)
{
    open();
    pay(1);
    const auto winner = desk->winners().of(Anvil::account(1))[0];
    world->mine(40);
    until([this] { return desk->winners().size() == 0; });
    // As after a crash that lost the file.
    close();
    std::filesystem::remove(folder.path() / "intents");
    open();
    EXPECT_EQ(redeem(winner), "used");
    EXPECT_EQ(world->earned(), ether(1));
    EXPECT_EQ(world->recipient_sent(), 1U);
}

TEST_F(LivepeerChainTest, names_what_a_redemption_would_revert_with_and_sends_none)
{
    open();
    pay(1);
    const auto winner = desk->winners().of(Anvil::account(1))[0];
    auto other = winner;
    other.recipient_rand[0] ^= 1;
    EXPECT_TRUE(redeem(other).contains("recipientRand does not match recipientRandHash"));
    world->call(
        2, "RoundsManager", chain::call_of("setInitialized(bool)", chain::Abi{}.flag(false))
    );
    EXPECT_TRUE(redeem(winner).contains("current round is not initialized"));
    world->call(
        2, "RoundsManager", chain::call_of("setInitialized(bool)", chain::Abi{}.flag(true))
    );
    world->call(
        2,
        "RoundsManager",
        chain::call_of("start(uint256,bytes32)", chain::Abi{}.number(12).word(Hash32{12}))
    );
    EXPECT_EQ(redeem(winner), "lost");
    EXPECT_EQ(world->recipient_sent(), 0U);
}

TEST_F(LivepeerChainTest, sees_that_a_redemption_would_pay_less_than_the_face_value)
{
    open();
    pay(2);
    const auto winner = desk->winners().of(Anvil::account(1))[0];
    // The gateway takes all out, and puts in a little that nearly suffices.
    world->call(1, "TicketBroker", chain::call_of("unlock()", {}));
    world->start_round(11, Hash32{11});
    world->start_round(12, Hash32{12});
    world->call(1, "TicketBroker", chain::call_of("withdraw()", {}));
    world->start_round(10, crypto::keccak256(as_bytes("round 10")));
    world->fund(*subtract(ether(1), Wei{1'000}), Wei{999});
    EXPECT_EQ(
        redeem(winner), "would bring 99999999999999999 wei of a face value of 100000000000000000"
    );
    EXPECT_EQ(world->recipient_sent(), 0U);
    world->fund({}, Wei{1});
    EXPECT_EQ(redeem(winner), "under way");
    until([this] { return world->earned() == ether(1); });
}

TEST_F(LivepeerChainTest, sends_no_redemption_that_takes_more_gas_than_it_may)
{
    settings.redeem_gas_max = 50'000;
    open();
    pay(1);
    const auto winner = desk->winners().of(Anvil::account(1))[0];
    const std::string said = redeem(winner);
    EXPECT_TRUE(said.ends_with(" gas, of 50000 at most")) << said;
    EXPECT_EQ(world->recipient_sent(), 0U);
}

TEST_F(LivepeerChainTest, sends_no_redemption_that_costs_as_much_as_it_pays)
{
    const Wei little{1'000'000'000'000'000};
    rules = {.expected_value = little, .redeem_gas = 200'000, .face_value_max = little};
    open();
    pay(1);
    const auto winner = desk->winners().of(Anvil::account(1))[0];
    const auto set_base_fee = [this](const std::string& wei) {
        std::ignore = world->anvil.command("anvil_setNextBlockBaseFeePerGas", "[\"" + wei + "\"]");
        world->mine(1);
    };
    set_base_fee("0xba43b7400");  // 50 gwei
    const std::string said = redeem(winner);
    EXPECT_TRUE(said.starts_with("costs up to ")) << said;
    EXPECT_TRUE(said.ends_with(" wei and brings 1000000000000000")) << said;
    EXPECT_EQ(world->recipient_sent(), 0U);
    set_base_fee("0x3b9aca00");  // 1 gwei
    EXPECT_EQ(redeem(winner), "under way");
    until([this] { return world->earned() == Wei{1'000'000'000'000'000}; });
}

}  // namespace
}  // namespace millpond
