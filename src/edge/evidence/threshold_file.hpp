#pragma once

#include "base/result.hpp"
#include "core/verify/thresholds.hpp"

#include <string>
#include <string_view>

namespace millpond::evidence {

/// Thresholds as JSON (schema/calibration/thresholds.json). Rules that are off are left out.
[[nodiscard]] std::string to_json(const verify::Thresholds& thresholds);
/// An unknown feature is an error: a judge must not leave out a rule it does not know.
[[nodiscard]] Result<verify::Thresholds, Fault> parse_thresholds(std::string_view text);

/// Reads a file; those this program was built with for an empty path.
[[nodiscard]] Result<verify::Thresholds, Fault> load_thresholds(const std::string& path);

}  // namespace millpond::evidence
