#pragma once

#include "sim/report.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace millpond::sim {

/// An operator's figures.
struct Target {
    std::uint64_t price_wei = 50;  ///< a gateway pays for a pixel
    std::uint32_t streams = 4;     ///< at any time
    std::uint32_t transcoders = 8;
    std::uint64_t harm_w = 50;        ///< of one bad segment that is delivered
    std::uint32_t overhead_pct = 40;  ///< of W, tolerated
    std::uint32_t hours = 48;         ///< played
};

/// "price=50", "streams=4"…; the fault names the word.
[[nodiscard]] Result<Target, Fault> parse_target(std::span<const std::string> words);

/// One way to run the pool, and what it came to in the plays.
struct Option {
    std::string label;
    Parameters parameters;
    std::string refused;  ///< an inequality of the rules that it does not keep: not played
    double overhead_pct = 0;
    double harm_pct = 0;    ///< of bad segments that were delivered, of W
    double cheating = 0;    ///< the best of the hostile above honest work, in W
    double honest = 0;      ///< profit, in W
    double unpaid_ppm = 0;  ///< good work of the honest

    /// Nobody gains by cheating.
    [[nodiscard]] bool deters() const { return refused.empty() && cheating < 0; }
};

struct Tuned {
    Target target;
    std::vector<Option> options;
    std::optional<std::size_t> best;  ///< none where nobody could be deterred
    bool tolerated = false;           ///< and its overhead is
};

/// Of least overhead and harm among those that deter and are tolerated; where none is tolerated,
/// among those that deter.
[[nodiscard]] std::optional<std::size_t> best_of(
    const std::vector<Option>& options, std::uint32_t tolerated_pct
);

/// Plays every way to run a pool of class R1 that is at hand, and takes the best. `told` hears each
/// before it is played.
[[nodiscard]] Tuned tune(
    const Target& target,
    const AttackTable& table,
    const Playing& how,
    const std::function<void(const std::string& label)>& told
);

/// The trade-offs as comments, and the pool's configuration under them, in TOML.
[[nodiscard]] std::string text_of(const Tuned& tuned);

}  // namespace millpond::sim
