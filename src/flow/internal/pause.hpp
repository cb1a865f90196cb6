#pragma once

#include "base/clock.hpp"

#include <coroutine>

namespace millpond {

/// `co_await Pause{clock, time}`: goes on after that time.
struct Pause {
    Clock& clock;
    Duration time;

    [[nodiscard]] bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> waiting) const
    {
        clock.at(clock.now() + time, [waiting] { waiting.resume(); });
    }

    void await_resume() const noexcept {}
};

}  // namespace millpond
