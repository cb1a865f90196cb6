#include "core/draw/roster.hpp"

#include <map>

#include <gtest/gtest.h>

namespace millpond::draw {
namespace {

Address address(std::uint64_t number)
{
    std::array<std::uint8_t, 20> bytes{};
    bytes[0] = static_cast<std::uint8_t>(number >> 8U);
    bytes[1] = static_cast<std::uint8_t>(number);
    return Address{bytes};
}

TEST(Roster, cuts_one_seat_to_a_tenth_of_what_is_left)
{
    std::vector<Seat> seats;
    for (std::uint64_t i = 0; i < 100; ++i)
        seats.push_back({.who = address(i), .weight = i < 2 ? 1'000'000U : 1'000U});
    const Roster roster{std::move(seats), {}};
    for (const Seat& seat : roster.seats())
        EXPECT_LE(seat.weight * std::uint64_t{10}, roster.weight());
    EXPECT_EQ(roster.seats()[0].weight, roster.seats()[1].weight);
    EXPECT_EQ(roster.seats()[2].weight, 1'000U);
}

TEST(Roster, cuts_a_cluster_to_a_fifth)
{
    std::vector<Seat> seats;
    for (std::uint64_t i = 0; i < 200; ++i)
        seats.push_back({.who = address(i), .weight = 1'000, .cluster = i < 150 ? 7U : 0U});
    const Roster roster{std::move(seats), {}};
    std::uint64_t cluster = 0;
    for (const Seat& seat : roster.seats())
        cluster += seat.cluster == 7 ? seat.weight : 0;
    EXPECT_LE(cluster * 5, roster.weight());
    EXPECT_GT(cluster * 6, roster.weight());
}

TEST(Roster, lets_the_few_have_twice_the_equal_share)
{
    const Roster two{
        {{.who = address(1), .weight = 9'000}, {.who = address(2), .weight = 1'000}}, {}
    };
    EXPECT_EQ(two.seats()[0].weight, 9'000U);
    std::vector<Seat> seats{{.who = address(1), .weight = 100'000}};
    for (std::uint64_t i = 2; i <= 5; ++i)
        seats.push_back({.who = address(i), .weight = 1'000});
    const Roster five{std::move(seats), {}};
    EXPECT_LE(five.seats()[0].weight * std::uint64_t{10}, five.weight() * 4);
}

TEST(Roster, gives_each_point_of_the_line_to_one_seat)
{
    const Roster roster{
        {{.who = address(3), .weight = 5},
         {.who = address(1), .weight = 2},
         {.who = address(2), .weight = 0}},
        {.seat_bp = 10'000, .cluster_bp = 10'000}
    };
    ASSERT_EQ(roster.weight(), 7U);
    std::map<std::size_t, int> points;
    for (std::uint64_t at = 0; at < 7; ++at)
        ++points[roster.owner(at)];
    EXPECT_EQ(points, (std::map<std::size_t, int>{{0, 2}, {1, 5}}));
    EXPECT_EQ(roster.seats()[0].who, address(1));
}

TEST(Roster, is_bound_by_its_root_whatever_order_it_was_given_in)
{
    const Seat one{.who = address(1), .weight = 10, .cluster = 3};
    const Seat two{.who = address(2), .weight = 20};
    const Hash32 root = Roster{{one, two}, {}}.root();
    EXPECT_EQ((Roster{{two, one}, {}}.root()), root);
    EXPECT_EQ((Roster{{two, one, two}, {}}.root()), root);
    EXPECT_NE((Roster{{one}, {}}.root()), root);
}

}  // namespace
}  // namespace millpond::draw
