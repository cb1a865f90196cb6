#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <filesystem>

namespace millpond::evidence {

/// Writes a bundle's files into `sealed`, a folder that is not there yet, so that only who has the
/// key returned can read them: it may lie where everybody can fetch it (threat X17).
[[nodiscard]] Result<Hash32, Fault> seal_bundle(
    const std::filesystem::path& bundle, const std::filesystem::path& sealed
);

/// Writes the bundle back into `bundle`, a folder that is not there yet; the fault says which file
/// the key does not open or what of the bundle is wrong. Nothing is left behind then.
[[nodiscard]] Result<void, Fault> open_bundle(
    const std::filesystem::path& sealed, const Hash32& key, const std::filesystem::path& bundle
);

}  // namespace millpond::evidence
