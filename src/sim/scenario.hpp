#pragma once

#include "base/result.hpp"
#include "model/parameters.hpp"
#include "sim/chain/chain_habits.hpp"
#include "sim/habits.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millpond::sim {

/// Agents of one kind.
struct Crowd {
    std::string name;
    std::uint32_t count = 1;
    Habits habits;
};

/// A gateway and its streams.
struct GatewayCrowd {
    std::string name;
    std::uint32_t streams = 1;
    GatewayHabits habits;
    std::string of;  ///< a crowd whose money it is; empty: somebody else's
};

/// What surrounds the pool's rules: demand, courts, checkers. Figures that no measurement gives are
/// assumptions.
struct Surroundings {
    std::uint32_t hours = 24;
    std::uint32_t streams = 4;  ///< at any time
    std::uint32_t tick_seconds = 20;
    std::uint32_t epoch_hours = 24;
    std::uint32_t court_hours = 72;         ///< from the opening of a case to its end
    std::uint32_t court_error_ppm = 5'600;  ///< 4.19: accuracy 0.99, a fifth of the jurors corrupt
    std::uint32_t clustered_ppm = 300'000;
    std::uint32_t repeats_ppm = 300'000;  ///< false alarms that stand a second look
    std::uint32_t blind_ppm = 0;          ///< examinations of a checker that passes unseen
    std::uint32_t bans = 1;               ///< 0: convictions have no consequence
    std::uint32_t attempts = 4;   ///< transcoders that a segment is given to until one answers
    std::uint32_t structure = 1;  ///< 0: nobody looks at a result's structure
    std::uint32_t hard_ppm = 0;   ///< of streams: their segments are hard to make
    std::uint32_t hard_cost_pct = 100;    ///< of what others cost; they pay as much
    std::uint32_t price_falls_pct = 0;    ///< of the bond's token
    std::uint32_t price_falls_hours = 0;  ///< after the beginning
    std::uint32_t rules_follow = 1;       ///< 0: the pool keeps to the price it knew
    std::uint32_t deadlines = 0;          ///< 1: late answers are none, who looks stuck is raced
    std::uint32_t canaries = 0;           ///< 1: they are drawn and given
    StreamClass stream_class = StreamClass::r1;

    bool operator==(const Surroundings&) const = default;
};

enum class Order : std::uint8_t { less, at_most, at_least, more };

/// A claim about figures of the report. The right side is a figure or a number.
struct Bound {
    std::string name;
    std::string figure;
    Order order = Order::less;
    std::string other;  ///< empty: `number`
    double number = 0;
};

/// A countermeasure and what the world is like without it: lines of a scenario.
struct Without {
    std::string countermeasure;
    std::vector<std::string> breaks;  ///< bounds that do not hold then
    std::vector<std::string> lines;
};

/// What is played, and what is claimed of it.
struct Scenario {
    std::string says;
    std::vector<std::string> threats;  ///< rows of the catalogue, docs/threats.md
    Surroundings around;
    Parameters parameters;
    std::optional<OperatorHabits> operator_habits;  ///< who plays, and signs for transcoders
    std::optional<ChainHabits> chain;               ///< where the pool settles
    std::vector<Crowd> crowds;
    std::vector<GatewayCrowd> gateways;
    std::vector<Bound> bounds;
    std::vector<Without> without;
};

/// Reads schema/scenarios/*.scenario: a line is a word and what belongs to it, # begins a comment.
/// The fault names the line.
[[nodiscard]] Result<Scenario, Fault> parse_scenario(std::string_view text);

/// The same without that countermeasure.
[[nodiscard]] Result<Scenario, Fault> switched_off(Scenario scenario, const Without& without);

}  // namespace millpond::sim
