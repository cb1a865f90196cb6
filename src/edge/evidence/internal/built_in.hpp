#pragma once

#include <string_view>

namespace millpond::evidence {

/// schema/calibration/thresholds.json as it was when this program was built.
[[nodiscard]] std::string_view built_in_thresholds();

}  // namespace millpond::evidence
