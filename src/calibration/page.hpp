#pragma once

#include "calibration/rates.hpp"

#include <string>
#include <vector>

namespace millpond::calibration {

/// What a calibration found.
struct Summary {
    verify::Thresholds thresholds;
    std::vector<std::string> fitted_to;  ///< families
    std::vector<std::string> judged_by;  ///< families that no threshold was fitted to
    Rates judges;                        ///< rates on those
    Rates left_out;                      ///< rates on every family by thresholds fitted without it
    double seconds = 0;                  ///< of CPU
};

/// Every rate with its interval: what the table that policies read is joined from.
[[nodiscard]] std::string rates_json(const Summary& summary);
/// The same for people, with ROC curves.
[[nodiscard]] std::string page_html(const Summary& summary);

}  // namespace millpond::calibration
