// One attempt at a segment, from its assignment to what is made of its result.
#include "flow/internal/pause.hpp"
#include "flow/internal/race.hpp"

#include <algorithm>
#include <utility>

namespace millpond {
namespace {

TranscodeFault our_fault()
{
    return {.kind = TranscodeFault::Kind::bad_source, .text = "Internal Server Error"};
}

}  // namespace

void SegmentFlow::report(const Attempt& attempt, std::string outcome)
{
    ports_.watcher.attempt_ended({
        .segment = attempt.race->segment,
        .transcoder = attempt.who,
        .attempt = attempt.number,
        .outcome = std::move(outcome),
        .took = ports_.clock.now() - attempt.started,
    });
}

void SegmentFlow::lose(const Attempt& attempt, TranscodeFault fault)
{
    if (attempt.replica) return;
    --attempt.race->running;
    attempt.race->letters.push(Lost{.fault = std::move(fault)});
}

Task<void> SegmentFlow::run(Attempt attempt)
{
    const std::shared_ptr<Race> race = attempt.race;
    co_await take(std::move(attempt));
    --race->open;
    fleet_changed();  // whoever had it is free again
    co_await compare(race);
}

Task<void> SegmentFlow::take(Attempt attempt)
{
    const Segment& segment = attempt.race->segment;
    // Before the entry is written: one that leaves meanwhile has this task to wait for.
    const double expected = schedule::expected_pixels(segment);
    pool_.fleet.note_given(attempt.who, expected, ports_.clock.now());
    auto recorded = record_one(Assigned{
        .segment = segment.id,
        .task = attempt.task,
        .transcoder = attempt.who,
        .attempt = attempt.number,
    });
    if (!co_await std::move(recorded)) {
        pool_.fleet.note_back(attempt.who, expected, ports_.clock.now());
        seal(*attempt.race);
        lose(attempt, our_fault());
        co_return;
    }
    auto claim = co_await ports_.transcoders.transcode(
        attempt.task, attempt.who, segment, attempt.race->deadline
    );
    attempt.busy = pool_.fleet.note_back(attempt.who, expected, ports_.clock.now());
    if (claim && too_late(*attempt.race)) {
        claim = because(TranscodeFault{
            .kind = TranscodeFault::Kind::silent, .text = "sealed after the delivery"
        });
    }
    if (!claim) {
        seal(*attempt.race);
        co_await fail(attempt, claim.error());
        co_return;
    }
    if (ports_.book != nullptr) ports_.book->done(*claim, ports_.clock.now());
    seal(*attempt.race);
    Claimed claimed{.task = attempt.task, .signature = claim->signature};
    claimed.renditions.reserve(claim->renditions.size());
    for (const auto& each : claim->renditions)
        claimed.renditions.push_back(each.hash);
    // Written with the verdict, in one commit: before that nobody is told of either.
    std::vector<EntryBody> entries{std::move(claimed)};
    auto measured = co_await ports_.meter.measure(segment, *claim);
    if (!measured) {
        co_await give_up_measuring(attempt, std::move(entries), measured.error());
        co_return;
    }
    const auto verdict = verify::judge_structure(segment.ladder, *measured, pool_.structure);
    if (!verdict) {
        co_await refuse(attempt, std::move(entries), verdict.error().refusal);
        co_return;
    }
    Judgeable judgeable{
        .claim = *std::move(claim), .measured = *std::move(measured), .pixels = verdict->pixels
    };
    co_await accept(attempt, std::move(entries), std::move(judgeable));
}

Task<void> SegmentFlow::fail(const Attempt& attempt, TranscodeFault fault)
{
    note_fault(*attempt.race, attempt.who, fault);
    report(attempt, std::string{name_of(fault.kind)});
    const std::string reason = std::string{name_of(fault.kind)} + ": " + fault.text;
    drop(attempt.task, reason);
    auto recorded = record_one(Failed{.task = attempt.task, .reason = reason});
    const bool written = co_await std::move(recorded);
    lose(attempt, written ? std::move(fault) : our_fault());
}

Task<void> SegmentFlow::give_up_measuring(
    const Attempt& attempt, std::vector<EntryBody> entries, Fault fault
)
{
    report(attempt, "not_measured");
    drop(attempt.task, "not measured");
    entries.emplace_back(Failed{.task = attempt.task, .reason = "not measured: " + fault.what});
    const bool written = co_await record(std::move(entries));
    const bool source = !fault.retryable;
    lose(
        attempt,
        written && !source ? TranscodeFault{.kind = TranscodeFault::Kind::silent} : our_fault()
    );
}

Task<void> SegmentFlow::refuse(
    const Attempt& attempt, std::vector<EntryBody> entries, verify::Refusal refusal
)
{
    const std::string name{verify::name_of(refusal)};
    const bool unjudgeable = refusal == verify::Refusal::source_unjudgeable;
    if (!unjudgeable) {
        const SessionId& session = attempt.race->segment.id.session;
        pool_.fleet.note_trouble(
            attempt.who, fleet::Trouble::refused_result, name, ports_.clock.now()
        );
        if (pool_.fleet.holder(session) == attempt.who) pool_.fleet.release(session);
    }
    report(attempt, name);
    drop(attempt.task, name);
    entries.emplace_back(Judged{.task = attempt.task, .verdict = name});
    if (!co_await record(std::move(entries))) {
        lose(attempt, our_fault());
    } else if (unjudgeable) {
        lose(attempt, {.kind = TranscodeFault::Kind::bad_source, .text = "TranscoderInvalidVideo"});
    } else {
        lose(attempt, {.kind = TranscodeFault::Kind::garbage, .text = name});
    }
}

Task<void> SegmentFlow::accept(const Attempt& attempt, std::vector<EntryBody> entries, Judgeable of)
{
    Race& race = *attempt.race;
    // Pictures that were made of another source before: not left to chance.
    const bool suspect = pool_.replays.seen_before(of.measured);
    const bool looked_at_first = attempt.before_delivery || suspect;
    if (looked_at_first) {
        // What is looked at is drawn when the claim is fixed for good.
        if (!co_await record(std::exchange(entries, {}))) {
            lose(attempt, our_fault());
            co_return;
        }
        if (!co_await looks_right(attempt, of, suspect)) co_return;
    }
    const std::int64_t pixels = sum(of.pixels);
    const Time now = ports_.clock.now();
    pool_.fleet.note_done(attempt.who, static_cast<double>(pixels), attempt.busy, now);
    // Decided here and now: of two that come in together only one is delivered.
    const bool first = !attempt.replica && !std::exchange(race.answered, true);
    if (first) {
        waiting_.erase(race.number);
        ports_.clock.cancel(race.hedge);
        ports_.clock.cancel(race.end);
    }
    report(attempt, first ? "delivered" : attempt.replica ? "replica" : "spare");
    if (ports_.book != nullptr) race.fixed.push_back(of);
    if (ports_.book != nullptr)
        ports_.book->pay(attempt.task, Pixels{static_cast<std::uint64_t>(pixels)}, now);
    entries.emplace_back(Judged{.task = attempt.task, .verdict = "accepted", .pixels = pixels});
    const bool holds_back = first && race.unsealed > 0 && replicated(race);
    if (holds_back) {
        if (!co_await record(std::exchange(entries, {}))) {
            lose(attempt, our_fault());
            co_return;
        }
        co_await wait_until_sealed(attempt.race);
    }
    if (first) race.released = true;
    if (first) entries.emplace_back(Delivered{.segment = race.segment.id, .task = attempt.task});
    const bool written = co_await record(std::move(entries));
    if (first && !written) {
        lose(attempt, our_fault());
        co_return;
    }
    if (!attempt.replica) --race.running;
    if (first) {
        race.letters.push(
            Won{.transcoder = attempt.who, .delivery = {.claim = of.claim, .pixels = of.pixels}}
        );
    }
    if (!written || looked_at_first) co_return;
    fleet_changed();
    co_await examine_after_all(race.segment, std::move(of), suspect);
}

void SegmentFlow::drop(TaskId task, const std::string& reason)
{
    if (ports_.book != nullptr) ports_.book->dropped(task, reason);
}

LookDraw SegmentFlow::draw_look(TaskId task, bool suspect) const
{
    const verify::Rates whole = verify::Rates::always_whole();
    if (ports_.book == nullptr) {
        return {.seed = ports_.chance.draw(), .rates = suspect ? whole : pool_.pictures.rates};
    }
    const auto [tiers, seed] = ports_.book->drawn(task);
    const auto has = [&](CheckTier tier) {
        return (tiers >> static_cast<unsigned>(tier) & 1U) != 0;
    };
    LookDraw drawn{.seed = seed, .rates = {.sample_ppm = 0, .whole_ppm = 0}};
    if (has(CheckTier::sample)) drawn.rates.sample_ppm = 1'000'000;
    if (suspect || has(CheckTier::whole) || has(CheckTier::control)) drawn.rates = whole;
    drawn.control = has(CheckTier::control);
    return drawn;
}

Task<SegmentFlow::Examination> SegmentFlow::examine(
    const Segment& segment, Judgeable of, bool suspect
)
{
    const TaskId task = of.claim.task;
    const auto tiers = ports_.book == nullptr ? 0U : ports_.book->drawn(task).tiers;
    const auto seen = co_await pictures_.check(
        segment, std::move(of.claim), std::move(of.measured), draw_look(task, suspect)
    );
    if (ports_.book == nullptr) co_return Examination{.verdict = seen ? *seen : std::nullopt};
    const Time now = ports_.clock.now();
    if (!seen)
        co_return Examination{.verdict = {}, .owed = !ports_.book->give_up_examining(task, now)};
    ports_.book->examined(task, tiers, *seen, now);
    co_return Examination{.verdict = *seen};
}

Task<void> SegmentFlow::examine_after_all(const Segment& segment, Judgeable of, bool suspect)
{
    constexpr Duration longest = std::chrono::seconds{30};
    Duration wait = std::chrono::seconds{1};
    while ((co_await examine(segment, of, suspect)).owed) {
        co_await Pause{.clock = ports_.clock, .time = wait};
        wait = std::min(wait * 2, longest);
    }
    if (ports_.book != nullptr) std::ignore = co_await record({});
}

Task<bool> SegmentFlow::looks_right(const Attempt& attempt, Judgeable of, bool suspect)
{
    const Segment& segment = attempt.race->segment;
    const auto [verdict, owed] = co_await examine(segment, std::move(of), suspect);
    if (!owed && (!verdict || !verdict->refuses())) co_return true;
    const std::string name =
        owed ? "not_examined" : "picture_" + std::string{verify::name_of(verdict->verdict)};
    ports_.watcher.attempt_ended(
        {.segment = segment, .transcoder = attempt.who, .outcome = name, .took = {}}
    );
    drop(attempt.task, name);
    auto recorded = record_one(Judged{.task = attempt.task, .verdict = name});
    const bool written = co_await std::move(recorded);
    const auto kind = owed ? TranscodeFault::Kind::silent : TranscodeFault::Kind::garbage;
    lose(attempt, written ? TranscodeFault{.kind = kind, .text = name} : our_fault());
    co_return false;
}

void SegmentFlow::note_fault(const Race& race, TranscoderId who, const TranscodeFault& fault)
{
    const SessionId& session = race.segment.id.session;
    const auto trouble = [&]() -> std::optional<fleet::Trouble> {
        switch (fault.kind) {
            case TranscodeFault::Kind::left: return fleet::Trouble::left;
            case TranscodeFault::Kind::silent: return fleet::Trouble::silent;
            case TranscodeFault::Kind::reported: return fleet::Trouble::reported;
            case TranscodeFault::Kind::garbage: return fleet::Trouble::garbage;
            case TranscodeFault::Kind::bad_source: return std::nullopt;
        }
        return std::nullopt;
    }();
    if (!trouble) return;
    pool_.fleet.note_trouble(who, *trouble, std::string{name_of(fault.kind)}, ports_.clock.now());
    if (pool_.fleet.holder(session) == who) pool_.fleet.release(session);
}

}  // namespace millpond
