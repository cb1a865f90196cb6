#pragma once

#include <compare>
#include <functional>
#include <utility>

namespace millpond {

/// A value with a name of its own, so that two ids of the same shape cannot be mixed up.
/// Conversions are explicit, both ways.
template <typename Tag, typename T>
class Strong {
public:
    constexpr Strong() = default;

    constexpr explicit Strong(T value) : value_(std::move(value)) {}

    [[nodiscard]] constexpr const T& value() const { return value_; }

    auto operator<=>(const Strong&) const = default;

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
