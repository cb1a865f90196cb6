#pragma once

#include "model/attack_table.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace millpond::sim {

/// What one campaign came to.
struct Campaigned {
    std::optional<std::string> broken;  ///< the promise that was, and when
    std::uint64_t answered = 0;         ///< segments
    std::uint64_t tasks = 0;
    std::uint64_t starts = 0;  ///< of the process
    std::uint64_t epochs = 0;
    std::uint64_t faults = 0;
};

/// Some minutes of a pool whose process is killed, whose disk fills, whose clock jumps, whose
/// transcoders cheat, go, and cannot be reached, and whose gateways send twice and out of order.
/// All of it follows from the seed. After every step its book is held to its rules, its journal to
/// what it promises (`Witness`), and a start to what was there before.
[[nodiscard]] Campaigned run_campaign(const AttackTable& table, std::uint64_t seed);

}  // namespace millpond::sim
