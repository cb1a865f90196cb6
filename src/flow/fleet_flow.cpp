#include "flow/fleet_flow.hpp"

#include <algorithm>
#include <vector>

namespace millpond {
namespace {

constexpr Duration benchmark_deadline = std::chrono::seconds{20};
constexpr int benchmark_tries = 3;
constexpr int qualification_failures_max = 3;  ///< in a row; then it rests
constexpr Duration first_rest = std::chrono::seconds{5};
constexpr int rest_doublings_max = 7;  ///< to about ten minutes

}  // namespace

Task<Result<void, Fault>> FleetFlow::append_one(EntryBody body)
{
    std::vector<Entry> entries;
    entries.push_back({.at = ports_.clock.now(), .body = std::move(body)});
    return ports_.journal.append(std::move(entries));
}

Task<void> FleetFlow::join(fleet::Transcoder transcoder)
{
    const TranscoderId id = transcoder.id;
    TranscoderJoined joined{
        .transcoder = id, .address = transcoder.address, .name = transcoder.name
    };
    if (ports_.book != nullptr) ports_.book->joined(transcoder, ports_.clock.now());
    pool_.fleet.join(std::move(transcoder), ports_.clock.now());
    auto writing = append_one(std::move(joined));
    const auto durable = co_await std::move(writing);
    if (!durable) {
        ports_.watcher.journal_failed(durable.error());
        co_return;
    }
    co_await try_measuring(id, 1);
}

Task<void> FleetFlow::try_measuring(TranscoderId id, int attempt)
{
    const auto waits = [&] {
        const auto* known = pool_.fleet.find(id);
        return known != nullptr && known->state == fleet::State::measuring;
    };
    if (!waits()) co_return;
    co_await measure(id);
    if (!waits()) co_await qualify(id);
    if (!waits() || attempt == benchmark_tries) co_return;
    const Time next = ports_.clock.now() + std::chrono::seconds{1 << attempt};
    ports_.clock.at(next, [this, id, attempt] { spawn(try_measuring(id, attempt + 1)); });
}

Task<void> FleetFlow::measure(TranscoderId transcoder)
{
    const Segment segment = recorded(transcoder);
    const TaskId task{static_cast<std::int64_t>((ports_.chance.draw() >> 1U) | 1U)};
    const Time started = ports_.clock.now();
    const auto claim = co_await ports_.transcoders.transcode(
        task, transcoder, segment, started + benchmark_deadline
    );
    const Duration took = ports_.clock.now() - started;
    ports_.transcoders.end_session(transcoder, segment.id.session);
    std::string outcome = "measured";
    double pixels = 0;
    if (!claim) {
        outcome = std::string{name_of(claim.error().kind)} + " " + claim.error().text;
    } else {
        const auto measured = co_await ports_.meter.measure(segment, *claim);
        if (!measured) {
            outcome = measured.error().what;
        } else {
            const auto verdict =
                verify::judge_structure(segment.ladder, *measured, pool_.structure);
            if (verdict) {
                for (const std::int64_t each : verdict->pixels)
                    pixels += static_cast<double>(each);
            } else {
                outcome = verify::name_of(verdict.error().refusal);
            }
        }
    }
    ports_.watcher.attempt_ended({
        .segment = segment,
        .transcoder = transcoder,
        .attempt = 0,
        .outcome = "benchmark: " + outcome,
        .took = took,
    });
    ports_.gateways.forget(segment.id);
    if (pixels <= 0) co_return;
    const double seconds = std::max(0.001, std::chrono::duration<double>(took).count());
    pool_.fleet.measured(transcoder, pixels / seconds, ports_.clock.now());
    if (const auto* known = pool_.fleet.find(transcoder);
        ports_.book != nullptr && known != nullptr)
        ports_.book->measured(*known);
    segments_.fleet_changed();
}

Segment FleetFlow::recorded(TranscoderId transcoder)
{
    Segment segment = benchmark_;
    segment.id.session =
        SessionId{std::string{benchmark_session_prefix} + std::to_string(transcoder.value())};
    segment.id.arrival = ++measurements_;
    segment.arrived = ports_.clock.now();
    return segment;
}

Task<void> FleetFlow::qualify(TranscoderId transcoder)
{
    if (ports_.book == nullptr) co_return;
    int failures = 0;
    while (ports_.book->qualifies(transcoder) && failures < qualification_failures_max) {
        const bool passed = co_await qualify_once(transcoder);
        failures = passed ? 0 : failures + 1;
        const auto durable = co_await ports_.journal.append({});
        if (durable) continue;
        ports_.watcher.journal_failed(durable.error());
        co_return;
    }
    segments_.fleet_changed();
    if (!ports_.book->qualifies(transcoder)) {
        resting_.erase(transcoder);
        co_return;
    }
    // Who was only busy shall not have to connect again, and who cannot do it shall cost little.
    Rest& rest = resting_[transcoder];
    rest.until = ports_.clock.now() + first_rest * (1 << std::min(rest.before, rest_doublings_max));
    ++rest.before;
}

void FleetFlow::wake_rested()
{
    std::vector<TranscoderId> rested;
    for (auto& [id, rest] : resting_) {
        if (rest.until > ports_.clock.now()) continue;
        rest.until = Time::max();
        rested.push_back(id);
    }
    for (const TranscoderId id : rested)
        spawn(qualify(id));
}

Task<bool> FleetFlow::qualify_once(TranscoderId transcoder)
{
    Bookkeeper& book = *ports_.book;
    auto made = co_await ports_.recordings.record(recorded(transcoder).id, ports_.chance.draw());
    if (!made) co_return false;
    if (const auto* machine = pool_.fleet.find(transcoder)) fleet::ask_within(*machine, *made);
    const Segment& segment = *made;
    const TaskId task{static_cast<std::int64_t>((ports_.chance.draw() >> 1U) | 1U)};
    book.give_recorded(segment, task, transcoder, ports_.clock.now());
    if (!co_await ports_.journal.append({})) co_return false;
    const auto claim = co_await ports_.transcoders.transcode(
        task, transcoder, segment, ports_.clock.now() + benchmark_deadline
    );
    ports_.transcoders.end_session(transcoder, segment.id.session);
    std::optional<PictureVerdict> seen;
    std::string why = "qualification";
    if (!claim) {
        why = std::string{name_of(claim.error().kind)} + " " + claim.error().text;
    } else {
        book.done(*claim, ports_.clock.now());
        const auto measured = co_await ports_.meter.measure(segment, *claim);
        if (measured && verify::judge_structure(segment.ladder, *measured, pool_.structure)) {
            const auto [tiers, seed] = book.drawn(task);
            PictureFlow pictures{pool_, ports_};
            const auto looked = co_await pictures.check(
                segment, *claim, *measured, {.seed = seed, .rates = verify::Rates::always_whole()}
            );
            if (looked) seen = *looked;
            // What our own fault prevents is tried with another recorded segment.
            if (looked) book.examined(task, tiers, seen, ports_.clock.now());
        }
    }
    const auto slow = book.too_slow(task);
    if (slow) why = "too slow to qualify: " + std::to_string(*slow) + " % of real time";
    book.dropped(task, why);
    ports_.gateways.forget(segment.id);
    co_return seen && seen->verdict == verify::Verdict::pass && !slow;
}

Task<void> FleetFlow::leave(TranscoderId transcoder, std::string reason)
{
    if (!pool_.fleet.leave(transcoder)) co_return;
    resting_.erase(transcoder);
    if (ports_.book != nullptr) ports_.book->left(transcoder, ports_.clock.now());
    ports_.watcher.transcoder_left(transcoder, reason);
    auto writing = append_one(TranscoderLeft{.transcoder = transcoder, .reason = reason});
    const auto durable = co_await std::move(writing);
    if (!durable) ports_.watcher.journal_failed(durable.error());
}

Task<void> FleetFlow::tick()
{
    const std::size_t before = pool_.fleet.ready();
    pool_.fleet.tick(ports_.clock.now());
    if (ports_.book != nullptr) {
        ports_.book->note_ready(pool_.fleet);
        const auto turned = co_await ports_.book->turn(ports_.clock.now());
        if (!turned) ports_.watcher.journal_failed(turned.error());
        segments_.give_canaries();
        wake_rested();
    }
    if (pool_.fleet.ready() > before) segments_.fleet_changed();
    for (const auto& session : pool_.sessions.idle(ports_.clock.now())) {
        co_await segments_.end_session(session, "idle");
    }
}

}  // namespace millpond
