#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace millpond {

constexpr std::size_t check_tiers = 4;

/// A measured chance or share in millionths, with the interval it is believed to lie in.
struct Measured {
    std::uint32_t value_ppm = 0;
    std::uint32_t low_ppm = 0;
    std::uint32_t high_ppm = 0;

    bool operator==(const Measured&) const = default;
};

/// What a check of one tier costs and how often it is wrong about honest work.
struct TierFigures {
    Measured cost;               ///< share of the pay W of a segment
    Measured false_substandard;  ///< honest work judged unpaid
    Measured false_fraud;        ///< honest work judged fraud

    bool operator==(const TierFigures&) const = default;
};

/// How one tier sees one attack.
struct Power {
    std::uint32_t detect_unpaid_ppm = 0;
    std::uint32_t detect_fraud_ppm = 0;
    std::uint32_t low_ppm = 0;  ///< of detect_unpaid
    std::uint32_t high_ppm = 0;
    std::uint32_t files = 0;  ///< how many were tried

    bool operator==(const Power&) const = default;
};

struct Attack {
    std::string name;
    std::string group;
    /// Shown by pictures that are not the source's (other, altered, frozen), so that it can be
    /// convicted, and worth a bribe to somebody. Otherwise only unpaid and counted: broken in
    /// structure, or worse than paid for.
    bool gross = false;
    std::uint32_t gain_ppm = 0;  ///< what the transcoder saves, share of W
    std::array<Power, check_tiers> tiers;

    bool operator==(const Attack&) const = default;
};

/// The verdict function's powers as measured on its own corpus: data, never constants of code.
struct AttackTable {
    std::uint64_t version = 0;
    Hash32 dvf{};  ///< the verdict function that was measured
    std::string source;
    std::array<TierFigures, check_tiers> tiers;
    std::vector<Attack> attacks;

    bool operator==(const AttackTable&) const = default;
};

/// What decisions depend on, one line each, the same bytes for the same figures.
[[nodiscard]] std::string canonical_text(const AttackTable& table);

}  // namespace millpond
