#pragma once

#include "base/assert.hpp"

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace millpond {

template <typename T>
class Task;

namespace task_detail {

/// Hands control back to whoever awaits the task, without growing the stack.
struct FinalAwaiter {
    [[nodiscard]] bool await_ready() const noexcept { return false; }

    template <typename Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept
    {
        const auto next = self.promise().continuation;
        return next ? next : std::noop_coroutine();
    }

    void await_resume() const noexcept {}
};

struct PromiseBase {
    std::coroutine_handle<> continuation;

    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }

    [[nodiscard]] FinalAwaiter final_suspend() const noexcept { return {}; }

    // An edge catches what its libraries throw; an exception that gets here is a bug.
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
};

template <typename T>
struct Promise : PromiseBase {
    std::optional<T> value;

    Task<T> get_return_object();

    template <typename U>
    void return_value(U&& result)
    {
        value.emplace(std::forward<U>(result));
    }

    T take()
    {
        MILLPOND_ASSERT(value.has_value());
        return std::move(*value);
    }
};

template <>
struct Promise<void> : PromiseBase {
    Task<void> get_return_object();

    void return_void() const noexcept {}

    void take() const noexcept {}
};

}  // namespace task_detail

/// A coroutine that starts when it is awaited and gives back one value. All tasks run on the
/// loop's thread. A task that is destroyed before its end takes its frame with it.
template <typename T>
class [[nodiscard]] Task {
public:
    using promise_type = task_detail::Promise<T>;
    using Handle = std::coroutine_handle<promise_type>;

    explicit Task(Handle handle) : handle_(handle) {}

    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}

    Task& operator=(Task&& other) noexcept
    {
        std::swap(handle_, other.handle_);
        return *this;
    }

    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    ~Task()
    {
        if (handle_) handle_.destroy();
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }

    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept
    {
        MILLPOND_ASSERT(handle_);
        handle_.promise().continuation = awaiting;
        return handle_;
    }

    T await_resume() { return handle_.promise().take(); }

private:
    Handle handle_;
};

namespace task_detail {

template <typename T>
Task<T> Promise<T>::get_return_object()
{
    return Task<T>{std::coroutine_handle<Promise<T>>::from_promise(*this)};
}

inline Task<void> Promise<void>::get_return_object()
{
    return Task<void>{std::coroutine_handle<Promise<void>>::from_promise(*this)};
}

/// A coroutine nobody waits for: it starts at once and frees itself at its end.
struct Detached {
    struct promise_type {
        Detached get_return_object() const noexcept { return {}; }

        std::suspend_never initial_suspend() const noexcept { return {}; }

        std::suspend_never final_suspend() const noexcept { return {}; }

        void return_void() const noexcept {}

        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
};

inline Detached run_detached(Task<void> task)
{
    co_await std::move(task);
}

}  // namespace task_detail

/// Starts a task that runs on by itself. What it refers to must outlive it.
inline void spawn(Task<void> task)
{
    task_detail::run_detached(std::move(task));
}

}  // namespace millpond
