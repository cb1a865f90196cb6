#include "sim/scenario.hpp"

#include <gtest/gtest.h>

namespace millpond::sim {
namespace {

std::string refusal(std::string_view text)
{
    const auto read = parse_scenario(text);
    return read ? "" : read.error().what;
}

TEST(Scenario, reads_a_world_its_agents_and_what_is_claimed)
{
    const auto read = parse_scenario(
        "says cheating loses\n"
        "threats T01 T02\n"
        "hours 5 \n"
        "class r0\n"
        "set pool_policy redundant\n"
        "agents cheat 2 cheat_ppm=20000 attack=black together=informed\n"
        "every bond_mlpt=500\n"
        "expect cheating_loses cheat.profit <= 0.25\n"
        "without looks breaks cheating_loses: blind_ppm 1000000; set hold_seconds 0\n"
    );
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->says, "cheating loses");
    EXPECT_EQ(read->threats, (std::vector<std::string>{"T01", "T02"}));
    EXPECT_EQ(read->around.hours, 5U);
    EXPECT_EQ(read->around.stream_class, StreamClass::r0);
    EXPECT_EQ(read->parameters.pool_policy, static_cast<std::uint64_t>(PolicyName::redundant));
    ASSERT_EQ(read->crowds.size(), 1U);
    EXPECT_EQ(read->crowds[0].habits.cheat_ppm, 20'000U);
    EXPECT_EQ(read->crowds[0].habits.together, Together::informed);
    EXPECT_EQ(read->crowds[0].habits.bond_mlpt, 500U);
    ASSERT_EQ(read->bounds.size(), 1U);
    EXPECT_EQ(read->bounds[0].order, Order::at_most);
    EXPECT_EQ(read->bounds[0].number, 0.25);
    const auto off = switched_off(*read, read->without.at(0));
    ASSERT_TRUE(off);
    EXPECT_EQ(off->around.blind_ppm, 1'000'000U);
    EXPECT_EQ(off->parameters.hold_seconds, 0U);
}

TEST(Scenario, says_in_which_line_it_cannot_be_read)
{
    EXPECT_EQ(refusal("hours 5\nhours long"), "line 2: hours cannot be long");
    EXPECT_EQ(refusal("set no_such 1"), "line 1: no parameter no_such");
    EXPECT_EQ(refusal("agents a 1 fast=1"), "line 1: agents have no fast");
    EXPECT_EQ(refusal("agents a 1 cheat_ppm"), "line 1: KEY=VALUE is missing its =");
    EXPECT_EQ(refusal("expect a b ~ c"), "line 1: no such order: ~");
    EXPECT_EQ(refusal("weather fine"), "line 1: what is weather");
    EXPECT_EQ(refusal("tick_seconds 0"), "a tick or an epoch of no time");
    EXPECT_EQ(refusal("chain depth=3"), "line 1: chains have no depth");
    EXPECT_EQ(refusal("chain block_seconds=0"), "a block of no time");
    EXPECT_EQ(refusal("agents a 20000 identities=2"), "more agents than can be played");
}

}  // namespace
}  // namespace millpond::sim
