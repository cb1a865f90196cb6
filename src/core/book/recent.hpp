#pragma once

#include "base/wei.hpp"
#include "model/book_event.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace millpond::book {

/// What became of one task, for the one who had it.
struct RecentTask {
    TaskId task;
    Time at;
    Ruling ruling;
    bool done = false;
    std::optional<TaskExamined> examined;
    std::string dropped;  ///< why it came to nothing; empty where it did not
    std::optional<PayEarned> earned;
};

/// The newest tasks of each account. Nothing follows from them: they are kept for whoever asks why.
class RecentTasks {
public:
    RecentTasks() = default;
    RecentTasks(RecentTasks&&) = default;
    RecentTasks& operator=(RecentTasks&&) = default;

    static constexpr std::size_t kept = 50;  ///< of each account

    /// An event that the book has taken in.
    void note(const BookEvent& event);

    /// Oldest first; empty for an account without any.
    [[nodiscard]] const std::deque<RecentTask>& of(const Address& account) const;

private:
    friend struct KeptState;
    RecentTask* find(TaskId task);

    std::map<Address, std::deque<RecentTask>> tasks_;
    std::unordered_map<TaskId, RecentTask*> places_;  ///< in those
};

}  // namespace millpond::book
