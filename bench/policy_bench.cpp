// deps: millpond::core::policy millpond::core::standing millpond::edge::calibration
// millpond::crypto Decisions of the hybrid policy over 10,000 transcoders, against SHA-256 of 64
// bytes.
#include "core/policy/decide.hpp"
#include "core/standing/apply.hpp"
#include "crypto/digest.hpp"
#include "edge/calibration/attacks_json.hpp"

#include <chrono>
#include <cstdio>
#include <vector>

using namespace millpond;

namespace {

template <typename Work>
double per_second(int rounds, Work work)
{
    const auto started = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i)
        work(i);
    return rounds /
           std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

/// Every tenth on probation, every tenth bonded, every tenth with a failure behind it.
std::vector<Standing> standings(const Parameters& parameters)
{
    std::vector<Standing> all;
    for (int i = 0; i < 10'000; ++i) {
        Standing standing = standing::newcomer(Signs::yes, Time{}, parameters);
        standing.tier = i % 10 == 0 ? Tier::probation : i % 10 == 1 ? Tier::active_s : Tier::active;
        standing.bond_mlpt = i % 10 == 1 ? 20'000 : 0;
        standing.passes = static_cast<std::uint32_t>(i);
        standing.good = Fixed{i};
        standing.error_high = Fixed::ratio(3, 10 + i);
        standing.bad = i % 10 == 2 ? one : zero;
        all.push_back(standing);
    }
    return all;
}

}  // namespace

int main()
{
    const Parameters parameters;
    const policy::Rules rules = policy::make_rules(parameters, calibration::shipped_attack_table());
    const std::vector<Standing> all = standings(parameters);
    std::uint64_t checks = 0;
    const double decisions = per_second(500'000, [&](int i) {
        const auto& standing = all[static_cast<std::size_t>(i) % all.size()];
        const auto decision = policy::decide(
            {.stream_class = static_cast<StreamClass>(i % 3)},
            {.standing = standing,
             .earned = Fixed{i % 300'000},
             .segments_per_second = Fixed::ratio(1 + i % 40, 10),
             .capacity = 8},
            {},
            rules
        );
        checks += decision.check_ppm[2];
    });
    Bytes block(64, 1);
    const double hashes = per_second(2'000'000, [&](int) { block[0] = crypto::sha256(block)[0]; });
    std::printf(
        "hybrid decisions/s with %zu transcoders: %.0f (checksum %llu); SHA-256 of 64 bytes/s: "
        "%.0f; ratio %.3f\n",
        all.size(),
        decisions,
        static_cast<unsigned long long>(checks),
        hashes,
        decisions / hashes
    );
}
