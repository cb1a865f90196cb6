#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <utility>

namespace millpond {

/// The order of the bytes, as memcmp has it, eight at a time: maps by address ask for it all day.
template <std::size_t size>
    requires(size >= sizeof(std::uint64_t))
[[nodiscard]] std::strong_ordering order_of(
    const std::array<std::uint8_t, size>& left, const std::array<std::uint8_t, size>& right
)
{
    static_assert(std::endian::native == std::endian::little);
    constexpr std::size_t step = sizeof(std::uint64_t);
    for (std::size_t at = 0; at < size; at += step) {
        const std::size_t from = at + step <= size ? at : size - step;
        std::uint64_t of_left = 0;
        std::uint64_t of_right = 0;
        std::memcpy(&of_left, left.data() + from, step);
        std::memcpy(&of_right, right.data() + from, step);
        if (of_left != of_right) return __builtin_bswap64(of_left) <=> __builtin_bswap64(of_right);
    }
    return std::strong_ordering::equal;
}

/// A value with a name of its own, so that two ids of the same shape cannot be mixed up.
/// Conversions are explicit, both ways.
template <typename Tag, typename T>
class Strong {
public:
    constexpr Strong() = default;

    constexpr explicit Strong(T value) : value_(std::move(value)) {}

    [[nodiscard]] constexpr const T& value() const { return value_; }

    bool operator==(const Strong&) const = default;

    friend constexpr auto operator<=>(const Strong& left, const Strong& right)
    {
        if constexpr (requires { order_of(left.value_, right.value_); })
            return order_of(left.value_, right.value_);
        else
            return left.value_ <=> right.value_;
    }

private:
    T value_{};
};

}  // namespace millpond

template <typename Tag, typename T>
struct std::hash<millpond::Strong<Tag, T>> {
    std::size_t operator()(const millpond::Strong<Tag, T>& id) const
    {
        return std::hash<T>{}(id.value());
    }
};
