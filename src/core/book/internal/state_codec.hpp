#pragma once

#include "base/bytes.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "base/wei.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

/// Values as bytes, in one way only: numbers big-endian at their full width, a length in front of
/// whatever has one, keys in their order. A struct names its fields once, in `fields`, and is
/// written and read by that.
namespace millpond::book {

/// The last name of an enumeration; what is beyond is refused.
template <typename Enum>
constexpr Enum last_of = Enum{};

class StateWriter {
public:
    template <typename... T>
    void operator()(const T&... values)
    {
        (put(values), ...);
    }

    /// Bytes that have a form of their own.
    void blob(ByteView bytes)
    {
        put(static_cast<std::uint64_t>(bytes.size()));
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    }

    [[nodiscard]] Bytes take() { return std::move(bytes_); }

private:
    template <std::integral T>
    void put(T value)
    {
        using Bits = std::make_unsigned_t<std::conditional_t<std::same_as<T, bool>, char, T>>;
        const auto bits = static_cast<Bits>(value);
        for (std::size_t byte = sizeof(Bits); byte-- > 0;)
            bytes_.push_back(static_cast<std::uint8_t>(bits >> (8 * byte)));
    }

    template <typename T>
        requires std::is_enum_v<T>
    void put(T value)
    {
        put(static_cast<std::underlying_type_t<T>>(value));
    }

    template <typename Tag, typename T>
    void put(const Strong<Tag, T>& value)
    {
        put(value.value());
    }

    void put(Duration value) { put(static_cast<std::int64_t>(value.count())); }

    void put(Time value) { put(value.time_since_epoch()); }

    void put(const Wei& value) { put(to_big_endian(value)); }

    void put(const std::string& text) { blob(as_bytes(text)); }

    template <typename T, std::size_t Size>
    void put(const std::array<T, Size>& values)
    {
        for (const T& each : values)
            put(each);
    }

    template <typename T>
    void put(const std::optional<T>& value)
    {
        put(value.has_value());
        if (value) put(*value);
    }

    template <typename First, typename Second>
    void put(const std::pair<First, Second>& pair)
    {
        put(pair.first);
        put(pair.second);
    }

    template <typename Many>
        requires requires(const Many& many) { many.size(), many.begin(); }
    void put(const Many& many)
    {
        put(static_cast<std::uint64_t>(many.size()));
        for (const auto& each : many)
            put(each);
    }

    template <typename T>
        requires(std::is_class_v<T> && !requires(const T& many) { many.size(), many.begin(); })
    void put(const T& value)
    {
        fields(*this, value);
    }

    Bytes bytes_;
};

/// Reads nothing but zeros once something was wrong; whoever uses it asks `good` at the end.
class StateReader {
public:
    explicit StateReader(ByteView bytes) : left_(bytes) {}

    template <typename... T>
    void operator()(T&... values)
    {
        (get(values), ...);
    }

    ByteView blob()
    {
        std::uint64_t size = 0;
        get(size);
        return take(size);
    }

    void expect(bool holds) { good_ = good_ && holds; }

    [[nodiscard]] bool good() const { return good_; }

    [[nodiscard]] bool at_end() const { return left_.empty(); }

private:
    ByteView take(std::uint64_t size)
    {
        expect(size <= left_.size());
        if (!good_) return {};
        const ByteView taken = left_.first(size);
        left_ = left_.subspan(size);
        return taken;
    }

    template <std::integral T>
    void get(T& value)
    {
        if constexpr (std::same_as<T, bool>) {
            std::uint8_t byte = 0;
            get(byte);
            expect(byte <= 1);
            value = byte == 1;
        } else {
            std::make_unsigned_t<T> bits = 0;
            for (const std::uint8_t byte : take(sizeof(T)))
                bits = static_cast<std::make_unsigned_t<T>>(bits << 7U << 1U | byte);
            value = static_cast<T>(bits);
        }
    }

    template <typename T>
        requires std::is_enum_v<T>
    void get(T& value)
    {
        std::underlying_type_t<T> number = 0;
        get(number);
        expect(number <= static_cast<std::underlying_type_t<T>>(last_of<T>));
        value = good_ ? static_cast<T>(number) : T{};
    }

    template <typename Tag, typename T>
    void get(Strong<Tag, T>& value)
    {
        T inside{};
        get(inside);
        value = Strong<Tag, T>{std::move(inside)};
    }

    void get(Duration& value)
    {
        // No sum of two overflows.
        constexpr std::int64_t most = std::int64_t{1} << 60;
        std::int64_t count = 0;
        get(count);
        expect(-most <= count && count <= most);
        value = Duration{good_ ? count : 0};
    }

    void get(Time& value)
    {
        Duration since{};
        get(since);
        value = Time{since};
    }

    void get(Wei& value)
    {
        Hash32 word{};
        get(word);
        value = wei_of(word);
    }

    void get(std::string& text) { text = as_text(blob()); }

    template <typename T, std::size_t Size>
    void get(std::array<T, Size>& values)
    {
        for (T& each : values)
            get(each);
    }

    template <typename T>
    void get(std::optional<T>& value)
    {
        bool there = false;
        get(there);
        if (there) get(value.emplace());
    }

    template <typename Many>
        requires requires(Many& many) { many.emplace_back(); }
    void get(Many& many)
    {
        std::uint64_t size = 0;
        get(size);
        // Bytes run out long before a length that is not true.
        for (std::uint64_t i = 0; i < size && good_; ++i)
            get(many.emplace_back());
    }

    template <typename T>
    void get(std::set<T>& many)
    {
        std::uint64_t size = 0;
        get(size);
        for (std::uint64_t i = 0; i < size && good_; ++i) {
            T each{};
            get(each);
            expect(many.empty() || *many.rbegin() < each);
            if (good_) many.insert(many.end(), std::move(each));
        }
    }

    template <typename Key, typename Value>
    void get(std::map<Key, Value>& many)
    {
        std::uint64_t size = 0;
        get(size);
        for (std::uint64_t i = 0; i < size && good_; ++i) {
            Key key{};
            Value value{};
            get(key);
            get(value);
            expect(many.empty() || many.rbegin()->first < key);
            if (good_) many.emplace_hint(many.end(), std::move(key), std::move(value));
        }
    }

    template <typename T>
        requires(std::is_class_v<T> && !requires(const T& many) { many.size(), many.begin(); })
    void get(T& value)
    {
        fields(*this, value);
    }

    ByteView left_;
    bool good_ = true;
};

}  // namespace millpond::book
