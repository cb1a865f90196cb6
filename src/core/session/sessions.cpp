#include "core/session/sessions.hpp"

#include "base/assert.hpp"

namespace millpond::session {

std::string_view text_of(Refusal refusal)
{
    switch (refusal) {
        case Refusal::invalid_duration: return "invalid duration";
        case Refusal::no_profiles: return "TranscoderUnrecognizedProfile";
        case Refusal::too_many_profiles: return "Too many outputs";
        case Refusal::too_many_sessions: return "OrchestratorCapped";
        case Refusal::too_many_in_flight: return "OrchestratorBusy";
    }
    MILLPOND_ASSERT(false);
}

Result<Admission, Refusal> Sessions::admit(const Segment& segment, Time now)
{
    if (segment.duration <= Duration{0} || segment.duration > limits_.duration_max) {
        return because(Refusal::invalid_duration);
    }
    if (segment.ladder.empty()) return because(Refusal::no_profiles);
    if (segment.ladder.size() > limits_.profiles) return because(Refusal::too_many_profiles);
    auto found = sessions_.find(segment.id.session);
    const bool opens = found == sessions_.end();
    if (opens) {
        if (!has_room()) return because(Refusal::too_many_sessions);
        found = sessions_
                    .emplace(
                        segment.id.session,
                        SessionState{.manifest = segment.manifest, .opened = now, .in_flight = {}}
                    )
                    .first;
    }
    SessionState& state = found->second;
    if (state.in_flight.size() >= limits_.in_flight_per_session) {
        return because(Refusal::too_many_in_flight);
    }
    state.in_flight.insert(segment.id);
    state.last_segment = now;
    ++state.segments;
    return Admission{.opens_session = opens};
}

void Sessions::done(const SegmentId& segment, Time now)
{
    const auto found = sessions_.find(segment.session);
    if (found == sessions_.end()) return;
    found->second.in_flight.erase(segment);
    found->second.last_segment = now;
}

bool Sessions::end(const SessionId& session)
{
    return sessions_.erase(session) > 0;
}

std::vector<SessionId> Sessions::idle(Time now) const
{
    std::vector<SessionId> found;
    for (const auto& [id, state] : sessions_) {
        if (state.in_flight.empty() && now - state.last_segment > limits_.idle) found.push_back(id);
    }
    return found;
}

}  // namespace millpond::session
