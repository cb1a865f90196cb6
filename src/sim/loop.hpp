#pragma once

#include "base/clock.hpp"

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <functional>
#include <map>
#include <utility>

namespace millpond::sim {

/// A process's loop in virtual time.
class VirtualLoop final : public Clock {
public:
    explicit VirtualLoop(Time start) : now_(start) {}

    [[nodiscard]] Time now() const override { return now_; }

    TimerId at(Time when, std::move_only_function<void()> then) override
    {
        const TimerId id = ++last_;
        timers_.emplace(std::pair{std::max(when, now_), id}, std::move(then));
        return id;
    }

    void cancel(TimerId timer) override
    {
        std::erase_if(timers_, [&](const auto& each) { return each.first.second == timer; });
    }

    /// Runs what falls due until then, each at its time.
    void run(Time until)
    {
        while (!timers_.empty() && timers_.begin()->first.first <= until)
            run_first();
        now_ = std::max(now_, until);
    }

    /// The clock is set forward: what fell due meanwhile comes late, all at once.
    void jump(Time to) { now_ = std::max(now_, to); }

    /// Runs whatever is left; false where it does not end.
    bool drain(std::size_t most)
    {
        for (; !timers_.empty() && most > 0; --most)
            run_first();
        return timers_.empty();
    }

private:
    void run_first()
    {
        auto next = timers_.extract(timers_.begin());
        now_ = std::max(now_, next.key().first);
        next.mapped()();
    }

    Time now_;
    TimerId last_ = 0;
    std::map<std::pair<Time, TimerId>, std::move_only_function<void()>> timers_;
};

/// `co_await Sleep{loop, until}`.
struct Sleep {
    VirtualLoop& loop;
    Time until;

    [[nodiscard]] bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> waiting) const
    {
        loop.at(until, [waiting] { waiting.resume(); });
    }

    void await_resume() const noexcept {}
};

}  // namespace millpond::sim
