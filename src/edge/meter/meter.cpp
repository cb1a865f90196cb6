#include "edge/meter/meter.hpp"

#include "edge/media/inspect.hpp"

namespace millpond {
namespace {

struct Work {
    Blob source;  ///< null when its facts are known
    std::vector<Blob> renditions;
};

struct Findings {
    std::shared_ptr<const MediaFacts> source;
    std::vector<MediaFacts> renditions;
};

Findings inspect_all(const Work& work)
{
    Findings findings;
    if (work.source) {
        findings.source =
            std::make_shared<const MediaFacts>(media::inspect(*work.source, media::Depth::packets));
    }
    for (const Blob& each : work.renditions) {
        findings.renditions.push_back(media::inspect(*each, media::Depth::packets));
    }
    return findings;
}

}  // namespace

Task<Result<Measurement, Fault>> MediaMeter::measure(Segment segment, Claim claim)
{
    const auto source = sources_.find(segment.id);
    if (!source) co_return because(Fault{.what = "source is gone"});
    Work work;
    if (!source->facts) {
        auto whole = co_await source->body->whole();
        if (!whole) co_return because(whole.error());
        work.source = *whole;
    }
    for (const auto& each : claim.renditions)
        work.renditions.push_back(each.bytes);
    Findings findings =
        co_await workers_.run([work = std::move(work)] { return inspect_all(work); });
    if (findings.source) source->facts = findings.source;
    co_return Measurement{.source = *source->facts, .renditions = std::move(findings.renditions)};
}

}  // namespace millpond
