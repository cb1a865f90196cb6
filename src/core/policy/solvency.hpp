#pragma once

#include "base/fixed.hpp"

#include <cstdint>

/// What the operator and the fund must own, and whether honest work still pays.
namespace millpond::policy {

/// 4.21: the positive root x of e^(−x) − 1 + x (1 − μ) = 0, rounded down.
[[nodiscard]] Fixed ruin_exponent(Fixed margin);
/// R_O / V = ln(1/δ) / x: ticket face values to hold so that ruin has chance δ; rounded up.
[[nodiscard]] Fixed reserve_tickets(Fixed margin, Fixed ruin);

/// 4.22: least k with P(N > k) < `risk` for incidents of a yearly rate.
[[nodiscard]] std::uint32_t fund_losses(Fixed yearly_incidents, Fixed risk);

struct Insured {
    Fixed undetected;  ///< 1 − D
    Fixed error;       ///< ε
    Fixed notice;      ///< q_B
    Fixed loss;        ///< Z
    Fixed loading;
};

/// (1−D) ε q_B Z (1 + loading), rounded up.
[[nodiscard]] Fixed insurance_premium(const Insured& insured);

/// 4.23: what one segment leaves to an honest transcoder, in W.
struct Livelihood {
    Fixed chance_unpaid;  ///< p f_u
    Fixed cost;           ///< c
    Fixed capital;        ///< cost of withheld pay and bond
    Fixed gas;
};

/// W (1 − p f_u) − c − capital − gas, rounded down.
[[nodiscard]] Fixed left_to_honest(const Livelihood& livelihood);
/// Interest on pay that waits: seconds held × yearly rate, share of pay.
[[nodiscard]] Fixed capital_cost(Fixed hold_seconds, Fixed yearly_rate);

}  // namespace millpond::policy
