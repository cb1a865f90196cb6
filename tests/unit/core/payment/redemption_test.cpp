#include "core/payment/redemption.hpp"

#include "tests/unit/core/payment/example.hpp"

#include <gtest/gtest.h>

namespace millpond::payment {
namespace {

struct Won {
    SenderFunds funds = example::rich();
    ChainView chain = example::chain();
    WinningTicket winner;

    Won()
    {
        const Desk desk = example::desk();
        winner.ticket.params =
            *desk.ask(example::sender, funds, chain, example::price, example::seed);
        chain.l1_block = winner.ticket.params.expiration_block;
    }

    [[nodiscard]] Redeem verdict() const { return redeemable(winner, funds, chain, {}); }
};

TEST(Redemption, waits_until_the_parameters_have_expired)
{
    Won won;
    EXPECT_EQ(won.verdict(), Redeem::now);
    won.chain.l1_block = *subtract(won.chain.l1_block, Wei{1});
    EXPECT_EQ(won.verdict(), Redeem::not_yet);
}

TEST(Redemption, is_not_sent_where_it_costs_what_it_pays)
{
    Won won;
    won.chain.gas_price = Wei{200'000'000};
    EXPECT_EQ(won.verdict(), Redeem::too_costly);
}

TEST(Redemption, is_not_sent_where_it_would_pay_less_than_the_face_value)
{
    Won won;
    won.funds = {.deposit = won.winner.ticket.params.face_value};
    EXPECT_EQ(won.verdict(), Redeem::now);
    won.funds.deposit = *subtract(won.funds.deposit, Wei{1});
    EXPECT_EQ(won.verdict(), Redeem::underpaid);
    won.funds.deposit = Wei{2'400'000'000'000};
    EXPECT_EQ(won.verdict(), Redeem::funds_too_low);
}

TEST(Redemption, is_not_sent_while_inactive)
{
    Won won;
    won.chain.active = false;
    EXPECT_EQ(won.verdict(), Redeem::inactive);
}

TEST(Redemption, is_given_up_when_the_chain_has_lost_the_rounds_block_hash)
{
    Won won;
    won.chain.round = 3'502;
    EXPECT_EQ(won.verdict(), Redeem::now);
    won.chain.round = 3'503;
    EXPECT_EQ(won.verdict(), Redeem::lost);
}

TEST(Redemption, takes_the_oldest_that_can_be_redeemed)
{
    const Won won;
    WinningTicket later = won.winner;
    later.ticket.params.expiration_block = Wei::max();
    const std::vector<WinningTicket> winners{later, won.winner, won.winner};
    EXPECT_EQ(next_to_redeem(winners, won.funds, won.chain, {}), 1U);
    EXPECT_EQ(next_to_redeem({&later, 1}, won.funds, won.chain, {}), std::nullopt);
}

}  // namespace
}  // namespace millpond::payment
