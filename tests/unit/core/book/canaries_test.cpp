#include "tests/unit/core/book/pool_days.hpp"

#include <algorithm>

namespace millpond::book {
namespace {

using History = std::vector<BookEvent>;

Settings with_canaries(std::uint64_t ppm)
{
    Settings settings = short_rules();
    Parameters parameters = settings.rules.parameters;
    parameters.canaries_ppm = ppm;
    settings.rules = policy::make_rules(parameters, settings.rules.table);
    return settings;
}

/// Behind every task a canary, with four transcoders.
const PoolDays& honest()
{
    static const PoolDays days = [] {
        PoolDays made{with_canaries(1'000'000)};
        made.begin_epoch();
        for (std::uint64_t number = 1; number <= 4; ++number) {
            made.join(number);
            made.qualify(number);
        }
        for (int i = 0; i < 60; ++i)
            made.segment(static_cast<std::uint64_t>(1 + i % 4));
        made.tick();
        made.end_epoch();
        return made;
    }();
    return days;
}

std::size_t find_canary(const History& history)
{
    for (std::size_t i = history.size(); i-- > 0;)
        if (std::holds_alternative<CanaryGiven>(history[i])) return i;
    ADD_FAILURE() << "there is no canary";
    return 0;
}

Breach breach_when(const std::function<void(History&)>& bend)
{
    History history = honest().history;
    bend(history);
    const auto problem = honest().audit(history);
    EXPECT_TRUE(problem) << "the bent history was taken";
    return problem ? problem->breach : Breach::root_differs;
}

CanaryGiven& canary(History& history)
{
    return std::get<CanaryGiven>(history[find_canary(history)]);
}

TEST(Canaries, of_an_honest_day_are_found_in_order_by_an_audit)
{
    EXPECT_EQ(honest().audit(honest().history), std::nullopt);
}

TEST(Canaries, go_to_who_had_the_task_and_are_looked_at_whole_and_paid)
{
    const History& history = honest().history;
    std::map<TaskId, Address> given;
    std::set<TaskId> canaries;
    std::size_t live = 0;
    std::size_t paid = 0;
    for (const BookEvent& event : history) {
        if (const auto* task = std::get_if<TaskGiven>(&event)) {
            given[task->task] = task->account;
            if (task->ruling.mode != 0) ++live;
        }
        if (const auto* one = std::get_if<CanaryGiven>(&event)) {
            EXPECT_EQ(one->given.account, given.at(one->behind));
            canaries.insert(one->given.task);
        }
        if (const auto* examined = std::get_if<TaskExamined>(&event);
            examined != nullptr && canaries.contains(examined->task))
            EXPECT_EQ(examined->tiers & 7U, 7U);
        const auto* money = std::get_if<MoneyEvent>(&event);
        const auto* earned = money == nullptr ? nullptr : std::get_if<PayEarned>(money);
        if (earned != nullptr && canaries.contains(earned->task)) ++paid;
    }
    EXPECT_EQ(canaries.size(), live);
    EXPECT_EQ(paid, live);
}

TEST(Canaries, are_missed_where_one_that_was_drawn_is_left_out)
{
    const auto problem = breach_when([](History& history) {
        const std::size_t at = find_canary(history);
        const TaskId task = canary(history).given.task;
        history.erase(history.begin() + static_cast<std::ptrdiff_t>(at));
        std::erase_if(history, [&](const BookEvent& event) {
            const auto* done = std::get_if<TaskDone>(&event);
            const auto* examined = std::get_if<TaskExamined>(&event);
            const auto* money = std::get_if<MoneyEvent>(&event);
            const auto* earned = money == nullptr ? nullptr : std::get_if<PayEarned>(money);
            return (done != nullptr && done->task == task) ||
                   (examined != nullptr && examined->task == task) ||
                   (earned != nullptr && earned->task == task);
        });
    });
    EXPECT_EQ(problem, Breach::missing_canary);
}

TEST(Canaries, are_missed_at_the_end_of_an_epoch)
{
    PoolDays days{with_canaries(1'000'000)};
    days.begin_epoch();
    days.join(1);
    days.qualify(1);
    const auto chosen =
        days.book.choose({.segment = {.stream = hash(1)}, .price = {.per = Wei{50}}, .at = days.now}
        );
    ASSERT_TRUE(chosen);
    TaskGiven given = *chosen;
    given.task = TaskId{1'000};
    days.write(given);
    days.finish(given);
    days.tick();
    ASSERT_TRUE(days.book.owed());
    EXPECT_EQ(days.book.owed()->breach, Breach::missing_canary);
}

TEST(Canaries, that_nobody_drew_are_refused)
{
    EXPECT_EQ(
        breach_when([](History& history) { canary(history).behind = TaskId{999'999}; }),
        Breach::missing_canary
    );
}

TEST(Canaries, are_not_checked_less_than_whole)
{
    EXPECT_EQ(
        breach_when([](History& history) { canary(history).given.ruling.check_ppm[2] = 0; }),
        Breach::wrong_ruling
    );
}

TEST(Canaries, are_not_said_to_be_wanting_while_somebody_is_there)
{
    EXPECT_EQ(
        breach_when([](History& history) {
            const std::size_t at = find_canary(history);
            const CanaryGiven given = canary(history);
            history[at] = CanaryWanting{.behind = given.behind, .at = given.given.at};
        }),
        Breach::missing_canary
    );
}

TEST(Canaries, are_wanting_when_who_had_the_task_has_left)
{
    PoolDays days{with_canaries(1'000'000)};
    days.begin_epoch();
    days.join(1);
    days.qualify(1);
    const auto chosen =
        days.book.choose({.segment = {.stream = hash(1)}, .price = {.per = Wei{50}}, .at = days.now}
        );
    TaskGiven given = *chosen;
    given.task = TaskId{1'000};
    days.write(given);
    days.write(TaskDropped{.task = given.task, .reason = "left"});
    days.write(MachineLeft{.transcoder = TranscoderId{1}});
    days.give_canaries();
    EXPECT_TRUE(std::holds_alternative<CanaryWanting>(days.history.back()));
    days.tick();
    EXPECT_FALSE(days.book.owed());
}

TEST(Canaries, keep_a_lane_free_when_they_could_not_be_given_at_once)
{
    PoolDays days{with_canaries(1'000'000)};
    days.begin_epoch();
    days.join(1);
    days.qualify(1);
    const Ask ask{.segment = {.stream = hash(1)}, .price = {.per = Wei{50}}, .at = days.now};
    TaskGiven given = *days.book.choose(ask);
    given.task = TaskId{1'000};
    days.write(given);
    days.finish(given);
    days.tick();
    EXPECT_FALSE(days.book.choose(
        {.segment = {.stream = hash(1), .seq = 1}, .price = {.per = Wei{50}}, .at = days.now}
    )) << "on probation there is one lane";
    days.give_canaries();
    EXPECT_TRUE(days.book.choose(
        {.segment = {.stream = hash(1), .seq = 1}, .price = {.per = Wei{50}}, .at = days.now}
    ));
}

}  // namespace
}  // namespace millpond::book
