#pragma once

#include "base/strong.hpp"
#include "base/time.hpp"
#include "base/wei.hpp"
#include "edge/store/internal/object_text.hpp"
#include "edge/store/internal/read_json.hpp"

#include <array>
#include <string_view>
#include <type_traits>
#include <vector>

/// A type's JSON is told once, by a function `fields(io, value)` that names its members in the
/// order of the alphabet; these two walk through it, one to write and one to read.
namespace millpond::store {

template <typename T>
struct IsStrong : std::false_type {};

template <typename Tag, typename T>
struct IsStrong<Strong<Tag, T>> : std::true_type {};

template <typename T>
struct IsVector : std::false_type {};

template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};

template <typename T>
struct IsBytes : std::false_type {};

template <std::size_t Size>
struct IsBytes<std::array<std::uint8_t, Size>> : std::true_type {};

template <typename T>
struct IsNumbers : std::false_type {};

template <std::size_t Size>
struct IsNumbers<std::array<std::uint32_t, Size>> : std::true_type {};

/// The names of an enumeration's values, in their order.
template <typename Enum>
struct Names;

/// So far away that nobody's, and so near that sums of a few of them are still numbers.
constexpr std::int64_t latest_us = 253'402'300'800'000'000;  ///< the year 10000
constexpr std::int64_t longest_us = 10'000'000'000'000'000;  ///< three hundred years

class FieldWriter {
public:
    static constexpr bool reads = false;

    explicit FieldWriter(ObjectText& json) : json_(json) {}

    template <typename T>
    void operator()(const char* key, const T& value)
    {
        if constexpr (IsStrong<T>::value) {
            (*this)(key, value.value());
        } else if constexpr (std::is_same_v<T, Wei>) {
            json_.add(key, to_text(value));
        } else if constexpr (std::is_same_v<T, Time>) {
            json_.add(key, value.time_since_epoch().count());
        } else if constexpr (std::is_same_v<T, Duration>) {
            json_.add(key, value.count());
        } else if constexpr (std::is_same_v<T, bool>) {
            json_.add_flag(key, value);
        } else if constexpr (std::is_enum_v<T>) {
            json_.add(key, Names<T>::value.at(static_cast<std::size_t>(value)));
        } else if constexpr (std::is_integral_v<T> || std::is_same_v<T, std::string>) {
            json_.add(key, value);
        } else if constexpr (IsBytes<T>::value) {
            json_.add_hex(key, value);
        } else if constexpr (IsNumbers<T>::value) {
            json_.add_numbers(key, value);
        } else if constexpr (IsVector<T>::value) {
            json_.add_objects(key, value, [](ObjectText& inner, const auto& each) {
                FieldWriter io{inner};
                fields(io, each);
            });
        } else {
            json_.add_object(key, [&](ObjectText& inner) {
                FieldWriter io{inner};
                fields(io, value);
            });
        }
    }

private:
    ObjectText& json_;
};

class FieldReader {
public:
    static constexpr bool reads = true;

    explicit FieldReader(const Json& json) : json_(json) {}

    template <typename T>
    void operator()(const char* key, T& value)
    {
        if constexpr (IsStrong<T>::value) {
            auto inside = value.value();
            (*this)(key, inside);
            value = T{std::move(inside)};
        } else if constexpr (std::is_same_v<T, Wei>) {
            const auto amount = parse_wei(text_at(json_, key));
            if (!amount) refuse(key, "not an amount");
            value = *amount;
        } else if constexpr (std::is_same_v<T, Time>) {
            value = Time{Duration{between(key, 0, latest_us)}};
        } else if constexpr (std::is_same_v<T, Duration>) {
            value = Duration{between(key, 0, longest_us)};
        } else if constexpr (std::is_same_v<T, bool>) {
            value = flag_at(json_, key);
        } else if constexpr (std::is_enum_v<T>) {
            const auto& names = Names<T>::value;
            const auto* const found = std::ranges::find(names, text_at(json_, key));
            if (found == names.end()) refuse(key, "none of its names");
            value = static_cast<T>(found - names.begin());
        } else if constexpr (std::is_same_v<T, std::string>) {
            value = text_at(json_, key);
        } else if constexpr (std::is_integral_v<T>) {
            value = number_at<T>(json_, key);
        } else if constexpr (IsBytes<T>::value) {
            value = array_of<std::tuple_size_v<T>>(bytes_at(json_, key), key);
        } else if constexpr (IsNumbers<T>::value) {
            const Json& list = list_at(json_, key);
            if (list.size() != value.size()) refuse(key, "of a wrong length");
            for (std::size_t i = 0; i < value.size(); ++i)
                value.at(i) = number_of<std::uint32_t>(list[i], key);
        } else if constexpr (IsVector<T>::value) {
            value.clear();
            for (const Json& each : list_at(json_, key)) {
                FieldReader io{each};
                fields(io, value.emplace_back());
            }
        } else {
            FieldReader io{json_.at(key)};
            fields(io, value);
        }
    }

private:
    [[nodiscard]] std::int64_t between(const char* key, std::int64_t least, std::int64_t most) const
    {
        const auto number = number_at<std::int64_t>(json_, key);
        if (number < least || number > most) refuse(key, "out of its range");
        return number;
    }

    const Json& json_;
};

/// `T` as `fields` takes it: what is read is changed.
template <typename Io, typename T>
using As = std::conditional_t<Io::reads, T, const T>;

}  // namespace millpond::store
