#pragma once

#include "edge/net/loop.hpp"
#include "edge/sandbox/sandbox.hpp"
#include "edge/sources/sources.hpp"
#include "flow/ports.hpp"

#include <deque>

namespace millpond {

/// Recorded segments made of what was live a moment ago, each of them bent by a secret so that it
/// is like none before; of a clip of the pool's own where nothing was live yet. The bytes of a
/// stream are only read in the sandbox, by a worker of that stream's.
class LiveRecordings final : public Recordings {
public:
    LiveRecordings(net::Loop& loop, Sources& sources, sandbox::Sandbox& pictures, Blob own)
        : loop_(loop),
          sources_(sources),
          pictures_(pictures),
          own_(std::move(own))
    {
    }

    Task<Result<Segment, Fault>> record(SegmentId id, std::uint64_t secret) override;
    void note(const Segment& segment) override;

private:
    struct Live {
        Segment segment;
        std::shared_ptr<Source> source;
    };

    Task<Result<Blob, Fault>> take_of(std::string owner, Blob clip, std::uint64_t secret);
    Task<Result<Blob, Fault>> take_of_live(Live live, std::uint64_t secret);

    net::Loop& loop_;
    Sources& sources_;
    sandbox::Sandbox& pictures_;
    Blob own_;
    std::deque<Live> recent_;  ///< newest last, one to each stream
};

}  // namespace millpond
