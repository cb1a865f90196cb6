#pragma once

#include "base/fixed.hpp"

namespace millpond {

/// Elementary functions by written algorithms on integers (docs/policy.md, "Arithmetic"): the same
/// bits on every machine. Each is off by less than 2^-40 for a result of moderate size.

/// Natural logarithm; the smallest number there is for zero and below.
[[nodiscard]] Fixed ln(Fixed x);

/// e^x; nothing is left below −33, and what would pass 2^40 stays there.
[[nodiscard]] Fixed exp(Fixed x);

/// base^exponent = e^(exponent · ln base) for a base above zero; 0 for a base of zero.
[[nodiscard]] Fixed power(Fixed base, Fixed exponent);

}  // namespace millpond
