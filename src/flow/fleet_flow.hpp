#pragma once

#include "flow/segment_flow.hpp"

#include <functional>
#include <map>
#include <string>

namespace millpond {

/// The way of a transcoder: it joins, is measured by the pool with a segment whose answer we know,
/// works, and leaves.
class FleetFlow {
public:
    /// `benchmark` is the segment every newcomer transcodes; its source is with the edge already.
    FleetFlow(Pool& pool, Ports ports, SegmentFlow& segments, Segment benchmark)
        : pool_(pool),
          ports_(ports),
          segments_(segments),
          benchmark_(std::move(benchmark))
    {
    }

    /// Takes a transcoder in and measures it; it gets work once that went well.
    Task<void> join(fleet::Transcoder transcoder);
    Task<void> leave(TranscoderId transcoder, std::string reason);
    /// Due now and then: lets the quarantined back and ends idle sessions.
    Task<void> tick();

private:
    /// Measures, and again later where that brought nothing.
    Task<void> try_measuring(TranscoderId id, int attempt);
    Task<void> measure(TranscoderId transcoder);
    /// Recorded segments, until its account is trusted with a gateway's or found wanting: then it
    /// rests, longer each time.
    Task<void> qualify(TranscoderId transcoder);
    /// Tries those again that have rested long enough.
    void wake_rested();
    /// One of them; false where it brought nothing.
    Task<bool> qualify_once(TranscoderId transcoder);
    Segment recorded(TranscoderId transcoder);
    /// Await the task by its name: g++ 12 destroys twice what is made within an awaited expression.
    Task<Result<void, Fault>> append_one(EntryBody body);

    Pool& pool_;
    Ports ports_;
    SegmentFlow& segments_;
    Segment benchmark_;
    std::uint64_t measurements_ = 0;

    struct Rest {
        int before = 0;  ///< rests
        Time until;
    };

    std::map<TranscoderId, Rest> resting_;  ///< found wanting, by their connections
};

}  // namespace millpond
