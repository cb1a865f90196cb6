#include "flow/segment_flow.hpp"

#include "base/mailbox.hpp"
#include "flow/outcome.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace millpond {
namespace {

/// What a race's mailbox brings.
struct Won {
    TranscoderId transcoder;
    Delivery delivery;
};

struct Lost {
    TranscodeFault fault;
};

struct HedgeDue {};

struct FleetChanged {};

struct OutOfTime {};

using Letter = std::variant<Won, Lost, HedgeDue, FleetChanged, OutOfTime>;

constexpr Duration patience_floor = std::chrono::milliseconds{1'500};
constexpr Duration hedge_again = std::chrono::milliseconds{500};  ///< when none could be afforded

std::int64_t sum(const std::vector<std::int64_t>& pixels)
{
    std::int64_t total = 0;
    for (const std::int64_t each : pixels)
        total += each;
    return total;
}

}  // namespace

/// One segment and all attempts at it. Shared by the task that answers and by the attempts, the
/// last of which may end after the answer.
struct SegmentFlow::Race {
    Race(SegmentFlow& in, Segment of) : flow(in), segment(std::move(of)) { ++flow.open_; }

    Race(const Race&) = delete;
    Race& operator=(const Race&) = delete;

    ~Race()
    {
        flow.waiting_.erase(this);
        flow.ports_.clock.cancel(hedge);
        flow.ports_.clock.cancel(end);
        flow.ports_.gateways.forget(segment.id);
        --flow.open_;
    }

    SegmentFlow& flow;
    Segment segment;
    Time deadline;
    Mailbox<Letter> letters;
    std::set<TranscoderId> tried;
    int attempts = 0;
    int running = 0;
    bool answered = false;  ///< somebody has won, or the gateway was refused
    Clock::TimerId hedge = 0;
    Clock::TimerId end = 0;
    std::optional<TranscodeFault> last;
    std::optional<std::string> blamed;  ///< what one transcoder said of the source
};

Result<session::Admission, session::Refusal> SegmentFlow::admit(const Segment& segment)
{
    return pool_.sessions.admit(segment, ports_.clock.now());
}

Task<bool> SegmentFlow::record(std::vector<EntryBody> bodies)
{
    std::vector<Entry> entries;
    entries.reserve(bodies.size());
    for (auto& body : bodies)
        entries.push_back({.at = ports_.clock.now(), .body = std::move(body)});
    const auto durable = co_await ports_.journal.append(std::move(entries));
    if (!durable) ports_.watcher.journal_failed(durable.error());
    co_return durable.has_value();
}

Task<void> SegmentFlow::serve(Segment segment, session::Admission admission)
{
    const auto race = std::make_shared<Race>(*this, std::move(segment));
    race->deadline = schedule::give_up_at(race->segment, pool_.timing);
    if (admission.opens_session) {
        const bool written = co_await record(
            {SessionOpened{.session = race->segment.id.session, .manifest = race->segment.manifest}}
        );
        if (!written) {
            std::ignore =
                co_await ports_.gateways.refuse(race->segment.id, "Internal Server Error");
            co_return;
        }
    }
    co_await answer(race);
    const SessionId session = race->segment.id.session;
    pool_.sessions.done(race->segment.id, ports_.clock.now());
    if (busy(session)) co_return;
    if (auto ending = ending_.extract(session)) {
        co_await end_session(session, std::move(ending.mapped()));
    }
}

bool SegmentFlow::busy(const SessionId& session) const
{
    const auto found = pool_.sessions.all().find(session);
    return found != pool_.sessions.all().end() && !found->second.in_flight.empty();
}

Task<void> SegmentFlow::answer(std::shared_ptr<Race> race)
{
    const std::weak_ptr<Race> weak = race;
    race->end = ports_.clock.at(race->deadline, [weak] {
        if (const auto live = weak.lock()) live->letters.push(OutOfTime{});
    });
    // With nobody to ask, a gateway is better off with an early no: it has other orchestrators.
    const Time patience = race->segment.arrived + std::max(patience_floor, race->segment.duration);
    const auto wait_for_fleet = [&] {
        waiting_.insert(race.get());
        if (race->running > 0 || ports_.clock.now() >= patience) return;
        wake_at(race, patience);
    };
    std::string refusal;
    if (!start_attempt(race)) wait_for_fleet();
    while (refusal.empty()) {
        Letter letter = co_await race->letters.next();
        if (auto* won = std::get_if<Won>(&letter)) {
            const SegmentId id = race->segment.id;
            won->delivery.attempts = race->attempts;
            const std::int64_t pixels = sum(won->delivery.pixels);
            pool_.hedges.note_delivered(pool_.sessions.all().size());
            pool_.fleet.hold(
                won->transcoder,
                id.session,
                schedule::expected_pixels(race->segment) /
                    std::max(0.001, std::chrono::duration<double>(race->segment.duration).count())
            );
            const auto sent = co_await ports_.gateways.deliver(id, std::move(won->delivery));
            ports_.watcher.answered({
                .segment = race->segment,
                .outcome = sent ? "delivered" : "gateway_gone",
                .attempts = race->attempts,
                .transcoder = won->transcoder,
                .took = ports_.clock.now() - race->segment.arrived,
                .pixels = pixels,
            });
            co_return;
        }
        if (std::holds_alternative<OutOfTime>(letter)) {
            refusal =
                race->last ? text_for_gateway(*race->last) : "Remote transcoder took too long";
            continue;
        }
        if (auto* lost = std::get_if<Lost>(&letter)) {
            race->last = lost->fault;
            const bool source = lost->fault.kind == TranscodeFault::Kind::bad_source;
            const bool blames = lost->fault.kind == TranscodeFault::Kind::reported &&
                                blames_the_source(lost->fault.text);
            // Two who say the same of the source are believed.
            if (source || (blames && race->blamed == lost->fault.text)) {
                refusal = lost->fault.text;
                continue;
            }
            if (blames) race->blamed = lost->fault.text;
        }
        if (race->answered) continue;  // decided, and about to be told
        if (race->attempts >= pool_.timing.attempts_max) {
            if (race->running == 0) refusal = text_for_gateway(*race->last);
            continue;
        }
        // Who has lost is replaced; who is only late may be raced as long as that is the exception.
        const bool hedges = race->running > 0 && !std::holds_alternative<Lost>(letter);
        if (hedges && !pool_.hedges.affords_one()) {
            wake_at(race, ports_.clock.now() + hedge_again);
            continue;
        }
        if (start_attempt(race)) {
            if (hedges) pool_.hedges.spend();
            continue;
        }
        if (race->running == 0 && ports_.clock.now() >= patience) {
            refusal = race->last ? text_for_gateway(*race->last) : "no transcoders available";
            continue;
        }
        wait_for_fleet();
    }
    race->answered = true;
    waiting_.erase(race.get());
    ports_.clock.cancel(race->hedge);
    std::ignore = co_await ports_.gateways.refuse(race->segment.id, refusal);
    ports_.watcher.answered({
        .segment = race->segment,
        .outcome = refusal,
        .attempts = race->attempts,
        .transcoder = {},
        .took = ports_.clock.now() - race->segment.arrived,
    });
}

std::optional<TranscoderId> SegmentFlow::assign(
    const Race& race, TaskId task, bool& before_delivery
)
{
    if (ports_.book != nullptr) {
        const auto given = ports_.book->give(race.segment, task, pool_.fleet, ports_.clock.now());
        if (!given) return std::nullopt;
        before_delivery = given->synchronous;
        return given->machine;
    }
    const auto choice = schedule::assign(pool_.fleet, race.segment, race.tried);
    if (!choice) return std::nullopt;
    before_delivery = pool_.pictures.before_delivery;
    return choice->transcoder;
}

bool SegmentFlow::start_attempt(const std::shared_ptr<Race>& race)
{
    const Segment& segment = race->segment;
    Attempt what{
        .task = TaskId{static_cast<std::int64_t>((ports_.chance.draw() >> 1U) | 1U)},
        .who = {},
        .number = race->attempts + 1,
    };
    const auto who = assign(*race, what.task, what.before_delivery);
    if (!who) return false;
    what.who = *who;
    waiting_.erase(race.get());
    race->tried.insert(*who);
    ++race->attempts;
    ++race->running;
    if (!pool_.fleet.holder(segment.id.session)) {
        const double seconds = std::chrono::duration<double>(segment.duration).count();
        pool_.fleet.hold(*who, segment.id.session, schedule::expected_pixels(segment) / seconds);
    }
    set_hedge(race, *who);
    spawn(attempt(race, what));
    return true;
}

void SegmentFlow::set_hedge(const std::shared_ptr<Race>& race, TranscoderId who)
{
    const Duration expected = pool_.fleet.expected(who, schedule::expected_pixels(race->segment));
    wake_at(race, schedule::hedge_at(race->segment, ports_.clock.now(), expected, pool_.timing));
}

void SegmentFlow::wake_at(const std::shared_ptr<Race>& race, Time when)
{
    ports_.clock.cancel(race->hedge);
    const std::weak_ptr<Race> weak = race;
    race->hedge = ports_.clock.at(when, [weak] {
        if (const auto live = weak.lock()) live->letters.push(HedgeDue{});
    });
}

Task<void> SegmentFlow::attempt(std::shared_ptr<Race> race, Attempt what)
{
    const auto [task, who, number, before_delivery] = what;
    const Segment& segment = race->segment;
    const Time started = ports_.clock.now();
    const auto report = [&](std::string outcome) {
        ports_.watcher.attempt_ended({
            .segment = segment,
            .transcoder = who,
            .attempt = number,
            .outcome = std::move(outcome),
            .took = ports_.clock.now() - started,
        });
    };
    const auto lose = [&](TranscodeFault fault) {
        --race->running;
        race->letters.push(Lost{.fault = std::move(fault)});
    };
    const TranscodeFault our_fault{
        .kind = TranscodeFault::Kind::bad_source, .text = "Internal Server Error"
    };

    if (!co_await record(
            {Assigned{.segment = segment.id, .task = task, .transcoder = who, .attempt = number}}
        )) {
        lose(our_fault);
        co_return;
    }
    auto claim = co_await ports_.transcoders.transcode(task, who, segment, race->deadline);
    if (!claim) {
        const TranscodeFault& fault = claim.error();
        note_fault(*race, who, fault);
        report(std::string{name_of(fault.kind)});
        const std::string reason = std::string{name_of(fault.kind)} + ": " + fault.text;
        drop(task, reason);
        const bool written = co_await record({Failed{.task = task, .reason = reason}});
        lose(written ? fault : our_fault);
        co_return;
    }
    Claimed claimed{.task = task, .signature = claim->signature};
    for (const auto& each : claim->renditions)
        claimed.renditions.push_back(each.hash);
    if (ports_.book != nullptr) ports_.book->done(*claim, ports_.clock.now());
    // Written with the verdict, in one commit: before that nobody is told of either.
    std::vector<EntryBody> entries{std::move(claimed)};
    const Duration took = ports_.clock.now() - started;
    const auto measured = co_await ports_.meter.measure(segment, *claim);
    if (!measured) {
        report("not_measured");
        drop(task, "not measured");
        entries.emplace_back(
            Failed{.task = task, .reason = "not measured: " + measured.error().what}
        );
        const bool written = co_await record(std::move(entries));
        const bool source = !measured.error().retryable;
        lose(written && !source ? TranscodeFault{.kind = TranscodeFault::Kind::silent} : our_fault);
        co_return;
    }
    const auto verdict = verify::judge_structure(segment.ladder, *measured, pool_.structure);
    if (!verdict) {
        const std::string name{verify::name_of(verdict.error().refusal)};
        const bool unjudgeable = verdict.error().refusal == verify::Refusal::source_unjudgeable;
        if (!unjudgeable) {
            pool_.fleet.note_trouble(who, fleet::Trouble::refused_result, name, ports_.clock.now());
            if (pool_.fleet.holder(segment.id.session) == who)
                pool_.fleet.release(segment.id.session);
        }
        report(name);
        drop(task, name);
        entries.emplace_back(Judged{.task = task, .verdict = name});
        const bool written = co_await record(std::move(entries));
        if (!written) {
            lose(our_fault);
        } else if (unjudgeable) {
            lose({.kind = TranscodeFault::Kind::bad_source, .text = "TranscoderInvalidVideo"});
        } else {
            lose({.kind = TranscodeFault::Kind::garbage, .text = name});
        }
        co_return;
    }
    // Pictures that were made of another source before: not left to chance.
    const bool suspect = pool_.replays.seen_before(*measured);
    const bool looked_at_first = before_delivery || suspect;
    if (looked_at_first) {
        // What is looked at is drawn when the claim is fixed for good.
        if (!co_await record(std::exchange(entries, {}))) {
            lose(our_fault);
            co_return;
        }
        const bool right = co_await looks_right(race, *claim, *measured, draw_look(task, suspect));
        if (!right) co_return;
    }
    const std::int64_t pixels = sum(verdict->pixels);
    pool_.fleet.note_done(who, static_cast<double>(pixels), took, ports_.clock.now());
    // Decided here and now: of two that come in together only one is delivered.
    const bool first = !std::exchange(race->answered, true);
    if (first) {
        waiting_.erase(race.get());
        ports_.clock.cancel(race->hedge);
        ports_.clock.cancel(race->end);
    }
    report(first ? "delivered" : "spare");
    if (ports_.book != nullptr)
        ports_.book->pay(task, Pixels{static_cast<std::uint64_t>(pixels)}, ports_.clock.now());
    entries.emplace_back(Judged{.task = task, .verdict = "accepted", .pixels = pixels});
    if (first) entries.emplace_back(Delivered{.segment = segment.id, .task = task});
    const bool written = co_await record(std::move(entries));
    if (first && !written) {
        lose(our_fault);
        co_return;
    }
    --race->running;
    if (first) {
        race->letters.push(
            Won{.transcoder = who, .delivery = {.claim = *claim, .pixels = verdict->pixels}}
        );
    }
    if (!written || looked_at_first) co_return;
    std::ignore = co_await examine(segment, std::move(*claim), *measured, draw_look(task, suspect));
    if (ports_.book != nullptr) std::ignore = co_await record({});
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

Task<std::optional<PictureVerdict>> SegmentFlow::examine(
    Segment segment, Claim claim, Measurement measured, LookDraw drawn
)
{
    const TaskId task = claim.task;
    const auto tiers = ports_.book == nullptr ? 0U : ports_.book->drawn(task).tiers;
    auto verdict =
        co_await pictures_.check(std::move(segment), std::move(claim), std::move(measured), drawn);
    if (ports_.book != nullptr) ports_.book->examined(task, tiers, verdict, ports_.clock.now());
    co_return verdict;
}

Task<bool> SegmentFlow::looks_right(
    std::shared_ptr<Race> race, Claim claim, Measurement measured, LookDraw drawn
)
{
    const TaskId task = claim.task;
    const TranscoderId who = claim.transcoder;
    const auto verdict =
        co_await examine(race->segment, std::move(claim), std::move(measured), drawn);
    if (!verdict || !verdict->refuses()) co_return true;
    const std::string name = "picture_" + std::string{verify::name_of(verdict->verdict)};
    ports_.watcher.attempt_ended(
        {.segment = race->segment, .transcoder = who, .outcome = name, .took = {}}
    );
    drop(task, name);
    const bool written = co_await record({Judged{.task = task, .verdict = name}});
    --race->running;
    const auto kind = written ? TranscodeFault::Kind::garbage : TranscodeFault::Kind::bad_source;
    race->letters.push(
        Lost{.fault = {.kind = kind, .text = written ? name : "Internal Server Error"}}
    );
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

void SegmentFlow::fleet_changed()
{
    for (Race* race : std::exchange(waiting_, {}))
        race->letters.push(FleetChanged{});
}

Task<void> SegmentFlow::end_session(SessionId session, std::string reason)
{
    // What is delivered after the end would be kept for nobody: the last segment ends it.
    if (busy(session)) {
        ending_.insert_or_assign(std::move(session), std::move(reason));
        co_return;
    }
    const auto holder = pool_.fleet.holder(session);
    pool_.fleet.release(session);
    if (!pool_.sessions.end(session)) co_return;
    if (holder) ports_.transcoders.end_session(*holder, session);
    ports_.watcher.session_ended(session, reason);
    std::ignore = co_await record({SessionEnded{.session = session, .reason = reason}});
}

}  // namespace millpond
