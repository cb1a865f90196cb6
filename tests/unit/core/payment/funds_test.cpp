#include "core/payment/funds.hpp"

#include <gtest/gtest.h>

namespace millpond::payment {
namespace {

SenderFunds some()
{
    return {
        .deposit = Wei{300},
        .reserve = Wei{900},
        .claimed_in_round = Wei{100},
        .claimed_by_us = Wei{40},
        .pool_size = 10,
    };
}

TEST(SenderFunds, give_each_recipient_a_share_of_the_rounds_reserve_less_its_claims)
{
    EXPECT_EQ(reserve_share(some()), Wei{60});
    EXPECT_EQ(reserve_share({.reserve = Wei{900}}), Wei{});
}

TEST(SenderFunds, pay_the_share_surely_while_the_deposit_is_three_times_what_is_pending)
{
    SenderFunds funds = some();
    EXPECT_EQ(max_float(funds), Wei{60});
    funds.pending = Wei{100};
    EXPECT_EQ(max_float(funds), Wei{60});
    funds.pending = Wei{101};
    EXPECT_EQ(max_float(funds), Wei{});
    funds.deposit = Wei{};
    funds.pending = Wei{50};
    EXPECT_EQ(max_float(funds), Wei{10});
}

TEST(SenderFunds, redeem_from_share_and_deposit_less_what_is_pending)
{
    SenderFunds funds = some();
    funds.pending = Wei{100};
    EXPECT_EQ(available(funds), Wei{260});
}

TEST(SenderFunds, unlock_soon_when_they_may_be_withdrawn_in_the_next_round)
{
    EXPECT_FALSE(unlocks_soon({}, 10));
    EXPECT_TRUE(unlocks_soon({.withdraw_round = 11}, 10));
    EXPECT_FALSE(unlocks_soon({.withdraw_round = 12}, 10));
}

TEST(SenderFunds, that_no_chain_can_hold_count_as_nothing)
{
    EXPECT_EQ(available({.deposit = Wei::max(), .reserve = Wei::max(), .pool_size = 1}), Wei{});
}

}  // namespace
}  // namespace millpond::payment
