// deps: millpond::core::book millpond::edge::calibration millpond::crypto gtest
// What a pool knows at an epoch's end, 100,000 accounts after their recorded segments: writing it
// (on the pool's loop) and reading it back, over the SHA-256 of as many bytes; and reading it over
// applying the events it stands for.
#include "core/book/snapshot.hpp"
#include "crypto/digest.hpp"
#include "tests/unit/core/book/pool_days.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace millpond;

namespace {

template <typename Work>
double seconds_of(const Work& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv)
{
    const auto accounts = static_cast<std::uint64_t>(argc > 1 ? std::atoi(argv[1]) : 100'000);
    book::PoolDays days;
    book::RecentTasks recent;
    days.begin_epoch();
    for (std::uint64_t number = 1; number <= accounts; ++number)
        days.join(number);
    for (std::uint64_t number = 1; number <= accounts; ++number)
        days.qualify(number);
    days.end_epoch();
    for (const BookEvent& event : days.history)
        recent.note(event);
    std::optional<book::Problem> problem;
    const double applied = seconds_of([&] { problem = days.audit(days.history); });
    Bytes bytes;
    const double written =
        seconds_of([&] { bytes = book::encode_snapshot(days.book, {}, recent); });
    bool whole = false;
    const double read =
        seconds_of([&] { whole = book::decode_snapshot(book::short_rules(), bytes).has_value(); });
    if (!whole || problem) {
        std::fputs("the snapshot is not what was applied\n", stderr);
        return 1;
    }
    const double hashed = seconds_of([&] { bytes[0] ^= crypto::sha256(bytes)[0]; });
    std::printf(
        "%lu accounts, %zu events: %.1f MB; written in %.2f s, read in %.2f s, "
        "SHA-256 %.2f s\n",
        accounts,
        days.history.size(),
        static_cast<double>(bytes.size()) / 1e6,
        written,
        read,
        hashed
    );
    std::printf(
        "snapshot written over its SHA-256: %.2f; read over it: %.2f; applying the %.1f s of "
        "events "
        "over reading it: %.1f\n",
        written / hashed,
        read / hashed,
        applied,
        applied / read
    );
}
