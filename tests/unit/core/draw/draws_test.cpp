#include "core/draw/draws.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

namespace millpond::draw {
namespace {

Hash32 named(std::uint64_t number)
{
    Hash32 hash{};
    for (std::size_t i = 0; i < 8; ++i)
        hash[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return hash;
}

Address address(std::uint8_t number)
{
    return Address{{number}};
}

Roster roster_of(std::vector<std::uint32_t> weights)
{
    std::vector<Seat> seats;
    for (std::size_t i = 0; i < weights.size(); ++i)
        seats.push_back({.who = address(static_cast<std::uint8_t>(i + 1)), .weight = weights[i]});
    return {std::move(seats), {.seat_bp = 10'000, .cluster_bp = 10'000}};
}

const Seed seed{.secret = {1}, .beacon = {2}};

TEST(Order, asks_first_in_proportion_to_weight)
{
    const Roster roster = roster_of({65'536, 32'768, 32'768, 13'107});
    std::map<std::size_t, int> first;
    const int rounds = 40'000;
    for (int i = 0; i < rounds; ++i)
        ++first[order(roster, seed, named(static_cast<std::uint64_t>(i)), 7, 1).front()];
    double chi_square = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const double expected = rounds * static_cast<double>(roster.seats()[i].weight) /
                                static_cast<double>(roster.weight());
        chi_square += (first[i] - expected) * (first[i] - expected) / expected;
    }
    EXPECT_LT(chi_square, 16.27);  // 3 degrees of freedom, 0.1 %
}

TEST(Order, asks_the_next_as_if_the_first_were_not_there)
{
    const Roster roster = roster_of({60'000, 30'000, 10'000});
    int first_is_0 = 0;
    int then_1 = 0;
    for (std::uint64_t i = 0; i < 40'000; ++i) {
        const auto seats = order(roster, seed, named(i), 0, 2);
        if (seats[0] != 0) continue;
        ++first_is_0;
        then_1 += seats[1] == 1 ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(then_1) / first_is_0, 0.75, 0.012);
}

TEST(Order, names_everybody_once_even_beside_a_giant)
{
    const Roster roster = roster_of({4'000'000'000, 1, 1, 1});
    auto seats = order(roster, seed, named(1), 0, 9);
    std::ranges::sort(seats);
    EXPECT_EQ(seats, (std::vector<std::size_t>{0, 1, 2, 3}));
    EXPECT_TRUE(order(roster_of({}), seed, named(1), 0, 3).empty());
}

TEST(Order, depends_on_seed_beacon_stream_and_window)
{
    const Roster roster = roster_of(std::vector<std::uint32_t>(200, 1'000));
    const auto first = order(roster, seed, named(1), 0, 5);
    EXPECT_EQ(order(roster, seed, named(1), 0, 5), first);
    EXPECT_NE(order(roster, seed, named(1), 1, 5), first);
    EXPECT_NE(order(roster, seed, named(2), 0, 5), first);
    EXPECT_NE(order(roster, {.secret = {9}, .beacon = {2}}, named(1), 0, 5), first);
    EXPECT_NE(order(roster, {.secret = {1}, .beacon = {9}}, named(1), 0, 5), first);
}

TEST(Checked, happens_as_often_as_the_chance_says_and_apart_for_each_tier)
{
    int tier_1 = 0;
    int both = 0;
    for (std::uint64_t i = 0; i < 50'000; ++i) {
        const auto drawn =
            checks(seed, named(i), named(i + 7), {0, certain / 10, certain / 10, certain});
        EXPECT_EQ(drawn & 0b1001U, 0b1000U);
        tier_1 += (drawn & 0b10U) != 0 ? 1 : 0;
        both += drawn == 0b1110U ? 1 : 0;
    }
    EXPECT_NEAR(tier_1, 5'000, 220);
    EXPECT_NEAR(both, 500, 75);
}

TEST(Checked, knows_never_and_always)
{
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        EXPECT_EQ(checks(seed, named(i), {}, {}), 0U);
        EXPECT_EQ(checks(seed, named(i), {}, {certain, certain, certain, certain}), 0b1111U);
    }
}

TEST(Replicas, follow_the_hidden_distribution)
{
    std::map<int, int> counts;
    for (std::uint64_t i = 0; i < 50'000; ++i)
        ++counts[replicas(seed, named(i), certain / 100, certain * 3 / 10)];
    EXPECT_NEAR(counts[2] + counts[3], 500, 75);
    EXPECT_NEAR(counts[3], 150, 45);
    EXPECT_EQ(replicas(seed, named(1), 0, certain), 1);
    EXPECT_EQ(replicas(seed, named(1), certain, 0), 2);
    EXPECT_EQ(replicas(seed, named(1), certain, certain), 3);
}

TEST(Rung, is_drawn_by_pixels)
{
    std::map<std::size_t, int> counts;
    for (std::uint64_t i = 0; i < 30'000; ++i)
        ++counts[rung(seed, named(i), {}, {700, 200, 0, 100})];
    EXPECT_NEAR(counts[0], 21'000, 320);
    EXPECT_NEAR(counts[1], 6'000, 290);
    EXPECT_EQ(counts[2], 0);
    EXPECT_EQ(rung(seed, named(1), {}, {0, 0}), 0U);
}

TEST(Frames, come_one_from_each_part_of_the_segment)
{
    for (std::uint64_t i = 0; i < 500; ++i) {
        const auto drawn = frames(seed, named(i), {}, 61, 4);
        ASSERT_EQ(drawn.size(), 4U);
        for (std::uint32_t part = 0; part < 4; ++part) {
            EXPECT_GE(drawn[part], 61 * part / 4);
            EXPECT_LT(drawn[part], 61 * (part + 1) / 4);
        }
    }
    EXPECT_EQ(frames(seed, named(1), {}, 3, 8), (std::vector<std::uint32_t>{0, 1, 2}));
    EXPECT_TRUE(frames(seed, named(1), {}, 0, 4).empty());
}

TEST(Draws, are_the_same_on_every_machine)
{
    EXPECT_EQ(
        order(roster_of({5, 6, 7, 8, 9}), seed, named(3), 4, 5),
        (std::vector<std::size_t>{1, 4, 2, 3, 0})
    );
    EXPECT_EQ(
        frames(seed, named(5), named(6), 60, 4), (std::vector<std::uint32_t>{10, 28, 41, 58})
    );
    EXPECT_EQ(nuance(seed, named(1)), 20);
    EXPECT_EQ(nuance(seed, named(2)), 7);
    EXPECT_FALSE(canary(seed, named(1), certain / 2));
}

}  // namespace
}  // namespace millpond::draw
