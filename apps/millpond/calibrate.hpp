#pragma once

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): a library's name
class App;
}

namespace millpond {

/// What `millpond verify calibrate` is told.
struct CalibrateSettings {
    std::string clips;
    std::string out = "calibration";
    std::string cache;  ///< empty: `out`/cache
    std::string name = "calibration";
    int part = 0;
    int parts = 1;
    int cases_max = 0;
    bool only_cached = false;
    bool rates_alone = false;
    std::string thresholds;  ///< of `rates_alone`
};

/// Writes thresholds.json, rates.json, attacks.json and report.html.
int run_calibrate(const CalibrateSettings& settings);

/// What `millpond verify honest-checks` is told.
struct HonestChecksSettings {
    std::string clips;
    std::string out = "honest.json";
    std::string cache = "honest-cache";
    std::string thresholds;  ///< file; empty for the built-in ones
    int cases_max = 0;
    bool only_cached = false;
};

/// Judges honest renditions by thresholds that exist and writes what they suffer.
int run_honest_checks(const HonestChecksSettings& settings);

CLI::App* add_honest_checks_command(CLI::App& verify, HonestChecksSettings& settings);

/// What `millpond verify attack-search` is told.
struct SearchSettings {
    std::string clips;
    std::string thresholds;  ///< file; empty for the built-in ones
    std::string only;        ///< cases whose names begin so
    int cases_max = 4;
};

/// Prints the strongest change of each kind that passes, as a table.
int run_attack_search(const SearchSettings& settings);

CLI::App* add_attack_search_command(CLI::App& verify, SearchSettings& settings);

CLI::App* add_calibrate_command(CLI::App& verify, CalibrateSettings& settings);

}  // namespace millpond
