#pragma once

#include "base/fixed.hpp"
#include "base/time.hpp"
#include "model/parameters.hpp"
#include "model/standing.hpp"

#include <cstdint>
#include <map>
#include <utility>
#include <variant>

namespace millpond::standing {

/// What an examination found. `unclear` is nobody's fault: a timeout, a crashed checker, a source
/// that no encoder could do better.
enum class Finding : std::uint8_t { passed, failed, unclear };

/// One recorded segment of a newcomer, judged.
struct Qualification {
    Finding finding = Finding::unclear;
    std::uint32_t speed_pct = 0;  ///< of real time
};

/// A live segment passed a full judgement.
struct CheckPassed {
    std::uint64_t stream = 0;
};

/// A live segment failed one. It counts only when an independent second check (other tier, other
/// machine) failed it too and the control encode of the same source passed.
struct CheckFailed {
    std::uint64_t stream = 0;
    Finding second_check = Finding::unclear;
    Finding control = Finding::unclear;
    Fixed peers;  ///< failure rate of others on this stream in this hour
};

/// A late, missing or broken answer, or a fault of ours. Health is `core/fleet`'s; here it is told
/// so that the journal shows that it changed nothing.
struct Faulted {};

struct BondChanged {
    std::uint64_t mlpt = 0;
};

enum class Membership : std::uint8_t { left, joined };

struct MembershipChanged {
    Membership membership = Membership::left;
};

enum class Ruling : std::uint8_t { acquitted, substandard, fraud };

struct CaseOpened {};

struct CaseClosed {
    Ruling ruling = Ruling::acquitted;
};

enum class Key : std::uint8_t { lost, replaced };

struct KeyChanged {
    Key key = Key::lost;
};

/// Nothing happened; a suspension without a case may be over.
struct TimePassed {};

using Event = std::variant<
    Qualification,
    CheckPassed,
    CheckFailed,
    Faulted,
    BondChanged,
    MembershipChanged,
    CaseOpened,
    CaseClosed,
    KeyChanged,
    TimePassed>;

/// Bounds of error shares that were found before: most transcoders come through the same ones.
class ErrorBounds {
public:
    [[nodiscard]] Fixed of(const Standing& standing, const Parameters& parameters);

private:
    std::map<std::pair<Fixed, Fixed>, Fixed> found_;
};

/// Where everybody begins, again and again: a new identity brings nothing along.
[[nodiscard]] Standing newcomer(Signs signs, Time at, const Parameters& parameters);

/// The standing after an event. Pure: an audit repeats it.
[[nodiscard]] Standing apply(
    Standing standing, const Event& event, Time at, const Parameters& parameters, ErrorBounds& known
);
[[nodiscard]] Standing apply(
    Standing standing, const Event& event, Time at, const Parameters& parameters
);

}  // namespace millpond::standing
