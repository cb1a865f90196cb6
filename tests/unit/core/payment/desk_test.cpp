#include "core/payment/desk.hpp"

#include "tests/unit/core/payment/example.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace millpond::payment {
namespace {

const Account account{.sender = example::sender, .session = SessionId{"deadbeef"}};
constexpr Time start{std::chrono::seconds{1'700'000'000}};
const Credit a_ticket = expected_value(
    Wei{240'000'000'000'000}, win_probability(Wei{240'000'000'000'000}, Wei{8'000'000'000})
);

/// A gateway with its funds, an orchestrator's desk, the chain between them.
struct Trade {
    Desk desk = example::desk();
    SenderFunds funds = example::rich();
    ChainView chain = example::chain();

    TicketParams ask(const Price& price = example::price)
    {
        return *desk.ask(example::sender, funds, chain, price, example::seed);
    }

    Received take(const Payment& payment)
    {
        return desk.receive(payment, example::signers_of(payment), account, funds, chain, start);
    }

    /// The text of a refusal that credited nothing.
    std::string refused(const Payment& payment)
    {
        const Received received = take(payment);
        EXPECT_EQ(received.credited, Credit{});
        return received.refused ? text_of(*received.refused) : "taken";
    }
};

Credit times(const Credit& credit, int count)
{
    Credit sum;
    for (int i = 0; i < count; ++i)
        sum = *add(sum, credit);
    return sum;
}

TEST(Desk, asks_for_tickets_of_the_example)
{
    const TicketParams params = Trade{}.ask();
    EXPECT_EQ(params.face_value, Wei{240'000'000'000'000});
    EXPECT_EQ(params.expiration_block, Wei{20'000'040});
    EXPECT_EQ(params.round, example::round());
    EXPECT_EQ(
        to_hex(params.recipient_rand_hash),
        "80322a1d5d7b4dbf21a77de8bfbf62d258d199b614c835649daae56da1143e07"
    );
}

TEST(Desk, asks_for_nothing_at_no_price_yet_says_when_it_expires)
{
    const TicketParams params = Trade{}.ask({.per = Wei{}, .pixels = Pixels{1}});
    EXPECT_EQ(params.face_value, Wei{});
    EXPECT_EQ(params.win_probability, Wei{});
    EXPECT_EQ(params.expiration_block, Wei{20'000'040});
}

TEST(Desk, asks_nobody_without_funds)
{
    Trade trade;
    trade.funds.reserve = Wei{};
    const auto params =
        trade.desk.ask(example::sender, trade.funds, trade.chain, example::price, example::seed);
    EXPECT_EQ(params.error(), TermsRefusal::insufficient_reserve);
}

TEST(Desk, credits_the_expected_value_of_each_ticket)
{
    Trade trade;
    const Received received = trade.take(example::payment_of(trade.ask(), 1, 6));
    EXPECT_FALSE(received.refused);
    EXPECT_EQ(received.credited, times(a_ticket, 6));
    EXPECT_EQ(trade.desk.balances().find(account)->paid, times(a_ticket, 6));
}

TEST(Desk, takes_nonces_in_any_order_but_each_once)
{
    Trade trade;
    const TicketParams params = trade.ask();
    EXPECT_FALSE(trade.take(example::payment_of(params, 7, 2)).refused);
    EXPECT_FALSE(trade.take(example::payment_of(params, 1, 2)).refused);
    EXPECT_EQ(
        trade.refused(example::payment_of(params, 7, 1)),
        "invalid ticket senderNonce: already seen "
        "sender=0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A nonce=7"
    );
}

TEST(Desk, takes_600_nonces_and_no_more)
{
    Trade trade;
    const TicketParams params = trade.ask();
    const Received first = trade.take(example::payment_of(params, 1, 600));
    EXPECT_FALSE(first.refused);
    EXPECT_EQ(
        trade.refused(example::payment_of(params, 601, 1)),
        "invalid ticket senderNonce: too many values "
        "sender=0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A nonce=601"
    );
}

TEST(Desk, credits_what_came_before_a_bad_ticket_and_nothing_after)
{
    Trade trade;
    Payment payment = example::payment_of(trade.ask(), 1, 4);
    payment.tickets[1].signature[7] ^= 1;
    const Received received = trade.take(payment);
    EXPECT_EQ(text_of(*received.refused), "invalid ticket signature");
    EXPECT_EQ(received.credited, a_ticket);
}

TEST(Desk, keeps_a_winner_behind_a_bad_ticket)
{
    Trade trade;
    trade.funds = {.deposit = Wei{8'000'000'000}, .reserve = Wei{8'000'000'000}, .pool_size = 1};
    trade.chain.gas_price = Wei{1};
    Payment payment = example::payment_of(trade.ask(), 1, 2);  // face value = expected value: sure
    payment.tickets[0].signature[7] ^= 1;
    const Received received = trade.take(payment);
    EXPECT_TRUE(received.refused);
    ASSERT_EQ(received.winners.size(), 1U);
    EXPECT_EQ(received.winners[0].ticket.signed_by_sender.nonce, 2U);
    EXPECT_EQ(
        Recipient::hash_of(received.winners[0].recipient_rand), payment.params.recipient_rand_hash
    );
}

TEST(Desk, refuses_parameters_that_it_did_not_give)
{
    const std::string wrong = "invalid recipientRand for ticket recipientRandHash";
    const auto refused = [](auto change) {
        Trade trade;
        TicketParams params = trade.ask();
        change(params);
        return trade.refused(example::payment_of(params, 1, 1));
    };
    EXPECT_EQ(refused([](TicketParams& p) { p.face_value = *add(p.face_value, Wei{1}); }), wrong);
    EXPECT_EQ(refused([](TicketParams& p) { p.win_probability = Wei{1}; }), wrong);
    EXPECT_EQ(refused([](TicketParams& p) { p.expiration_block = Wei{20'000'041}; }), wrong);
    EXPECT_EQ(refused([](TicketParams& p) { p.round.number = 3'501; }), wrong);
    EXPECT_EQ(refused([](TicketParams& p) { p.seed = Wei{1}; }), wrong);
    EXPECT_EQ(
        refused([](TicketParams& p) { p.recipient = example::sender; }), "invalid ticket recipient"
    );
}

TEST(Desk, refuses_another_price_than_the_parameters_were_given_for)
{
    Trade trade;
    Payment payment = example::payment_of(trade.ask(), 1, 1);
    payment.expected_price = {.per = Wei{1'199}, .pixels = Pixels{1}};
    EXPECT_EQ(trade.refused(payment), "invalid recipientRand for ticket recipientRandHash");
}

TEST(Desk, refuses_another_senders_parameters)
{
    Trade trade;
    Payment payment = example::payment_of(trade.ask(), 1, 1);
    payment.sender = example::recipient;
    EXPECT_EQ(trade.refused(payment), "invalid recipientRand for ticket recipientRandHash");
}

TEST(Desk, refuses_parameters_that_have_expired)
{
    Trade trade;
    const Payment payment = example::payment_of(trade.ask(), 1, 1);
    trade.chain.l1_block = Wei{20'000'040};
    EXPECT_EQ(trade.refused(payment), "TicketParams expired");
}

TEST(Desk, refuses_payments_in_order_of_precedence)
{
    Trade trade;
    const Payment good = example::payment_of(trade.ask(), 1, 1);

    trade.chain.active = false;
    EXPECT_EQ(
        trade.refused(good),
        "orchestrator 0x1563915e194D8CfBA1943570603F7606A3115508 is inactive in round 3500, cannot "
        "process payments"
    );
    trade.chain.active = true;

    Payment priceless = good;
    priceless.expected_price.pixels = Pixels{0};
    EXPECT_TRUE(trade.refused(priceless).starts_with("invalid expected price sent with payment"));

    trade.funds.withdraw_round = 3'501;
    EXPECT_EQ(
        trade.refused(good),
        "deposit and reserve for sender 0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A is set to "
        "unlock soon"
    );
    trade.funds.withdraw_round = 3'502;
    EXPECT_FALSE(trade.take(good).refused);
}

TEST(Desk, keeps_the_price_of_a_sessions_first_tickets)
{
    Trade trade;
    ASSERT_FALSE(trade.take(example::payment_of(trade.ask(), 1, 1)).refused);
    const Price risen{.per = Wei{2'400}, .pixels = Pixels{1}};
    Payment later = example::payment_of(trade.ask(risen), 1, 1);
    later.expected_price = risen;
    ASSERT_FALSE(trade.take(later).refused);
    EXPECT_EQ(trade.desk.price_of(account, risen), example::price);
}

TEST(Desk, keeps_no_price_that_no_ticket_is_bound_to)
{
    Trade trade;
    Payment wish = example::payment_of(trade.ask(), 1, 0);
    wish.expected_price = {.per = Wei{}, .pixels = Pixels{1}};
    ASSERT_FALSE(trade.take(wish).refused);
    EXPECT_EQ(trade.desk.price_of(account, example::price), example::price);
    EXPECT_FALSE(trade.desk.admits(account, trade.desk.price_of(account, example::price)));
}

TEST(Desk, has_the_same_balance_price_and_nonces_after_what_was_noted_is_restored)
{
    Trade before;
    const Payment payment = example::payment_of(before.ask(), 1, 3);
    const Received received = before.take(payment);
    Trade after;
    const auto winners = after.desk.restore(
        {
            .sender = example::sender,
            .session = account.session,
            .params = payment.params,
            .price = example::price,
            .nonces = received.nonces,
            .credited = received.tickets,
            .winners = {payment.tickets[2]},
        },
        start
    );
    EXPECT_EQ(after.desk.balances().find(account)->paid, times(a_ticket, 3));
    EXPECT_EQ(after.desk.price_of(account, Price{}), example::price);
    EXPECT_TRUE(after.refused(payment).starts_with("invalid ticket senderNonce: already seen"));
    ASSERT_EQ(winners.size(), 1U);
    EXPECT_EQ(Recipient::hash_of(winners[0].recipient_rand), payment.params.recipient_rand_hash);
}

TEST(Desk, notes_no_nonce_of_parameters_that_expired_long_ago)
{
    Trade trade;
    const Payment payment = example::payment_of(trade.ask(), 1, 1);
    trade.chain.l1_block = Wei{20'000'040};
    EXPECT_TRUE(trade.take(payment).nonces.empty());
    EXPECT_EQ(trade.desk.nonces().kept(), 0U);
}

TEST(Desk, admits_a_stream_while_a_tickets_worth_is_left)
{
    Trade trade;
    EXPECT_FALSE(trade.desk.admits(account, example::price));
    EXPECT_TRUE(trade.desk.admits(account, {.per = Wei{}, .pixels = Pixels{1}}));
    ASSERT_FALSE(trade.take(example::payment_of(trade.ask(), 1, 1)).refused);
    EXPECT_TRUE(trade.desk.admits(account, example::price));
    trade.desk.use(account, example::price, Pixels{1}, start);
    EXPECT_FALSE(trade.desk.admits(account, example::price));
}

TEST(Desk, forgets_a_balance_and_its_price_after_ten_idle_minutes)
{
    Trade trade;
    ASSERT_FALSE(trade.take(example::payment_of(trade.ask(), 1, 1)).refused);
    trade.desk.tick(trade.chain, start + Balances::idle);
    EXPECT_EQ(trade.desk.balances().size(), 1U);
    trade.desk.tick(trade.chain, start + Balances::idle + Duration{1});
    EXPECT_EQ(trade.desk.balances().size(), 0U);
}

TEST(Desk, forgets_nonces_only_when_their_tickets_are_refused_as_expired)
{
    Trade trade;
    const Payment payment = example::payment_of(trade.ask(), 1, 1);
    ASSERT_FALSE(trade.take(payment).refused);
    trade.chain.l1_block = Wei{20'000'039};
    trade.desk.tick(trade.chain, start);
    EXPECT_NE(trade.refused(payment), "taken");
    trade.chain.l1_block = Wei{20'000'040};
    trade.desk.tick(trade.chain, start);
    EXPECT_EQ(trade.desk.nonces().kept(), 0U);
    EXPECT_EQ(trade.refused(payment), "TicketParams expired");
}

TEST(Desk, after_a_restart_with_its_secret_takes_what_it_asked_for_before)
{
    Trade before;
    const Payment payment = example::payment_of(before.ask(), 1, 1);
    EXPECT_FALSE(Trade{}.take(payment).refused);
}

TEST(Desk, owes_and_is_owed_exactly_what_was_paid_and_used)
{
    EXPECT_TRUE(rc::check([] {
        Trade trade;
        const TicketParams params = trade.ask();
        Credit paid;
        Credit used;
        std::uint32_t nonce = 1;
        for (int step = 0; step < 6; ++step) {
            const auto tickets = *rc::gen::inRange<std::uint32_t>(0, 3);
            const Pixels pixels{*rc::gen::inRange<std::uint64_t>(0, 100'000'000)};
            RC_ASSERT(!trade.take(example::payment_of(params, nonce, tickets)).refused);
            nonce += tickets;
            paid = *add(paid, times(a_ticket, static_cast<int>(tickets)));
            trade.desk.use(account, example::price, pixels, start);
            used = *add(used, *cost_of(example::price, pixels));
        }
        const Balances::Balance& balance = *trade.desk.balances().find(account);
        RC_ASSERT(balance.paid == paid);
        RC_ASSERT(balance.used == used);
    }));
}

}  // namespace
}  // namespace millpond::payment
