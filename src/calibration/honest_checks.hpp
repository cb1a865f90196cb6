#pragma once

#include "calibration/rates.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace millpond::calibration {

/// What a clip family's honest renditions suffer.
struct FamilyRate {
    std::string family;
    int cases = 0;  ///< segments and rungs
    HonestRate rate;
};

/// Honest renditions of families that no threshold was fitted to, judged by thresholds that exist.
struct HonestChecks {
    verify::Thresholds thresholds;
    HonestRate total;
    HonestRate unfitted;  ///< of it, by encoders that no threshold was fitted to either
    std::vector<FamilyRate> families;
    std::vector<HonestRate> encoders;
};

struct HonestSettings {
    std::filesystem::path clips;  ///< with LIST.tsv; only the judges among its families are taken
    std::filesystem::path cache;
    int cases_max = 0;         ///< 0 for all; the first of every family come first
    bool only_cached = false;  ///< leaves out cases that are not measured yet
};

/// Each rendition is one check, whatever the number of its frames.
[[nodiscard]] Result<HonestChecks, Fault> check_honest(
    const HonestSettings& settings, const verify::Thresholds& thresholds, const Progress& tell
);

/// The figures, and by name all that was raised.
[[nodiscard]] std::string honest_json(const HonestChecks& checks);

}  // namespace millpond::calibration
