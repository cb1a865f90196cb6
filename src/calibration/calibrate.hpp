#pragma once

#include "calibration/page.hpp"

#include <filesystem>
#include <functional>
#include <optional>

namespace millpond::calibration {

struct Settings {
    std::filesystem::path clips;  ///< with LIST.tsv
    std::filesystem::path cache;  ///< renditions and what was measured of them
    std::string name;             ///< of the thresholds
    /// Judges by these and fits none: the families that no threshold is fitted to, at low rungs.
    std::optional<verify::Thresholds> thresholds;
    int part = 0;  ///< of `parts`: makes and measures only its share of the cases
    int parts = 1;
    int cases_max = 0;         ///< 0 for all; the cheapest of every family come first
    bool only_cached = false;  ///< leaves out cases that are not measured yet
};

/// Makes the renditions, measures them, fits thresholds and rates them. With more than one part
/// nothing is fitted: the parts fill the cache, and a last run reads it.
[[nodiscard]] Result<Summary, Fault> calibrate(const Settings& settings, const Progress& tell);

}  // namespace millpond::calibration
