#pragma once

#include "sim/report.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millpond::sim {

/// A way to behave that was tried, and what it brought each segment above honest work.
struct Tried {
    Habits habits;
    double profit = 0;
    double gain = 0;
};

struct Search {
    std::string crowd;         ///< whose habits are searched
    std::uint32_t first = 12;  ///< ways tried by chance
    std::uint32_t rounds = 2;  ///< after which the best third is varied
    std::uint32_t seeds = 1;   ///< plays of each
    std::uint64_t chance = 1;
};

/// The most profitable way of cheating that a search for profit finds, the best first. Nobody tells
/// it what to try: how often, which attack, after how much good work, and whether to come again.
[[nodiscard]] std::vector<Tried> best_responses(
    const Scenario& scenario, const AttackTable& table, const Search& search
);

/// What those habits bring above honest work, seed by seed. A search keeps the luckiest of what it
/// tried; seeds that it has not played tell luck from gain.
[[nodiscard]] Spread gain_of(
    const Scenario& scenario,
    const AttackTable& table,
    const std::string& crowd,
    const Habits& habits,
    const Playing& how
);

[[nodiscard]] std::string text_of(const Habits& habits);

}  // namespace millpond::sim
