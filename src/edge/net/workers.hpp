#pragma once

#include "base/assert.hpp"
#include "base/task.hpp"
#include "edge/net/loop.hpp"

#include <condition_variable>
#include <coroutine>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace millpond::net {

/// Named threads for what is slow. Values go in, values come back; no worker touches the state.
class Workers {
public:
    struct Settings {
        std::string name = "worker";  ///< of the threads, up to 12 characters
        int threads = 1;
        int nice = 0;  ///< added to the process's own niceness
    };

    Workers(Loop& loop, const Settings& settings);
    /// Finishes what runs, drops what waits, joins.
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// Runs `work` on a worker and resumes the awaiting task on the loop with what it returned.
    template <typename Work>
    auto run(Work work) -> Task<std::invoke_result_t<Work&>>
    {
        using Value = std::invoke_result_t<Work&>;

        struct Awaiter {
            Workers& workers;
            Work& work;
            std::optional<Value> value;

            [[nodiscard]] bool await_ready() const noexcept { return false; }

            void await_suspend(std::coroutine_handle<> waiting)
            {
                workers.enqueue([this, waiting] {
                    value.emplace(work());
                    workers.loop_.post([waiting] { waiting.resume(); });
                });
            }

            Value await_resume()
            {
                MILLPOND_ASSERT(value.has_value());
                return std::move(*value);
            }
        };

        co_return co_await Awaiter{.workers = *this, .work = work, .value = std::nullopt};
    }

    /// Runs `work` on a worker and then `then` on the loop, with what it returned.
    template <typename Work, typename Then>
    void submit(Work work, Then then)
    {
        enqueue([this, work = std::move(work), then = std::move(then)]() mutable {
            loop_.post([value = work(), then = std::move(then)]() mutable {
                then(std::move(value));
            });
        });
    }

private:
    void enqueue(std::move_only_function<void()> job);
    void serve(const Settings& settings);

    Loop& loop_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::move_only_function<void()>> jobs_;  // guarded by mutex_
    bool stopping_ = false;                             // guarded by mutex_
    std::vector<std::thread> threads_;
};

}  // namespace millpond::net
