#pragma once

#include "base/time.hpp"
#include "core/fleet/fleet.hpp"
#include "model/segment.hpp"

#include <algorithm>
#include <cstdint>
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

struct Timing {
    double hedge_share = 0.45;  ///< of max(1.5 s, duration): the latest start of a second attempt
    double late_factor = 2.0;   ///< times the expected time: then it looks stuck
    Duration reserve = std::chrono::milliseconds{500};  ///< kept back from the gateway's deadline
    int attempts_max = 4;
    int hedges_per_hundred = 25;  ///< segments delivered: so many races they pay for
    int hedges_saved_min = 4;     ///< unspent ones that a pool begins with and may always save
};

/// Who gets the segment, of those that can do what it needs: the one that has its session while
/// that one is ready, and in time or not twice as late as others; else the least loaded for its
/// capacity of those that would be in time; else the least loaded. `tried` have had their chance
/// with this segment. Nothing when nobody is left. Logarithmic in the number of transcoders as long
/// as few have been tried, are full or incapable.
[[nodiscard]] std::optional<Choice> assign(
    const fleet::Fleet& fleet,
    const Segment& segment,
    const std::set<TranscoderId>& tried,
    const Timing& timing = {}
);

/// How many second attempts a pool can afford. One slow transcoder is raced at once; when everybody
/// is late, racing them all would multiply the very load that makes them late.
class HedgeBudget {
public:
    explicit HedgeBudget(const Timing& timing)
        : per_hundred_(timing.hedges_per_hundred),
          least_(std::int64_t{100} * timing.hedges_saved_min),
          saved_(least_)
    {
    }

    [[nodiscard]] bool affords_one() const { return saved_ >= 100; }

    void spend() { saved_ -= 100; }

    /// One transcoder of two may have half of the open sessions when it stops.
    void note_delivered(std::size_t sessions_open)
    {
        const auto half = static_cast<std::int64_t>(50 * sessions_open);
        saved_ = std::max(saved_, std::min(std::max(least_, half), saved_ + per_hundred_));
    }

private:
    std::int64_t per_hundred_;
    std::int64_t least_;  ///< hundredths of a race, as the next one
    std::int64_t saved_;
};

/// When the gateway gives up: max(8 s, 4 durations) after the first byte (operations 4a), less a
/// reserve for our answer's way back.
[[nodiscard]] Time give_up_at(const Segment& segment, const Timing& timing);

/// When to race another transcoder against one that was given the segment at `assigned`. Early
/// enough that the gateway's rule (round trip within max(1.5 s, duration)) can still hold, and not
/// before the first one is late by its own measure; one that begins late itself is given as long
/// before the next, so that attempts do not all start at once.
[[nodiscard]] Time hedge_at(
    const Segment& segment, Time assigned, Duration expected, const Timing& timing
);

}  // namespace millpond::schedule
