#pragma once

#include "base/result.hpp"
#include "model/entry.hpp"

#include <string>
#include <string_view>

namespace millpond::store {

/// The entry's kind, such as `claimed`.
[[nodiscard]] std::string_view kind_of(const EntryBody& body);

/// One JSON object with its keys in order, in ASCII: the same bytes every time, so that they can be
/// hashed. Texts of peers may hold bytes that are not UTF-8; those are replaced by U+FFFD.
[[nodiscard]] std::string to_json(const EntryBody& body);

/// The fault names the key that is missing or of the wrong type.
[[nodiscard]] Result<EntryBody, Fault> parse_entry(std::string_view kind, std::string_view json);

}  // namespace millpond::store
