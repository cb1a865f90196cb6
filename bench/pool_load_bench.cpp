// deps: millpond_programs millpond::edge::media
// Q1, Q2, Q4, Q6: a pool program under a load of live streams, with transcoders whose work is
// scripted, so that the pool is measured and not an encoder.
#include "tests/support/load.hpp"

#include <cstdio>
#include <cstring>

using namespace millpond;
using namespace std::chrono_literals;

namespace {

constexpr Duration work = 250ms;  ///< of one segment of two seconds: eight streams fill a worker

double percentile(const std::vector<double>& sorted, double share)
{
    return sorted.empty()
               ? 0
               : sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void killed_under_load()
{
    Load load;
    KillReport report;
    load.run([](Load& on, KillReport& to) -> Task<void> {
        co_await on.open(8, work);
        to = co_await kill_workers(on, 51, 8, 4s);
    }(load, report));
    std::printf(
        "Q1  one of 8 killed, 8 times, at 80%% load: errors on the other seven's sessions %zu "
        "(target 0), on any %zu, of %zu segments\n",
        report.errors_elsewhere,
        report.errors,
        report.segments
    );
    std::printf(
        "Q2  of the dead's %zu segments in flight answered within one duration %.3f (target 0.99); "
        "recovery over duration: median %.3f, p90 %.3f, worst %.3f (target 0.5)\n",
        report.round_trips.size(),
        report.answered_within(1),
        percentile(report.recoveries, 0.5),
        percentile(report.recoveries, 0.9),
        percentile(report.recoveries, 1)
    );
}

double share_in_time(int throttled)
{
    Load load;
    load.run([](Load& on, int slow) -> Task<void> {
        co_await on.open(10, work);
        for (int i = 0; i < slow; ++i)
            on.workers[static_cast<std::size_t>(i)].signal(SIGUSR1);
        co_await on.play(64, 20s);
    }(load, throttled));
    return load.share_within(0.7);
}

void throttled_under_load(int pairs)
{
    std::vector<double> ratios;
    for (int i = 0; i < pairs; ++i) {
        const double none = share_in_time(0);
        const double one = share_in_time(1);
        ratios.push_back(one / none);
        std::printf(
            "    scores of at most 0.7: %.4f with none throttled, %.4f with one\n", none, one
        );
        std::fflush(stdout);
    }
    std::ranges::sort(ratios);
    std::printf(
        "Q4  one of 10 throttled to a quarter at 80%% load: share in time over share with none, "
        "median %.4f, %.4f to %.4f (target 0.99)\n",
        percentile(ratios, 0.5),
        ratios.front(),
        ratios.back()
    );
}

void soaked(int thousands)
{
    Load load;
    SoakReport report;
    load.run([](Load& on, int rounds, SoakReport& to) -> Task<void> {
        co_await on.open(4, 1ms);
        to = co_await soak_pool(on, rounds, 1'000);
    }(load, thousands, report));
    std::printf("    KiB of its own after each thousand, warming:");
    for (const double each : report.warming)
        std::printf(" %.0f", each / 1'024);
    std::printf("; warm:");
    for (const double each : report.resident)
        std::printf(" %.0f", each / 1'024);
    std::printf("\n");
    std::printf(
        "Q6  %d,000 segments, the first half to warm up: memory of its own grows by %.0f bytes per "
        "1,000, over the segment's size "
        "%.4f (target 0.001); descriptors %+ld (target 0); errors %zu\n",
        thousands,
        report.bytes_per_thousand,
        report.slope_over_segment,
        report.descriptors_more,
        report.errors
    );
}

}  // namespace

/// Without arguments everything; else some of: kill, throttle, soak.
int main(int argc, char** argv)
{
    const auto asked = [&](const char* name) {
        return argc < 2 || std::any_of(
                               argv + 1,
                               argv + argc,
                               [name](const char* each) { return std::strcmp(each, name) == 0; }
                           );
    };
    if (asked("kill")) killed_under_load();
    if (asked("throttle")) throttled_under_load(3);
    if (asked("soak")) soaked(20);
}
