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
    evidence::Bundle bundle{
        .session = finding.segment.id.session.value(),
        .seq = finding.segment.id.seq,
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
    const auto written = co_await workers_.run([bundle = std::move(bundle), folder = folder_] {
        return evidence::write_bundle(folder, bundle);
    });
    if (!written) co_return because(written.error());
    co_return Result<void, Fault>{};
}

}  // namespace millpond
