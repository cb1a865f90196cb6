#pragma once

#include "base/result.hpp"
#include "model/attack_table.hpp"

#include <string>
#include <string_view>

namespace millpond::calibration {

/// Reads schema/calibration/attacks.json. The fault names what is missing, twice there, or out of
/// order: chances lie in 0..1000000 and within their interval.
[[nodiscard]] Result<AttackTable, Fault> parse_attack_table(std::string_view text);

[[nodiscard]] Result<AttackTable, Fault> load_attack_table(const std::string& path);

/// The table that came with this program: schema/calibration/attacks.json.
[[nodiscard]] AttackTable shipped_attack_table();

}  // namespace millpond::calibration
