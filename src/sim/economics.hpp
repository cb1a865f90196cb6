#pragma once

#include "sim/experiment.hpp"

#include <functional>
#include <string>
#include <vector>

namespace millpond::sim {

/// What docs/economics.md is made of: schema/economics.
struct ExperimentTexts {
    std::string shared;
    std::vector<std::string> own;
};

/// Keccak-256 over the texts and the parameters: the page names it, so that it shows when the page
/// is older than what it was made of.
[[nodiscard]] std::string inputs_of(const ExperimentTexts& texts);
/// The hash of the shipped rules with that table of attacks, which moves with each measurement.
[[nodiscard]] std::string rules_of(const AttackTable& table);

/// Plays all of them and writes the page. `told` hears each title before it is played.
[[nodiscard]] Result<std::string, Fault> economics_page(
    const ExperimentTexts& texts,
    const AttackTable& table,
    std::uint32_t jobs,
    const std::function<void(const std::string& title)>& told
);

}  // namespace millpond::sim
