#pragma once

#include "sim/scenario.hpp"
#include "sim/world.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace millpond::sim {

/// What one play came to, by name: "pool.bad_ppm", "stealth.profit". docs/simulator.md lists them.
using Figures = std::map<std::string, double>;

[[nodiscard]] Figures figures_of(const World& world);

/// Over several seeds: mean, and half the width of its 95 % interval.
struct Spread {
    double mean = 0;
    double half = 0;
};

using Spreads = std::map<std::string, Spread>;

[[nodiscard]] Spreads spreads_of(const std::vector<Figures>& plays);

/// How a bound stands against what was played.
struct Stand {
    Bound bound;
    bool known = true;  ///< its figures exist
    bool holds = false;
    double left = 0;
    double right = 0;
    std::uint64_t worst = 0;  ///< the seed furthest from it
};

/// One scenario played with several seeds.
struct Played {
    Scenario scenario;
    std::vector<std::uint64_t> seeds;
    std::vector<Figures> plays;
    Spreads spreads;
    std::vector<Stand> stands;

    [[nodiscard]] bool holds() const;
};

struct Playing {
    std::uint64_t first_seed = 1;
    std::uint32_t seeds = 3;
    std::uint32_t jobs = 1;
    std::function<void(std::size_t done, std::size_t all)> progress;  ///< from the calling thread
};

/// Plays all seeds; in the same order whatever the number of jobs.
[[nodiscard]] Played play(const Scenario& scenario, const AttackTable& table, const Playing& how);

/// A table of figures with their intervals, and how the bounds stand.
[[nodiscard]] std::string text_of(const Played& played);

/// Keccak-256 of all figures of all seeds, in text: equal on every compiler.
[[nodiscard]] std::string fingerprint_of(const Played& played);

/// The same as a page with pictures.
[[nodiscard]] std::string html_of(const Played& played, const std::string& name);

}  // namespace millpond::sim
