#pragma once

#include "base/fixed.hpp"

#include <cstdint>

/// How often a full check is worth its price. Amounts in W.
namespace millpond::policy {

struct CheckCosts {
    Fixed harm;         ///< h
    Fixed detect;       ///< d
    Fixed check;        ///< v
    Fixed alarm;        ///< f
    Fixed false_alarm;  ///< L_fp
};

/// C(p) = p v + (1 − p d) ε h + p f L_fp of 4.9, rounded up.
[[nodiscard]] Fixed cost_of_checking(const CheckCosts& costs, Fixed p, Fixed error);
/// R1: ε̂ d h > v + f L_fp; checking everything is the cheapest.
[[nodiscard]] bool checking_pays(const CheckCosts& costs, Fixed error_mean);
/// The ε̂ above which R1 holds.
[[nodiscard]] Fixed break_even_error(const CheckCosts& costs);

/// p_rep = min(1, κ (u95 − f_confirmed)⁺), rounded up.
[[nodiscard]] Fixed check_for_doubt(Fixed error_high, Fixed false_confirmed, Fixed factor);

struct CheckWants {
    Fixed deterring;    ///< m · p_det
    Fixed doubt;        ///< p_rep
    bool pays = false;  ///< R1
};

/// R2: clamp(max(m p_det, p_rep, 1{R1}), p_floor, 1).
[[nodiscard]] Fixed check_chance(const CheckWants& wants, Fixed floor);

/// K1: φ/(1−φ) · 1/(e d k), the worst error of the next segment after k passed checks.
[[nodiscard]] Fixed worst_error(Fixed cheaters, Fixed detect, std::uint32_t passes);
/// K1 turned round: passes needed for a worst error of `target`.
[[nodiscard]] std::uint32_t passes_needed(Fixed cheaters, Fixed detect, Fixed target);

/// 4.18: share of planted segments above which a lazy auditor loses: c_v / Λ_a.
[[nodiscard]] Fixed least_canaries(Fixed check_cost, Fixed auditor_at_risk);

}  // namespace millpond::policy
