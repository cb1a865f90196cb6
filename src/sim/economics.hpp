#pragma once

#include "sim/learner.hpp"

#include <string>

namespace millpond::sim {

struct Questions {
    std::uint32_t seeds = 2;
    std::uint32_t jobs = 1;
    std::uint32_t tries = 12;  ///< of the search for a best response, before it varies the best
};

/// The policies side by side over one population, shares of hostile agents, and what a search for
/// profit finds. The same bytes for the same questions.
[[nodiscard]] std::string tables_of(
    const Scenario& mix, const AttackTable& table, const Questions& questions
);

}  // namespace millpond::sim
