#include "edge/meter/evidence_keeper.hpp"

#include "edge/evidence/bundle.hpp"

#include <utility>

namespace millpond {

Task<Result<void, Fault>> EvidenceKeeper::keep(Finding finding)
{
    const auto source = sources_.find(finding.segment.id);
    if (!source) co_return because(Fault{.what = "source is gone"});
    auto whole = co_await source->body->whole();
    if (!whole) co_return because(whole.error());
    const std::string& manifest = finding.segment.manifest.value();
    evidence::Bundle bundle{
        .session = finding.segment.id.session.value(),
        .manifest = Bytes(manifest.begin(), manifest.end()),
        .seq = finding.segment.id.seq,
        .gateway = finding.segment.gateway,
        .gateway_signature = std::move(finding.segment.gateway_signature),
        .ladder = std::move(finding.segment.ladder),
        .source = *whole,
        .source_hash = finding.segment.source_hash,
        .claim = std::move(finding.claim),
        .transcoder = finding.transcoder,
        .plan = std::move(finding.plan),
        .report = std::move(finding.report),
        .thresholds = std::move(finding.thresholds),
        .judgement = std::move(finding.judgement),
    };
    auto written = co_await workers_.run([bundle = std::move(bundle), folders = folders_] {
        return evidence::write_copies(folders, bundle);
    });
    co_return written;
}

}  // namespace millpond
