#pragma once

#include <bit>
#include <cstdint>
#include <limits>

/// What the judgement needs of mathematics, in integers: the same on every machine.
namespace millpond::verify {

/// The largest integer whose square is not above `value`.
[[nodiscard]] constexpr std::int64_t root(std::int64_t value)
{
    std::int64_t rest = value;
    std::int64_t result = 0;
    for (std::int64_t bit = std::int64_t{1} << 62; bit != 0; bit >>= 2) {
        if (rest >= result + bit) {
            rest -= result + bit;
            result = (result >> 1) + bit;
        } else {
            result >>= 1;
        }
    }
    return result;
}

/// The logarithm to base 2 of a positive integer, in 1/256, rounded down.
[[nodiscard]] constexpr std::int64_t log2_256(std::int64_t value)
{
    if (value <= 0) return 0;
    const auto bits =
        static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(value))) - 1;
    // The mantissa between 1 and 2 in 1/2^30; each squaring gives a digit.
    auto mantissa = static_cast<std::uint64_t>(value);
    mantissa = bits > 30 ? mantissa >> static_cast<unsigned>(bits - 30)
                         : mantissa << static_cast<unsigned>(30 - bits);
    std::int64_t fraction = 0;
    for (int i = 0; i < 8; ++i) {
        mantissa = (mantissa * mantissa) >> 30U;
        fraction <<= 1;
        if (mantissa >= (std::uint64_t{2} << 30U)) {
            mantissa >>= 1U;
            fraction |= 1;
        }
    }
    return bits * 256 + fraction;
}

/// value * 256 / by, within what a score can be.
[[nodiscard]] constexpr std::int64_t ratio_256(std::int64_t value, std::int64_t by)
{
    constexpr std::int64_t most = 1 << 24;
    if (by <= 0) return value > 0 ? most : 0;
    const std::int64_t whole = value / by;
    if (whole >= most / 256) return most;
    if (whole <= -most / 256) return -most;
    const std::int64_t rest = value % by;
    const bool large = by > std::numeric_limits<std::int64_t>::max() / 256;
    return whole * 256 + (large ? rest / (by / 256) : rest * 256 / by);
}

}  // namespace millpond::verify
