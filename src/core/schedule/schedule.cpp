#include "core/schedule/schedule.hpp"

#include <algorithm>

namespace millpond::schedule {
namespace {

constexpr Duration round_trip_floor = std::chrono::milliseconds{1'500};

bool full(const fleet::Transcoder& transcoder)
{
    return transcoder.sessions.size() >=
           static_cast<std::size_t>(std::max(1, transcoder.sessions_max));
}

Duration scaled(Duration duration, double by)
{
    return Duration{static_cast<Duration::rep>(static_cast<double>(duration.count()) * by)};
}

}  // namespace

double expected_pixels(const Segment& segment)
{
    const double seconds = std::chrono::duration<double>(segment.duration).count();
    double pixels = 0;
    for (const auto& rung : segment.ladder) {
        const double fps = rung.fps_num == 0
                               ? 30.0
                               : static_cast<double>(rung.fps_num) / std::max(1U, rung.fps_den);
        pixels += static_cast<double>(rung.width) * rung.height * fps * seconds;
    }
    return pixels;
}

std::optional<Choice> assign(
    const fleet::Fleet& fleet, const Segment& segment, const std::set<TranscoderId>& tried
)
{
    Choice choice;
    if (const auto holder = fleet.holder(segment.id.session)) {
        const fleet::Transcoder* transcoder = fleet.find(*holder);
        const bool ready = transcoder != nullptr && transcoder->state == fleet::State::ready;
        if (ready && !tried.contains(*holder)) {
            choice.transcoder = *holder;
            choice.sticks = true;
            return choice;
        }
        ++choice.skipped[ready ? "tried" : "holder_not_ready"];
    }
    std::optional<TranscoderId> over_subscribed;
    for (const auto& [key, id] : fleet.by_load()) {
        if (tried.contains(id)) {
            ++choice.skipped["tried"];
            continue;
        }
        if (full(*fleet.find(id))) {
            ++choice.skipped["full"];
            if (!over_subscribed) over_subscribed = id;
            continue;
        }
        choice.transcoder = id;
        return choice;
    }
    // Better one session too many on somebody than a lost segment.
    if (!over_subscribed) return std::nullopt;
    choice.transcoder = *over_subscribed;
    return choice;
}

Time give_up_at(const Segment& segment, const Timing& timing)
{
    const Duration whole = std::max<Duration>(std::chrono::seconds{8}, 4 * segment.duration);
    return segment.arrived + whole - timing.reserve;
}

Time hedge_at(const Segment& segment, Time assigned, Duration expected, const Timing& timing)
{
    const Duration budget = std::max<Duration>(round_trip_floor, segment.duration);
    const Time latest = std::max(segment.arrived + scaled(budget, timing.hedge_share), assigned);
    const Time suspicious = assigned + scaled(expected, timing.late_factor);
    // One that is slow by nature gets up to the whole budget before it counts as stuck.
    const Time end =
        std::max({latest, segment.arrived + budget, assigned + scaled(budget, timing.hedge_share)});
    return std::clamp(suspicious, latest, end);
}

}  // namespace millpond::schedule
