#include "core/verify/agreement.hpp"

#include <gtest/gtest.h>

namespace millpond::verify {
namespace {

Thresholds thresholds()
{
    Thresholds data;
    data.sample.of(Feature::small_error, Taken::worst).alarm = 2'000;
    return data;
}

Ladder ladder(std::size_t rungs)
{
    return Ladder(
        rungs, VideoProfile{.name = "r", .width = 640, .height = 360, .bitrate = 1'000'000}
    );
}

RungReport rung(std::int32_t index, std::uint32_t error2)
{
    RungReport report{.rung = index, .width = 640, .height = 360, .measured = true};
    report.glances.push_back(
        {.key = true, .step2 = 4'096, .error2 = error2, .contrast2 = 16'000, .likeness = 1'000}
    );
    return report;
}

TEST(Agreement, is_found_where_no_rendition_shows_anything_else)
{
    const PictureReport report{.source_usable = true, .rungs = {rung(0, 10), rung(1, 10)}};
    EXPECT_TRUE(agreement(ladder(2), report, thresholds()).agrees);
}

TEST(Agreement, is_not_where_one_rendition_of_several_differs)
{
    const PictureReport report{.source_usable = true, .rungs = {rung(0, 10), rung(1, 50'000)}};
    const Agreement found = agreement(ladder(2), report, thresholds());
    EXPECT_FALSE(found.agrees);
    EXPECT_TRUE(found.why.contains("small_error")) << found.why;
    EXPECT_TRUE(found.why.contains("rendition 1")) << found.why;
}

TEST(Agreement, is_not_where_a_rendition_is_missing_or_cannot_be_measured)
{
    PictureReport report{.source_usable = true, .rungs = {rung(0, 10)}};
    EXPECT_FALSE(agreement(ladder(2), report, thresholds()).agrees);
    report.rungs.push_back(rung(1, 10));
    report.rungs.back().measured = false;
    EXPECT_FALSE(agreement(ladder(2), report, thresholds()).agrees);
    EXPECT_FALSE(agreement(ladder(2), {.problem = "broken"}, thresholds()).agrees);
}

}  // namespace
}  // namespace millpond::verify
