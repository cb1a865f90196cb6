#pragma once

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

/// What the library would take in kindly, taken in strictly. What is missing or of the wrong type
/// is thrown with its key's name.
namespace millpond::store {

using Json = nlohmann::json;

[[noreturn]] inline void refuse(const char* key, const char* why)
{
    throw std::invalid_argument(std::string{key} + " is " + why);
}

inline std::string text_at(const Json& json, const char* key)
{
    const Json& value = json.at(key);
    if (!value.is_string()) refuse(key, "not a text");
    return value.get<std::string>();
}

inline bool flag_at(const Json& json, const char* key)
{
    const Json& value = json.at(key);
    if (!value.is_boolean()) refuse(key, "not true or false");
    return value.get<bool>();
}

inline const Json& list_at(const Json& json, const char* key)
{
    const Json& value = json.at(key);
    if (!value.is_array()) refuse(key, "not a list");
    return value;
}

inline Bytes bytes_at(const Json& json, const char* key)
{
    auto bytes = parse_hex(text_at(json, key));
    if (!bytes) refuse(key, "not hex");
    return std::move(*bytes);
}

template <std::size_t Size>
std::array<std::uint8_t, Size> array_of(const Bytes& bytes, const char* key)
{
    if (bytes.size() != Size) refuse(key, "of a wrong length");
    std::array<std::uint8_t, Size> out{};
    std::ranges::copy(bytes, out.begin());
    return out;
}

/// The library would convert fractions, truth values and what does not fit.
template <std::integral Number>
Number number_of(const Json& value, const char* key)
{
    const bool fits =
        value.is_number_unsigned()
            ? std::in_range<Number>(value.get<std::uint64_t>())
            : value.is_number_integer() && std::in_range<Number>(value.get<std::int64_t>());
    if (!fits) refuse(key, "not a number that fits");
    return value.get<Number>();
}

template <std::integral Number>
Number number_at(const Json& json, const char* key)
{
    return number_of<Number>(json.at(key), key);
}

}  // namespace millpond::store
