// deps: millpond::core::ledger millpond::crypto
// Ledger: postings per second on one core over the SHA-256 of as many bytes and over plain map
// additions, and what 100,000 transcoders with twenty lots each take in memory.
#include "core/ledger/invariants.hpp"
#include "core/ledger/ledger.hpp"
#include "core/ledger/snapshot.hpp"
#include "crypto/digest.hpp"

#include <chrono>
#include <cstdio>
#include <map>
#include <string_view>

#include <malloc.h>

using namespace millpond;
using namespace millpond::ledger;

namespace {

double seconds_since(std::chrono::steady_clock::time_point started)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

Address address_of(std::uint64_t number)
{
    std::array<std::uint8_t, 20> bytes{};
    number *= 0x9e37'79b9'7f4a'7c15ULL;  // Spread like keys are, so that the map is as deep.
    for (std::size_t i = 0; i < 8; ++i)
        bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return Address{bytes};
}

Work work_of(std::uint64_t transcoder, Time at)
{
    return {
        .transcoder = address_of(transcoder),
        .task = TaskId{1},
        .pixels = Pixels{124'416'000 + transcoder},
        .price = {.per = Wei{1'200'000}, .pixels = Pixels{1'000}},
        .at = at,
        .hold = std::chrono::hours{72},
    };
}

struct Run {
    double events_per_second = 0;
    double transfers_per_second = 0;
};

/// The events are made beforehand, so that only the posting is timed.
Run post_all(Ledger& ledger, std::uint64_t transcoders, std::uint64_t events)
{
    const Time start = Time{} + std::chrono::days{1};
    Run run;
    double spent = 0;
    std::uint64_t transfers = 0;
    for (std::uint64_t done = 0; done < events; done += transcoders) {
        // One event of each transcoder in each batch; a batch takes an hour of the pool's time.
        const Time at = start + std::chrono::hours{done / transcoders};
        std::vector<MoneyEvent> batch;
        batch.reserve(transcoders);
        for (std::uint64_t i = 0; i < transcoders; ++i)
            batch.emplace_back(ledger.earn(work_of(i, at)).value());
        const auto started = std::chrono::steady_clock::now();
        for (const MoneyEvent& event : batch)
            transfers += ledger.apply(event).value().transfers.size();
        spent += seconds_since(started);
    }
    run.events_per_second = static_cast<double>(events) / spent;
    run.transfers_per_second = static_cast<double>(transfers) / spent;
    return run;
}

/// The least any ledger does: look two accounts up and change them.
double map_additions_per_second(std::uint64_t accounts, std::uint64_t rounds)
{
    std::map<Address, std::uint64_t> balances;
    for (std::uint64_t i = 0; i < accounts; ++i)
        balances[address_of(i)] = 1;
    const auto started = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < rounds; ++i) {
        balances[address_of(i % accounts)] += i;
        balances[address_of((i * 7) % accounts)] -= i;
    }
    const double rate = static_cast<double>(rounds) / seconds_since(started);
    if (balances[address_of(0)] == 42) std::puts("");  // The sum is used.
    return rate;
}

/// SHA-256 over as many bytes as an earning takes in memory: what chaining the journal costs.
double digests_per_second(int rounds)
{
    Bytes bytes(sizeof(PayEarned), 7);
    const auto started = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i)
        bytes[0] = crypto::sha256(bytes)[0];
    return rounds / seconds_since(started);
}

void print_memory()
{
    const std::size_t before = mallinfo2().uordblks;
    Ledger ledger{{}, {}};
    (void)ledger.apply(EpochOpened{.epoch = 1, .at = Time{} + std::chrono::days{1}});
    const Run run = post_all(ledger, 100'000, 2'000'000);
    const std::size_t after = mallinfo2().uordblks;
    std::printf(
        "ledger with 100,000 transcoders, 2 million earnings: %.0f events/s, %.0f MB (%zu bytes "
        "each, 20 lots)\n",
        run.events_per_second,
        static_cast<double>(after - before) / 1e6,
        (after - before) / 100'000
    );
    auto started = std::chrono::steady_clock::now();
    const Bytes snapshot = encode_state(ledger.state());
    const double encoded = seconds_since(started);
    started = std::chrono::steady_clock::now();
    const bool same = decode_state(snapshot).value() == ledger.state();
    const double decoded = seconds_since(started);
    started = std::chrono::steady_clock::now();
    const bool sound = !violation(ledger.state()).has_value();
    std::printf(
        "snapshot %.0f MB, written in %.2f s, read in %.2f s (%s); invariants checked in %.3f s "
        "(%s)\n",
        static_cast<double>(snapshot.size()) / 1e6,
        encoded,
        decoded,
        same ? "the same state" : "ANOTHER STATE",
        seconds_since(started),
        sound ? "they hold" : "BROKEN"
    );
}

}  // namespace

int main()
{
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const double digests = digests_per_second(500'000);
    for (const std::uint64_t transcoders : {100ULL, 10'000ULL}) {
        Ledger ledger{{}, {}};
        (void)ledger.apply(EpochOpened{.epoch = 1, .at = Time{} + std::chrono::days{1}});
        const Run run = post_all(ledger, transcoders, 300'000);
        const double additions = map_additions_per_second(transcoders, 500'000);
        std::printf(
            "ledger with %llu transcoders: %.0f earnings/s, %.0f transfers/s; over SHA-256 of the "
            "same bytes %.2f, over map additions %.2f\n",
            static_cast<unsigned long long>(transcoders),
            run.events_per_second,
            run.transfers_per_second,
            run.events_per_second / digests,
            run.transfers_per_second / additions
        );
    }
    print_memory();
}
