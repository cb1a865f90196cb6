#include "core/policy/validate.hpp"

#include "core/policy/court.hpp"
#include "core/policy/decide.hpp"
#include "core/policy/overhead.hpp"

#include <array>

namespace millpond::policy {
namespace {

Fixed whole(std::uint64_t value)
{
    return Fixed{static_cast<std::int64_t>(value)};
}

Fixed share(std::uint64_t bp)
{
    return whole(bp) / Fixed{10'000};
}

using Violations = std::vector<Violation>;

void check_bounds(const Parameters& parameters, Violations& found)
{
    for (const ParameterRow& row : parameter_rows()) {
        const std::uint64_t value = parameters.*row.field;
        if (value < row.low) {
            found.push_back(
                {"hard bound: value >= low", std::string{row.name}, whole(value), whole(row.low)}
            );
        }
        if (value > row.high) {
            // A value past all bounds may not fit: what is shown saturates.
            const Fixed shown = value > (1ULL << 62U) ? Fixed::most() : whole(value);
            found.push_back(
                {"hard bound: value <= high", std::string{row.name}, shown, whole(row.high)}
            );
        }
    }
}

/// left >= right.
void expect(Violations& found, Violation sides)
{
    if (sides.left < sides.right) found.push_back(std::move(sides));
}

void check_money(const Parameters& p, Violations& found)
{
    const std::uint64_t sum = p.pay_bp + p.operator_bp + p.checks_bp + p.fund_bp + p.gas_bp;
    if (sum != 10'000) {
        found.push_back(
            {"pay + operator + checks + fund + gas = 10000 bp",
             "fee split",
             whole(sum),
             Fixed{10'000}}
        );
    }
    expect(
        found,
        {"probation pay >= declared cost", "bp of F", whole(p.probation_pay_bp), whole(p.cost_bp)}
    );
    expect(found, {"pay >= probation pay", "bp of F", whole(p.pay_bp), whole(p.probation_pay_bp)});
    const Fixed least = least_claim_bond(
        {.claimant_share = share(p.claimant_share_bp),
         .silence = Fixed::ppm(p.silence_ppm),
         .wrong_conviction = Fixed::ppm(p.wrong_conviction_ppm)}
    );
    if (share(p.claim_bond_bp) <= least) {
        found.push_back(
            {"b_c > psi (u + (1-u) pi) / ((1-u)(1-pi))", "share of P", share(p.claim_bond_bp), least
            }
        );
    }
}

void check_times(const Parameters& p, Violations& found)
{
    constexpr std::uint64_t two_days = 172'800;
    expect(
        found,
        {"unbonding >= look-back + 2 d",
         "seconds",
         whole(p.unbonding_seconds),
         whole(p.look_back_seconds + two_days)}
    );
    expect(
        found,
        {"D_min >= CHALLENGE", "seconds", whole(p.hold_bonded_seconds), whole(p.challenge_seconds)}
    );
    expect(found, {"H >= D_min", "seconds", whole(p.hold_seconds), whole(p.hold_bonded_seconds)});
}

void check_floors(const Parameters& p, Violations& found)
{
    expect(
        found,
        {"tier 1 floor >= p_floor",
         "chance",
         Fixed::ppm(p.features_floor_ppm),
         Fixed::ppm(p.check_floor_ppm)}
    );
    expect(found, {"S_2 >= S_min", "LPT", lpt(p.bond_r2_mlpt), lpt(p.bond_min_mlpt)});
    if (p.cusum_cheat_ppm <= p.cusum_honest_ppm) {
        found.push_back(
            {"q_1 > f_0", "CUSUM", Fixed::ppm(p.cusum_cheat_ppm), Fixed::ppm(p.cusum_honest_ppm)}
        );
    }
    for (const StreamClass stream_class : stream_classes) {
        if (p.research_only != 0) return;
        if (terms_of(p, stream_class).policy != PolicyName::redundant) continue;
        expect(
            found,
            {"p_bg >= p_floor",
             std::string{name_of(stream_class)},
             Fixed::ppm(p.background_ppm),
             Fixed::ppm(p.check_floor_ppm)}
        );
    }
}

std::string place(StreamClass stream_class, const Attack& attack)
{
    return std::string{name_of(stream_class)} + ", " + attack.name;
}

/// D1 where nothing is at stake yet: a newcomer, everything checked, no bribe.
void check_entry(
    const Rules& rules, StreamClass stream_class, const Attack& attack, Violations& found
)
{
    if (always_synchronous(stream_class)) return;
    const Parameters& p = rules.parameters;
    // On probation the pay is smaller, so the same saving is a larger share of it.
    const Fixed gain =
        over_up(times_up(Fixed::ppm(attack.gain_ppm), share(p.pay_bp)), share(p.probation_pay_bp));
    const Bands bands =
        combined(rules.table, attack, {one, one, one, Fixed::ppm(p.calibration_ppm)});
    const Fixed loss = bands.unpaid.detect - bands.unpaid.alarm;
    if (loss <= gain && gain > zero) {
        found.push_back({"D1 of a newcomer: (D - F) W > g", place(stream_class, attack), loss, gain}
        );
    }
}

void check_deterrence(const Rules& rules, StreamClass stream_class, Violations& found)
{
    const Parameters& p = rules.parameters;
    const ClassRules& rule = rules.classes[static_cast<std::size_t>(stream_class)];
    const Fixed risk = promised_risk(p, stream_class);
    const bool background = rule.terms.policy == PolicyName::redundant;
    const Fixed right = background ? Fixed::ppm(p.background_ppm) : one;
    for (const Threat& threat : rule.threats) {
        const Attack& attack = rules.table.attacks[threat.attack];
        check_entry(rules, stream_class, attack, found);
        const Fixed left = times_up(least_check(threat.line, risk), whole(p.safety));
        if (left > right) {
            found.push_back(
                {background ? "D1: m * p_det <= p_bg" : "D1: m * p_det <= 1",
                 place(stream_class, attack) + ", Lambda = " + to_text(risk) + " W",
                 left,
                 right}
            );
        }
    }
}

/// How much of a soft attack is taken to be found: as little as the data allows, or as much.
enum class Belief : std::uint8_t { least, most };

/// Few files leave nearly half of all powers possible: they prove neither that soft cheating is
/// found nor that it is not. Where none were tried, it is not.
bool tried_on_few(const Attack& attack, const Parameters& p)
{
    return attack.tiers[2].files > 0 && attack.tiers[2].files < p.soft_files;
}

/// 4.16: what soft cheating brings before the sum alarms; the tier that finds it first counts.
Fixed gain_before_alarm(const Attack& attack, const Parameters& p, Belief belief)
{
    const Fixed gained = Fixed::ppm(attack.gain_ppm);
    // Tier 0 looks at everything before it is paid: what it sees never gains.
    if (Fixed::ppm(attack.tiers[0].low_ppm) > gained) return zero;
    const CusumSteps steps = cusum_steps(p);
    const std::array least_ppm = {p.features_floor_ppm, p.check_floor_ppm, p.calibration_ppm};
    Fixed gain = Fixed::most();
    for (std::size_t tier = 1; tier < check_tiers; ++tier) {
        gain = least_of(
            gain,
            soft_gain(
                steps,
                gained,
                Fixed::ppm(least_ppm[tier - 1]),
                Fixed::ppm(
                    belief == Belief::least ? attack.tiers[tier].low_ppm
                                            : attack.tiers[tier].high_ppm
                )
            )
        );
    }
    return gain;
}

/// It must stay under the pay that the alarm freezes.
Violation soft(const Attack& attack, const Parameters& p, Belief belief)
{
    // One stream of two-second segments, held the shortest time anybody's pay is held.
    const Fixed frozen = whole(p.hold_bonded_seconds) / Fixed{2};
    return {
        "E >= gain until the CUSUM alarms",
        attack.name,
        frozen,
        gain_before_alarm(attack, p, belief)
    };
}

void check_soft(const Rules& rules, Violations& found)
{
    for (const Attack& attack : rules.table.attacks) {
        if (attack.gross) continue;
        const Belief belief = tried_on_few(attack, rules.parameters) ? Belief::most : Belief::least;
        expect(found, soft(attack, rules.parameters, belief));
    }
}

}  // namespace

std::string to_text(const Violation& violation)
{
    return violation.inequality + " (" + violation.where +
           ") does not hold: " + to_text(violation.left) + " against " + to_text(violation.right);
}

Fixed promised_risk(const Parameters& parameters, StreamClass stream_class)
{
    const ClassTerms terms = terms_of(parameters, stream_class);
    // Earned on probation, before the first segment that is not checked in full.
    const Fixed first = whole(parameters.probation_passes) * share(parameters.probation_pay_bp) /
                        greatest_of(share(parameters.pay_bp), Fixed::ratio(1, 10'000));
    const Fixed bond = always_synchronous(stream_class)
                           ? punishable(lpt(parameters.bond_r2_mlpt), bond_terms(parameters))
                           : zero;
    return greatest_of(greatest_of(terms.cover, first), bond);
}

std::vector<Violation> validate(const Parameters& parameters, const AttackTable& table)
{
    Violations found;
    check_bounds(parameters, found);
    // Past the hard bounds the figures below mean nothing.
    if (!found.empty()) return found;
    check_money(parameters, found);
    check_times(parameters, found);
    check_floors(parameters, found);
    const Rules rules = make_rules(parameters, table);
    for (const StreamClass stream_class : stream_classes) {
        const ClassTerms& terms = rules.classes[static_cast<std::size_t>(stream_class)].terms;
        if (terms.policy == PolicyName::closed) continue;
        check_deterrence(rules, stream_class, found);
        const Viability viable = viability(parameters, table, terms);
        expect(
            found,
            {"V1: margin - premium >= eps (1-D) q_B Z + f_B Z",
             std::string{name_of(stream_class)},
             viable.income,
             viable.loss}
        );
    }
    if (parameters.cusum_cheat_ppm > parameters.cusum_honest_ppm) check_soft(rules, found);
    return found;
}

std::vector<Violation> doubts(const Parameters& parameters, const AttackTable& table)
{
    Violations found;
    const Fixed margin = one - share(parameters.cost_bp) / share(parameters.pay_bp);
    const TierFigures& full = table.tiers[2];
    const Bands alarms{
        .unpaid = {.detect = zero, .alarm = Fixed::ppm(full.false_substandard.high_ppm)},
        .convicted = {.detect = zero, .alarm = Fixed::ppm(full.false_fraud.high_ppm)}
    };
    const Fixed lost =
        honest_loss(alarms, Fixed::ppm(parameters.check_floor_ppm), whole(parameters.r1_cover_w));
    expect(
        found,
        {"D2': 1 % of the honest margin >= p (f_u W + f_c Lambda), at the upper bounds measured",
         "r1, Lambda = L_cov",
         margin / Fixed{100},
         lost}
    );
    expect(
        found,
        {"pay kept back on probation >= cost of checking everything",
         "W",
         (share(parameters.pay_bp) - share(parameters.probation_pay_bp)) / share(parameters.pay_bp),
         check_overhead(table, {one, one, one, zero})}
    );
    for (const Attack& attack : table.attacks) {
        if (!attack.gross && tried_on_few(attack, parameters))
            expect(found, soft(attack, parameters, Belief::least));
    }
    return found;
}

}  // namespace millpond::policy
