#pragma once

#include "sim/learner.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millpond::sim {

/// A question to the rules: plays of one population that differ in some lines, and what is told of
/// each. schema/economics holds them; docs/economics.md is what they come to.
struct Experiment {
    struct Column {
        std::string title;
        std::string figure;
        std::string less;  ///< another figure that is taken away; empty: none
        int digits = 0;
    };

    /// Lines of a scenario under a name.
    struct Variant {
        std::string label;
        std::vector<std::string> lines;
    };

    std::string title;
    std::string text;  ///< what is to be said of the table
    Scenario scenario;
    std::uint32_t seeds = 1;
    std::vector<Column> columns;
    std::vector<Variant> rows;
    std::vector<Variant> with;  ///< each row is played with each of them
    std::string searched;       ///< crowd whose best habits are searched; empty: none
    std::uint32_t tries = 0;
    std::uint32_t again = 0;  ///< other seeds, on which the best is held against honest work
};

/// Reads what every experiment shares, and then its own lines: those of a scenario, and
/// `title TEXT`, `text TEXT`, `seeds N`, `column DIGITS FIGURE[-FIGURE] TITLE`, `row LABEL: LINE;
/// LINE`, `with LABEL: LINE; LINE`, `search CROWD TRIES`, `again SEEDS`, and `over LABEL, LABEL`
/// for rows that are named by `way LABEL: LINE; LINE` before. The fault names the line.
[[nodiscard]] Result<Experiment, Fault> parse_experiment(
    std::string_view shared, std::string_view own
);

/// Its heading, its table and what is said of it, as Markdown. The same bytes on every machine.
[[nodiscard]] std::string table_of(
    const Experiment& experiment, const AttackTable& table, std::uint32_t jobs
);

}  // namespace millpond::sim
