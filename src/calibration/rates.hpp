#pragma once

#include "calibration/fit.hpp"

#include <string>
#include <vector>

namespace millpond::calibration {

/// How many of how many.
struct Share {
    int of = 0;
    int hit = 0;

    [[nodiscard]] double rate() const { return of == 0 ? 0 : static_cast<double>(hit) / of; }

    /// Wilson's interval at 95 %.
    [[nodiscard]] double low() const;
    [[nodiscard]] double high() const;
};

/// How often one attack is caught. What cannot be seen by any objective measure is counted apart.
struct AttackRate {
    std::string attack;
    std::string group;
    bool gross = false;
    int invisible = 0;
    Share structure;      ///< by containers and packets alone
    Share sample;         ///< with a few frames as well
    Share whole;          ///< with all frames
    Share sample_stands;  ///< what a few frames raise and a control does not explain
    Share whole_stands;   ///< the same with all frames
    Share sample_fraud;   ///< of that, what is judged a fraud
    Share whole_fraud;
    std::vector<std::string> missed;  ///< cases that pass even with all frames
    std::vector<std::string> missed_by_sample;
};

/// What honest renditions suffer.
struct HonestRate {
    std::string encoder;
    bool grey = false;  ///< counted in no sum
    Share structure;
    Share sample;
    Share whole;
    Share substandard;  ///< what stands beside the control encode
    Share fraud;
    Share sample_stands;  ///< of `substandard`, what a few frames raise
    Share whole_stands;   ///< what all frames raise
    std::vector<std::string> alarmed;
};

struct Point {
    double false_alarms = 0;
    double detection = 0;
};

struct Rates {
    std::vector<AttackRate> attacks;
    std::vector<HonestRate> honest;
    std::vector<Point> roc_sample;  ///< with all thresholds scaled
    std::vector<Point> roc_whole;
    std::vector<Point> roc_psnr;  ///< of the mean PSNR alone
};

/// Sums over all attacks, or over the gross ones; the invisible are left out.
[[nodiscard]] AttackRate total(const Rates& rates, bool gross_only);
[[nodiscard]] HonestRate total_honest(const Rates& rates);

/// Judges `samples` by `thresholds`; their `confirmed` and `fraud` say what stood beside a control.
[[nodiscard]] Rates rate(
    const std::vector<const Scored*>& samples, const verify::Thresholds& thresholds
);
/// Adds the counts of one set of samples to another's.
void add(Rates& to, const Rates& more);

/// Fills in `confirmed` and `fraud` of every sample of the cases.
void confirm(
    const std::vector<CaseSamples>& cases,
    const verify::Thresholds& thresholds,
    std::vector<Scored>& samples
);

}  // namespace millpond::calibration
