#include "core/policy/solvency.hpp"

#include "base/exponential.hpp"

namespace millpond::policy {

Fixed ruin_exponent(Fixed margin)
{
    if (margin <= zero) return zero;
    Fixed low;
    Fixed high{40};
    for (int i = 0; i < 54; ++i) {
        const Fixed x = (low + high) / Fixed{2};
        // Below zero between the roots 0 and x, above zero past x.
        if (exp(-x) - one + x * (one - margin) < zero)
            low = x;
        else
            high = x;
    }
    return low;
}

Fixed reserve_tickets(Fixed margin, Fixed ruin)
{
    return over_up(-ln(ruin), ruin_exponent(margin));
}

std::uint32_t fund_losses(Fixed yearly_incidents, Fixed risk)
{
    Fixed chance = exp(-yearly_incidents);
    Fixed at_most = chance;
    std::uint32_t k = 0;
    while (one - at_most >= risk) {
        ++k;
        chance = chance * yearly_incidents / Fixed{k};
        at_most = at_most + chance;
    }
    return k;
}

Fixed insurance_premium(const Insured& insured)
{
    const Fixed noticed = times_up(times_up(insured.undetected, insured.error), insured.notice);
    return times_up(times_up(noticed, insured.loss), one + insured.loading);
}

Fixed left_to_honest(const Livelihood& livelihood)
{
    return one - livelihood.chance_unpaid - livelihood.cost - livelihood.capital - livelihood.gas;
}

Fixed capital_cost(Fixed hold_seconds, Fixed yearly_rate)
{
    constexpr Fixed year{365LL * 86'400};
    return times_up(over_up(hold_seconds, year), yearly_rate);
}

}  // namespace millpond::policy
