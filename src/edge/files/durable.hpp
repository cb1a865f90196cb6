#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <string>

namespace millpond::files {

/// Puts `text` in the file's place so that after any crash it is there whole, or what was there
/// before; on disk when it returns. Only its owner may read it.
[[nodiscard]] Result<void, Fault> write_durably(const std::string& path, std::string_view text);

/// All of a file that may be `bytes_max` long; a fault that says so where it is longer.
[[nodiscard]] Result<std::string, Fault> read_whole(const std::string& path, std::size_t bytes_max);

}  // namespace millpond::files
