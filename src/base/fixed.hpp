#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace millpond {

/// A number that an auditor must be able to recompute to the last bit: 48 fractional bits, integers
/// all the way, the same on every machine. Good for chances from 10^-12 and amounts to 10^12.
///
/// `*` and `/` round down (towards −∞), `times_up` and `over_up` round up; sums are exact. What
/// would pass ±2^40 stays there, and so does a division by zero: "more than anybody has".
class Fixed {
public:
    __extension__ using Raw = __int128;
    static constexpr int fraction_bits = 48;

    constexpr Fixed() = default;

    constexpr explicit Fixed(std::int64_t whole) : raw_(clamped(static_cast<Raw>(whole) * raw_one))
    {
    }

    [[nodiscard]] static constexpr Fixed of_raw(Raw raw)
    {
        Fixed fixed;
        fixed.raw_ = clamped(raw);
        return fixed;
    }

    /// numerator / denominator, rounded down.
    [[nodiscard]] static constexpr Fixed ratio(std::int64_t numerator, std::int64_t denominator)
    {
        return Fixed{numerator} / Fixed{denominator};
    }

    [[nodiscard]] static constexpr Fixed ppm(std::uint64_t millionths)
    {
        return ratio(static_cast<std::int64_t>(millionths), 1'000'000);
    }

    [[nodiscard]] static constexpr Fixed most() { return of_raw(raw_most); }

    [[nodiscard]] constexpr Raw raw() const { return raw_; }

    [[nodiscard]] constexpr std::int64_t floor() const
    {
        return static_cast<std::int64_t>(raw_ >> fraction_bits);
    }

    [[nodiscard]] constexpr std::int64_t ceil() const { return -(-*this).floor(); }

    constexpr auto operator<=>(const Fixed&) const = default;

    constexpr Fixed operator-() const { return of_raw(-raw_); }

    friend constexpr Fixed operator+(Fixed a, Fixed b) { return of_raw(a.raw_ + b.raw_); }

    friend constexpr Fixed operator-(Fixed a, Fixed b) { return of_raw(a.raw_ - b.raw_); }

    friend constexpr Fixed operator*(Fixed a, Fixed b) { return product(a, b, false); }

    friend constexpr Fixed operator/(Fixed a, Fixed b) { return quotient(a, b, false); }

    friend constexpr Fixed times_up(Fixed a, Fixed b) { return product(a, b, true); }

    friend constexpr Fixed over_up(Fixed a, Fixed b) { return quotient(a, b, true); }

private:
    static constexpr Raw raw_one = static_cast<Raw>(1) << fraction_bits;
    static constexpr Raw raw_most = static_cast<Raw>(1) << (fraction_bits + 40);

    static constexpr Raw clamped(Raw raw)
    {
        return raw > raw_most ? raw_most : raw < -raw_most ? -raw_most : raw;
    }

    static constexpr Fixed signed_result(Raw magnitude, bool rest, bool negative, bool up)
    {
        if (rest && up != negative) ++magnitude;
        return of_raw(negative ? -magnitude : magnitude);
    }

    static constexpr Fixed product(Fixed a, Fixed b, bool up)
    {
        const bool negative = (a.raw_ < 0) != (b.raw_ < 0);
        const Raw x = a.raw_ < 0 ? -a.raw_ : a.raw_;
        const Raw y = b.raw_ < 0 ? -b.raw_ : b.raw_;
        const Raw x_whole = x >> fraction_bits;
        const Raw y_whole = y >> fraction_bits;
        const Raw x_part = x & (raw_one - 1);
        const Raw y_part = y & (raw_one - 1);
        const Raw whole = x_whole * y_whole;
        if (whole >> 40 != 0) return of_raw(negative ? -raw_most : raw_most);
        const Raw low = x_part * y_part;
        const Raw magnitude =
            whole * raw_one + x_whole * y_part + x_part * y_whole + (low >> fraction_bits);
        return signed_result(magnitude, (low & (raw_one - 1)) != 0, negative, up);
    }

    static constexpr Fixed quotient(Fixed a, Fixed b, bool up)
    {
        constexpr int half = fraction_bits / 2;
        const bool negative = (a.raw_ < 0) != (b.raw_ < 0);
        const Raw x = a.raw_ < 0 ? -a.raw_ : a.raw_;
        const Raw y = b.raw_ < 0 ? -b.raw_ : b.raw_;
        if (y == 0 || (x / y) >> 40 != 0) return of_raw(negative ? -raw_most : raw_most);
        // The fraction in two halves, so that no intermediate passes 127 bits.
        const Raw first = (x % y) << half;
        const Raw second = (first % y) << half;
        const Raw magnitude = ((x / y) << fraction_bits) + ((first / y) << half) + second / y;
        return signed_result(magnitude, second % y != 0, negative, up);
    }

    Raw raw_ = 0;
};

inline constexpr Fixed zero{0};
inline constexpr Fixed one{1};

[[nodiscard]] constexpr Fixed least_of(Fixed a, Fixed b)
{
    return a < b ? a : b;
}

[[nodiscard]] constexpr Fixed greatest_of(Fixed a, Fixed b)
{
    return a < b ? b : a;
}

[[nodiscard]] constexpr Fixed clamp(Fixed value, Fixed low, Fixed high)
{
    return least_of(greatest_of(value, low), high);
}

/// Millionths, rounded down, for chances that go into the journal.
[[nodiscard]] constexpr std::uint32_t ppm_down(Fixed chance)
{
    return static_cast<std::uint32_t>((clamp(chance, zero, one) * Fixed{1'000'000}).floor());
}

/// Millionths, rounded up.
[[nodiscard]] constexpr std::uint32_t ppm_up(Fixed chance)
{
    return static_cast<std::uint32_t>(times_up(clamp(chance, zero, one), Fixed{1'000'000}).ceil());
}

/// Six significant digits, for people: "0.02", "7.40741e-06", "129600".
[[nodiscard]] std::string to_text(Fixed fixed);

}  // namespace millpond
