#pragma once

#include "edge/calibration/attacks_json.hpp"
#include "tests/unit/flow/world.hpp"

#include <gtest/gtest.h>

namespace millpond {

using namespace std::chrono_literals;

/// The default rules with a short way to full work.
inline BookSettings short_rules(PolicyName policy = PolicyName::hybrid)
{
    Parameters parameters;
    parameters.pool_policy = static_cast<std::uint64_t>(policy);
    parameters.qualification_segments = 3;
    parameters.probation_passes = 4;
    parameters.probation_streams = 1;
    parameters.probation_seconds = 0;
    parameters.r1_cover_w = 5;
    parameters.r1_harm_w = 1;
    parameters.r1_bribe_w = 0;
    return {
        .book =
            {.pool = {},
             .rules = policy::make_rules(parameters, calibration::shipped_attack_table()),
             .terms = {},
             .split = {}},
        .price = {.per = Wei{50}},
        .tick = 10s,
        .ticks = 6,
    };
}

inline Address account(std::uint64_t id)
{
    std::array<std::uint8_t, 20> bytes{};
    bytes[19] = static_cast<std::uint8_t>(id);
    return Address{bytes};
}

template <typename Event>
const Event* as(const BookEvent& event)
{
    if constexpr (std::is_constructible_v<MoneyEvent, Event>) {
        const auto* money = std::get_if<MoneyEvent>(&event);
        return money == nullptr ? nullptr : std::get_if<Event>(money);
    } else {
        return std::get_if<Event>(&event);
    }
}

/// A pool that keeps a book.
struct KeptWorld {
    explicit KeptWorld(const BookSettings& settings = short_rules())
        : world(watchful(false), settings)
    {
        EXPECT_TRUE(world.book->begin(world.clock.now()));
    }

    void join(std::uint64_t id, Habit habit = {})
    {
        world.habits[TranscoderId{id}] = habit;
        fleet::Transcoder transcoder{.id = TranscoderId{id}, .address = account(id)};
        transcoder.sessions_max = 4;
        transcoder.capabilities = std::move(habit.has);
        spawn(world.fleet.join(std::move(transcoder)));
        pass(3s);
    }

    /// Time with the pool's own ticks.
    void pass(Duration time)
    {
        for (Duration spent{}; spent < time; spent += 1s) {
            world.clock.advance(1s);
            spawn(world.fleet.tick());
        }
    }

    void stream(int segments)
    {
        for (int i = 0; i < segments; ++i) {
            world.send(next++);
            pass(2s);
        }
    }

    [[nodiscard]] Tier tier(std::uint64_t id) const
    {
        return world.book->book().accounts().at(account(id)).standing.tier;
    }

    [[nodiscard]] std::vector<BookEvent> history() const
    {
        std::vector<BookEvent> events;
        for (const auto& entry : world.entries)
            if (const auto* event = std::get_if<BookEvent>(&entry)) events.push_back(*event);
        return events;
    }

    template <typename Event>
    [[nodiscard]] std::vector<Event> all() const
    {
        std::vector<Event> found;
        for (const auto& event : history())
            if (const auto* each = as<Event>(event)) found.push_back(*each);
        return found;
    }

    World world;
    std::int64_t next = 0;
};

/// The journal again, with the secrets told: what an auditor does.
inline std::optional<std::string> audit(
    const std::vector<BookEvent>& history,
    Hash32& fingerprint,
    const BookSettings& settings = short_rules()
)
{
    MemoryEpochs epochs;
    book::Book book{settings.book};
    for (std::uint64_t epoch = 1; epoch < 20; ++epoch)
        book.tell_seeds(epoch, *epochs.secret(epoch));
    for (const auto& event : history)
        if (const auto taken = book.apply(event); !taken) return book::text_of(taken.error());
    fingerprint = book.fingerprint();
    return std::nullopt;
}

}  // namespace millpond
