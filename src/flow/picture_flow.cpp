#include "flow/picture_flow.hpp"

#include "crypto/keccak.hpp"
#include "flow/internal/pause.hpp"
#include "flow/segment_flow.hpp"

#include <utility>

namespace millpond {
namespace {

constexpr int looks_max = 3;
constexpr Duration pause_between = std::chrono::milliseconds{200};

std::vector<std::string> scores_of(const verify::Judgement& judgement)
{
    std::vector<std::string> scores;
    scores.reserve(judgement.alarms.size());
    for (const verify::Alarm& alarm : judgement.alarms) {
        scores.push_back(
            std::string{verify::name_of(alarm.feature)} +
            (alarm.taken == verify::Taken::worst ? ".worst=" : ".median=") +
            std::to_string(alarm.score) + "/" + std::to_string(alarm.threshold)
        );
    }
    return scores;
}

PictureJudged entry_of(
    TaskId task, std::uint64_t seed, const verify::Judgement& judgement, CheckTier tier
)
{
    return {
        .task = task,
        .verdict = std::string{verify::name_of(judgement.verdict)},
        .tier = std::string{name_of(tier)},
        .seed = seed,
        .decided_by = verify::describe(judgement),
        .scores = scores_of(judgement),
        .verdict_function = {},
    };
}

bool suspects(const verify::Judgement& judgement)
{
    return judgement.verdict == verify::Verdict::substandard ||
           judgement.verdict == verify::Verdict::fraud;
}

}  // namespace

Hash32 hash_of(const PictureJudged& judged)
{
    std::string text = judged.verdict + "\n" + judged.tier + "\n" + std::to_string(judged.seed) +
                       "\n" + judged.decided_by + "\n" + to_hex(judged.verdict_function);
    for (const auto& score : judged.scores)
        text += "\n" + score;
    return crypto::keccak256(as_bytes(text));
}

std::string_view name_of(CheckTier tier)
{
    switch (tier) {
        case CheckTier::structure: return "structure";
        case CheckTier::sample: return "sample";
        case CheckTier::whole: return "whole";
        case CheckTier::control: return "control";
    }
    return {};
}

Task<Result<PictureFlow::Looked, Fault>> PictureFlow::look(
    Segment segment, Claim claim, CheckPlan plan, Looker looker
)
{
    auto report = co_await ports_.meter.look(segment, claim, plan, looker);
    // A worker that could not be had may be there in a moment.
    for (int tries = 1; !report && report.error().retryable && tries < looks_max; ++tries) {
        co_await Pause{.clock = ports_.clock, .time = pause_between * tries};
        report = co_await ports_.meter.look(segment, claim, plan, looker);
    }
    if (!report) co_return because(report.error());
    auto judgement =
        verify::judge_picture(plan.tier, segment.ladder, *report, pool_.pictures.thresholds);
    co_return Looked{std::move(plan), std::move(*report), std::move(judgement)};
}

Task<Result<std::optional<PictureVerdict>, Fault>> PictureFlow::check(
    Segment segment, Claim claim, Measurement measurement, LookDraw drawn
)
{
    const TranscoderId who = claim.transcoder;
    CheckPlan plan = verify::plan(drawn.seed, drawn.rates, segment.ladder, measurement);
    if (plan.tier == CheckTier::structure) co_return std::nullopt;
    if (drawn.control) plan = verify::escalated(plan);
    auto looked = co_await look(segment, claim, std::move(plan));
    if (looked && suspects(looked->judgement) && looked->plan.tier != CheckTier::control) {
        auto closer = co_await look(segment, claim, verify::escalated(looked->plan));
        looked = std::move(closer);
    }
    if (!looked) co_return because(looked.error());
    PictureVerdict verdict{
        .verdict = looked->judgement.verdict,
        .tier = looked->plan.tier,
        .text = verify::describe(looked->judgement),
    };
    const bool counts = suspects(looked->judgement);
    const CheckPlan again = verify::looked_at_again(drawn.seed, looked->plan, measurement);
    const auto report = co_await conclude(segment, claim, drawn.seed, *std::move(looked));
    if (!report) co_return because(Fault{.what = "the journal"});
    verdict.report = *report;
    if (counts) co_await look_again(segment, std::move(claim), drawn.seed, again, verdict);
    note(segment, who, verdict);
    co_return verdict;
}

Task<void> PictureFlow::look_again(
    Segment segment, Claim claim, std::uint64_t seed, CheckPlan plan, PictureVerdict& verdict
)
{
    const TaskId task = claim.task;
    const auto looked =
        co_await look(std::move(segment), std::move(claim), std::move(plan), Looker::second);
    if (!looked) {
        verdict.second = ExamFinding::prevented;
        co_return;
    }
    PictureJudged judged = entry_of(task, seed, looked->judgement, looked->plan.tier);
    judged.tier = "second";
    judged.verdict_function = verify::verdict_function_hash(pool_.pictures.thresholds);
    const bool found = suspects(looked->judgement);
    const bool passed = looked->judgement.verdict == verify::Verdict::pass;
    verdict.second = found    ? ExamFinding::failed
                     : passed ? ExamFinding::passed
                              : ExamFinding::unclear;
    verdict.second_report = hash_of(judged);
    std::vector<Entry> entries;
    entries.push_back({.at = ports_.clock.now(), .body = std::move(judged)});
    const auto durable = co_await ports_.journal.append(std::move(entries));
    if (!durable) ports_.watcher.journal_failed(durable.error());
}

Task<std::optional<Hash32>> PictureFlow::conclude(
    Segment segment, Claim claim, std::uint64_t seed, Looked looked
)
{
    PictureJudged judged = entry_of(claim.task, seed, looked.judgement, looked.plan.tier);
    judged.verdict_function = verify::verdict_function_hash(pool_.pictures.thresholds);
    if (looked.judgement.verdict != verify::Verdict::pass) {
        const fleet::Transcoder* who = pool_.fleet.find(claim.transcoder);
        const Address address = who == nullptr ? Address{} : who->address;
        Finding finding{
            .segment = std::move(segment),
            .claim = std::move(claim),
            .transcoder = address,
            .plan = std::move(looked.plan),
            .report = std::move(looked.report),
            .judgement = std::move(looked.judgement),
            .thresholds = pool_.pictures.thresholds,
        };
        const auto kept = co_await ports_.evidence.keep(std::move(finding));
        // A verdict without its evidence stands for this segment, and nobody can be shown why.
        if (!kept) judged.decided_by += "; " + kept.error().what;
    }
    const Hash32 hash = hash_of(judged);
    std::vector<Entry> entries;
    entries.push_back({.at = ports_.clock.now(), .body = std::move(judged)});
    const auto durable = co_await ports_.journal.append(std::move(entries));
    if (durable) co_return hash;
    ports_.watcher.journal_failed(durable.error());
    co_return std::nullopt;
}

void PictureFlow::note(const Segment& segment, TranscoderId who, const PictureVerdict& verdict)
{
    ports_.watcher.picture_judged(
        segment, who, std::string{verify::name_of(verdict.verdict)}, verdict.text
    );
    if (!verdict.refuses()) return;
    const bool fraud = verdict.verdict == verify::Verdict::fraud;
    pool_.fleet.note_trouble(
        who,
        fraud ? fleet::Trouble::fraud : fleet::Trouble::refused_result,
        "picture " + std::string{verify::name_of(verdict.verdict)},
        ports_.clock.now()
    );
    if (pool_.fleet.holder(segment.id.session) == who) pool_.fleet.release(segment.id.session);
}

}  // namespace millpond
