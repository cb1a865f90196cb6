#include "core/schedule/schedule.hpp"

#include <algorithm>

namespace millpond::schedule {
namespace {

constexpr Duration round_trip_floor = std::chrono::milliseconds{1'500};
constexpr int late_max = 8;  ///< so many are passed over for being late

bool full(const fleet::Transcoder& transcoder)
{
    return transcoder.sessions.size() >=
           static_cast<std::size_t>(std::max(1, transcoder.sessions_max));
}

Duration scaled(Duration duration, double by)
{
    return Duration{static_cast<Duration::rep>(static_cast<double>(duration.count()) * by)};
}

Duration budget_of(const Segment& segment)
{
    return std::max<Duration>(round_trip_floor, segment.duration);
}

/// So late that another would be raced against it by then.
bool late(Duration expected, const Segment& segment, const Timing& timing)
{
    return expected >= scaled(budget_of(segment), timing.hedge_share);
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
    const fleet::Fleet& fleet,
    const Segment& segment,
    const std::set<TranscoderId>& tried,
    const Timing& timing
)
{
    Choice choice;
    const double pixels = expected_pixels(segment);
    std::optional<Duration> holders;
    if (const auto holder = fleet.holder(segment.id.session)) {
        const fleet::Transcoder* transcoder = fleet.find(*holder);
        const bool ready = transcoder != nullptr && transcoder->state == fleet::State::ready &&
                           fleet::suits(*transcoder, segment);
        if (ready && !tried.contains(*holder)) {
            choice.transcoder = *holder;
            choice.sticks = true;
            holders = fleet.expected_behind(*transcoder, pixels);
            if (!late(*holders, segment, timing)) return choice;
        } else {
            ++choice.skipped[ready ? "tried" : "holder_not_ready"];
        }
    }
    std::optional<TranscoderId> late_one;
    std::optional<TranscoderId> over_subscribed;
    for (const auto& [key, id] : fleet.by_load()) {
        if (tried.contains(id)) {
            ++choice.skipped["tried"];
            continue;
        }
        const fleet::Transcoder& transcoder = *fleet.find(id);
        if (!fleet::suits(transcoder, segment)) {
            ++choice.skipped["incapable"];
            continue;
        }
        if (full(transcoder)) {
            ++choice.skipped["full"];
            if (!over_subscribed) over_subscribed = id;
            continue;
        }
        const Duration expected = fleet.expected_behind(transcoder, pixels);
        // A stream stays where it is as long as nobody is much better.
        if (holders ? 2 * expected <= *holders : !late(expected, segment, timing)) {
            if (holders) ++choice.skipped["holder_late"];
            choice.transcoder = id;
            choice.sticks = false;
            return choice;
        }
        if (!late_one) late_one = id;
        if (++choice.skipped["late"] >= late_max) break;
    }
    if (choice.sticks) return choice;
    // Better late, or one session too many on somebody, than a lost segment.
    if (!late_one) late_one = over_subscribed;
    if (!late_one) return std::nullopt;
    choice.transcoder = *late_one;
    return choice;
}

Time give_up_at(const Segment& segment, const Timing& timing)
{
    const Duration whole = std::max<Duration>(std::chrono::seconds{8}, 4 * segment.duration);
    return segment.arrived + whole - timing.reserve;
}

Time hedge_at(const Segment& segment, Time assigned, Duration expected, const Timing& timing)
{
    const Duration budget = budget_of(segment);
    const Time latest = std::max(segment.arrived + scaled(budget, timing.hedge_share), assigned);
    const Time suspicious = assigned + scaled(expected, timing.late_factor);
    // One that is slow by nature gets up to the whole budget before it counts as stuck.
    const Time end =
        std::max({latest, segment.arrived + budget, assigned + scaled(budget, timing.hedge_share)});
    return std::clamp(suspicious, latest, end);
}

}  // namespace millpond::schedule
