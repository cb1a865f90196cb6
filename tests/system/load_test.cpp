#include "tests/support/load.hpp"

#include "tests/support/sanitizer.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

using namespace std::chrono_literals;

TEST(PoolUnderLoad, answers_what_a_killed_worker_had_and_nobody_else_notices)
{
    Load load;
    KillReport report;
    load.run([&]() -> Task<void> {
        co_await load.open(4, 200ms);
        report = co_await kill_workers(load, 16, 2, 3s);
    }());
    EXPECT_EQ(report.errors_elsewhere, 0U);
    EXPECT_EQ(report.errors, 0U);
    EXPECT_GE(report.segments, 16U * 5);
    EXPECT_EQ(load.pool->end(SIGTERM), 0);
    const auto summary = load.journal();
    ASSERT_TRUE(summary) << summary.error().what;
    EXPECT_EQ(summary->delivered, report.segments);
}

TEST(PoolUnderLoad, loses_nothing_to_a_throttled_worker)
{
    Load load;
    load.run([&]() -> Task<void> {
        co_await load.open(4, 100ms);
        load.workers[0].signal(SIGUSR1);
        co_await load.play(16, 6s);
    }());
    EXPECT_EQ(load.errors(), 0U);
    EXPECT_EQ(load.pushes.size(), 16U * 3);
}

TEST(PoolUnderLoad, keeps_its_memory_and_descriptors)
{
    Load load;
    SoakReport report;
    load.run([&]() -> Task<void> {
        co_await load.open(2, 1ms);
        report = co_await soak_pool(load, 6, 80);
    }());
    EXPECT_EQ(report.errors, 0U);
    EXPECT_LE(report.descriptors_more, 0);
    // If every segment were kept it would be a thousand; a short run's arenas are worth a hundred.
    // The fine figure is the bench's.
    if (!sanitized) EXPECT_LT(report.slope_over_segment, 300);
}

}  // namespace
}  // namespace millpond
