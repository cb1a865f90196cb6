#pragma once

#include "base/result.hpp"
#include "model/picture.hpp"

#include <string>
#include <string_view>

namespace millpond::picture {

/// A report as JSON, for evidence and for people. Lists of frames are tables: the names of the
/// columns, then a row for each.
[[nodiscard]] std::string to_json(const PictureReport& report);
[[nodiscard]] Result<PictureReport, Fault> parse_report_json(std::string_view text);

}  // namespace millpond::picture
