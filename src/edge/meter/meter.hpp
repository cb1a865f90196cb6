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
    /// `pictures` has the time that decoding takes; `sandbox` is for what is quick.
    MediaMeter(Sources& sources, sandbox::Sandbox& sandbox, sandbox::Sandbox& pictures)
        : sources_(sources),
          sandbox_(sandbox),
          pictures_(pictures)
    {
    }

    Task<Result<Measurement, Fault>> measure(Segment segment, Claim claim) override;
    Task<Result<PictureReport, Fault>> look(
        Segment segment, Claim claim, CheckPlan plan, Looker looker
    ) override;
    Task<Result<PictureReport, Fault>> compare(Segment segment, Claim left, Claim right) override;

private:
    struct Reading {
        std::size_t rendition = 0;
        Result<MediaFacts, Fault> facts;
    };

    Task<Result<MediaFacts, Fault>> facts_of(std::string owner, Blob file, Bytes question);
    Task<void> read_rendition(
        std::string owner, std::size_t index, Blob file, std::int64_t frames, Mailbox<Reading>& to
    );

    /// What goes into one job: the source, then the renditions that are looked at.
    struct Look {
        struct Rung {
            RungPlan plan;
            VideoProfile profile;
        };

        CheckTier tier = CheckTier::sample;
        std::vector<Blob> files;
        std::vector<Rung> rungs;
    };

    Task<Result<PictureReport, sandbox::Failure>> report_of(std::string owner, Look look);

    Sources& sources_;
    sandbox::Sandbox& sandbox_;
    sandbox::Sandbox& pictures_;
};

}  // namespace millpond
