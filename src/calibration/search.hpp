#pragma once

#include "calibration/samples.hpp"
#include "core/verify/thresholds.hpp"

#include <string>
#include <vector>

namespace millpond::calibration {

/// The strongest change of one kind that raises no alarm with all frames looked at.
struct Slip {
    std::string name;  ///< of the case
    std::string attack;
    int rate_percent = 100;
    int region_percent = 100;
    double strength = 0;    ///< in the attack's own unit
    double luma_loss = 0;   ///< dB of mean PSNR against the pool's own encode
    double frame_loss = 0;  ///< of the worst frame
    double chroma_loss = 0;
};

/// An attacker who knows the thresholds: for every kind of change climbs over strength, region and
/// rate, keeps what passes, and returns the worst for each kind.
[[nodiscard]] Result<std::vector<Slip>, Fault> search_slips(
    const Case& of, const verify::Thresholds& thresholds, const Progress& tell
);

}  // namespace millpond::calibration
