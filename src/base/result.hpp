#pragma once

#include <expected>
#include <string>
#include <type_traits>
#include <utility>

namespace millpond {

/// A value, or the reason why there is none. The reason is a module's own `Refusal` or a `Fault`.
template <typename T, typename Reason>
class [[nodiscard]] Result : public std::expected<T, Reason> {
public:
    using std::expected<T, Reason>::expected;
};

template <typename Reason>
[[nodiscard]] constexpr std::unexpected<std::decay_t<Reason>> because(Reason&& reason)
{
    return std::unexpected<std::decay_t<Reason>>(std::forward<Reason>(reason));
}

/// The world outside failed us. Nobody is to blame; `retryable` says whether to ask again.
struct Fault {
    std::string what;
    bool retryable = false;

    bool operator==(const Fault&) const = default;
};

}  // namespace millpond

#define MILLPOND_JOIN2(a, b) a##b
#define MILLPOND_JOIN(a, b) MILLPOND_JOIN2(a, b)
#define MILLPOND_TRY_AS(leave, result, declaration, ...)      \
    auto&& result = (__VA_ARGS__);                            \
    if (!result) [[unlikely]]                                 \
        leave ::millpond::because(std::move(result).error()); \
    declaration = *std::move(result)

/// MILLPOND_TRY(const Quote quote, price(segment)): binds the value, or returns the reason.
#define MILLPOND_TRY(declaration, ...) \
    MILLPOND_TRY_AS(return, MILLPOND_JOIN(millpond_result_, __LINE__), declaration, __VA_ARGS__)

/// The same inside a coroutine; the expression is a finished Result, awaited on its own line.
#define MILLPOND_CO_TRY(declaration, ...) \
    MILLPOND_TRY_AS(co_return, MILLPOND_JOIN(millpond_result_, __LINE__), declaration, __VA_ARGS__)
