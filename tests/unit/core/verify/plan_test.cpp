#include "core/verify/plan.hpp"

#include <map>

#include <gtest/gtest.h>

namespace millpond::verify {
namespace {

const Ladder ladder = {{.name = "large"}, {.name = "small"}};

Measurement claim(int frames = 60)
{
    Measurement measurement;
    measurement.source.pts.resize(static_cast<std::size_t>(frames));
    measurement.renditions.resize(2);
    for (MediaFacts& each : measurement.renditions)
        each.pts.resize(static_cast<std::size_t>(frames));
    measurement.renditions[0].pixels = 3'000;
    measurement.renditions[1].pixels = 1'000;
    return measurement;
}

TEST(Plan, is_the_same_for_the_same_seed_and_another_for_another)
{
    const Rates rates{.sample_ppm = 1'000'000, .whole_ppm = 0};
    EXPECT_EQ(plan(7, rates, ladder, claim()), plan(7, rates, ladder, claim()));
    EXPECT_NE(plan(7, rates, ladder, claim()), plan(8, rates, ladder, claim()));
}

TEST(Plan, draws_tiers_as_often_as_the_rates_say)
{
    const Rates rates{.sample_ppm = 200'000, .whole_ppm = 50'000};
    std::map<CheckTier, int> drawn;
    for (std::uint64_t seed = 0; seed < 20'000; ++seed)
        ++drawn[plan(seed * 0x9e3779b9U, rates, ladder, claim()).tier];
    EXPECT_NEAR(drawn[CheckTier::sample], 4'000, 250);
    EXPECT_NEAR(drawn[CheckTier::whole], 1'000, 130);
}

TEST(Plan, draws_renditions_by_their_pixels)
{
    const Rates rates{.sample_ppm = 1'000'000, .whole_ppm = 0};
    int large = 0;
    for (std::uint64_t seed = 0; seed < 8'000; ++seed)
        large += plan(seed, rates, ladder, claim()).rungs.at(0).rung == 0 ? 1 : 0;
    EXPECT_NEAR(large, 6'000, 200);
}

TEST(Plan, draws_one_frame_from_each_part_and_reaches_all)
{
    const Rates rates{.sample_ppm = 1'000'000, .whole_ppm = 0, .frames = 4};
    std::map<int, int> seen;
    for (std::uint64_t seed = 0; seed < 4'000; ++seed) {
        const auto frames = plan(seed, rates, ladder, claim()).rungs.at(0).frames;
        ASSERT_EQ(frames.size(), 4U);
        for (int part = 0; part < 4; ++part) {
            const int frame = frames[static_cast<std::size_t>(part)];
            EXPECT_GE(frame, part * 15);
            EXPECT_LT(frame, (part + 1) * 15);
            ++seen[frame];
        }
    }
    EXPECT_EQ(seen.size(), 60U) << "every frame may be drawn";
}

TEST(Plan, draws_no_more_frames_than_there_are)
{
    const Rates rates{.sample_ppm = 1'000'000, .whole_ppm = 0, .frames = 8};
    EXPECT_EQ(plan(1, rates, ladder, claim(3)).rungs.at(0).frames, (std::vector<int>{0, 1, 2}));
}

TEST(Plan, looks_at_every_rendition_when_it_looks_at_the_whole)
{
    const CheckPlan drawn = plan(1, Rates::always_whole(), ladder, claim());
    EXPECT_EQ(drawn.tier, CheckTier::whole);
    ASSERT_EQ(drawn.rungs.size(), 2U);
    EXPECT_TRUE(drawn.rungs[1].frames.empty()) << "no list of frames stands for all";
}

TEST(Plan, has_nothing_to_look_at_in_sound_alone)
{
    EXPECT_EQ(plan(1, Rates::always_whole(), ladder, claim(0)).tier, CheckTier::structure);
}

TEST(Escalated, looks_at_all_frames_beside_a_control)
{
    const CheckPlan sampled{.tier = CheckTier::sample, .rungs = {{.rung = 1, .frames = {3, 20}}}};
    const CheckPlan closer = escalated(sampled);
    EXPECT_EQ(closer.tier, CheckTier::control);
    EXPECT_EQ(closer.rungs, (std::vector<RungPlan>{{.rung = 1, .frames = {}}}));
}

}  // namespace
}  // namespace millpond::verify
