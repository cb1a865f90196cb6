#pragma once

#include "base/time.hpp"
#include "core/book/book.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace millpond::api {

using Json = nlohmann::ordered_json;

/// Standing and pay of an account that the book knows. Amounts are decimal wei, as texts.
[[nodiscard]] Json account_json(const book::Book& book, const Address& address, Time now);

[[nodiscard]] double seconds(Duration duration);
/// With the end of its line. Texts of peers may hold bytes that are not UTF-8.
[[nodiscard]] std::string dump(const Json& json);

}  // namespace millpond::api
