#pragma once

#include "base/fixed.hpp"

#include <cstdint>
#include <span>

/// Several transcoders on one segment, and coalitions among them.
namespace millpond::policy {

/// N transcoders of equal weight, m of them in the coalition.
struct Crowd {
    std::int64_t all = 0;
    std::int64_t coalition = 0;
};

/// P(all r in the coalition) = C(m,r)/C(N,r), rounded up.
[[nodiscard]] Fixed all_in_coalition(const Crowd& crowd, std::int64_t replicas);
/// P(the others too | one is) = C(m−1,r−1)/C(N−1,r−1), rounded up.
[[nodiscard]] Fixed others_in_coalition(const Crowd& crowd, std::int64_t replicas);

/// C1: p_bg d r (Λ + W) > r g.
[[nodiscard]] bool coalition_deterred(Fixed background, Fixed detect, Fixed at_risk, Fixed gain);

/// C2: P(no honest holder | j of the coalition hold the segment); `chances[r]` is P(r replicas).
[[nodiscard]] Fixed no_honest_holder(
    const Crowd& crowd, std::span<const Fixed> chances, std::int64_t held
);

/// (1 − φ^(r−1)) d: how a colluder who does not know the others is caught by comparison.
[[nodiscard]] Fixed blind_colluder_caught(Fixed share, std::int64_t replicas, Fixed detect);

/// 4.13: a full check is cheaper than a replica while v < W d / ((1 − φ) d_cmp).
[[nodiscard]] Fixed dearest_useful_check(Fixed share, Fixed detect, Fixed comparison_detect);

}  // namespace millpond::policy
