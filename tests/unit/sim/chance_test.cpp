#include "sim/chance.hpp"

#include "sim/agenda.hpp"

#include <gtest/gtest.h>

namespace millpond::sim {
namespace {

TEST(Chance, draws_the_same_numbers_everywhere)
{
    // As an implementation of xoshiro256** and splitmix64 in another language gives them.
    Chance chance{0};
    EXPECT_EQ(chance.next(), 0x99EC5F36CB75F2B4ULL);
    EXPECT_EQ(chance.next(), 0xBF6E1F784956452AULL);
}

TEST(Chance, hits_as_often_as_it_says)
{
    Chance chance{7};
    int hits = 0;
    for (int i = 0; i < 100'000; ++i)
        hits += chance.hits(20'000) ? 1 : 0;
    EXPECT_NEAR(hits, 2'000, 200);
}

TEST(Chance, forks_do_not_move_each_other)
{
    const Chance chance{1};
    Chance left = chance.fork(1);
    Chance again = chance.fork(1);
    Chance right = chance.fork(2);
    right.next();
    EXPECT_EQ(left.next(), again.next());
    EXPECT_NE(left.next(), right.next());
}

TEST(Agenda, keeps_time_and_the_order_of_what_happens_at_once)
{
    const Time start{};
    Agenda<int> agenda{start};
    agenda.note(start + Duration{5}, 1);
    agenda.note(start + Duration{3}, 2);
    agenda.note(start + Duration{5}, 3);
    EXPECT_EQ(agenda.next(start + Duration{10}), 2);
    EXPECT_EQ(agenda.now(), start + Duration{3});
    EXPECT_EQ(agenda.next(start + Duration{10}), 1);
    EXPECT_EQ(agenda.next(start + Duration{10}), 3);
    EXPECT_FALSE(agenda.next(start + Duration{10}));
    EXPECT_EQ(agenda.now(), start + Duration{10});
}

}  // namespace
}  // namespace millpond::sim
