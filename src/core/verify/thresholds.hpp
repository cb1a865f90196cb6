#pragma once

#include "base/bytes.hpp"
#include "core/verify/scores.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace millpond::verify {

/// When a score speaks against a rendition. 0 never does.
struct Threshold {
    std::int64_t alarm = 0;  ///< from here on it is not what honest encoders make
    std::int64_t fraud = 0;  ///< from here on it is nothing an encoder makes by mistake

    bool operator==(const Threshold&) const = default;
};

/// For every feature, taken at the worst frame and at the median one.
struct ThresholdTable {
    std::array<Threshold, features> worst{};
    std::array<Threshold, features> median{};

    [[nodiscard]] const Threshold& of(Feature feature, Taken taken) const
    {
        const auto at = static_cast<std::size_t>(feature);
        return taken == Taken::worst ? worst[at] : median[at];
    }

    [[nodiscard]] Threshold& of(Feature feature, Taken taken)
    {
        const auto at = static_cast<std::size_t>(feature);
        return taken == Taken::worst ? worst[at] : median[at];
    }

    bool operator==(const ThresholdTable&) const = default;
};

/// What reports are judged by: data, measured by `millpond verify calibrate`.
struct Thresholds {
    std::string name;       ///< of the calibration
    ThresholdTable sample;  ///< a few drawn frames
    ThresholdTable whole;   ///< every frame; of control encodes as well

    bool operator==(const Thresholds&) const = default;
};

/// Keccak-256 of the rules' version and of every threshold: two judges with the same hash give the
/// same verdict on the same report.
[[nodiscard]] Hash32 verdict_function_hash(const Thresholds& thresholds);

}  // namespace millpond::verify
