#include "flow/segment_flow.hpp"

#include "flow/internal/race.hpp"
#include "flow/outcome.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace millpond {
namespace {

constexpr Duration hedge_again = std::chrono::milliseconds{500};  ///< when none could be afforded

}  // namespace

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

Task<bool> SegmentFlow::record_one(EntryBody body)
{
    std::vector<EntryBody> bodies;
    bodies.push_back(std::move(body));
    return record(std::move(bodies));
}

Task<void> SegmentFlow::serve(Segment segment, session::Admission admission)
{
    const auto race = std::make_shared<Race>(*this, std::move(segment));
    race->deadline = schedule::give_up_at(race->segment, pool_.timing);
    if (admission.opens_session) {
        auto recorded = record_one(
            SessionOpened{.session = race->segment.id.session, .manifest = race->segment.manifest}
        );
        if (!co_await std::move(recorded)) {
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

Task<void> SegmentFlow::deliver(Race& race, TranscoderId winner, Delivery delivery)
{
    const SegmentId id = race.segment.id;
    delivery.attempts = race.attempts;
    const std::int64_t pixels = sum(delivery.pixels);
    ports_.recordings.note(race.segment);
    pool_.hedges.note_delivered(pool_.sessions.all().size());
    const double seconds = std::chrono::duration<double>(race.segment.duration).count();
    const double rate = schedule::expected_pixels(race.segment) / std::max(0.001, seconds);
    pool_.fleet.hold(winner, id.session, rate);
    const auto sent = co_await ports_.gateways.deliver(id, std::move(delivery));
    ports_.watcher.answered({
        .segment = race.segment,
        .outcome = sent ? "delivered" : "gateway_gone",
        .attempts = race.attempts,
        .transcoder = winner,
        .took = ports_.clock.now() - race.segment.arrived,
        .pixels = pixels,
    });
}

bool SegmentFlow::at_fault(Race& race, const TranscodeFault& fault)
{
    race.last = fault;
    if (fault.kind == TranscodeFault::Kind::bad_source) return true;
    const bool blames =
        fault.kind == TranscodeFault::Kind::reported && blames_the_source(fault.text);
    // Two who say the same of the source are believed.
    if (blames && race.blamed == fault.text) return true;
    if (blames) race.blamed = fault.text;
    return false;
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
        waiting_.emplace(race->number, race.get());
        if (race->running > 0 || ports_.clock.now() >= patience) return;
        wake_at(race, patience);
    };
    std::string refusal;
    if (pool_.fleet.nobody_suits(race->segment)) {
        refusal = "no transcoders can provide requested capabilities";
    } else if (!start_attempt(race)) {
        wait_for_fleet();
    }
    while (refusal.empty()) {
        Letter letter = co_await race->letters.next();
        if (auto* won = std::get_if<Won>(&letter)) {
            co_await deliver(*race, won->transcoder, std::move(won->delivery));
            co_return;
        }
        if (std::holds_alternative<OutOfTime>(letter)) {
            refusal =
                race->last ? text_for_gateway(*race->last) : "Remote transcoder took too long";
            continue;
        }
        if (auto* lost = std::get_if<Lost>(&letter)) {
            if (at_fault(*race, lost->fault)) {
                refusal = lost->fault.text;
                continue;
            }
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
    waiting_.erase(race->number);
    ports_.clock.cancel(race->hedge);
    spawn(compare(race));
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
    const auto choice = schedule::assign(pool_.fleet, race.segment, race.tried, pool_.timing);
    if (!choice) return std::nullopt;
    before_delivery = pool_.pictures.before_delivery;
    return choice->transcoder;
}

bool SegmentFlow::start_attempt(const std::shared_ptr<Race>& race)
{
    const Segment& segment = race->segment;
    Attempt attempt{
        .race = race,
        .task = TaskId{static_cast<std::int64_t>((ports_.chance.draw() >> 1U) | 1U)},
        .number = race->attempts + 1,
        .started = ports_.clock.now(),
    };
    const auto who = assign(*race, attempt.task, attempt.before_delivery);
    if (!who) return false;
    attempt.who = *who;
    waiting_.erase(race->number);
    race->tried.insert(*who);
    ++race->attempts;
    ++race->running;
    if (!pool_.fleet.holder(segment.id.session)) {
        const double seconds = std::chrono::duration<double>(segment.duration).count();
        pool_.fleet.hold(*who, segment.id.session, schedule::expected_pixels(segment) / seconds);
    }
    set_hedge(race, *who);
    ++race->open;
    ++race->unsealed;
    // Before anybody has the task: nobody's place in the draws follows from an answer.
    start_replicas(race);
    spawn(run(std::move(attempt)));
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

void SegmentFlow::fleet_changed()
{
    for (const auto& [number, race] : std::exchange(waiting_, {}))
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
    auto recorded = record_one(SessionEnded{.session = session, .reason = reason});
    std::ignore = co_await std::move(recorded);
}

}  // namespace millpond
