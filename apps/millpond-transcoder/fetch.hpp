#pragma once

#include "base/result.hpp"

#include <string>

namespace millpond {

/// What is at a http(s) address, or in a file. Blocks.
[[nodiscard]] Result<std::string, Fault> fetch_text(const std::string& from);

}  // namespace millpond
