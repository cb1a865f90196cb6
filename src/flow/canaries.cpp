// Segments of the pool's own, on the way of any other but for the gateway.
#include "flow/internal/race.hpp"

#include <array>

namespace millpond {
namespace {

/// Looks like any gateway's session.
SessionId session_like_others(Chance& chance)
{
    std::array<std::uint8_t, 16> name{};
    for (std::size_t i = 0; i < name.size(); i += 8) {
        const std::uint64_t drawn = chance.draw();
        for (std::size_t at = 0; at < 8; ++at)
            name.at(i + at) = static_cast<std::uint8_t>(drawn >> (8 * at));
    }
    return SessionId{to_hex(name)};
}

}  // namespace

void SegmentFlow::give_canaries()
{
    if (ports_.book == nullptr) return;
    for (const TranscoderId who : ports_.book->canaries_due(pool_.fleet, ports_.clock.now()))
        if (canaries_.insert(who).second) spawn(give_canary(who));
}

Task<void> SegmentFlow::give_canary(TranscoderId who)
{
    const SegmentId id{
        .session = session_like_others(ports_.chance),
        .seq = static_cast<std::int64_t>(ports_.chance.draw() % 1'000),
        .arrival = 1,
    };
    auto made = co_await ports_.recordings.record(id, ports_.chance.draw());
    canaries_.erase(who);
    // What could not be made is due again with the next tick.
    if (!made) co_return;
    if (const auto* machine = pool_.fleet.find(who)) fleet::ask_within(*machine, *made);
    const auto race = std::make_shared<Race>(*this, *std::move(made));
    race->answered = true;
    race->deadline = schedule::give_up_at(race->segment, pool_.timing);
    Attempt attempt{
        .race = race,
        .task = TaskId{static_cast<std::int64_t>((ports_.chance.draw() >> 1U) | 1U)},
        .number = 1,
        .replica = true,
        .started = ports_.clock.now(),
    };
    const auto given =
        ports_.book->give_canary(race->segment, attempt.task, who, ports_.clock.now());
    if (!given) co_return;
    attempt.who = given->machine;
    attempt.before_delivery = given->synchronous;
    ++race->open;
    ++race->unsealed;
    co_await run(std::move(attempt));
    ports_.transcoders.end_session(who, race->segment.id.session);
}

}  // namespace millpond
