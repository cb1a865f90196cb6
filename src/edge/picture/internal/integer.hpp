#pragma once

#include <bit>
#include <cstdint>

namespace millpond::picture {

/// The largest integer whose square is not above `value`.
[[nodiscard]] constexpr std::uint32_t root(std::uint64_t value)
{
    std::uint64_t rest = value;
    std::uint64_t result = 0;
    if (value == 0) return 0;
    std::uint64_t bit = std::uint64_t{1} << ((std::bit_width(value) - 1) / 2 * 2);
    while (bit != 0) {
        if (rest >= result + bit) {
            rest -= result + bit;
            result = (result >> 1U) + bit;
        } else {
            result >>= 1U;
        }
        bit >>= 2U;
    }
    return static_cast<std::uint32_t>(result);
}

/// Rounds to the nearest, halves away from zero; `by` is positive.
[[nodiscard]] constexpr std::int64_t divided(std::int64_t value, std::int64_t by)
{
    return (value >= 0 ? value + by / 2 : value - by / 2) / by;
}

}  // namespace millpond::picture
