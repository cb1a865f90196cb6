#include "edge/payments/ticket_desk.hpp"

#include "edge/payments/payments_page.hpp"
#include "edge/payments/ticket_history.hpp"
#include "tests/support/scripted_chain.hpp"
#include "tests/unit/edge/payments/payments_fixture.hpp"

#include <nlohmann/json.hpp>

namespace millpond {
namespace {

using test::payment_of;

/// A desk, a gateway, and a chain that the test writes.
class TicketDeskTest : public ::testing::Test {
protected:
    void open() { desk.emplace(loop, journal, chain, metrics, settings); }

    void run(Task<void> task)
    {
        spawn([](Task<void> each, net::Loop& on) -> Task<void> {
            co_await std::move(each);
            on.post([&on] { on.stop(); });
        }(std::move(task), loop));
        loop.run();
    }

    Result<TicketDesk::Terms, std::string> ask(const Address& who)
    {
        std::optional<Result<TicketDesk::Terms, std::string>> answer;
        run([](TicketDeskTest& test, Address of, auto& to) -> Task<void> {
            to = co_await test.desk->ask(of, test.session);
        }(*this, who, answer));
        return *answer;
    }

    std::string take(const Payment& payment)
    {
        std::string refusal;
        run([](TicketDeskTest& test, Payment of, std::string& to) -> Task<void> {
            to = co_await test::take(*test.desk, std::move(of), test.session);
        }(*this, payment, refusal));
        return refusal;
    }

    const crypto::PrivateKey gateway = *crypto::PrivateKey::parse(Bytes(32, 0x11));
    const Address sender{gateway.address()};
    const SessionId session{"deadbeef"};
    net::Loop loop;
    test::MemoryJournal journal;
    ChainScript script;
    ScriptedChain chain{script};
    Metrics metrics;
    TicketDesk::Settings settings{
        .recipient = Address{std::array<std::uint8_t, 20>{7}},
        .secret = Hash32{3},
        .rules = {},
        .price = {.per = Wei{50}, .pixels = Pixels{1}},
        .prices = {},
    };
    std::optional<TicketDesk> desk;
};

TEST_F(TicketDeskTest, asks_for_and_takes_nothing_before_the_chain_was_seen)
{
    open();
    const auto terms = ask(sender);
    script.seen = false;
    EXPECT_EQ(ask(sender).error(), "the chain has not been seen yet");
    EXPECT_EQ(take(payment_of(*terms, gateway, 1)), "the chain has not been seen yet");
    EXPECT_TRUE(journal.all.empty());
}

TEST_F(TicketDeskTest, writes_what_a_payment_comes_to_before_it_says_yes)
{
    open();
    EXPECT_EQ(take(payment_of(*ask(sender), gateway, 3)), "");
    const auto taken = journal.of<TicketsTaken>();
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].sender, sender);
    EXPECT_EQ(taken[0].nonces, (std::vector<std::uint32_t>{1, 2, 3}));
    EXPECT_EQ(taken[0].credited, 3U);
}

TEST_F(TicketDeskTest, says_no_when_that_cannot_be_written_and_tells_it)
{
    open();
    const auto terms = ask(sender);
    std::string told;
    desk->on_journal_failed([&told](const Fault& fault) { told = fault.what; });
    journal.fails = true;
    EXPECT_EQ(take(payment_of(*terms, gateway, 1)), "Internal Server Error");
    EXPECT_EQ(told, "the disk is full");
}

TEST_F(TicketDeskTest, writes_the_good_part_of_a_payment_that_it_refuses)
{
    open();
    auto payment = payment_of(*ask(sender), gateway, 3);
    payment.tickets[1].signature[5] ^= 1;
    EXPECT_EQ(take(payment), "invalid ticket signature");
    ASSERT_EQ(journal.of<TicketsTaken>().size(), 1U);
    EXPECT_EQ(journal.of<TicketsTaken>()[0].credited, 1U);
}

TEST_F(TicketDeskTest, has_prices_of_its_own_for_single_gateways)
{
    settings.rules.adjust_price = false;
    settings.prices[sender] = {.per = Wei{7}, .pixels = Pixels{2}};
    open();
    EXPECT_EQ(ask(sender)->price, settings.prices[sender]);
    EXPECT_EQ(ask(settings.recipient)->price, settings.price);
}

TEST_F(TicketDeskTest, knows_after_a_restart_what_it_took_and_what_it_did_for_that)
{
    script.make_every_ticket_win(settings.rules.expected_value.limbs()[0]);
    open();
    const auto payment = payment_of(*ask(sender), gateway, 2);
    EXPECT_EQ(take(payment), "");
    const TaskId task{9};
    const SegmentId segment{.session = session, .seq = 4};
    journal.all.push_back(
        {.at = loop.now(), .body = Judged{.task = task, .verdict = "accepted", .pixels = 1'000}}
    );
    journal.all.push_back({.at = loop.now(), .body = Delivered{.segment = segment, .task = task}});
    desk->charge({.sender = sender, .session = session}, Pixels{1'000});
    const std::string before = payments_page(*desk, script.view);

    open();
    TicketHistory history{*desk};
    for (const Entry& each : journal.all)
        history.take(each);
    EXPECT_EQ(payments_page(*desk, script.view), before);
    EXPECT_EQ(desk->winners().size(), 2U);
    EXPECT_TRUE(take(payment).starts_with("invalid ticket senderNonce: already seen"));
}

TEST_F(TicketDeskTest, forgets_a_winner_only_once_its_end_is_written)
{
    script.make_every_ticket_win(settings.rules.expected_value.limbs()[0]);
    open();
    EXPECT_EQ(take(payment_of(*ask(sender), gateway, 1)), "");
    const Hash32 name = payment::Winners::name_of(desk->winners().of(sender)[0]);
    const auto close = [&] {
        bool written = false;
        run([](TicketDesk& of, Hash32 ticket, bool& to) -> Task<void> {
            to = co_await of.close(ticket, {.end = RedemptionEnd::redeemed});
        }(*desk, name, written));
        return written;
    };
    journal.fails = true;
    EXPECT_FALSE(close());
    EXPECT_EQ(desk->winners().size(), 1U);
    journal.fails = false;
    EXPECT_TRUE(close());
    EXPECT_EQ(desk->winners().size(), 0U);
    EXPECT_EQ(journal.of<WinnerClosed>()[0].outcome, "redeemed");
}

TEST_F(TicketDeskTest, shows_its_operator_balances_winners_and_the_chain)
{
    script.make_every_ticket_win(settings.rules.expected_value.limbs()[0]);
    open();
    EXPECT_EQ(take(payment_of(*ask(sender), gateway, 1)), "");
    const auto page = nlohmann::json::parse(payments_page(*desk, script.view));
    EXPECT_EQ(page["balances"][0]["sender"], crypto::checksum_address(sender.value()));
    EXPECT_EQ(page["balances"][0]["paid"]["wei"], to_text(settings.rules.expected_value));
    EXPECT_EQ(page["winners"][0]["face_value_wei"], to_text(settings.rules.expected_value));
    EXPECT_EQ(page["chain"]["round"], 3'500);
    EXPECT_EQ(nlohmann::json::parse(payments_page(*desk, {}))["chain"], nullptr);
}

}  // namespace
}  // namespace millpond
