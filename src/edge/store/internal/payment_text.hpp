#pragma once

#include "edge/store/internal/object_text.hpp"
#include "edge/store/internal/read_json.hpp"
#include "model/entry.hpp"

#include <optional>
#include <string_view>

/// The journal's entries about gateways' tickets as JSON.
namespace millpond::store {

void write(ObjectText& json, const TicketsTaken& entry);
void write(ObjectText& json, const WinnerClosed& entry);

/// Nothing for another kind.
[[nodiscard]] std::optional<EntryBody> payment_entry_of(std::string_view kind, const Json& json);

}  // namespace millpond::store
