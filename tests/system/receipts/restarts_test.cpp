#include "tests/support/restarts.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

/// The short form of what `bench_restart` plays.
TEST(PoolKilledUnderLoad, loses_no_stream_and_no_promise)
{
    Restarts restarts{{.workers = 1, .streams = 2, .kills = 2, .apart = std::chrono::seconds{2}}};
    const RestartReport report = restarts.go();
    EXPECT_EQ(report.streams_lost, 0U);
    EXPECT_EQ(report.vouchers_lost, 0U);
    EXPECT_GT(report.vouchers, 0U);
    for (const auto& [name, yes] : restarts.proven())
        EXPECT_TRUE(yes) << name;
    EXPECT_EQ(restarts.audit().status, 0) << restarts.pool_log();
}

}  // namespace
}  // namespace millpond
