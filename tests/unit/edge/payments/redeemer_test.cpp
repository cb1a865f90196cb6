#include "edge/payments/redeemer.hpp"

#include "core/payment/redemption.hpp"
#include "tests/support/scripted_chain.hpp"
#include "tests/unit/edge/payments/payments_fixture.hpp"

namespace millpond {
namespace {

/// Two gateways all of whose tickets win, and a chain that the test writes.
class RedeemerTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        script.make_every_ticket_win(payment::Rules{}.expected_value.limbs()[0]);
        for (const crypto::PrivateKey* gateway : {&first, &second}) {
            spawn([](RedeemerTest& test, const crypto::PrivateKey& of) -> Task<void> {
                const SessionId session{"deadbeef"};
                const auto terms = co_await test.desk.ask(Address{of.address()}, session);
                EXPECT_TRUE(terms);
                EXPECT_EQ(
                    co_await test::take(test.desk, test::payment_of(*terms, of, 2), session), ""
                );
                test.loop.stop();
            }(*this, *gateway));
            loop.run();
        }
        script.view.l1_block = Wei{20'000'040};
    }

    void look()
    {
        redeemer.look();
        loop.post([this] { loop.stop(); });
        loop.run();
    }

    static Result<std::optional<Redemption>, Fault> under_way(const payment::WinningTicket& /*of*/)
    {
        return std::optional<Redemption>{};
    }

    const crypto::PrivateKey first = *crypto::PrivateKey::parse(Bytes(32, 0x11));
    const crypto::PrivateKey second = *crypto::PrivateKey::parse(Bytes(32, 0x12));
    net::Loop loop;
    test::MemoryJournal journal;
    ChainScript script;
    ScriptedChain chain{script};
    Metrics metrics;
    TicketDesk desk{
        loop,
        journal,
        chain,
        metrics,
        {.recipient = Address{std::array<std::uint8_t, 20>{7}},
         .secret = Hash32{3},
         .rules = {},
         .price = {.per = Wei{50}, .pixels = Pixels{1}},
         .prices = {}}
    };
    std::vector<std::string> told;
    Redeemer redeemer{chain, desk, [this](const Hash32& /*ticket*/, const std::string& why) {
                          told.push_back(why);
                      }};
};

TEST_F(RedeemerTest, waits_until_the_parameters_have_expired)
{
    script.view.l1_block = Wei{20'000'039};
    look();
    EXPECT_TRUE(script.redeemed.empty());
    EXPECT_TRUE(told.empty());
    script.view.l1_block = Wei{20'000'040};
    look();
    EXPECT_EQ(script.redeemed.size(), 4U);
    EXPECT_EQ(desk.winners().size(), 0U);
}

TEST_F(RedeemerTest, begins_none_while_another_is_under_way)
{
    int steps = 0;
    script.says = [&steps](const payment::WinningTicket& of) {
        ++steps;
        return under_way(of);
    };
    look();
    EXPECT_EQ(steps, 1);
    look();
    EXPECT_EQ(steps, 2);
    EXPECT_EQ(desk.winners().size(), 4U);
}

TEST_F(RedeemerTest, passes_over_what_the_chain_would_refuse_and_says_why)
{
    const auto stuck = desk.winners().of(desk.winners().senders()[0])[0];
    script.says = [&](const payment::WinningTicket& of
                  ) -> Result<std::optional<Redemption>, Fault> {
        if (of == stuck) return because(Fault{.what = "it would bring less"});
        return std::optional{Redemption{.end = RedemptionEnd::redeemed}};
    };
    look();
    EXPECT_EQ(told, std::vector<std::string>{"it would bring less"});
    EXPECT_EQ(desk.winners().size(), 1U);
    script.says = {};
    look();
    EXPECT_EQ(script.redeemed, std::vector{stuck});
}

TEST_F(RedeemerTest, does_not_ask_the_chain_about_what_costs_too_much_or_is_not_covered)
{
    script.view.gas_price = Wei{1'000'000'000};
    look();
    EXPECT_EQ(told, std::vector<std::string>(4, "too_costly"));
    script.view.gas_price = Wei{1};
    script.funds.deposit = {};
    script.funds.reserve = Wei{payment::Rules{}.expected_value.limbs()[0] - 1};
    told.clear();
    look();
    EXPECT_EQ(told, std::vector<std::string>(4, "underpaid"));
    EXPECT_TRUE(script.redeemed.empty());
}

TEST_F(RedeemerTest, lets_go_what_is_too_old_for_the_chain)
{
    script.view.round += payment::rounds_redeemable + 1;
    look();
    const auto closed = journal.of<WinnerClosed>();
    ASSERT_EQ(closed.size(), 4U);
    EXPECT_EQ(closed[0].outcome, "lost");
    EXPECT_TRUE(script.redeemed.empty());
}

TEST_F(RedeemerTest, keeps_what_ended_but_could_not_be_written)
{
    journal.fails = true;
    look();
    EXPECT_EQ(desk.winners().size(), 4U);
}

}  // namespace
}  // namespace millpond
