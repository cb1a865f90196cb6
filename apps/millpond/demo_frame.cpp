#include "apps/millpond/demo_frame.hpp"

#include "core/receipt/receipt.hpp"
#include "core/settle/epoch.hpp"
#include "crypto/keccak.hpp"
#include "edge/evidence/bundle.hpp"
#include "edge/evidence/threshold_file.hpp"
#include "edge/files/durable.hpp"
#include "edge/store/epoch_json.hpp"
#include "edge/store/verify.hpp"
#include "worker/kept_receipts.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

namespace millpond {
namespace {

constexpr std::size_t document_bytes_max = std::size_t{16} << 20U;

/// The results that somebody signed for, by their output roots.
Result<std::map<Hash32, TaskId>, Fault> results_of(
    const std::string& journal, const Address& transcoder
)
{
    std::set<TaskId> offered;
    std::map<Hash32, TaskId> results;
    const auto read = store::read_journal(journal, [&](std::uint64_t, const Entry& entry) {
        const auto* made = std::get_if<ReceiptSigned>(&entry.body);
        if (made == nullptr) return std::optional<std::string>{};
        if (made->kind == ReceiptKind::offer) {
            const auto offer = receipt::decode<TaskOffer>(made->object);
            if (offer && offer->value.transcoder == transcoder) offered.insert(made->task);
        }
        if (made->kind == ReceiptKind::commit && offered.contains(made->task)) {
            const auto commit = receipt::decode<ResultCommit>(made->object);
            if (commit) results.emplace(commit->value.output_root, made->task);
        }
        return std::optional<std::string>{};
    });
    if (!read) return because(read.error());
    return results;
}

evidence::Bundle bundle_of(const FrameSettings& settings, const SentSegment& sent, TaskId task)
{
    evidence::Bundle bundle{
        .session = "live",
        .ladder = settings.ladder,
        .source = sent.source,
        .source_hash = crypto::keccak256(*sent.source),
        .claim = {.task = task},
        .transcoder = settings.accused,
        .plan = {.tier = CheckTier::whole},
        .judgement = {.verdict = verify::Verdict::fraud},
    };
    for (std::size_t rung = 0; rung < sent.renditions.size(); ++rung) {
        bundle.claim.renditions.push_back(
            {.bytes = sent.renditions[rung], .hash = crypto::keccak256(*sent.renditions[rung])}
        );
        bundle.plan.rungs.push_back({.rung = static_cast<int>(rung)});
    }
    return bundle;
}

}  // namespace

Result<Framed, Fault> frame(const FrameSettings& settings, const std::vector<SentSegment>& sent)
{
    MILLPOND_TRY(const auto results, results_of(settings.journal, settings.accused));
    MILLPOND_TRY(const auto thresholds, evidence::load_thresholds(""));
    for (const SentSegment& each : sent) {
        std::vector<Hash32> hashes;
        hashes.reserve(each.renditions.size());
        for (const Blob& rendition : each.renditions)
            hashes.push_back(crypto::keccak256(*rendition));
        const auto found = results.find(receipt::output_root(hashes));
        if (hashes.empty() || found == results.end()) continue;
        evidence::Bundle bundle = bundle_of(settings, each, found->second);
        bundle.thresholds = thresholds;
        MILLPOND_TRY(auto written, evidence::write_bundle(settings.folder, bundle));
        return Framed{.task = found->second, .bundle = std::move(written)};
    }
    return because(Fault{.what = "the accused did none of these segments"});
}

Result<std::uint64_t, Fault> forge_epoch(const Forgery& forgery)
{
    MILLPOND_TRY(const std::string text, files::read_whole(forgery.posted, document_bytes_max));
    MILLPOND_TRY(settle::EpochDocument document, store::parse_epoch(text));
    bool taken = false;
    ++document.root.epoch;
    for (settle::Leaf& leaf : document.leaves) {
        leaf.epoch = document.root.epoch;
        if (leaf.account != forgery.victim) continue;
        leaf.account = forgery.accomplice;
        taken = true;
    }
    if (!taken) return because(Fault{.what = "the victim has earned nothing"});
    std::ranges::sort(document.leaves, {}, &settle::Leaf::account);
    const auto tree = settle::SumTree::build(document.leaves);
    if (!tree) return because(Fault{.what = "the forged epoch has no root"});
    document.root.sum_root = tree->root().hash;
    document.root.total_earned = tree->root().sum;
    std::ofstream out{forgery.made};
    out << store::to_json(document);
    if (!out.flush()) return because(Fault{.what = forgery.made + " cannot be written"});
    return document.root.epoch;
}

Result<Wei, Fault> promised_until(std::uint64_t epoch, const std::string& receipts)
{
    MILLPOND_TRY(const std::string text, files::read_whole(receipts, document_bytes_max));
    MILLPOND_TRY(const auto kept, parse_receipts(text));
    const auto after = kept.vouchers.upper_bound(epoch);
    if (after == kept.vouchers.begin())
        return because(Fault{.what = "nothing was promised until then"});
    return std::prev(after)->second.value.earned;
}

}  // namespace millpond
