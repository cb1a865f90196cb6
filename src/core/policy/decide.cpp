#include "core/policy/decide.hpp"

#include "base/assert.hpp"
#include "core/policy/checking.hpp"

#include <algorithm>

namespace millpond::policy {
namespace {

const ClassRules& class_of(const Rules& rules, StreamClass stream_class)
{
    return rules.classes[static_cast<std::size_t>(stream_class)];
}

Fixed whole(std::uint64_t value)
{
    return Fixed{static_cast<std::int64_t>(value)};
}

/// R0 and R1 are for everybody; what others might pay to spoil is for large bonds.
bool trusted_with(StreamClass stream_class, const Standing& standing, const Parameters& parameters)
{
    if (!always_synchronous(stream_class)) return true;
    const bool settled = standing.tier == Tier::active_s || standing.tier == Tier::member;
    return settled && standing.bond_mlpt >= parameters.bond_r2_mlpt;
}

Reason refusal(
    const TaskContext& context,
    const TranscoderState& transcoder,
    const PoolState& pool,
    const Rules& rules
)
{
    const Standing& standing = transcoder.standing;
    const Parameters& parameters = rules.parameters;
    const ClassRules& stream_class = class_of(rules, context.stream_class);
    if (standing.tier == Tier::banned) return Reason::banned;
    if (standing.tier == Tier::suspended) return Reason::suspended;
    if (stream_class.terms.policy == PolicyName::closed) return Reason::class_closed;
    if (standing.tier == Tier::qualify) return Reason::none;
    if (stream_class.terms.policy == PolicyName::dao && !standing.member) {
        return Reason::not_a_member;
    }
    const bool bonded =
        standing.signs == Signs::yes && standing.bond_mlpt >= parameters.bond_min_mlpt;
    if (stream_class.terms.policy == PolicyName::staked && !bonded) return Reason::bond_too_low;
    if (!trusted_with(context.stream_class, standing, parameters)) {
        return Reason::class_needs_trust;
    }
    if (!stream_class.viable) return Reason::class_not_viable;
    if (!covers(at_risk(transcoder, rules), stream_class.terms.slash)) {
        return Reason::class_not_covered;
    }
    if (standing.tier != Tier::probation) return Reason::none;
    if (pool.newcomers_ppm >= parameters.newcomers_ppm) return Reason::newcomers_quota;
    if (pool.newcomers_of_cluster_ppm >= parameters.newcomers_cluster_ppm) {
        return Reason::cluster_quota;
    }
    return Reason::none;
}

Fixed floor_of(const Rules& rules, PolicyName policy, Tier tier)
{
    const Parameters& p = rules.parameters;
    const Fixed floor = Fixed::ppm(policy == PolicyName::dao ? p.dao_floor_ppm : p.check_floor_ppm);
    return tier == Tier::unsigned_ ? greatest_of(floor, Fixed::ppm(p.unsigned_floor_ppm)) : floor;
}

/// p_2 by R2, before the mode has its say.
Fixed full_check_chance(
    const TaskContext& context, const Standing& standing, const Rules& rules, Fixed at_risk
)
{
    const Parameters& parameters = rules.parameters;
    const ClassRules& stream_class = class_of(rules, context.stream_class);
    const PolicyName policy = stream_class.terms.policy;
    if (policy == PolicyName::check_all) return one;
    if (policy == PolicyName::redundant) return Fixed::ppm(parameters.background_ppm);
    // break_even stands for the class's h; a gateway with k times the harm breaks even k times
    // lower.
    const Fixed harm = context.harm.value_or(stream_class.terms.harm);
    const bool pays =
        error_mean(standing, parameters) * harm > stream_class.break_even * stream_class.terms.harm;
    return check_chance(
        {.deterring = deterring_check(rules, context.stream_class, at_risk).chance,
         .doubt = check_for_doubt(
             standing.error_high, rules.false_confirmed, whole(parameters.doubt_factor)
         ),
         .pays = pays},
        floor_of(rules, policy, standing.tier)
    );
}

std::uint32_t hold_of(const TranscoderState& transcoder, const Rules& rules, PolicyName policy)
{
    const Parameters& p = rules.parameters;
    const Standing& standing = transcoder.standing;
    std::uint64_t hold = p.hold_seconds;
    if (standing.tier == Tier::active_s) {
        hold = hold_seconds(
            {.look_back = whole(p.hold_seconds), .least = whole(p.hold_bonded_seconds)},
            claw_back(lpt(standing.bond_mlpt), rules.bond),
            transcoder.segments_per_second
        );
    } else if (standing.tier == Tier::member) {
        hold = p.hold_member_seconds;
    } else if (policy == PolicyName::check_all && standing.tier != Tier::probation &&
               standing.tier != Tier::unsigned_) {
        hold = p.hold_check_all_seconds;
    }
    return static_cast<std::uint32_t>(std::max(hold, p.challenge_seconds));
}

void set_replicas(Decision& decision, PolicyName policy, const Parameters& parameters)
{
    if (policy == PolicyName::redundant) {
        decision.replicas = 2;
        decision.further_replica_ppm = static_cast<std::uint32_t>(parameters.three_replicas_ppm);
    } else if (policy == PolicyName::hybrid) {
        decision.further_replica_ppm = static_cast<std::uint32_t>(parameters.replicas_ppm);
    }
}

/// Recorded segments, one at a time, everything looked at, nothing paid and nothing delivered.
Decision qualification()
{
    return {
        .eligible = true,
        .mode = Mode::shadow,
        .check_ppm = {1'000'000, 1'000'000, 1'000'000, 0},
        .lanes = 1
    };
}

}  // namespace

std::string_view name_of(Reason reason)
{
    switch (reason) {
        case Reason::none: return "none";
        case Reason::banned: return "banned";
        case Reason::suspended: return "suspended";
        case Reason::class_closed: return "class_closed";
        case Reason::not_a_member: return "not_a_member";
        case Reason::bond_too_low: return "bond_too_low";
        case Reason::class_needs_trust: return "class_needs_trust";
        case Reason::class_not_viable: return "class_not_viable";
        case Reason::class_not_covered: return "class_not_covered";
        case Reason::newcomers_quota: return "newcomers_quota";
        case Reason::cluster_quota: return "cluster_quota";
    }
    MILLPOND_ASSERT(false);
}

std::string_view name_of(Mode mode)
{
    switch (mode) {
        case Mode::shadow: return "shadow";
        case Mode::synchronous: return "synchronous";
        case Mode::asynchronous: return "asynchronous";
    }
    MILLPOND_ASSERT(false);
}

Fixed at_risk(const TranscoderState& transcoder, const Rules& rules)
{
    const Standing& standing = transcoder.standing;
    if (standing.signs == Signs::no) return transcoder.earned;
    return punishable(lpt(standing.bond_mlpt), rules.bond) + transcoder.earned;
}

Fixed error_mean(const Standing& standing, const Parameters& parameters)
{
    const Fixed bad = whole(parameters.prior_bad) + standing.bad;
    return bad / (bad + whole(parameters.prior_good) + standing.good);
}

Deterring deterring_check(const Rules& rules, StreamClass stream_class, Fixed at_risk)
{
    Deterring worst;
    for (const Threat& threat : class_of(rules, stream_class).threats) {
        const Fixed chance = least_check(threat.line, at_risk);
        if (chance > worst.chance) worst = {.chance = chance, .attack = threat.attack};
    }
    worst.chance = times_up(worst.chance, whole(rules.parameters.safety));
    return worst;
}

Decision decide(
    const TaskContext& context,
    const TranscoderState& transcoder,
    const PoolState& pool,
    const Rules& rules
)
{
    const Standing& standing = transcoder.standing;
    const Parameters& parameters = rules.parameters;
    if (const Reason reason = refusal(context, transcoder, pool, rules); reason != Reason::none) {
        return {.reason = reason};
    }
    if (standing.tier == Tier::qualify) return qualification();

    const ClassTerms& terms = class_of(rules, context.stream_class).terms;
    const bool probation = standing.tier == Tier::probation;
    const Fixed risk = at_risk(transcoder, rules);
    const bool synchronous = probation || always_synchronous(context.stream_class) ||
                             terms.policy == PolicyName::check_all || risk < terms.cover;
    Fixed full = full_check_chance(context, standing, rules, risk);
    const bool everything = probation || always_synchronous(context.stream_class) ||
                            (synchronous && risk < terms.cover / Fixed{10});
    if (everything) full = one;
    const Fixed features =
        synchronous ? one : greatest_of(full, Fixed::ppm(parameters.features_floor_ppm));
    const Fixed control =
        context.stream_class == StreamClass::r3 ? one : Fixed::ppm(parameters.calibration_ppm);

    Decision decision{
        .eligible = true,
        .mode = synchronous ? Mode::synchronous : Mode::asynchronous,
        // Rounded up: what is published is never less than what deterrence asked for.
        .check_ppm = {1'000'000, ppm_up(features), ppm_up(full), ppm_up(control)},
        .hold_seconds = hold_of(transcoder, rules, terms.policy),
        .pay_bp =
            static_cast<std::uint16_t>(probation ? parameters.probation_pay_bp : parameters.pay_bp),
        .lanes = probation
                     ? 1
                     : std::min(
                           transcoder.capacity,
                           slow_start(
                               standing.passes, static_cast<std::uint32_t>(parameters.lane_passes)
                           )
                       ),
        .at_risk = risk
    };
    if (!synchronous) {
        const Fixed harm = context.harm.value_or(terms.harm);
        decision.lanes =
            std::min(decision.lanes, in_flight_cap(risk, harm, whole(parameters.exposure_factor)));
    }
    if (standing.tier == Tier::unsigned_) {
        decision.weight_ppm = static_cast<std::uint32_t>(parameters.unsigned_weight_ppm);
    }
    set_replicas(decision, terms.policy, parameters);
    return decision;
}

}  // namespace millpond::policy
