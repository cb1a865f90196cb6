#pragma once

#include "base/fixed.hpp"
#include "model/attack_table.hpp"
#include "model/cusum.hpp"

#include <array>
#include <cstdint>

/// When honest work pays better than cheating. Amounts are in W, the pay of one segment.
namespace millpond::policy {

/// One detector: P(examined bad work is found) and P(examined good work is accused).
struct Detector {
    Fixed detect;
    Fixed alarm;

    bool operator==(const Detector&) const = default;
};

/// What one cheat is about.
struct Stakes {
    Fixed at_risk;  ///< Λ: lost on conviction, beside the pay of the segment
    Fixed gain;     ///< g: resources saved
    Fixed bribe;    ///< B: paid by others if the bad segment is delivered
};

/// D1: p (d − f)(Λ + W) > g + (1 − p d) B.
[[nodiscard]] bool deters(const Detector& detector, Fixed p, const Stakes& stakes);
/// D1': the least p that deters, rounded up; past 1 when nothing does.
[[nodiscard]] Fixed least_check(const Detector& detector, const Stakes& stakes);
/// D1'': the largest bribe that does not pay, rounded down; Fixed::most() when p d = 1.
[[nodiscard]] Fixed bribe_bound(const Detector& detector, Fixed p, const Stakes& stakes);

/// Two outcomes of one check: unpaid, and convicted.
struct Bands {
    Detector unpaid;
    Detector convicted;

    bool operator==(const Bands&) const = default;
};

using TierChances = std::array<Fixed, check_tiers>;

/// D3: all tiers together against one attack, each tier examined with its own chance, at the
/// pessimistic ends of the measured intervals. What escapes one tier tends to escape the next (the
/// same dark clips do), so the powers do not multiply: the highest tier examined decides. False
/// alarms are taken as independent, which is their worst case.
[[nodiscard]] Bands combined(
    const AttackTable& table, const Attack& attack, const TierChances& chances
);

/// D2: W (D_u − F_u) + Λ (D_c − F_c) − g − (1 − D_u) B; above zero it deters. `bands` hold the
/// chances of being examined already.
[[nodiscard]] Fixed margin(const Bands& bands, const Stakes& stakes);
/// D1'' of two bands.
[[nodiscard]] Fixed bribe_bound(const Bands& bands, const Stakes& stakes);

/// D2': p (f_u W + f_c Λ), what an honest transcoder loses per segment; rounded up.
[[nodiscard]] Fixed honest_loss(const Bands& per_check, Fixed p, Fixed at_risk);

/// The margin of D2 as a line in p_2 and Λ: the other tiers' chances fixed.
struct Line {
    Fixed fixed;      ///< W terms at p_2 = 0
    Fixed per_check;  ///< added at p_2 = 1
    Fixed per_risk;   ///< times Λ, at p_2 = 0
    Fixed per_both;   ///< times Λ, added at p_2 = 1
};

/// Tier 2's own chance in `others` is left out.
[[nodiscard]] Line line_of(
    const AttackTable& table, const Attack& attack, TierChances others, const Stakes& stakes
);
/// The least p_2 with a margin above zero, rounded up; Fixed::most() when there is none.
[[nodiscard]] Fixed least_check(const Line& line, Fixed at_risk);
/// The least Λ at which p_2 deters, rounded up; Fixed::most() when there is none.
[[nodiscard]] Fixed least_risk(const Line& line, Fixed p);

/// 4.5: chance that `looked` of `frames` frames hold one of `altered`.
[[nodiscard]] Fixed frames_found(std::int64_t frames, std::int64_t altered, std::int64_t looked);

/// D4: withheld segments above which stealth never pays, g / (W p d), rounded up.
[[nodiscard]] Fixed least_withheld(Fixed gain, Fixed p, Fixed detect);
/// (1 − s p d)^n: share of the pay that gets through a window of n segments.
[[nodiscard]] Fixed released_share(Fixed cheats, Fixed p, Fixed detect, Fixed window);

/// Soft cheating: what cheating on every segment gains before the sum of 4.16 alarms, in W:
/// g / p · h_c / (d ln(q₁/f₀) + (1−d) ln((1−q₁)/(1−f₀))); Fixed::most() when it never alarms.
[[nodiscard]] Fixed soft_gain(const CusumSteps& test, Fixed gain, Fixed p, Fixed detect);

}  // namespace millpond::policy
