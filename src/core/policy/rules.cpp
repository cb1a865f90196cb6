#include "core/policy/rules.hpp"

#include "base/assert.hpp"
#include "core/policy/checking.hpp"
#include "crypto/keccak.hpp"

namespace millpond::policy {
namespace {

Fixed whole(std::uint64_t value)
{
    return Fixed{static_cast<std::int64_t>(value)};
}

PolicyName resolved(std::uint64_t of_class, std::uint64_t of_pool)
{
    const auto name = static_cast<PolicyName>(of_class);
    return name == PolicyName::pool ? static_cast<PolicyName>(of_pool) : name;
}

ClassTerms raw_terms(const Parameters& p, StreamClass stream_class)
{
    const auto terms =
        [&](std::uint64_t policy, std::uint64_t harm, std::uint64_t bribe, std::uint64_t cover) {
            return ClassTerms{
                .policy = resolved(policy, p.pool_policy),
                .harm = whole(harm),
                .bribe = whole(bribe),
                .cover = whole(cover)
            };
        };
    switch (stream_class) {
        case StreamClass::r0: return terms(p.r0_policy, p.r0_harm_w, p.r0_bribe_w, p.r0_cover_w);
        case StreamClass::r1: return terms(p.r1_policy, p.r1_harm_w, p.r1_bribe_w, p.r1_cover_w);
        case StreamClass::r2: return terms(p.r2_policy, p.r2_harm_w, p.r2_bribe_w, p.r2_cover_w);
        case StreamClass::r3: return terms(p.r3_policy, p.r3_harm_w, p.r3_bribe_w, p.r3_cover_w);
    }
    MILLPOND_ASSERT(false);
}

/// Least power of tier 2 among the gross attacks it has any power against.
Fixed worst_detect(const AttackTable& table)
{
    Fixed worst = one;
    for (const Attack& attack : table.attacks) {
        const Fixed low = Fixed::ppm(attack.tiers[2].low_ppm);
        if (attack.gross && low > zero) worst = least_of(worst, low);
    }
    return worst;
}

/// Chances of the tiers that do not depend on the transcoder.
TierChances other_tiers(const Parameters& parameters, StreamClass stream_class)
{
    const bool synchronous = always_synchronous(stream_class);
    return {
        one,
        synchronous ? one : Fixed::ppm(parameters.features_floor_ppm),
        zero,
        stream_class == StreamClass::r3 ? one : Fixed::ppm(parameters.calibration_ppm)
    };
}

ClassRules class_rules(const Rules& rules, StreamClass stream_class)
{
    const Parameters& parameters = rules.parameters;
    const TierFigures& full = rules.table.tiers[2];
    ClassRules made{.terms = terms_of(parameters, stream_class)};
    const TierChances others = other_tiers(parameters, stream_class);
    for (std::size_t i = 0; i < rules.table.attacks.size(); ++i) {
        const Attack& attack = rules.table.attacks[i];
        if (!attack.gross) continue;
        const Stakes stakes{
            .at_risk = zero, .gain = Fixed::ppm(attack.gain_ppm), .bribe = made.terms.bribe
        };
        made.threats.push_back({.attack = i, .line = line_of(rules.table, attack, others, stakes)});
    }
    made.break_even = break_even_error(
        {.harm = made.terms.harm,
         .detect = rules.worst_detect,
         .check = Fixed::ppm(full.cost.value_ppm),
         .alarm = Fixed::ppm(full.false_substandard.value_ppm),
         .false_alarm = whole(parameters.false_positive_loss_w)}
    );
    const Viability viable = viability(parameters, rules.table, made.terms);
    made.viable = viable.loss <= viable.income;
    return made;
}

}  // namespace

ClassTerms terms_of(const Parameters& parameters, StreamClass stream_class)
{
    ClassTerms terms = raw_terms(parameters, stream_class);
    if (stream_class == StreamClass::r3) terms.slash = whole(parameters.r3_slash_w);
    return terms;
}

bool always_synchronous(StreamClass stream_class)
{
    return stream_class == StreamClass::r2 || stream_class == StreamClass::r3;
}

Fixed lpt(std::uint64_t mlpt)
{
    return Fixed::ratio(static_cast<std::int64_t>(mlpt), 1'000);
}

BondTerms bond_terms(const Parameters& parameters)
{
    // Price in wei of one LPT over wei of one W; gwei keep both within range.
    const Fixed pay_gwei = whole(parameters.pay_wei) / Fixed{1'000'000'000};
    return {
        .lpt_w = whole(parameters.lpt_price_gwei) / pay_gwei,
        .haircut = whole(parameters.haircut_bp) / Fixed{10'000},
        .slash = whole(parameters.first_fraud_bp) / Fixed{10'000}
    };
}

Hash32 policy_hash(const Parameters& parameters, const AttackTable& table)
{
    return crypto::keccak256(as_bytes(canonical_text(parameters) + canonical_text(table)));
}

Viability viability(const Parameters& parameters, const AttackTable& table, const ClassTerms& terms)
{
    Fixed detect = one;
    for (const Attack& attack : table.attacks) {
        if (!attack.gross) continue;
        detect = least_of(detect, combined(table, attack, {one, one, one, one}).unpaid.detect);
    }
    return {
        .loss = expected_slash(
            {.error = Fixed::ppm(parameters.error_ppm),
             .detect = detect,
             .notice = Fixed::ppm(parameters.notice_ppm),
             .false_slash = Fixed::ratio(
                 static_cast<std::int64_t>(parameters.gateway_false_slash_ppb), 1'000'000'000
             ),
             .slash = terms.slash}
        ),
        .income = whole(parameters.operator_bp) / whole(parameters.pay_bp) -
                  Fixed::ppm(parameters.premium_ppm)
    };
}

Rules make_rules(const Parameters& parameters, const AttackTable& table)
{
    Rules rules{.parameters = parameters, .table = table};
    rules.hash = policy_hash(parameters, table);
    rules.bond = bond_terms(parameters);
    rules.worst_detect = worst_detect(table);
    rules.false_confirmed = Fixed::ppm(table.tiers[3].false_substandard.low_ppm);
    for (const StreamClass stream_class : stream_classes) {
        rules.classes[static_cast<std::size_t>(stream_class)] = class_rules(rules, stream_class);
    }
    return rules;
}

}  // namespace millpond::policy
