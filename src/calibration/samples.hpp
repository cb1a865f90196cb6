#pragma once

#include "calibration/cases.hpp"
#include "corpus/corpus.hpp"
#include "model/picture.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace millpond::calibration {

/// One rendition and what was measured of it.
struct Sample {
    std::string variant;
    std::string group;
    bool honest = false;
    bool gross = false;
    std::string structure;  ///< "accepted" or the refusal's name
    bool measured = false;
    RungReport whole;   ///< every frame
    RungReport sample;  ///< four drawn frames
};

/// Honest by somebody's measure, and not by every buyer's: a capped quality that saves bits, a
/// scaler that aliases visibly. Told apart, never fitted to.
[[nodiscard]] bool is_grey(const std::string& group);

/// All that was made of one case.
struct CaseSamples {
    Case of;
    std::vector<Sample> samples;

    /// What the pool would encode itself beside an alarm, its own encoder's first. Empty if that
    /// was not made.
    [[nodiscard]] std::vector<RungReport> controls() const;
};

using Menu = std::vector<const corpus::Variant*>;
/// Every attack and every honest encode that thresholds are fitted to.
[[nodiscard]] Menu everything();
/// Every honest encode, those that no threshold is fitted to among them.
[[nodiscard]] Menu all_honest();

using Progress = std::function<void(const std::string& line)>;

/// Makes the renditions of a case that are on the menu and measures them. Both are kept under
/// `cache`, so that a second call only reads.
[[nodiscard]] Result<CaseSamples, Fault> take_samples(
    const Case& of, const Menu& menu, const std::filesystem::path& cache, const Progress& tell
);

}  // namespace millpond::calibration
