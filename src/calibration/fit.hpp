#pragma once

#include "calibration/samples.hpp"
#include "core/verify/thresholds.hpp"

#include <string>
#include <vector>

namespace millpond::calibration {

/// One rendition's scores, and what is known of it.
struct Scored {
    std::string name;  ///< of the case
    std::string family;
    std::string variant;
    std::string group;
    bool honest = false;
    bool gross = false;
    bool judge = false;
    bool structure = false;  ///< refused by its structure alone, or not measurable
    bool invisible = false;  ///< an attack that is on every objective measure as good as the worst
                             ///< honest encode of its case, or starved above 41 dB
    bool confirmed = false;  ///< of the last `judge_all`: an alarm stands beside the control
    bool fraud = false;      ///< and is a fraud
    verify::Scores whole;
    verify::Scores sample;
    double psnr = 0;  ///< of luma against the reference; capped at 60 dB
};

[[nodiscard]] std::vector<Scored> score_all(const std::vector<CaseSamples>& cases);

/// Thresholds that few of the honest reach: beyond the largest honest score, never under a least
/// value for each feature, and then lower where that catches attacks at the price of at most
/// `budget` of the honest.
[[nodiscard]] verify::Thresholds fit(
    const std::vector<const Scored*>& samples, const std::string& name
);

/// The rule that speaks most against it; empty for none.
[[nodiscard]] bool alarms(const verify::Scores& scores, const verify::ThresholdTable& table);

}  // namespace millpond::calibration
