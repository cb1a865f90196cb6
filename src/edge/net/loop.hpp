#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"
#include "base/time.hpp"

#include <functional>
#include <memory>

namespace millpond::net {

/// The one loop that owns all state: timers, sockets and what other threads post to it.
class Loop final : public Clock {
public:
    Loop();
    ~Loop() override;
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Runs until `stop`; returns when the current callback is done.
    void run();
    /// From any thread or signal watcher.
    void stop();
    /// From any thread: runs `what` on the loop, soon, in order of the posts.
    void post(std::move_only_function<void()> what);

    [[nodiscard]] Time now() const override;
    TimerId at(Time when, std::move_only_function<void()> then) override;
    void cancel(TimerId timer) override;

    /// Suspends the awaiting task until `when`.
    Task<void> sleep_until(Time when);

    /// Calls `then` on the loop each time the process gets one of the signals.
    void on_signals(std::initializer_list<int> signals, std::function<void(int)> then);

    /// For this module's own sources.
    struct Inside;

    [[nodiscard]] Inside& inside() { return *inside_; }

private:
    std::unique_ptr<Inside> inside_;
};

/// For a program that moves many bodies: the allocator keeps up to 128 MiB of what is freed
/// instead of giving each body's pages back to the system and asking for zeroed ones again.
/// Before the first thread.
void keep_freed_memory();

}  // namespace millpond::net
