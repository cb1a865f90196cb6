#include "core/policy/checking.hpp"

#include "base/exponential.hpp"

namespace millpond::policy {

Fixed cost_of_checking(const CheckCosts& costs, Fixed p, Fixed error)
{
    return times_up(p, costs.check) +
           times_up(times_up(one - p * costs.detect, error), costs.harm) +
           times_up(times_up(p, costs.alarm), costs.false_alarm);
}

bool checking_pays(const CheckCosts& costs, Fixed error_mean)
{
    return error_mean * costs.detect * costs.harm > costs.check + costs.alarm * costs.false_alarm;
}

Fixed break_even_error(const CheckCosts& costs)
{
    return (costs.check + costs.alarm * costs.false_alarm) / (costs.detect * costs.harm);
}

Fixed check_for_doubt(Fixed error_high, Fixed false_confirmed, Fixed factor)
{
    return clamp(times_up(factor, error_high - false_confirmed), zero, one);
}

Fixed check_chance(const CheckWants& wants, Fixed floor)
{
    if (wants.pays) return one;
    return clamp(greatest_of(wants.deterring, wants.doubt), floor, one);
}

Fixed worst_error(Fixed cheaters, Fixed detect, std::uint32_t passes)
{
    if (passes == 0) return one;
    const Fixed odds = over_up(cheaters, one - cheaters);
    return least_of(over_up(odds, exp(one) * detect * Fixed{passes}), one);
}

std::uint32_t passes_needed(Fixed cheaters, Fixed detect, Fixed target)
{
    const Fixed odds = over_up(cheaters, one - cheaters);
    return static_cast<std::uint32_t>(over_up(odds, exp(one) * detect * target).ceil());
}

Fixed least_canaries(Fixed check_cost, Fixed auditor_at_risk)
{
    return over_up(check_cost, auditor_at_risk);
}

}  // namespace millpond::policy
