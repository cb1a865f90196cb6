#pragma once

#include "base/mailbox.hpp"
#include "edge/sandbox/sandbox.hpp"
#include "edge/sources/sources.hpp"
#include "flow/ports.hpp"

namespace millpond {

/// Reads what came back, in the sandbox. A source is read once for all attempts at it, by itself:
/// what it does to its reader is not the transcoder's fault.
class MediaMeter final : public Meter {
public:
    MediaMeter(Sources& sources, sandbox::Sandbox& sandbox) : sources_(sources), sandbox_(sandbox)
    {
    }

    Task<Result<Measurement, Fault>> measure(Segment segment, Claim claim) override;

private:
    struct Reading {
        std::size_t rendition = 0;
        Result<MediaFacts, Fault> facts;
    };

    Task<Result<MediaFacts, Fault>> facts_of(std::string owner, Blob file, Bytes question);
    Task<void> read_rendition(
        std::string owner, std::size_t index, Blob file, std::int64_t frames, Mailbox<Reading>& to
    );

    Sources& sources_;
    sandbox::Sandbox& sandbox_;
};

}  // namespace millpond
