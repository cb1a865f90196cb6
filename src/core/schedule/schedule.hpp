#pragma once

#include "base/time.hpp"
#include "core/fleet/fleet.hpp"
#include "model/segment.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace millpond::schedule {

/// Pixels that a segment's renditions hold, estimated from the ladder. A rung that keeps the
/// source's timing counts as 30 frames per second.
[[nodiscard]] double expected_pixels(const Segment& segment);

struct Choice {
    TranscoderId transcoder;
    bool sticks = false;                 ///< the session was there before
    std::map<std::string, int> skipped;  ///< why others were passed over, counted
};

/// Who gets the segment: the one that has its session while that one is ready, else the least
/// loaded for its capacity. `tried` have had their chance with this segment. Nothing when nobody
/// is left. Logarithmic in the number of transcoders as long as few have been tried.
[[nodiscard]] std::optional<Choice> assign(
    const fleet::Fleet& fleet, const Segment& segment, const std::set<TranscoderId>& tried
);

struct Timing {
    double hedge_share = 0.45;  ///< of max(1.5 s, duration): the latest start of a second attempt
    double late_factor = 2.0;   ///< times the expected time: then it looks stuck
    Duration reserve = std::chrono::milliseconds{500};  ///< kept back from the gateway's deadline
    int attempts_max = 4;
};

/// When the gateway gives up: max(8 s, 4 durations) after the first byte (operations 4a), less a
/// reserve for our answer's way back.
[[nodiscard]] Time give_up_at(const Segment& segment, const Timing& timing);

/// When to race another transcoder against one that was given the segment at `assigned`. Early
/// enough that the gateway's rule (round trip within max(1.5 s, duration)) can still hold, and not
/// before the first one is late by its own measure.
[[nodiscard]] Time hedge_at(
    const Segment& segment, Time assigned, Duration expected, const Timing& timing
);

}  // namespace millpond::schedule
