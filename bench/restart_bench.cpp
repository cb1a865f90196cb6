// deps: millpond_programs millpond::worker millpond::edge::files millpond::edge::media
// Q3: a pool that is killed again and again under live streams, with transcoders that encode and
// keep its receipts.
#include "tests/support/restarts.hpp"

#include <cstdio>
#include <cstdlib>
#include <vector>

using namespace millpond;

namespace {

double middle(const std::vector<double>& sorted)
{
    return sorted.empty() ? 0 : sorted[sorted.size() / 2];
}

double most(const std::vector<double>& sorted)
{
    return sorted.empty() ? 0 : sorted.back();
}

}  // namespace

/// The argument is how often it is killed.
int main(int argc, char** argv)
{
    const RestartSettings settings{.kills = argc > 1 ? std::atoi(argv[1]) : 10};
    Restarts restarts{settings};
    const RestartReport report = restarts.go();
    const auto proven = restarts.proven();
    const auto not_proven =
        std::ranges::count(proven, false, [](const auto& each) { return each.second; });
    const int audited = restarts.audit().status;
    std::printf(
        "Q3  killed %d times under %d live streams: streams lost %zu of %zu (target 0), vouchers "
        "lost %zu of %zu (target 0), transcoders whose receipts the epoch does not prove %zd of "
        "%zu (target 0), audit ends with %d\n",
        settings.kills,
        settings.streams,
        report.streams_lost,
        report.streams_lost + report.recoveries.size(),
        report.vouchers_lost,
        report.vouchers,
        not_proven,
        proven.size(),
        audited
    );
    std::printf(
        "    %zu segments delivered, %zu cut off by a kill and asked for again; from a kill to a "
        "pool "
        "with all its transcoders %.2f s (median), %.2f s (most), to a stream's next segment %.2f "
        "s, "
        "%.2f s\n",
        report.delivered,
        report.cut,
        middle(report.returns),
        most(report.returns),
        middle(report.recoveries),
        most(report.recoveries)
    );
    for (const auto& [words, count] : report.refused)
        std::printf("    %zu refused by a pool that was ready: %s\n", count, words.c_str());
    return report.streams_lost + report.vouchers_lost == 0 && not_proven == 0 && audited == 0 ? 0
                                                                                              : 1;
}
