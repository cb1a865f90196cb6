#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <string>

namespace millpond::store {

/// 32 random bytes kept in a file that only its owner can read; made when it is not there yet.
Result<Hash32, Fault> load_or_make_secret(const std::string& path);

}  // namespace millpond::store
