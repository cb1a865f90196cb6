#pragma once

#include "base/fixed.hpp"
#include "model/parameters.hpp"

namespace millpond {

/// Steps of the one-sided sum that finds soft cheating (cryptoeconomics 4.16).
struct CusumSteps {
    Fixed on_failure;  ///< ln(q₁/f₀)
    Fixed on_pass;     ///< ln((1−q₁)/(1−f₀)), negative
    Fixed alarm;       ///< h_c
};

/// `peers` is the failure rate of others on the same stream in the same hour: it raises f₀, at most
/// to its double, so that a coalition cannot hide behind its own bad work.
[[nodiscard]] CusumSteps cusum_steps(const Parameters& parameters, Fixed peers = zero);

}  // namespace millpond
