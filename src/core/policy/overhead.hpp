#pragma once

#include "base/fixed.hpp"
#include "core/policy/deterrence.hpp"
#include "model/attack_table.hpp"

/// 4.15: what checks and replicas cost, as a share of W; rounded up.
namespace millpond::policy {

/// Σ p_i v_i at the dear ends of the measured costs.
[[nodiscard]] Fixed check_overhead(const AttackTable& table, const TierChances& chances);
/// (r−1) + P(disagree) · v_confirm + Σ p_i v_i.
[[nodiscard]] Fixed replica_overhead(
    Fixed mean_replicas, Fixed disagree, Fixed confirm_cost, Fixed checks
);

}  // namespace millpond::policy
