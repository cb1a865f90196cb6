#include "core/payment/terms.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <limits>

namespace millpond::payment {
namespace {

constexpr std::uint64_t multiple = 100;
constexpr std::uint64_t gas_price_once_seen = 3'000'000'000;

/// What does not fit is more than anybody has.
Wei times(const Wei& amount, std::uint64_t factor)
{
    return multiply(amount, Wei{factor}).value_or(Wei::max());
}

}  // namespace

std::string_view text_of(TermsRefusal refusal)
{
    switch (refusal) {
        case TermsRefusal::insufficient_reserve: return "insufficient sender reserve";
        case TermsRefusal::price_out_of_range: return "price out of range";
    }
    MILLPOND_ASSERT(false);
}

Result<Wei, TermsRefusal> face_value(const Rules& rules, const Wei& gas_price, const Wei& max_float)
{
    const Wei cost = times(gas_price, rules.redeem_gas);
    Wei value = times(cost, multiple);
    if (value < rules.expected_value) value = times(rules.expected_value, multiple);
    value = std::min(value, max_float);
    if (!rules.face_value_max.is_zero()) value = std::min(value, rules.face_value_max);
    const bool costs_more_than_it_pays =
        value < cost && value < times(Wei{rules.redeem_gas}, gas_price_once_seen);
    if (value < rules.expected_value || costs_more_than_it_pays)
        return because(TermsRefusal::insufficient_reserve);
    return value;
}

Wei win_probability(const Wei& face_value, const Wei& expected_value)
{
    if (face_value.is_zero()) return {};
    if (face_value <= expected_value) return Wei::max();
    const Wei quotient = div_ceil(Wei::max(), face_value);
    return multiply(expected_value, quotient).value_or(Wei::max());
}

Result<Price, TermsRefusal> adjusted_price(
    const Price& base, const Wei& redeem_cost, const Wei& face_value
)
{
    constexpr std::uint64_t thousandths = 1'000;
    const auto both = add(face_value, redeem_cost);
    const auto scaled = multiply(base.per, Wei{thousandths});
    const auto divisor = multiply(Wei{base.pixels.value()}, face_value);
    if (!both || !scaled || !divisor || divisor->is_zero())
        return because(TermsRefusal::price_out_of_range);
    const auto price = mul_div_floor(*scaled, *both, *divisor);
    const Wei most{static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())};
    if (!price || *price > most) return because(TermsRefusal::price_out_of_range);
    return reduced({.per = *price, .pixels = Pixels{thousandths}});
}

}  // namespace millpond::payment
