#include "base/wei.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>

namespace millpond {
namespace {

__extension__ using Wide = unsigned __int128;
using Product = std::array<std::uint64_t, 8>;

constexpr std::uint64_t low(Wide value)
{
    return static_cast<std::uint64_t>(value);
}

constexpr std::uint64_t high(Wide value)
{
    return static_cast<std::uint64_t>(value >> 64U);
}

Product product_of(const Wei& left, const Wei& right)
{
    Product product{};
    for (std::size_t i = 0; i < 4; ++i) {
        if (left.limbs()[i] == 0) continue;
        std::uint64_t carry = 0;
        for (std::size_t j = 0; j < 4; ++j) {
            const Wide sum = Wide{left.limbs()[i]} * right.limbs()[j] + product[i + j] + carry;
            product[i + j] = low(sum);
            carry = high(sum);
        }
        product[i + 4] = carry;
    }
    return product;
}

struct Division {
    Product quotient{};
    bool exact = true;
};

Division divide_by_one_limb(const Product& value, std::uint64_t divisor)
{
    Division result;
    std::uint64_t rest = 0;
    for (std::size_t i = 8; i-- > 0;) {
        if (rest == 0) {  // One machine division where the general one takes several.
            result.quotient[i] = value[i] / divisor;
            rest = value[i] % divisor;
            continue;
        }
        const Wide part = (Wide{rest} << 64U) | value[i];
        result.quotient[i] = low(part / divisor);
        rest = low(part % divisor);
    }
    result.exact = rest == 0;
    return result;
}

/// Base 2^32: its two-digit quotients fit the machine's own division.
using Digits = std::array<std::uint32_t, 17>;

template <std::size_t n>
Digits shifted_digits(const std::array<std::uint64_t, n>& limbs, unsigned shift)
{
    Digits digits{};
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < 2 * n; ++i) {
        const std::uint64_t digit = (limbs[i / 2] >> (32U * (i % 2))) & 0xffff'ffffU;
        const std::uint64_t moved = (digit << shift) | carry;
        digits[i] = static_cast<std::uint32_t>(moved);
        carry = moved >> 32U;
    }
    digits[2 * n] = static_cast<std::uint32_t>(carry);
    return digits;
}

/// The next digit of the quotient, exact or one too large: from the leading digits alone.
std::uint64_t estimate(const Digits& value, const Digits& divisor, std::size_t n, std::size_t at)
{
    const std::uint64_t lead = (std::uint64_t{value[at + n]} << 32U) | value[at + n - 1];
    std::uint64_t digit = lead / divisor[n - 1];
    std::uint64_t rest = lead % divisor[n - 1];
    while (digit > 0xffff'ffffU || digit * divisor[n - 2] > ((rest << 32U) | value[at + n - 2])) {
        --digit;
        rest += divisor[n - 1];
        if (rest > 0xffff'ffffU) break;
    }
    return digit;
}

/// Takes digit * divisor from the value at that place; true when that was one divisor too many.
bool subtract_at(
    Digits& value, const Digits& divisor, std::size_t n, std::size_t at, std::uint64_t digit
)
{
    std::uint64_t carry = 0;
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i <= n; ++i) {
        const std::uint64_t part = (i < n ? digit * divisor[i] : 0) + carry;
        carry = part >> 32U;
        const std::uint64_t taken = (part & 0xffff'ffffU) + borrow;
        borrow = value[at + i] < taken ? 1 : 0;
        value[at + i] = static_cast<std::uint32_t>(value[at + i] - taken);
    }
    return borrow != 0;
}

void add_at(Digits& value, const Digits& divisor, std::size_t n, std::size_t at)
{
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < n; ++i) {
        carry += std::uint64_t{value[at + i]} + divisor[i];
        value[at + i] = static_cast<std::uint32_t>(carry);
        carry >>= 32U;
    }
    value[at + n] = static_cast<std::uint32_t>(value[at + n] + carry);
}

/// Long division (Knuth, volume 2, algorithm D).
Division divide(const Product& value, const Wei& divisor)
{
    const Wei::Limbs& limbs = divisor.limbs();
    if ((limbs[1] | limbs[2] | limbs[3]) == 0) return divide_by_one_limb(value, limbs[0]);
    std::size_t n = 8;
    while (((limbs[(n - 1) / 2] >> (32U * ((n - 1) % 2))) & 0xffff'ffffU) == 0)
        --n;
    const std::uint64_t top = (limbs[(n - 1) / 2] >> (32U * ((n - 1) % 2))) & 0xffff'ffffU;
    const auto shift = static_cast<unsigned>(std::countl_zero(static_cast<std::uint32_t>(top)));
    const Digits by = shifted_digits(limbs, shift);
    Digits rest = shifted_digits(value, shift);
    Division result;
    for (std::size_t at = 17 - n; at-- > 0;) {
        std::uint64_t digit = estimate(rest, by, n, at);
        if (subtract_at(rest, by, n, at, digit)) {
            --digit;
            add_at(rest, by, n, at);
        }
        result.quotient[at / 2] |= digit << (32U * (at % 2));
    }
    result.exact = std::ranges::all_of(rest, [](std::uint32_t digit) { return digit == 0; });
    return result;
}

std::optional<Wei> fitting(const Product& value)
{
    if ((value[4] | value[5] | value[6] | value[7]) != 0) return std::nullopt;
    return Wei{Wei::Limbs{value[0], value[1], value[2], value[3]}};
}

Product widened(const Wei& value)
{
    Product wide{};
    std::ranges::copy(value.limbs(), wide.begin());
    return wide;
}

std::optional<Wei> rounded_up(const Division& division)
{
    const std::optional<Wei> floor = fitting(division.quotient);
    if (!floor || division.exact) return floor;
    return add(*floor, Wei{1});
}

constexpr std::uint64_t ten_to_19 = 10'000'000'000'000'000'000ULL;

}  // namespace

std::optional<Wei> add(const Wei& left, const Wei& right)
{
    Wei::Limbs sum{};
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const Wide part = Wide{left.limbs()[i]} + right.limbs()[i] + carry;
        sum[i] = low(part);
        carry = high(part);
    }
    if (carry != 0) return std::nullopt;
    return Wei{sum};
}

std::optional<Wei> subtract(const Wei& left, const Wei& right)
{
    Wei::Limbs difference{};
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const Wide part = Wide{left.limbs()[i]} - right.limbs()[i] - borrow;
        difference[i] = low(part);
        borrow = high(part) != 0 ? 1 : 0;
    }
    if (borrow != 0) return std::nullopt;
    return Wei{difference};
}

std::optional<Wei> multiply(const Wei& left, const Wei& right)
{
    return fitting(product_of(left, right));
}

WideWei multiply_wide(const Wei& left, const Wei& right)
{
    const Product p = product_of(left, right);
    return {
        .high = Wei{Wei::Limbs{p[4], p[5], p[6], p[7]}},
        .low = Wei{Wei::Limbs{p[0], p[1], p[2], p[3]}},
    };
}

Wei div_floor(const Wei& value, const Wei& divisor)
{
    MILLPOND_ASSERT(!divisor.is_zero());
    return fitting(divide(widened(value), divisor).quotient).value_or(Wei{});
}

Wei div_ceil(const Wei& value, const Wei& divisor)
{
    MILLPOND_ASSERT(!divisor.is_zero());
    return rounded_up(divide(widened(value), divisor)).value_or(Wei{});
}

std::optional<Wei> mul_div_floor(const Wei& value, const Wei& numerator, const Wei& denominator)
{
    MILLPOND_ASSERT(!denominator.is_zero());
    return fitting(divide(product_of(value, numerator), denominator).quotient);
}

std::optional<Wei> mul_div_ceil(const Wei& value, const Wei& numerator, const Wei& denominator)
{
    MILLPOND_ASSERT(!denominator.is_zero());
    return rounded_up(divide(product_of(value, numerator), denominator));
}

Wei share_floor(const Wei& amount, std::uint64_t basis_points)
{
    MILLPOND_ASSERT(basis_points <= basis_points_whole);
    const auto share = mul_div_floor(amount, Wei{basis_points}, Wei{basis_points_whole});
    MILLPOND_ASSERT(share.has_value());
    return *share;
}

std::string to_text(const Wei& amount)
{
    std::string text;
    Product rest = widened(amount);
    do {
        const Division division = divide_by_one_limb(rest, ten_to_19);
        // The low limb is enough to tell a rest below 2^64.
        std::uint64_t part = rest[0] - division.quotient[0] * ten_to_19;
        rest = division.quotient;
        const bool last = rest == Product{};
        for (int digit = 0; last ? part != 0 : digit < 19; ++digit) {
            text.push_back(static_cast<char>('0' + part % 10));
            part /= 10;
        }
    } while (rest != Product{});
    if (text.empty()) text = "0";
    std::ranges::reverse(text);
    return text;
}

std::optional<Wei> parse_wei(std::string_view text)
{
    if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    Wei amount;
    for (const char digit : text) {
        if (digit < '0' || digit > '9') return std::nullopt;
        const auto tenfold = multiply(amount, Wei{10});
        if (!tenfold) return std::nullopt;
        const auto sum = add(*tenfold, Wei{static_cast<std::uint64_t>(digit - '0')});
        if (!sum) return std::nullopt;
        amount = *sum;
    }
    return amount;
}

Hash32 to_big_endian(const Wei& amount)
{
    Hash32 word{};
    for (std::size_t i = 0; i < 32; ++i) {
        word[31 - i] = static_cast<std::uint8_t>(amount.limbs()[i / 8] >> (8U * (i % 8)));
    }
    return word;
}

Wei wei_of(const Hash32& word)
{
    Wei::Limbs limbs{};
    for (std::size_t i = 0; i < 32; ++i) {
        limbs[i / 8] |= std::uint64_t{word[31 - i]} << (8U * (i % 8));
    }
    return Wei{limbs};
}

Bytes to_minimal_big_endian(const Wei& amount)
{
    const Hash32 word = to_big_endian(amount);
    return {std::ranges::find_if(word, [](std::uint8_t byte) { return byte != 0; }), word.end()};
}

std::optional<Wei> wei_of_big_endian(ByteView bytes)
{
    if (bytes.size() > 32) return std::nullopt;
    Hash32 word{};
    std::ranges::copy(bytes, word.end() - static_cast<std::ptrdiff_t>(bytes.size()));
    return wei_of(word);
}

}  // namespace millpond
