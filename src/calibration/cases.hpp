#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "model/profile.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace millpond::calibration {

/// One source segment and one rung to ask for.
struct Case {
    std::string name;    ///< family, segment and rung
    std::string family;  ///< clips of one origin: what is left out is left out whole
    bool judge = false;  ///< of a family that thresholds are never fitted to
    Blob source;
    Blob other;     ///< of another family
    Blob previous;  ///< of the same family; null where there is none
    VideoProfile profile;
};

/// Which rungs are asked for: those of usual ladders, or only low ones, which cost little.
enum class Rungs : std::uint8_t { usual, low };

/// Reads `folder`/LIST.tsv, a table whose first columns are family and file, and makes the cases.
/// About a third of the families are judges, drawn by their names.
[[nodiscard]] Result<std::vector<Case>, Fault> read_cases(
    const std::filesystem::path& folder, Rungs rungs = Rungs::usual
);

}  // namespace millpond::calibration
