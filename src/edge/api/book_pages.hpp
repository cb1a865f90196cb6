#pragma once

#include "base/time.hpp"
#include "core/book/book.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millpond::api {

/// The page under this path as JSON; nothing where the book has none. Amounts are decimal wei, as
/// texts.
[[nodiscard]] std::optional<std::string> book_page(
    const book::Book& book, std::string_view path, Time now
);

}  // namespace millpond::api
