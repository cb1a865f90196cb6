#pragma once

#include "base/result.hpp"
#include "crypto/signature.hpp"

#include <string>

namespace millpond::files {

struct KeyFile {
    crypto::PrivateKey key;
    bool made = false;  ///< just now
};

/// The private key in a file as 64 hex digits; a new one, only for its owner to read and durable,
/// where there is no file yet.
[[nodiscard]] Result<KeyFile, Fault> load_or_make_key(const std::string& path);

}  // namespace millpond::files
