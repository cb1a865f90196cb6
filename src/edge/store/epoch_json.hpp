#pragma once

#include "base/result.hpp"
#include "core/settle/epoch.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millpond::store {

/// What is published of an epoch, as one JSON object: the same bytes every time.
[[nodiscard]] std::string to_json(const settle::EpochDocument& document);

/// The fault names the key that is missing or of the wrong type. Whether the document is right is
/// for settle::check.
[[nodiscard]] Result<settle::EpochDocument, Fault> parse_epoch(std::string_view text);

/// Where an epoch's document lies.
[[nodiscard]] std::string epoch_file(const std::string& folder, std::uint64_t epoch);

/// The documents `<number>.json` of a folder in the order of their numbers; files of other names
/// are left alone. The fault names the file that is none.
[[nodiscard]] Result<std::vector<settle::EpochDocument>, Fault> read_epochs(
    const std::string& folder
);

}  // namespace millpond::store
