#include "core/book/recent.hpp"

namespace millpond::book {

void RecentTasks::note(const BookEvent& event)
{
    if (const TaskGiven* given = given_in(event)) {
        auto& tasks = tasks_[given->account];
        if (tasks.size() == kept) {
            places_.erase(tasks.front().task);
            tasks.pop_front();
        }
        tasks.push_back({.task = given->task, .at = given->at, .ruling = given->ruling});
        places_.insert_or_assign(given->task, &tasks.back());
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
    const auto found = places_.find(task);
    return found == places_.end() ? nullptr : found->second;
}

}  // namespace millpond::book
