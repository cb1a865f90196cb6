#include "core/fleet/fleet.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace millpond::fleet {
namespace {

std::string_view name_of(Trouble trouble)
{
    switch (trouble) {
        case Trouble::silent: return "silent";
        case Trouble::left: return "left";
        case Trouble::reported: return "reported";
        case Trouble::garbage: return "garbage";
        case Trouble::refused_result: return "refused_result";
        case Trouble::fraud: return "fraud";
    }
    MILLPOND_ASSERT(false);
}

Duration time_for(double pixels, double pixels_per_second)
{
    const double seconds = std::min(pixels / std::max(1.0, pixels_per_second), 3'600.0);
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

std::string_view name_of(State state)
{
    switch (state) {
        case State::measuring: return "measuring";
        case State::ready: return "ready";
        case State::quarantined: return "quarantined";
        case State::draining: return "draining";
    }
    MILLPOND_ASSERT(false);
}

bool suits(const Transcoder& transcoder, const Segment& segment)
{
    return compatible(segment.needs, transcoder.capabilities);
}

void ask_within(const Transcoder& transcoder, Segment& segment)
{
    if (suits(transcoder, segment)) return;
    segment.needs = {};
    segment.wants_signatures = false;
}

double Fleet::key(const Transcoder& transcoder) const
{
    // The failing one looks busier than it is, so that it does not attract the next work.
    const double doubt = 1 + transcoder.troubles_in_a_row;
    return (transcoder.load + 1) * doubt / std::max(1.0, transcoder.pixels_per_second);
}

void Fleet::count(const Transcoder& transcoder, bool added)
{
    for (const auto& [capability, capacity] : transcoder.capabilities.capacities) {
        if (capability >= offered_.size()) continue;
        std::uint64_t& sum = offered_.at(capability);
        sum = added ? sum + capacity : sum - capacity;
    }
}

Capabilities Fleet::offered() const
{
    Capabilities all{.bits = {0}, .version = node_version, .has_constraints = true};
    for (unsigned capability = 0; capability < offered_.size(); ++capability) {
        const std::uint64_t sum = offered_.at(capability);
        if (sum == 0) continue;
        add_capability(all, capability);
        all.capacities[capability] = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(sum, std::numeric_limits<std::uint32_t>::max())
        );
    }
    return all;
}

bool Fleet::nobody_suits(const Segment& segment) const
{
    const auto suited = [&](const auto& each) { return suits(each.second, segment); };
    return !by_load_.empty() && std::ranges::none_of(all_, suited);
}

/// Every change goes through here, so that the indexes always agree with the entries.
template <typename Change>
void Fleet::change(TranscoderId id, Change apply)
{
    const auto found = all_.find(id);
    if (found == all_.end()) return;
    Transcoder& transcoder = found->second;
    const bool was_ready = by_load_.erase({key(transcoder), id}) > 0;
    quarantined_.erase({transcoder.quarantined_until, id});
    apply(transcoder);
    const bool is_ready = transcoder.state == State::ready;
    if (is_ready) by_load_.emplace(key(transcoder), id);
    if (is_ready != was_ready) count(transcoder, is_ready);
    if (transcoder.state == State::quarantined) {
        quarantined_.emplace(transcoder.quarantined_until, id);
    }
}

void Fleet::join(Transcoder transcoder, Time now)
{
    MILLPOND_ASSERT(!all_.contains(transcoder.id));
    const TranscoderId id = transcoder.id;
    transcoder.joined = now;
    transcoder.last_seen = now;
    if (transcoder.pixels_per_second <= 0) {
        transcoder.pixels_per_second = settings_.pixels_per_second_at_first;
    }
    all_.emplace(id, std::move(transcoder));
    change(id, [](Transcoder&) {});
}

bool Fleet::leave(TranscoderId id)
{
    const auto found = all_.find(id);
    if (found == all_.end()) return false;
    for (const auto& [session, pixels] : found->second.sessions)
        holders_.erase(session);
    if (by_load_.erase({key(found->second), id}) > 0) count(found->second, false);
    quarantined_.erase({found->second.quarantined_until, id});
    all_.erase(found);
    return true;
}

void Fleet::measured(TranscoderId id, double pixels_per_second, Time now)
{
    change(id, [&](Transcoder& transcoder) {
        transcoder.pixels_per_second = std::max(1.0, pixels_per_second);
        transcoder.last_seen = now;
        if (transcoder.state == State::measuring) transcoder.state = State::ready;
    });
}

void Fleet::drain(TranscoderId id)
{
    change(id, [](Transcoder& transcoder) { transcoder.state = State::draining; });
}

void Fleet::hold(TranscoderId id, const SessionId& session, double pixels_per_second)
{
    if (holder(session) == id) return;
    release(session);
    if (!all_.contains(id)) return;
    holders_[session] = id;
    change(id, [&](Transcoder& transcoder) {
        transcoder.sessions[session] = pixels_per_second;
        transcoder.load += pixels_per_second;
    });
}

void Fleet::release(const SessionId& session)
{
    const auto held = holders_.find(session);
    if (held == holders_.end()) return;
    change(held->second, [&](Transcoder& transcoder) {
        transcoder.sessions.erase(session);
        // Summed anew: a running difference of doubles would drift.
        transcoder.load = 0;
        for (const auto& [other, pixels] : transcoder.sessions)
            transcoder.load += pixels;
    });
    holders_.erase(held);
}

std::optional<TranscoderId> Fleet::holder(const SessionId& session) const
{
    const auto found = holders_.find(session);
    return found == holders_.end() ? std::nullopt : std::optional{found->second};
}

void Fleet::note_given(TranscoderId id, double pixels, Time now)
{
    const auto found = all_.find(id);
    if (found == all_.end()) return;
    Transcoder& transcoder = found->second;
    if (transcoder.in_work++ == 0) transcoder.busy_since = now;
    transcoder.pixels_in_work += pixels;
}

Duration Fleet::note_back(TranscoderId id, double pixels, Time now)
{
    const auto found = all_.find(id);
    if (found == all_.end()) return {};
    Transcoder& transcoder = found->second;
    // Nothing of a running difference of doubles is left over.
    transcoder.pixels_in_work = --transcoder.in_work == 0 ? 0 : transcoder.pixels_in_work - pixels;
    return now - std::exchange(transcoder.busy_since, now);
}

void Fleet::note_done(TranscoderId id, double pixels, Duration busy, Time now)
{
    change(id, [&](Transcoder& transcoder) {
        ++transcoder.done;
        transcoder.last_seen = now;
        transcoder.troubles_in_a_row = 0;
        transcoder.quarantines = 0;
        const double seconds = std::chrono::duration<double>(busy).count();
        if (seconds < 0 || pixels <= 0) return;
        // Means of time, not of speed: of two that come back at once the second took none.
        const double expected = pixels / transcoder.pixels_per_second;
        transcoder.pixels_per_second =
            pixels / (expected + settings_.learning * (seconds - expected));
    });
}

void Fleet::note_trouble(TranscoderId id, Trouble trouble, const std::string& why, Time now)
{
    change(id, [&](Transcoder& transcoder) {
        std::string label{name_of(trouble)};
        if (!why.empty()) label += ": " + why;
        // Words of a peer make labels: bounded.
        if (transcoder.troubles.size() < 32 || transcoder.troubles.contains(label)) {
            ++transcoder.troubles[label];
        } else {
            ++transcoder.troubles[std::string{name_of(trouble)}];
        }
        ++transcoder.troubles_in_a_row;
        transcoder.last_seen = now;
        if (transcoder.state != State::ready) return;
        const bool fraud = trouble == Trouble::fraud;
        if (!fraud && transcoder.troubles_in_a_row < settings_.troubles_to_quarantine) return;
        // When even the last one is too slow, the pool is overloaded: a late answer beats none.
        if (trouble == Trouble::silent && by_load_.empty()) return;
        const int doublings = std::min(transcoder.quarantines++, 16);
        const Duration doubled =
            std::min(settings_.quarantine_max, settings_.quarantine_first * (1 << doublings));
        transcoder.state = State::quarantined;
        transcoder.quarantined_until = now + (fraud ? settings_.quarantine_max : doubled);
    });
}

void Fleet::tick(Time now)
{
    while (!quarantined_.empty() && quarantined_.begin()->first <= now) {
        change(quarantined_.begin()->second, [&](Transcoder& transcoder) {
            transcoder.state = State::ready;
            // One more failure and it is out again.
            transcoder.troubles_in_a_row = settings_.troubles_to_quarantine - 1;
        });
    }
}

const Transcoder* Fleet::find(TranscoderId id) const
{
    const auto found = all_.find(id);
    return found == all_.end() ? nullptr : &found->second;
}

Duration Fleet::expected(TranscoderId id, double pixels) const
{
    const Transcoder* transcoder = find(id);
    return time_for(pixels, transcoder == nullptr ? 1 : transcoder->pixels_per_second);
}

Duration Fleet::expected_behind(const Transcoder& transcoder, double pixels) const
{
    return time_for(transcoder.pixels_in_work + pixels, transcoder.pixels_per_second);
}

}  // namespace millpond::fleet
