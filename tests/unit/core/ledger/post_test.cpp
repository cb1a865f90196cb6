#include "core/ledger/post.hpp"

#include <gtest/gtest.h>

namespace millpond::ledger {
namespace {

TEST(Post, makes_all_transfers_or_none)
{
    PoolBalances pool;
    PayBalances pay;
    Posting posting;
    posting.move(Account::income_expected, Account::earned, Wei{100});
    posting.move(Account::earned, Account::withheld, Wei{100});
    posting.move(Account::withheld, Account::released, Wei{101});
    EXPECT_EQ(post(posting, pool, pay), because(Refusal::exceeds_balance));
    EXPECT_EQ(pool, PoolBalances{});
    EXPECT_EQ(pay, PayBalances{});
    posting.transfers.back().amount = Wei{100};
    EXPECT_TRUE(post(posting, pool, pay));
    EXPECT_EQ(left_on(pay[2]), Wei{100});
}

TEST(Post, prefers_an_empty_account_to_an_overflow_as_the_reason)
{
    PoolBalances pool;
    PayBalances pay;
    Posting posting;
    posting.move(Account::margin, Account::treasury, Wei::max());
    EXPECT_EQ(post(posting, pool, pay), because(Refusal::exceeds_balance));
    posting.transfers.front() = {Account::treasury, Account::margin, Wei::max()};
    EXPECT_EQ(post(posting, pool, pay), because(Refusal::amount_overflows));
}

}  // namespace
}  // namespace millpond::ledger
