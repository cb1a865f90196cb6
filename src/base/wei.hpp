#pragma once

#include "base/bytes.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millpond {

/// An amount of money: an unsigned integer of 256 bits, as the EVM counts. Arithmetic never wraps:
/// what does not fit is nothing. Division says which way it rounds.
class Wei {
public:
    using Limbs = std::array<std::uint64_t, 4>;  ///< least significant first

    constexpr Wei() = default;

    constexpr explicit Wei(std::uint64_t amount) : limbs_{amount, 0, 0, 0} {}

    constexpr explicit Wei(const Limbs& limbs) : limbs_(limbs) {}

    [[nodiscard]] static constexpr Wei max() { return Wei{Limbs{~0ULL, ~0ULL, ~0ULL, ~0ULL}}; }

    [[nodiscard]] constexpr const Limbs& limbs() const { return limbs_; }

    [[nodiscard]] constexpr bool is_zero() const { return *this == Wei{}; }

    friend constexpr bool operator==(const Wei&, const Wei&) = default;

    friend constexpr std::strong_ordering operator<=>(const Wei& left, const Wei& right)
    {
        for (std::size_t i = 4; i-- > 0;) {
            if (left.limbs_[i] != right.limbs_[i]) return left.limbs_[i] <=> right.limbs_[i];
        }
        return std::strong_ordering::equal;
    }

private:
    Limbs limbs_{};
};

/// A share of a whole in ten-thousandths.
inline constexpr std::uint64_t basis_points_whole = 10'000;

[[nodiscard]] std::optional<Wei> add(const Wei& left, const Wei& right);
/// Nothing when `right` is the larger.
[[nodiscard]] std::optional<Wei> subtract(const Wei& left, const Wei& right);
[[nodiscard]] std::optional<Wei> multiply(const Wei& left, const Wei& right);

/// The divisor must not be zero.
[[nodiscard]] Wei div_floor(const Wei& value, const Wei& divisor);
[[nodiscard]] Wei div_ceil(const Wei& value, const Wei& divisor);

/// value * numerator / denominator with a product of 512 bits; the denominator must not be zero.
[[nodiscard]] std::optional<Wei> mul_div_floor(
    const Wei& value, const Wei& numerator, const Wei& denominator
);
[[nodiscard]] std::optional<Wei> mul_div_ceil(
    const Wei& value, const Wei& numerator, const Wei& denominator
);

/// A product of 512 bits.
struct WideWei {
    Wei high;
    Wei low;
};

[[nodiscard]] WideWei multiply_wide(const Wei& left, const Wei& right);

/// That share of an amount, rounded down; a share is at most the whole.
[[nodiscard]] Wei share_floor(const Wei& amount, std::uint64_t basis_points);

/// Decimal digits, nothing else.
[[nodiscard]] std::string to_text(const Wei& amount);
/// Nothing for an empty text, a foreign character, a leading zero or what does not fit.
[[nodiscard]] std::optional<Wei> parse_wei(std::string_view text);

/// A word of the EVM.
[[nodiscard]] Hash32 to_big_endian(const Wei& amount);
[[nodiscard]] Wei wei_of(const Hash32& word);

/// Big endian without leading zeros; nothing at all for zero.
[[nodiscard]] Bytes to_minimal_big_endian(const Wei& amount);
/// Leading zeros are taken; nothing for more than 32 bytes.
[[nodiscard]] std::optional<Wei> wei_of_big_endian(ByteView bytes);

}  // namespace millpond
