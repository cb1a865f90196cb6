#pragma once

#include "core/policy/decide.hpp"

#include <string>

namespace millpond::policy {

/// Every figure behind one decision; amounts in W.
struct Explanation {
    Decision decision;
    Fixed deterring;             ///< m p_det
    std::string binding_attack;  ///< that asks for it
    Fixed error_mean;
    Fixed error_high;
    Fixed doubt;        ///< p_rep
    Fixed break_even;   ///< error_mean above which R1 checks everything
    Fixed bribe_bound;  ///< B*: least bribe of all gross attacks that pays
    std::string cheapest_attack;
    Fixed risk_at_floor;  ///< Λ at which the floor of tier 2 deters with the factor m
    Fixed overhead;       ///< checks and replicas, share of W
};

[[nodiscard]] Explanation explain(
    const TaskContext& context,
    const TranscoderState& transcoder,
    const PoolState& pool,
    const Rules& rules
);

/// D and B* of one attack under given chances of each tier.
struct AttackView {
    Bands bands;
    Fixed bribe_bound;
};

[[nodiscard]] AttackView view_attack(
    const AttackTable& table, const Attack& attack, const TierChances& chances, Fixed at_risk
);

}  // namespace millpond::policy
