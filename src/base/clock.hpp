#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <functional>

namespace millpond {

/// Time and timers. The real loop answers it, and so does the simulator's virtual one.
/// Everything happens on the loop's one thread.
class Clock {
public:
    using TimerId = std::uint64_t;

    virtual ~Clock() = default;

    /// Never goes backwards within a process.
    [[nodiscard]] virtual Time now() const = 0;

    /// Calls `then` once, on the loop, at `when` or at the next turn if that has passed.
    virtual TimerId at(Time when, std::move_only_function<void()> then) = 0;

    /// Forgets a timer. One that has run already, or 0, is not an error.
    virtual void cancel(TimerId timer) = 0;
};

}  // namespace millpond
