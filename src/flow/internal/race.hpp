#pragma once

#include "base/mailbox.hpp"
#include "flow/segment_flow.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace millpond {

/// What a race's mailbox brings.
struct Won {
    TranscoderId transcoder;
    Delivery delivery;
};

struct Lost {
    TranscodeFault fault;
};

struct HedgeDue {};

struct FleetChanged {};

struct OutOfTime {};

/// Every result of a replicated segment is fixed, or it is time to deliver all the same.
struct Seal {};

using Letter = std::variant<Won, Lost, HedgeDue, FleetChanged, OutOfTime>;

/// One segment and all attempts at it. Shared by the task that answers and by the attempts, the
/// last of which may end after the answer.
struct SegmentFlow::Race {
    Race(SegmentFlow& in, Segment of) : flow(in), number(++in.races_), segment(std::move(of))
    {
        ++flow.open_;
    }

    Race(const Race&) = delete;
    Race& operator=(const Race&) = delete;

    ~Race()
    {
        flow.waiting_.erase(number);
        flow.ports_.clock.cancel(hedge);
        flow.ports_.clock.cancel(end);
        flow.ports_.gateways.forget(segment.id);
        --flow.open_;
    }

    SegmentFlow& flow;
    std::uint64_t number = 0;
    Segment segment;
    Time deadline;
    Mailbox<Letter> letters;
    std::set<TranscoderId> tried;
    int attempts = 0;
    int running = 0;
    int open = 0;                  ///< attempts that are not over, replicas among them
    int unsealed = 0;              ///< of these, those whose result is not fixed yet
    bool released = false;         ///< what the gateway gets may be known to everybody
    Mailbox<Seal> seals;           ///< for who waits until all are fixed
    std::vector<Judgeable> fixed;  ///< results of a replicated segment, to be compared
    bool answered = false;         ///< somebody has won, or the gateway was refused
    Clock::TimerId hedge = 0;
    Clock::TimerId end = 0;
    std::optional<TranscodeFault> last;
    std::optional<std::string> blamed;  ///< what one transcoder said of the source
};

/// Gateways wait no shorter than this, however short the segment.
inline constexpr Duration patience_floor = std::chrono::milliseconds{1'500};

/// The sum over a claim's renditions.
[[nodiscard]] inline std::int64_t sum(const std::vector<std::int64_t>& pixels)
{
    std::int64_t total = 0;
    for (const std::int64_t each : pixels)
        total += each;
    return total;
}

}  // namespace millpond
