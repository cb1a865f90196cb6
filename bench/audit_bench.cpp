// deps: millpond::audit millpond::edge::calibration gtest
// An honest run of 100,000 segments in ten epochs, all signed, is audited: segments per second,
// over verifying the same journal's chain alone; and its signatures, over recovering as many
// signers.
#include "apps/millpond/auditor.hpp"
#include "crypto/signature.hpp"
#include "edge/store/verify.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/system/audit/signed_run.hpp"

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

std::vector<settle::EpochDocument> write_run(
    SignedRun& run, const std::string& journal, int segments
)
{
    book::PoolDays& days = run.days;
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
        run.end_epoch();
        days.history.clear();
    }
    auto table = store::open_table(journal, store::Access::write);
    if (!table) fail(table.error().what);
    const auto written = (*table)->append(run.chain.rows);
    if (!written) fail(written.error().what);
    run.chain.rows.clear();
    return days.documents;
}

/// Seconds to recover so many signers, which is most of what a signature costs.
double seconds_of_recovering(std::uint64_t count)
{
    const auto key = crypto::PrivateKey::parse(book::hash(1));
    const Hash32 digest = book::hash(2);
    const auto signature = key->sign_digest(digest);
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < count; ++i) {
        if (!crypto::recover_digest(digest, signature)) fail("a signature is none");
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
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
    SignedRun run;
    const auto documents = write_run(run, journal, segments);
    std::vector<double> recovering;
    std::vector<double> chain;
    std::vector<double> audit;
    AuditFigures figures;
    for (int round = 0; round < rounds; ++round) {
        chain.push_back(seconds_of(journal, [](const store::Row&, const Entry&) {
            return std::nullopt;
        }));
        Auditor auditor{run.settings(), documents};
        audit.push_back(seconds_of(journal, [&](const store::Row& row, const Entry& entry) {
            return auditor.take(row, entry);
        }));
        if (!auditor.document_problems().empty()) fail(auditor.document_problems().front());
        if (const auto missing = auditor.end_problems(); !missing.empty()) fail(missing.front());
        figures = auditor.figures();
        recovering.push_back(seconds_of_recovering(figures.signatures));
    }
    const auto rate = [](std::uint64_t count, double seconds) {
        return static_cast<double>(count) / seconds;
    };
    std::printf(
        "clean: %lu payments, %lu signatures, %lu draws recomputed, %lu checks, %lu entries, %lu "
        "epochs\n",
        figures.payments,
        figures.signatures,
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
    std::printf(
        "recovering the signers alone %.0f/s; ratio of an audit to it %.3f\n",
        rate(figures.signatures, median(recovering)),
        median(recovering) / median(audit)
    );
    return 0;
}
