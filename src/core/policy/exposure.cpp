#include "core/policy/exposure.hpp"

#include <limits>

namespace millpond::policy {
namespace {

std::uint32_t as_count(std::int64_t value)
{
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(value < 0 ? 0 : value > most ? most : value);
}

}  // namespace

Fixed claw_back(Fixed bond_lpt, const BondTerms& terms)
{
    return bond_lpt * terms.lpt_w * (one - terms.haircut);
}

Fixed punishable(Fixed bond_lpt, const BondTerms& terms)
{
    return claw_back(bond_lpt, terms) * terms.slash;
}

std::uint32_t hold_seconds(const HoldTerms& terms, Fixed claw_back, Fixed segments_per_second)
{
    const Fixed covered =
        segments_per_second <= zero ? terms.look_back : claw_back / segments_per_second;
    const Fixed hold = greatest_of(terms.look_back - covered, terms.least);
    return as_count(least_of(hold, greatest_of(terms.look_back, terms.least)).ceil());
}

Fixed bond_for_no_hold(const HoldTerms& terms, Fixed segments_per_second, const BondTerms& bond)
{
    return over_up(
        times_up(segments_per_second, terms.look_back), bond.lpt_w * (one - bond.haircut)
    );
}

Fixed withheld(Fixed segments_per_second, Fixed hold)
{
    return segments_per_second * hold;
}

std::uint32_t in_flight_cap(Fixed at_risk, Fixed harm, Fixed factor)
{
    return as_count((at_risk / times_up(factor, one + harm)).floor());
}

std::uint32_t slow_start(std::uint32_t passes, std::uint32_t per_lane)
{
    return 1 + passes / per_lane;
}

Fixed expected_slash(const Slashing& slashing)
{
    const Fixed noticed =
        times_up(times_up(slashing.error, one - slashing.detect), slashing.notice);
    return times_up(noticed + slashing.false_slash, slashing.slash);
}

bool covers(Fixed at_risk, Fixed slash)
{
    return at_risk >= slash;
}

}  // namespace millpond::policy
