#pragma once

#include "base/fixed.hpp"

namespace millpond {

/// A Beta distribution; both counts above zero, fractional after forgetting.
struct Beta {
    Fixed a;
    Fixed b;

    bool operator==(const Beta&) const = default;
};

/// P(X ≤ x), by the continued fraction of the incomplete beta function (NIST DLMF 8.17.22) and
/// Stirling's series. Off by less than 10^-9.
[[nodiscard]] Fixed cumulative(const Beta& beta, Fixed x);

/// The x that X stays below with chance `level`, rounded up to the next 2^-40: closed form for
/// a = 1, Newton's method otherwise.
[[nodiscard]] Fixed quantile(const Beta& beta, Fixed level);

[[nodiscard]] Fixed mean(const Beta& beta);

/// ln Γ(z) for z > 0.
[[nodiscard]] Fixed ln_gamma(Fixed z);

}  // namespace millpond
