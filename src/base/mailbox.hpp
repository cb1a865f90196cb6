#pragma once

#include "base/assert.hpp"

#include <coroutine>
#include <deque>
#include <utility>

namespace millpond {

/// Letters for one reader, in order. A callback or another task pushes; the owner awaits `next()`.
/// Lives on the loop's thread; must outlive its writers.
template <typename T>
class Mailbox {
public:
    Mailbox() = default;
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    /// Resumes the reader before it returns, if one waits.
    void push(T letter)
    {
        letters_.push_back(std::move(letter));
        if (const auto reader = std::exchange(reader_, {})) reader.resume();
    }

    [[nodiscard]] auto next()
    {
        struct Awaiter {
            Mailbox& box;

            [[nodiscard]] bool await_ready() const { return !box.letters_.empty(); }

            void await_suspend(std::coroutine_handle<> reader) const
            {
                MILLPOND_ASSERT(!box.reader_);
                box.reader_ = reader;
            }

            T await_resume() const
            {
                T letter = std::move(box.letters_.front());
                box.letters_.pop_front();
                return letter;
            }
        };

        return Awaiter{*this};
    }

    [[nodiscard]] bool empty() const { return letters_.empty(); }

private:
    std::deque<T> letters_;
    std::coroutine_handle<> reader_;
};

}  // namespace millpond
