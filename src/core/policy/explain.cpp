#include "core/policy/explain.hpp"

#include "core/policy/checking.hpp"
#include "core/policy/overhead.hpp"

namespace millpond::policy {
namespace {

Fixed whole(std::uint64_t value)
{
    return Fixed{static_cast<std::int64_t>(value)};
}

TierChances chances_of(const Decision& decision)
{
    TierChances chances;
    for (std::size_t i = 0; i < check_tiers; ++i)
        chances[i] = Fixed::ppm(decision.check_ppm[i]);
    return chances;
}

void explain_bribes(Explanation& explanation, const Rules& rules, const ClassRules& stream_class)
{
    explanation.bribe_bound = Fixed::most();
    const TierChances chances = chances_of(explanation.decision);
    for (const Threat& threat : stream_class.threats) {
        const Attack& attack = rules.table.attacks[threat.attack];
        const Fixed bound =
            view_attack(rules.table, attack, chances, explanation.decision.at_risk).bribe_bound;
        if (bound < explanation.bribe_bound) {
            explanation.bribe_bound = bound;
            explanation.cheapest_attack = attack.name;
        }
        // p_floor ≥ m p_det, so p_floor / m has to deter.
        explanation.risk_at_floor = greatest_of(
            explanation.risk_at_floor,
            least_risk(
                threat.line,
                Fixed::ppm(rules.parameters.check_floor_ppm) / whole(rules.parameters.safety)
            )
        );
    }
}

}  // namespace

AttackView view_attack(
    const AttackTable& table, const Attack& attack, const TierChances& chances, Fixed at_risk
)
{
    const Bands bands = combined(table, attack, chances);
    return {
        .bands = bands,
        .bribe_bound = bribe_bound(
            bands, {.at_risk = at_risk, .gain = Fixed::ppm(attack.gain_ppm), .bribe = zero}
        )
    };
}

Explanation explain(
    const TaskContext& context,
    const TranscoderState& transcoder,
    const PoolState& pool,
    const Rules& rules
)
{
    const Standing& standing = transcoder.standing;
    const Parameters& parameters = rules.parameters;
    const auto& stream_class = rules.classes[static_cast<std::size_t>(context.stream_class)];
    Explanation explanation{.decision = decide(context, transcoder, pool, rules)};
    const Fixed risk = at_risk(transcoder, rules);
    explanation.decision.at_risk = risk;
    const Deterring deterring = deterring_check(rules, context.stream_class, risk);
    explanation.deterring = deterring.chance;
    if (deterring.chance > zero) {
        explanation.binding_attack = rules.table.attacks[deterring.attack].name;
    }
    explanation.error_mean = error_mean(standing, parameters);
    explanation.error_high = standing.error_high;
    explanation.doubt =
        check_for_doubt(standing.error_high, rules.false_confirmed, whole(parameters.doubt_factor));
    explanation.break_even = stream_class.break_even;
    explain_bribes(explanation, rules, stream_class);
    const Fixed checks = check_overhead(rules.table, chances_of(explanation.decision));
    const Fixed replicas =
        Fixed{explanation.decision.replicas} + Fixed::ppm(explanation.decision.further_replica_ppm);
    explanation.overhead = replica_overhead(replicas, zero, zero, checks);
    return explanation;
}

}  // namespace millpond::policy
