#pragma once

#include "base/fixed.hpp"

#include <cstdint>

/// How much may be lost before a fault is known. Amounts in W, times in seconds.
namespace millpond::policy {

/// What a bond answers for.
struct BondTerms {
    Fixed lpt_w;    ///< value of one LPT in W
    Fixed haircut;  ///< share that is not counted
    Fixed slash;    ///< σ
};

/// S_claw = S · price · (1 − haircut): pay that can be taken back.
[[nodiscard]] Fixed claw_back(Fixed bond_lpt, const BondTerms& terms);
/// S_eff = σ · S_claw: what a first fraud costs.
[[nodiscard]] Fixed punishable(Fixed bond_lpt, const BondTerms& terms);

struct HoldTerms {
    Fixed look_back;  ///< H
    Fixed least;      ///< D_min
};

/// X1: D ≥ max(D_min, H − S_claw/(λ W)) in whole seconds, rounded up; at most H.
[[nodiscard]] std::uint32_t hold_seconds(
    const HoldTerms& terms, Fixed claw_back, Fixed segments_per_second
);
/// The bond, in LPT, with which X1 lets pay go at once.
[[nodiscard]] Fixed bond_for_no_hold(
    const HoldTerms& terms, Fixed segments_per_second, const BondTerms& bond
);
/// E: pay held back of one that works steadily.
[[nodiscard]] Fixed withheld(Fixed segments_per_second, Fixed hold);

/// X2: ⌊Λ / (θ (W + h))⌋ segments delivered unchecked.
[[nodiscard]] std::uint32_t in_flight_cap(Fixed at_risk, Fixed harm, Fixed factor);
/// 4.10: 1 + ⌊passes / per_lane⌋.
[[nodiscard]] std::uint32_t slow_start(std::uint32_t passes, std::uint32_t per_lane);

/// V1: what the host protocol takes from the operator, per segment.
struct Slashing {
    Fixed error;        ///< ε_T: bad segments
    Fixed detect;       ///< D
    Fixed notice;       ///< q_B
    Fixed false_slash;  ///< f_B
    Fixed slash;        ///< Z
};

/// ε_T (1 − D) q_B Z + f_B Z, rounded up.
[[nodiscard]] Fixed expected_slash(const Slashing& slashing);
/// V2: S_eff + E ≥ ζ Z with ζ = 1.
[[nodiscard]] bool covers(Fixed at_risk, Fixed slash);

}  // namespace millpond::policy
