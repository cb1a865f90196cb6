#include "core/book/recent.hpp"

#include <algorithm>
#include <ranges>

namespace millpond::book {

void RecentTasks::note(const BookEvent& event)
{
    if (const TaskGiven* given = given_in(event)) {
        auto& tasks = tasks_[given->account];
        if (tasks.size() == kept) {
            whose_.erase(tasks.front().task);
            tasks.pop_front();
        }
        tasks.push_back({.task = given->task, .at = given->at, .ruling = given->ruling});
        whose_.insert_or_assign(whose_.end(), given->task, given->account);
    } else if (const auto* done = std::get_if<TaskDone>(&event)) {
        if (auto* task = find(done->task)) task->done = true;
    } else if (const auto* examined = std::get_if<TaskExamined>(&event)) {
        if (auto* task = find(examined->task)) task->examined = *examined;
    } else if (const auto* dropped = std::get_if<TaskDropped>(&event)) {
        if (auto* task = find(dropped->task)) task->dropped = dropped->reason;
    } else if (const auto* money = std::get_if<MoneyEvent>(&event)) {
        const auto* earned = std::get_if<PayEarned>(money);
        if (earned == nullptr) return;
        if (auto* task = find(earned->task)) task->earned = *earned;
    } else if (std::holds_alternative<BookReopened>(event)) {
        for (auto& [account, tasks] : tasks_) {
            for (RecentTask& task : tasks) {
                const bool over = task.earned || task.examined || !task.dropped.empty();
                if (!over) task.dropped = "the pool began anew";
            }
        }
    }
}

const std::deque<RecentTask>& RecentTasks::of(const Address& account) const
{
    static const std::deque<RecentTask> none;
    const auto found = tasks_.find(account);
    return found == tasks_.end() ? none : found->second;
}

RecentTask* RecentTasks::find(TaskId task)
{
    const auto account = whose_.find(task);
    if (account == whose_.end()) return nullptr;
    auto& tasks = tasks_.at(account->second);
    // Mostly one of the last.
    auto newest_first = std::views::reverse(tasks);
    const auto found = std::ranges::find(newest_first, task, &RecentTask::task);
    return found == newest_first.end() ? nullptr : &*found;
}

}  // namespace millpond::book
