#include "edge/meter/meter.hpp"

#include "edge/media/inspect.hpp"
#include "edge/picture/measure.hpp"

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

struct Look {
    struct Rung {
        RungPlan plan;
        VideoProfile profile;
        Blob bytes;
    };

    CheckTier tier = CheckTier::sample;
    Blob source;
    std::vector<Rung> rungs;
};

PictureReport look_at(const Look& look)
{
    picture::Request request{.tier = look.tier, .source = *look.source, .rungs = {}};
    for (const auto& rung : look.rungs)
        request.rungs.push_back({rung.plan, rung.profile, *rung.bytes});
    return picture::measure(request);
}

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

Task<Result<PictureReport, Fault>> MediaMeter::look(Segment segment, Claim claim, CheckPlan plan)
{
    const auto source = sources_.find(segment.id);
    if (!source) co_return because(Fault{.what = "source is gone"});
    auto whole = co_await source->body->whole();
    if (!whole) co_return because(whole.error());
    Look look{.tier = plan.tier, .source = *whole, .rungs = {}};
    for (RungPlan& rung : plan.rungs) {
        const auto at = static_cast<std::size_t>(rung.rung);
        const Blob rendition = claim.renditions.at(at).bytes;
        look.rungs.push_back({std::move(rung), segment.ladder.at(at), rendition});
    }
    co_return co_await workers_.run([look = std::move(look)] { return look_at(look); });
}

}  // namespace millpond
