#include "core/policy/deterrence.hpp"

#include "base/exponential.hpp"

namespace millpond::policy {
namespace {

/// The lower bound measured for `unpaid` scaled to the fraud band.
Fixed fraud_low(const Power& power)
{
    if (power.detect_unpaid_ppm == 0) return zero;
    const Fixed share = Fixed::ratio(power.low_ppm, power.detect_unpaid_ppm);
    return least_of(share, one) * Fixed::ppm(power.detect_fraud_ppm);
}

}  // namespace

bool deters(const Detector& detector, Fixed p, const Stakes& stakes)
{
    const Fixed loss = p * (detector.detect - detector.alarm) * (stakes.at_risk + one);
    return loss > stakes.gain + times_up(one - p * detector.detect, stakes.bribe);
}

Fixed least_check(const Detector& detector, const Stakes& stakes)
{
    const Fixed per_check = (detector.detect - detector.alarm) * (stakes.at_risk + one) +
                            detector.detect * stakes.bribe;
    if (per_check <= zero) return Fixed::most();
    return over_up(stakes.gain + stakes.bribe, per_check);
}

Fixed bribe_bound(const Detector& detector, Fixed p, const Stakes& stakes)
{
    const Fixed loss = p * (detector.detect - detector.alarm) * (stakes.at_risk + one);
    return greatest_of((loss - stakes.gain) / (one - p * detector.detect), zero);
}

Bands combined(const AttackTable& table, const Attack& attack, const TierChances& chances)
{
    Bands bands;
    Fixed known_unpaid;
    Fixed known_convicted;
    Fixed honest_unpaid = one;
    Fixed honest_convicted = one;
    for (std::size_t i = 0; i < check_tiers; ++i) {
        const TierFigures& tier = table.tiers[i];
        const Fixed p = chances[i];
        // A tier sees at least what those below it see.
        known_unpaid = greatest_of(known_unpaid, Fixed::ppm(attack.tiers[i].low_ppm));
        known_convicted = greatest_of(known_convicted, fraud_low(attack.tiers[i]));
        bands.unpaid.detect = p * known_unpaid + (one - p) * bands.unpaid.detect;
        bands.convicted.detect = p * known_convicted + (one - p) * bands.convicted.detect;
        honest_unpaid = honest_unpaid * (one - p * Fixed::ppm(tier.false_substandard.high_ppm));
        honest_convicted = honest_convicted * (one - p * Fixed::ppm(tier.false_fraud.high_ppm));
    }
    bands.unpaid.alarm = one - honest_unpaid;
    bands.convicted.alarm = one - honest_convicted;
    // Whatever is never convicted for what it is still runs the risk that honest work runs.
    bands.convicted.detect = greatest_of(bands.convicted.detect, bands.convicted.alarm);
    return bands;
}

Fixed margin(const Bands& bands, const Stakes& stakes)
{
    return bands.unpaid.detect - bands.unpaid.alarm +
           stakes.at_risk * (bands.convicted.detect - bands.convicted.alarm) - stakes.gain -
           times_up(one - bands.unpaid.detect, stakes.bribe);
}

Fixed bribe_bound(const Bands& bands, const Stakes& stakes)
{
    const Fixed unbribed =
        margin(bands, {.at_risk = stakes.at_risk, .gain = stakes.gain, .bribe = zero});
    return greatest_of(unbribed / (one - bands.unpaid.detect), zero);
}

Fixed honest_loss(const Bands& per_check, Fixed p, Fixed at_risk)
{
    return times_up(p, per_check.unpaid.alarm + times_up(per_check.convicted.alarm, at_risk));
}

Line line_of(
    const AttackTable& table, const Attack& attack, TierChances others, const Stakes& stakes
)
{
    const Stakes without{.at_risk = zero, .gain = stakes.gain, .bribe = stakes.bribe};
    others[2] = zero;
    const Bands never = combined(table, attack, others);
    others[2] = one;
    const Bands always = combined(table, attack, others);
    const Fixed risk = never.convicted.detect - never.convicted.alarm;
    return {
        .fixed = margin(never, without),
        .per_check = margin(always, without) - margin(never, without),
        .per_risk = risk,
        .per_both = always.convicted.detect - always.convicted.alarm - risk
    };
}

Fixed least_check(const Line& line, Fixed at_risk)
{
    const Fixed never = line.fixed + line.per_risk * at_risk;
    if (never > zero) return zero;
    const Fixed gained = line.per_check + line.per_both * at_risk;
    return gained <= zero ? Fixed::most() : over_up(-never, gained);
}

Fixed least_risk(const Line& line, Fixed p)
{
    const Fixed without = line.fixed + line.per_check * p;
    if (without > zero) return zero;
    const Fixed per_risk = line.per_risk + line.per_both * p;
    return per_risk <= zero ? Fixed::most() : over_up(-without, per_risk);
}

Fixed frames_found(std::int64_t frames, std::int64_t altered, std::int64_t looked)
{
    Fixed missed = one;
    for (std::int64_t i = 0; i < looked; ++i) {
        if (frames - altered - i <= 0) return one;
        missed = times_up(missed, over_up(Fixed{frames - altered - i}, Fixed{frames - i}));
    }
    return one - missed;
}

Fixed least_withheld(Fixed gain, Fixed p, Fixed detect)
{
    return over_up(gain, p * detect);
}

Fixed released_share(Fixed cheats, Fixed p, Fixed detect, Fixed window)
{
    return power(one - cheats * p * detect, window);
}

Fixed soft_gain(const CusumSteps& test, Fixed gain, Fixed p, Fixed detect)
{
    const Fixed drift = detect * test.on_failure + (one - detect) * test.on_pass;
    if (drift <= zero) return gain == zero ? zero : Fixed::most();
    return times_up(over_up(test.alarm, drift), over_up(gain, p));
}

}  // namespace millpond::policy
