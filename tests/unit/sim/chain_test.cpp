// A pool of a play that settles on a chain, and transcoders that claim there.
#include "edge/calibration/attacks_json.hpp"
#include "sim/report.hpp"

#include <string>

#include <gtest/gtest.h>

namespace millpond::sim {
namespace {

constexpr const char* pool =
    "hours 4\nstreams 1\nepoch_hours 1\ncourt_hours 1\nset qualification_segments 20\n"
    "set probation_passes 30\nset probation_seconds 600\nset r1_cover_w 200\nset r1_harm_w 1\n"
    "set r1_bribe_w 0\nset hold_seconds 1800\nset hold_bonded_seconds 1800\n";

World played(const std::string& lines)
{
    const auto scenario = parse_scenario(pool + lines);
    EXPECT_TRUE(scenario) << scenario.error().what;
    return World{*scenario, calibration::shipped_attack_table(), 3};
}

Figures figures(const std::string& lines)
{
    World world = played(lines);
    world.run();
    return figures_of(world);
}

TEST(Chains, take_each_epochs_root_and_pay_claims_out_of_it)
{
    const Figures found = figures("chain challenge_minutes=90\nagents honest 4\n");
    EXPECT_EQ(found.at("chain.roots"), 3);
    EXPECT_GT(found.at("honest.claimed_share"), 0.4);
    EXPECT_GT(found.at("chain.claims_paid_w"), 2'000);
    EXPECT_LT(found.at("chain.posted_late_hours"), 0.1);
    EXPECT_EQ(found.at("chain.paid_twice"), 0);
    EXPECT_EQ(found.at("chain.contradicted_hours"), 0);
}

TEST(Chains, change_nothing_else_where_nothing_goes_wrong_on_them)
{
    const Figures with = figures("chain challenge_minutes=90\nagents honest 4\n");
    const Figures without = figures("agents honest 4\n");
    for (const auto& [name, value] : without)
        EXPECT_EQ(with.at(name), value) << name;
}

TEST(Chains, that_hold_little_let_no_more_be_promised)
{
    const Figures found = figures("chain challenge_minutes=90 funds_w=1000\nagents honest 4\n");
    EXPECT_GT(found.at("chain.stopped_hours"), 2);
    EXPECT_LE(found.at("chain.unposted_most_w"), 700);
}

TEST(Chains, get_a_root_early_where_much_is_in_none)
{
    const Figures found =
        figures("chain challenge_minutes=90 unposted_early_w=500\nagents honest 4\n");
    EXPECT_GT(found.at("chain.roots"), 6);
    EXPECT_LT(found.at("chain.unposted_most_w"), 800);
}

TEST(Chains, count_a_bond_from_its_block_on)
{
    World world =
        played("chain confirmations=100000 challenge_minutes=90\nagents bonded 1 bond_mlpt=500000\n"
        );
    world.run();
    EXPECT_EQ(world.pool().keeper.book().accounts().begin()->second.standing.bond_mlpt, 0U);
    World soon = played("chain challenge_minutes=90\nagents bonded 1 bond_mlpt=500000\n");
    soon.run();
    EXPECT_EQ(soon.pool().keeper.book().accounts().begin()->second.standing.bond_mlpt, 500'000U);
}

}  // namespace
}  // namespace millpond::sim
