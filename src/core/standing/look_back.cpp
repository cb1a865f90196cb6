#include "core/standing/look_back.hpp"

#include "base/beta.hpp"

#include <algorithm>

namespace millpond::standing {

std::vector<std::uint64_t> plan_look_back(
    std::span<const Retained> retained, Time now, Duration window, Duration look_back
)
{
    std::vector<Retained> wanted;
    for (const Retained& segment : retained) {
        const Duration age = now - segment.done;
        if (age <= window || (segment.drawn && age <= look_back)) wanted.push_back(segment);
    }
    std::ranges::sort(wanted, [](const Retained& left, const Retained& right) {
        return std::pair{right.done, right.segment} < std::pair{left.done, left.segment};
    });
    std::vector<std::uint64_t> plan;
    plan.reserve(wanted.size());
    for (const Retained& segment : wanted)
        plan.push_back(segment.segment);
    return plan;
}

LookBack weigh_look_back(std::uint32_t good, std::uint32_t bad)
{
    // Clopper–Pearson: the bound of a share is a quantile of a Beta distribution.
    const Fixed sure = Fixed::ratio(95, 100);
    if (good > 0) {
        const Beta high{.a = Fixed{bad + 1}, .b = Fixed{good}};
        if (cumulative(high, Fixed::ratio(1, 100)) >= sure) return LookBack::single;
    }
    if (bad > 0) {
        const Beta low{.a = Fixed{bad}, .b = Fixed{good + 1}};
        if (one - cumulative(low, Fixed::ratio(1, 5)) >= sure) return LookBack::pattern;
    }
    return LookBack::go_on;
}

}  // namespace millpond::standing
