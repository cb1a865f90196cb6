#pragma once

#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

namespace millpond::picture {

/// A number of foreign JSON as it stands there. The library would convert fractions, truth values
/// and what does not fit. Throws std::out_of_range.
template <std::integral Number>
Number whole_number(const nlohmann::json& value)
{
    const bool fits =
        value.is_number_unsigned()
            ? std::in_range<Number>(value.get<std::uint64_t>())
            : value.is_number_integer() && std::in_range<Number>(value.get<std::int64_t>());
    if (!fits) throw std::out_of_range(value.dump() + " is not a whole number that fits");
    return value.get<Number>();
}

}  // namespace millpond::picture
