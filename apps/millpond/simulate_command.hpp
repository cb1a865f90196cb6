#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace millpond {

/// `millpond simulate`: plays scenarios against the live pool's own rules.
struct SimulateCommand {
    CLI::App* chosen = nullptr;
    CLI::App* tables = nullptr;
    CLI::App* tuning = nullptr;
    std::string economics;            ///< folder of experiments
    std::vector<std::string> target;  ///< an operator's figures
    std::string scenario_file;
    std::string without;  ///< a countermeasure to switch off
    std::string html_file;
    std::uint64_t first_seed = 1;
    std::uint32_t seeds = 3;
    std::uint32_t jobs = 1;
    std::string searched;  ///< crowd whose most profitable habits are searched
    std::uint32_t tries = 12;

    void describe(CLI::App& app);
    /// `simulate tables`: docs/economics.md, from a folder of experiments.
    [[nodiscard]] int print_tables() const;
    /// `simulate tune`: a pool's configuration from an operator's figures. 1 where none deters or
    /// has as little overhead as is tolerated.
    [[nodiscard]] int print_tuned() const;
    /// 0 when all bounds hold, 1 when one is broken, 2 when something cannot be read.
    [[nodiscard]] int run() const;
};

}  // namespace millpond
