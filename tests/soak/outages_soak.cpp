#include "tests/support/campaign.hpp"

#include <cstdio>

#include <gtest/gtest.h>

namespace millpond {
namespace {

/// A minute of real time; too long for every build, so `./run soak` starts it.
TEST(OutagesSoak, eight_streams_outlive_a_minute_of_dying_workers)
{
    Campaign campaign{{}};
    const auto report = campaign.go();
    std::printf(
        "%zu segments, %d faults: %zu lost, %zu late beyond twice their duration, %zu sent twice, "
        "worst latency score %.2f\n",
        report.rows.size(),
        report.faults,
        report.lost(),
        report.late(),
        report.repeated(),
        report.worst_score()
    );
    if (report.lost() + report.late() + report.repeated() > 0)
        std::printf("%s", campaign.pool_log().c_str());
    EXPECT_GE(report.rows.size(), 8U * 29);
    EXPECT_GE(report.faults, 15);
    EXPECT_EQ(report.lost(), 0U);
    EXPECT_EQ(report.late(), 0U);
    EXPECT_EQ(report.repeated(), 0U);
    EXPECT_EQ(campaign.pool->end(SIGTERM), 0);
    const auto summary = campaign.journal();
    ASSERT_TRUE(summary) << summary.error().what;
    EXPECT_EQ(summary->delivered, report.rows.size());
}

}  // namespace
}  // namespace millpond
