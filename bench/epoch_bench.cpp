// deps: millpond::core::settle millpond::core::draw millpond::crypto
// Closing an epoch with 100,000 accounts and ten million tasks: time and memory, over the raw hash
// of as many bytes.
#include "core/draw/seeds.hpp"
#include "core/settle/audit_tree.hpp"
#include "core/settle/epoch.hpp"
#include "crypto/keccak.hpp"

#include <chrono>
#include <cstdio>
#include <vector>

#include <sys/resource.h>

using namespace millpond;

namespace {

double seconds_since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double mebibytes()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Seconds for `count` hashes of `size` bytes, one after the other.
double raw_hashes(std::uint64_t count, std::size_t size)
{
    Bytes bytes(size, 1);
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < count; ++i) {
        const Hash32 hash = crypto::keccak256(bytes);
        bytes[0] = hash[0];
    }
    return seconds_since(start);
}

}  // namespace

int main()
{
    constexpr std::uint64_t accounts = 100'000;
    constexpr std::uint64_t tasks = 10'000'000;
    constexpr std::uint32_t ticks = 1'440;

    auto start = std::chrono::steady_clock::now();
    settle::AuditTree audit;
    settle::AuditLeaf leaf{.chances = {1, 2, 3, 4}};
    for (std::uint64_t i = 0; i < tasks; ++i) {
        leaf.voucher_seq = i;
        audit.add(i * ticks / tasks, leaf);
    }
    const Hash32 tasks_root = audit.root();
    const double audit_seconds = seconds_since(start);
    std::printf(
        "audit tree of %llu tasks, kept up as they come: %.1f s in all, %.2f us a task\n",
        static_cast<unsigned long long>(tasks),
        audit_seconds,
        audit_seconds * 1e6 / tasks
    );

    std::vector<settle::Leaf> leaves;
    for (std::uint64_t i = 0; i < accounts; ++i) {
        std::array<std::uint8_t, 20> address{};
        for (std::size_t byte = 0; byte < 8; ++byte)
            address[byte] = static_cast<std::uint8_t>((i * 0x9E3779B97F4A7C15U) >> (8 * byte));
        leaves.push_back({.epoch = 1, .account = Address{address}, .earned = Wei{i}});
    }
    const double before = mebibytes();
    start = std::chrono::steady_clock::now();
    const draw::SeedChain seeds{{1}, ticks};
    const auto document = settle::close(
        {},
        1,
        std::move(leaves),
        {.tasks_root = tasks_root, .tasks = tasks, .anchor = seeds.anchor(), .ticks = ticks},
        seeds.seed(ticks),
        {2}
    );
    const double close_seconds = seconds_since(start);
    if (!document || !settle::check(*document, std::nullopt)) return 1;
    std::printf(
        "close with %llu accounts: %.2f s, %.0f MiB more, %.0f MiB in all\n",
        static_cast<unsigned long long>(accounts),
        close_seconds,
        mebibytes() - before,
        mebibytes()
    );

    // A leaf is hashed twice (7 words, then 1), a node once (4 words).
    const double raw_close =
        raw_hashes(accounts, 224) + raw_hashes(accounts, 32) + raw_hashes(accounts, 128);
    // A task: 10 words, its chances, the outer hash, and one node.
    const double raw_audit =
        raw_hashes(tasks / 10, 320) + raw_hashes(tasks / 10, 32) * 2 + raw_hashes(tasks / 10, 64);
    std::printf(
        "epoch close over the raw hash of the same bytes: %.2f; audit tree: %.2f\n",
        close_seconds / raw_close,
        audit_seconds / (raw_audit * 10)
    );
}
