#include "core/policy/redundancy.hpp"

namespace millpond::policy {
namespace {

/// C(n, k) / C(m, k) as a product of fractions, so that nothing grows.
Fixed ratio_of_choices(std::int64_t n, std::int64_t m, std::int64_t k)
{
    Fixed ratio = one;
    for (std::int64_t i = 0; i < k; ++i) {
        if (n - i <= 0) return zero;
        ratio = times_up(ratio, over_up(Fixed{n - i}, Fixed{m - i}));
    }
    return ratio;
}

/// C(n, k) for the few replicas there are.
Fixed choices(std::int64_t n, std::int64_t k)
{
    Fixed value = one;
    for (std::int64_t i = 0; i < k; ++i)
        value = value * Fixed{n - i} / Fixed{i + 1};
    return value;
}

}  // namespace

Fixed all_in_coalition(const Crowd& crowd, std::int64_t replicas)
{
    return ratio_of_choices(crowd.coalition, crowd.all, replicas);
}

Fixed others_in_coalition(const Crowd& crowd, std::int64_t replicas)
{
    return ratio_of_choices(crowd.coalition - 1, crowd.all - 1, replicas - 1);
}

bool coalition_deterred(Fixed background, Fixed detect, Fixed at_risk, Fixed gain)
{
    return background * detect * (at_risk + one) > gain;
}

Fixed no_honest_holder(const Crowd& crowd, std::span<const Fixed> chances, std::int64_t held)
{
    // P(j of r drawn are in the coalition) = C(m,j) C(N−m,r−j) / C(N,r); C(m,j) cancels.
    Fixed all_ours;
    Fixed seen;
    const Fixed common = choices(crowd.coalition, held);
    for (auto r = held; r < static_cast<std::int64_t>(chances.size()); ++r) {
        const Fixed honest = choices(crowd.all - crowd.coalition, r - held);
        const Fixed chance =
            chances[static_cast<std::size_t>(r)] * (common * honest / choices(crowd.all, r));
        seen = seen + chance;
        if (r == held) all_ours = chance;
    }
    return seen == zero ? zero : over_up(all_ours, seen);
}

Fixed blind_colluder_caught(Fixed share, std::int64_t replicas, Fixed detect)
{
    Fixed together = one;
    for (std::int64_t i = 1; i < replicas; ++i)
        together = times_up(together, share);
    return (one - together) * detect;
}

Fixed dearest_useful_check(Fixed share, Fixed detect, Fixed comparison_detect)
{
    return detect / ((one - share) * comparison_detect);
}

}  // namespace millpond::policy
