// Segments that several transcoders do: who gets a replica, and when results are held against each
// other.
#include "core/book/book.hpp"

#include <algorithm>
#include <string>

namespace millpond::book {
namespace {

std::string name(const SegmentKey& segment)
{
    return "segment " + std::to_string(segment.seq) + " of " + to_hex(segment.stream);
}

}  // namespace

std::uint8_t Book::replica_due(const SegmentKey& segment) const
{
    const auto found = replicated_.find(segment);
    if (found == replicated_.end() || found->second.placed == found->second.drawn) return 0;
    return static_cast<std::uint8_t>(found->second.placed + 1);
}

std::optional<TaskGiven> Book::choose_replica(const SegmentKey& segment, Time at) const
{
    const std::uint8_t due = replica_due(segment);
    if (due == 0) return std::nullopt;
    Ask ask = replicated_.at(segment).ask;
    ask.at = at;
    auto given = choose(ask);
    if (given) given->replica = due;
    return given;
}

std::vector<TaskId> Book::comparison_due(const SegmentKey& segment) const
{
    const auto found = replicated_.find(segment);
    if (found == replicated_.end() || found->second.compared) return {};
    const bool sealed = std::ranges::all_of(found->second.tasks, [this](TaskId id) {
        return tasks_.at(id).done.has_value();
    });
    return sealed ? found->second.tasks : std::vector<TaskId>{};
}

const Replicated* Book::group_of(const Task& task, TaskId id) const
{
    const auto found = replicated_.find(task.given.segment);
    if (found == replicated_.end()) return nullptr;
    const bool inside = std::ranges::find(found->second.tasks, id) != found->second.tasks.end();
    return inside ? &found->second : nullptr;
}

Book::Outcome Book::check_replica(const TaskGiven& event) const
{
    const auto found = replicated_.find(event.segment);
    const std::string what = "task " + std::to_string(event.task.value());
    // Nothing is added to results that were compared.
    if (found != replicated_.end() && found->second.compared)
        return because(Problem{Breach::out_of_order, what});
    if (event.replica == 0) return {};
    const bool due = event.replica == replica_due(event.segment);
    if (!due) return because(Problem{Breach::wrong_ruling, what + " is a replica nobody drew"});
    const Ask& ask = found->second.ask;
    const bool same = event.stream_class == ask.stream_class && event.window == ask.window &&
                      event.price == ask.price && event.duration == ask.duration;
    if (same) return {};
    return because(Problem{Breach::wrong_ruling, what + " is not what its segment is"});
}

void Book::note_replicated(const TaskGiven& event)
{
    auto found = replicated_.find(event.segment);
    if (found == replicated_.end()) {
        if (event.ruling.replicas < 2) return;
        Replicated group{
            .ask =
                {.segment = event.segment,
                 .stream_class = event.stream_class,
                 .window = event.window,
                 .price = event.price,
                 .duration = event.duration,
                 .at = event.at},
            .drawn = static_cast<std::uint8_t>(event.ruling.replicas - 1),
            .tasks = {},
            .compared = {},
        };
        found = replicated_.emplace(event.segment, std::move(group)).first;
    }
    if (event.replica != 0) ++found->second.placed;
    found->second.tasks.push_back(event.task);
}

void Book::leave_comparison(const Task& task, TaskId id)
{
    const auto found = replicated_.find(task.given.segment);
    if (found == replicated_.end()) return;
    std::erase(found->second.tasks, id);
    if (found->second.compared && found->second.tasks.empty()) replicated_.erase(found);
}

Book::Outcome Book::on(const ReplicaWanting& event)
{
    const std::string what = name(event.segment);
    if (event.replica == 0 || event.replica != replica_due(event.segment))
        return because(Problem{Breach::out_of_order, what});
    if (seeds_ && choose_replica(event.segment, event.at))
        return because(Problem{Breach::missing_replica, what + ": somebody could have had it"});
    ++replicated_.at(event.segment).placed;
    return {};
}

Book::Outcome Book::on(const ResultsCompared& event)
{
    const std::string what = name(event.segment);
    const auto found = replicated_.find(event.segment);
    if (found == replicated_.end() || found->second.compared)
        return because(Problem{Breach::out_of_order, what});
    const std::vector<TaskId> due = comparison_due(event.segment);
    const bool all =
        !due.empty() &&
        std::ranges::equal(due, event.results, {}, {}, [](const auto& each) { return each.task; });
    if (!all) return because(Problem{Breach::unsealed, what});
    // One alone cannot agree or differ.
    if (due.size() < 2 && event.finding != ExamFinding::unclear)
        return because(Problem{Breach::unsealed, what});
    found->second.compared = event.finding;
    for (const TaskId id : due)
        settle_if_over(id);
    return {};
}

std::optional<Problem> Book::owed() const
{
    for (const auto& [id, task] : tasks_) {
        const bool young = epoch_ && task.epoch == epoch_->epoch && task.tick == tick_;
        if (task.voucher == 0 || young) continue;
        const std::string what = "task " + std::to_string(id.value());
        const std::uint32_t examined = task.examined ? task.examined->tiers : 0;
        if ((checks_of(id) & ~examined) != 0) return Problem{Breach::missing_check, what};
        const Replicated* group = group_of(task, id);
        if (group != nullptr && !comparison_due(task.given.segment).empty())
            return Problem{Breach::missing_comparison, what};
    }
    return owed_canary();
}

void Book::settle_if_over(TaskId id)
{
    const Task& task = tasks_.at(id);
    if (task.voucher == 0) return;
    const Replicated* group = group_of(task, id);
    if (group != nullptr && !group->compared) return;
    const std::uint32_t due = checks_of(id);
    const bool over = task.examined ? (due & ~task.examined->tiers) == 0 : task.seed && due == 0;
    if (over) settle_task(id, false);
}

}  // namespace millpond::book
