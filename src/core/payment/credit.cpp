#include "core/payment/credit.hpp"

#include "base/assert.hpp"

namespace millpond::payment {
namespace {

struct Sum {
    Wei rest;
    bool carry = false;
};

/// left + right as carry * (2^256 - 1) + rest, with rest below that.
Sum add_parts(const Wei& left, const Wei& right)
{
    const Wei room = *subtract(Wei::max(), left);
    if (right < room) return {.rest = *millpond::add(left, right)};
    return {.rest = *subtract(right, room), .carry = true};
}

}  // namespace

Credit expected_value(const Wei& face_value, const Wei& win_probability)
{
    // high * 2^256 + low = high * (2^256 - 1) + (high + low).
    const auto [high, low] = multiply_wide(face_value, win_probability);
    const Sum rest = low == Wei::max() ? Sum{.rest = high, .carry = true} : add_parts(high, low);
    const auto whole = millpond::add(high, Wei{rest.carry ? 1U : 0U});
    MILLPOND_ASSERT(whole.has_value());  // a product of two is at most (2^256 - 1)^2
    return {.whole = *whole, .part = rest.rest};
}

std::optional<Credit> cost_of(const Price& price, Pixels work)
{
    const Wei pixels{price.pixels.value()};
    if (pixels.is_zero()) return std::nullopt;
    const auto product = multiply(price.per, Wei{work.value()});
    if (!product) return std::nullopt;
    const Wei whole = div_floor(*product, pixels);
    const auto rest = subtract(*product, multiply(whole, pixels).value_or(Wei{}));
    MILLPOND_ASSERT(rest.has_value());
    const auto part = mul_div_ceil(*rest, Wei::max(), pixels);
    MILLPOND_ASSERT(part.has_value());
    return Credit{.whole = whole, .part = *part};
}

std::optional<Credit> add(const Credit& left, const Credit& right)
{
    const Sum parts = add_parts(left.part, right.part);
    const auto whole = millpond::add(left.whole, right.whole);
    if (!whole) return std::nullopt;
    const auto carried = millpond::add(*whole, Wei{parts.carry ? 1U : 0U});
    if (!carried) return std::nullopt;
    return Credit{.whole = *carried, .part = parts.rest};
}

}  // namespace millpond::payment
