#pragma once

#include "tests/system/audit/submission.hpp"

#include <algorithm>
#include <functional>

namespace millpond {

/// Three epochs with transcoders in every state and a case that ended without a fault.
inline const Submission& honest_run()
{
    static const Submission run = [] {
        book::PoolDays days;
        HonestRun honest{days};
        days.begin_epoch();
        for (std::uint64_t number = 1; number <= 8; ++number) {
            days.join(number, 20'000'000 + number * 5'000'000);
            days.qualify(number);
        }
        const auto segments = [&](int count) {
            for (int i = 0; i < count; ++i) {
                if (i % 30 == 29) days.tick();
                days.segment(static_cast<std::uint64_t>(1 + i % 4));
            }
        };
        segments(500);
        honest.end_epoch();
        days.begin_epoch();
        segments(60);
        const auto given = days.segment(1, [](TaskExamined examined) {
            examined.tiers |= 4U;
            examined.finding = ExamFinding::failed;
            examined.second = ExamFinding::failed;
            examined.control = ExamFinding::passed;
            examined.second_report = book::hash(6);
            return examined;
        });
        const Address accused = given->account;
        days.write(CaseOpened{.account = accused, .task = given->task, .at = days.now});
        days.write(MoneyEvent{PayFrozen{
            .transcoder = accused,
            .number = 1,
            .reason = FreezeReason::fault_case,
            .at = days.now,
        }});
        days.write(CaseClosed{.account = accused, .at = days.now});
        days.write(MoneyEvent{PayThawed{.transcoder = accused, .number = 1, .at = days.now}});
        honest.end_epoch();
        days.begin_epoch();
        segments(60);
        // What a last tick leaves to be done may follow in the next epoch.
        days.tick();
        honest.end_epoch();
        return Submission{.history = days.history, .documents = days.documents};
    }();
    return run;
}

/// Where the last event of a kind is that `fits`.
template <typename Event>
std::size_t find_last(const History& history, const std::function<bool(const Event&)>& fits = {})
{
    for (std::size_t i = history.size(); i-- > 0;) {
        const auto* event = std::get_if<Event>(&history[i]);
        if (event != nullptr && (!fits || fits(*event))) return i;
    }
    ADD_FAILURE() << "the honest run has no such event";
    return 0;
}

/// That event, to be bent.
template <typename Event>
Event& last(History& history, const std::function<bool(const Event&)>& fits = {})
{
    return std::get<Event>(history[find_last<Event>(history, fits)]);
}

inline std::size_t find_last_pay(
    const History& history, const std::function<bool(const PayEarned&)>& fits = {}
)
{
    return find_last<MoneyEvent>(history, [&](const MoneyEvent& money) {
        const auto* pay = std::get_if<PayEarned>(&money);
        return pay != nullptr && (!fits || fits(*pay));
    });
}

inline PayEarned& last_pay(History& history, const std::function<bool(const PayEarned&)>& fits = {})
{
    return std::get<PayEarned>(std::get<MoneyEvent>(history[find_last_pay(history, fits)]));
}

inline void erase_at(History& history, std::size_t index)
{
    history.erase(history.begin() + static_cast<std::ptrdiff_t>(index));
}

inline void insert_at(History& history, std::size_t index, BookEvent event)
{
    history.insert(history.begin() + static_cast<std::ptrdiff_t>(index), std::move(event));
}

inline const TaskGiven& given_of(const History& history, TaskId task)
{
    const auto found = std::ranges::find_if(history, [&](const BookEvent& event) {
        const TaskGiven* given = given_in(event);
        return given != nullptr && given->task == task;
    });
    return *given_in(*found);
}

/// Everything that an event says of a task, its pay included.
inline bool is_of(const BookEvent& event, TaskId task)
{
    if (const TaskGiven* given = given_in(event)) return given->task == task;
    if (const auto* done = std::get_if<TaskDone>(&event)) return done->task == task;
    if (const auto* examined = std::get_if<TaskExamined>(&event)) return examined->task == task;
    const auto* money = std::get_if<MoneyEvent>(&event);
    const auto* earned = money == nullptr ? nullptr : std::get_if<PayEarned>(money);
    return earned != nullptr && earned->task == task;
}

inline bool for_a_gateway(const TaskGiven& given)
{
    return given.ruling.mode != static_cast<std::uint8_t>(policy::Mode::shadow);
}

inline bool synchronous(const TaskGiven& given)
{
    return given.ruling.mode == static_cast<std::uint8_t>(policy::Mode::synchronous);
}

}  // namespace millpond
