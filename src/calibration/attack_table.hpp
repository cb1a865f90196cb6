#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace millpond::calibration {

/// The table that policies read (schema/calibration/attacks.json): what `rates_json` says of
/// attacks and honest work, beside what `costs` (schema/calibration/costs.json) says of the price
/// of a check and the gain of an attack. An attack without a gain is a fault: it would be left out
/// unseen.
[[nodiscard]] Result<std::string, Fault> attacks_json(
    std::string_view rates, std::string_view costs
);

/// The costs that came with this program.
[[nodiscard]] std::string_view shipped_costs();

}  // namespace millpond::calibration
