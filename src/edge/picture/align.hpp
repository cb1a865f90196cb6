#pragma once

#include <cstdint>
#include <vector>

namespace millpond::picture {

/// Which source frames a rendition's frame may show: from `first` to `last`.
struct Match {
    int first = 0;
    int last = 0;

    bool operator==(const Match&) const = default;
};

/// Pairs frames by presentation time. As many frames on both sides: one each, in order. Otherwise
/// the frame rate was converted: then any source frame within a frame's length may be the one,
/// since converters round differently. Both lists ascend; the rendition's begins where the source
/// does when `own_axis` (MP4 counts from zero). Matches never go back.
[[nodiscard]] std::vector<Match> align(
    const std::vector<std::int64_t>& source,
    const std::vector<std::int64_t>& rendition,
    bool own_axis
);

}  // namespace millpond::picture
