#pragma once

#include "model/book_event.hpp"

#include <optional>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace millpond::store {

class ObjectText;

/// Such as `task_given`; what happens to money has kinds like `pay_earned`.
[[nodiscard]] std::string_view kind_of(const BookEvent& event);

void write(ObjectText& json, const BookEvent& event);

/// Nothing for a kind that is none of the book's. Throws, with the key's name, for what is missing
/// or of a wrong type.
[[nodiscard]] std::optional<BookEvent> book_event_of(
    std::string_view kind, const nlohmann::json& json
);

}  // namespace millpond::store
