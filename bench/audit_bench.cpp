// deps: millpond::audit millpond::edge::calibration gtest
// An honest run of 100,000 segments in ten epochs is audited: segments per second, over verifying
// the same journal's chain alone.
#include "apps/millpond/auditor.hpp"
#include "edge/store/verify.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/system/audit/submission.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace millpond;

namespace {

constexpr int epochs = 10;
constexpr int rounds = 3;
constexpr std::uint64_t transcoders = 8;

/// Ends the bench with what is wrong; nothing that it measures would mean anything.
[[noreturn]] void fail(const std::string& what)
{
    std::fprintf(stderr, "%s\n", what.c_str());
    std::exit(1);  // NOLINT(concurrency-mt-unsafe): the only thread
}

std::vector<settle::EpochDocument> write_run(const std::string& journal, int segments)
{
    book::PoolDays days;
    HonestRun honest{days};
    for (int epoch = 0; epoch < epochs; ++epoch) {
        days.begin_epoch();
        for (std::uint64_t number = 1; epoch == 0 && number <= transcoders; ++number) {
            days.join(number, 20'000'000 + number * 5'000'000);
            days.qualify(number);
        }
        for (int i = 0; i < segments / epochs; ++i) {
            if (i % 60 == 59) days.tick();
            days.segment(static_cast<std::uint64_t>(1 + i % 40));
        }
        honest.end_epoch();
    }
    Submission submission{.history = days.history, .documents = days.documents};
    auto table = store::open_table(journal, store::Access::write);
    if (!table) fail(table.error().what);
    const auto written = (*table)->append(submission.seal());
    if (!written) fail(written.error().what);
    return days.documents;
}

/// Seconds to read the journal with that in hand.
double seconds_of(const std::string& journal, const store::EachLink& each)
{
    const auto start = std::chrono::steady_clock::now();
    auto table = store::open_table(journal, store::Access::read);
    if (!table) fail(table.error().what);
    const auto read = store::read_chain(**table, each);
    if (!read) fail(read.error().what);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values.at(values.size() / 2);
}

}  // namespace

int main(int argc, char** argv)
{
    const int segments = argc > 1 ? std::atoi(argv[1]) : 100'000;
    const TempDir folder;
    const std::string journal = folder.path() / "journal.sqlite";
    const auto documents = write_run(journal, segments);
    std::vector<double> chain;
    std::vector<double> audit;
    AuditFigures figures;
    for (int round = 0; round < rounds; ++round) {
        chain.push_back(seconds_of(journal, [](const store::Row&, const Entry&) {
            return std::nullopt;
        }));
        Auditor auditor{book::short_rules(), documents};
        audit.push_back(seconds_of(journal, [&](const store::Row& row, const Entry& entry) {
            return auditor.take(row, entry);
        }));
        if (!auditor.document_problems().empty()) fail(auditor.document_problems().front());
        if (const auto missing = auditor.end_problems(); !missing.empty()) fail(missing.front());
        figures = auditor.figures();
    }
    const auto rate = [](std::uint64_t count, double seconds) {
        return static_cast<double>(count) / seconds;
    };
    std::printf(
        "clean: %lu payments, %lu draws recomputed, %lu checks, %lu entries, %lu epochs\n",
        figures.payments,
        figures.draws,
        figures.checks,
        figures.entries,
        figures.epochs
    );
    std::printf(
        "chain alone %.0f entries/s; audit %.0f entries/s, %.0f segments/s; ratio %.3f\n",
        rate(figures.entries, median(chain)),
        rate(figures.entries, median(audit)),
        rate(figures.payments, median(audit)),
        median(chain) / median(audit)
    );
    return 0;
}
