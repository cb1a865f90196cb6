#pragma once

#include "base/fixed.hpp"

#include <array>
#include <cstdint>

/// Juries and the money of the parties to a case.
namespace millpond::policy {

/// `threshold` equal votes of `jurors` decide; fewer on both sides leave the case to the next
/// round.
struct Round {
    std::uint32_t jurors = 0;
    std::uint32_t threshold = 0;
};

inline constexpr std::array<Round, 3> default_rounds{{{7, 5}, {15, 10}, {31, 16}}};

/// P(at least k of n), each with chance p.
[[nodiscard]] Fixed at_least(std::uint32_t k, std::uint32_t n, Fixed p);

struct Jury {
    Fixed error;        ///< of either kind, if nobody appeals
    Fixed mean_jurors;  ///< seats used
};

/// 4.19: honest jurors are right with chance `accuracy`, a share `corrupt` votes wrongly.
[[nodiscard]] Jury jury(const std::array<Round, 3>& rounds, Fixed accuracy, Fixed corrupt);

/// Chances that decide what the parties must put down, as shares of the penalty.
struct CaseOdds {
    Fixed claimant_share;    ///< ψ
    Fixed silence;           ///< u
    Fixed wrong_conviction;  ///< π
};

/// 4.20: a false claim does not pay above ψ (u + (1−u) π) / ((1−u)(1−π)), rounded up.
[[nodiscard]] Fixed least_claim_bond(const CaseOdds& odds);
/// 4.20: the guilty gain nothing by disputing above (1 − π_tp)/π_tp, rounded up.
[[nodiscard]] Fixed least_defence_bond(Fixed right_conviction);

}  // namespace millpond::policy
