#include "base/exponential.hpp"

#include <bit>
#include <cstdint>

namespace millpond {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t ln2_q64 = 0xB17217F7D1CF79ABU;  ///< ln 2 with 64 fractional bits
constexpr int log2_digits = 56;

/// The fraction of log2 of a number in [1, 2), given with 63 fractional bits: each squaring doubles
/// the logarithm, and its overflow past 2 is the next binary digit.
std::uint64_t log2_fraction(std::uint64_t mantissa)
{
    std::uint64_t digits = 0;
    for (int i = 0; i < log2_digits; ++i) {
        const Wide square = static_cast<Wide>(mantissa) * mantissa;
        const bool past_two = (square >> 127U) != 0;
        mantissa = static_cast<std::uint64_t>(square >> (past_two ? 64U : 63U));
        digits = (digits << 1U) | (past_two ? 1U : 0U);
    }
    return digits;
}

int bits_of(Wide value)
{
    const auto high = static_cast<std::uint64_t>(value >> 64U);
    const auto low = static_cast<std::uint64_t>(value);
    return high != 0 ? 128 - std::countl_zero(high) : 64 - std::countl_zero(low);
}

}  // namespace

Fixed ln(Fixed x)
{
    if (x <= zero) return -Fixed::most();
    const auto raw = static_cast<Wide>(x.raw());
    const int whole = bits_of(raw) - 1;  // raw is in [2^whole, 2^(whole+1))
    const auto mantissa = static_cast<std::uint64_t>(
        whole <= 63 ? raw << static_cast<unsigned>(63 - whole)
                    : raw >> static_cast<unsigned>(whole - 63)
    );
    const Fixed::Raw log2 = (static_cast<Fixed::Raw>(whole - Fixed::fraction_bits) << log2_digits) +
                            static_cast<Fixed::Raw>(log2_fraction(mantissa));
    // log2 is below 2^62 and ln 2 below 2^64: the product fits.
    const Fixed::Raw product = log2 * static_cast<Fixed::Raw>(ln2_q64);
    return Fixed::of_raw(product >> (log2_digits + 64 - Fixed::fraction_bits));
}

Fixed exp(Fixed x)
{
    if (x <= Fixed{-34}) return zero;
    if (x >= Fixed{28}) return Fixed::most();
    // x = k ln 2 + rest with rest in [0, ln 2), all with 60 fractional bits.
    constexpr int bits = 60;
    const Fixed::Raw wide = x.raw() << (bits - Fixed::fraction_bits);
    const auto ln2 = static_cast<Fixed::Raw>(ln2_q64 >> 4U);
    Fixed::Raw k = wide / ln2;
    if (k * ln2 > wide) --k;
    const Fixed::Raw rest = wide - k * ln2;
    Fixed::Raw term = static_cast<Fixed::Raw>(1) << bits;
    Fixed::Raw sum = term;
    for (int n = 1; term != 0; ++n) {
        term = ((term * rest) >> bits) / n;
        sum += term;
    }
    const auto shift = static_cast<int>(bits - Fixed::fraction_bits - k);
    return Fixed::of_raw(shift >= 0 ? sum >> shift : sum << -shift);
}

Fixed power(Fixed base, Fixed exponent)
{
    if (base <= zero) return zero;
    return exp(exponent * ln(base));
}

}  // namespace millpond
