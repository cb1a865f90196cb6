#include "edge/picture/align.hpp"

#include <algorithm>
#include <cstdlib>

namespace millpond::picture {
namespace {

constexpr std::int64_t wrap = std::int64_t{1} << 33U;  ///< where MPEG-TS begins again

std::int64_t nearest_turn(std::int64_t shift)
{
    const std::int64_t turns = (shift + (shift >= 0 ? wrap / 2 : -wrap / 2)) / wrap;
    return turns * wrap;
}

}  // namespace

std::vector<Match> align(
    const std::vector<std::int64_t>& source,
    const std::vector<std::int64_t>& rendition,
    bool own_axis
)
{
    std::vector<Match> matches;
    if (source.empty() || rendition.empty()) return matches;
    const int count = static_cast<int>(source.size());
    if (source.size() == rendition.size()) {
        for (int i = 0; i < count; ++i)
            matches.push_back({i, i});
        return matches;
    }
    const std::int64_t apart = source.front() - rendition.front();
    const std::int64_t shift = own_axis ? apart : nearest_turn(apart);
    const std::int64_t length =
        count > 1 ? (source.back() - source.front()) / (count - 1) : std::int64_t{3'000};
    const std::int64_t reach = length + length / 50;
    for (const std::int64_t each : rendition) {
        const std::int64_t at = each + shift;
        const auto low = std::ranges::lower_bound(source, at - reach);
        const auto high = std::ranges::upper_bound(source, at + reach);
        int first = static_cast<int>(low - source.begin());
        int last = static_cast<int>(high - source.begin()) - 1;
        if (last < first) {  // a hole: the nearest stands in
            first = std::clamp(first, 0, count - 1);
            const auto here = static_cast<std::size_t>(first);
            if (first > 0 && std::abs(source[here - 1] - at) < std::abs(source[here] - at)) --first;
            last = first;
        }
        if (!matches.empty()) {
            first = std::max(first, matches.back().first);
            last = std::max(last, first);
        }
        matches.push_back({first, last});
    }
    return matches;
}

}  // namespace millpond::picture
