// What a play's transcoders find out about their operator, and what they do not imagine.
#include "edge/calibration/attacks_json.hpp"
#include "sim/report.hpp"

#include <string>

#include <gtest/gtest.h>

namespace millpond::sim {
namespace {

constexpr const char* pool =
    "hours 3\nstreams 1\nepoch_hours 1\nset qualification_segments 20\nset probation_passes 30\n"
    "set probation_seconds 600\nset r1_cover_w 200\nset r1_harm_w 1\nset r1_bribe_w 0\n";

Figures played(const std::string& lines)
{
    const auto scenario = parse_scenario(pool + lines);
    EXPECT_TRUE(scenario) << scenario.error().what;
    World world{*scenario, calibration::shipped_attack_table(), 3};
    world.run();
    return figures_of(world);
}

TEST(Operators, that_are_honest_are_named_for_nothing)
{
    const Figures figures = played("operator\nagents honest 4 audits=1\n");
    EXPECT_GT(figures.at("pool.served_ppm"), 990'000);
    EXPECT_EQ(figures.at("operator.falsely_named"), 0);
    EXPECT_EQ(figures.at("operator.noticed"), 0);
    EXPECT_NEAR(figures.at("honest.unvouched_w"), 0, 1e-3);
    EXPECT_GT(figures.at("honest.posted_share"), 0.6);
}

TEST(Operators, that_sign_change_nothing_for_the_pool)
{
    const Figures with = played("operator\nagents honest 4\n");
    const Figures without = played("agents honest 4\n");
    for (const auto& [name, value] : without)
        EXPECT_EQ(with.at(name), value) << name;
}

TEST(Operators, that_pay_less_than_was_offered_are_named_at_once)
{
    const Figures figures = played("operator from_hours=1 short_ppm=500000\nagents honest 4\n");
    EXPECT_GE(figures.at("operator.underpaid"), 1);
    EXPECT_LE(figures.at("operator.noticed_hours"), 0.01);
}

TEST(Operators, that_refuse_good_work_by_habit_get_no_more)
{
    const Figures figures = played("operator from_hours=1 refuses_ppm=100000\nagents honest 4\n");
    EXPECT_GE(figures.at("operator.too_many_rejections"), 1);
    EXPECT_LE(figures.at("operator.noticed_hours"), 0.5);
    EXPECT_EQ(figures.at("operator.falsely_named"), 0);
}

TEST(Operators, that_refuse_one_result_of_a_hundred_are_put_up_with)
{
    const Figures figures = played("operator from_hours=1 refuses_ppm=10000\nagents honest 4\n");
    EXPECT_EQ(figures.at("operator.noticed"), 0);
}

}  // namespace
}  // namespace millpond::sim
