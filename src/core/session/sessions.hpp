#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/segment.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <vector>

namespace millpond::session {

/// Why a segment was not let in, in order of precedence: where several apply, the first is given.
enum class Refusal : std::uint8_t {
    invalid_duration,
    no_profiles,
    too_many_profiles,
    too_many_sessions,
    too_many_in_flight,
};

/// The text the gateway reads (livepeer-wire 3.5).
[[nodiscard]] std::string_view text_of(Refusal refusal);

struct Limits {
    std::size_t sessions = 1'000;
    std::size_t in_flight_per_session = 8;  ///< the reference queues 4 and refuses bursts (R13)
    std::size_t profiles = 16;
    Duration duration_max = std::chrono::seconds{300};
    Duration idle = std::chrono::seconds{70};  ///< then a session ends by itself
};

struct Admission {
    bool opens_session = false;
};

/// What is known of one stream.
struct SessionState {
    ManifestId manifest;
    Time opened;
    Time last_segment;
    std::uint64_t segments = 0;
    std::set<SegmentId> in_flight;
};

/// Whose streams these are and what of each is in flight. Counts follow from the live entries,
/// so that none can leak (R14).
class Sessions {
public:
    explicit Sessions(Limits limits) : limits_(limits) {}

    /// Lets a segment in and notes it as in flight until `done`.
    [[nodiscard]] Result<Admission, Refusal> admit(const Segment& segment, Time now);
    void done(const SegmentId& segment, Time now);
    /// False for one that is not known, which is no error: gateways end sessions they never used.
    bool end(const SessionId& session);
    /// The sessions that have been idle for too long and have nothing in flight.
    [[nodiscard]] std::vector<SessionId> idle(Time now) const;

    /// Whether a new session would be let in.
    [[nodiscard]] bool has_room() const { return sessions_.size() < limits_.sessions; }

    [[nodiscard]] const std::map<SessionId, SessionState>& all() const { return sessions_; }

    [[nodiscard]] const Limits& limits() const { return limits_; }

    void set_sessions_max(std::size_t sessions) { limits_.sessions = sessions; }

private:
    Limits limits_;
    std::map<SessionId, SessionState> sessions_;
};

}  // namespace millpond::session
