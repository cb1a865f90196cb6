#include "tests/unit/core/book/pool_days.hpp"

#include <algorithm>

namespace millpond::book {
namespace {

using History = std::vector<BookEvent>;

/// An honest day, with transcoders in every state, that each test bends in one place.
const PoolDays& honest()
{
    static const PoolDays days = [] {
        PoolDays made = a_day(300);
        made.begin_epoch();
        for (int i = 0; i < 60; ++i)
            made.segment(static_cast<std::uint64_t>(1 + i % 4));
        const auto given = made.segment(1, [](TaskExamined examined) {
            examined.tiers |= 4U;
            examined.finding = ExamFinding::failed;
            examined.second = ExamFinding::failed;
            examined.second_report = hash(6);
            examined.control = ExamFinding::passed;
            return examined;
        });
        made.write(CaseOpened{.account = given->account, .task = given->task, .at = made.now});
        made.write(MoneyEvent{PayFrozen{
            .transcoder = given->account,
            .number = 1,
            .reason = FreezeReason::fault_case,
            .at = made.now,
        }});
        made.write(CaseClosed{.account = given->account, .at = made.now});
        made.write(MoneyEvent{PayThawed{.transcoder = given->account, .number = 1, .at = made.now}}
        );
        // What a last tick leaves to be done may follow in the next epoch.
        made.tick();
        made.end_epoch();
        return made;
    }();
    return days;
}

/// The last event of a kind that `fits`, to be bent.
template <typename Event>
std::size_t find_last(const History& history, const std::function<bool(const Event&)>& fits = {})
{
    for (std::size_t i = history.size(); i-- > 0;) {
        const auto* event = std::get_if<Event>(&history[i]);
        if (event != nullptr && (!fits || fits(*event))) return i;
    }
    ADD_FAILURE() << "the honest day has no such event";
    return 0;
}

std::size_t find_pay(const History& history)
{
    for (std::size_t i = history.size(); i-- > 0;) {
        const auto* money = std::get_if<MoneyEvent>(&history[i]);
        if (money != nullptr && std::holds_alternative<PayEarned>(*money)) return i;
    }
    ADD_FAILURE();
    return 0;
}

PayEarned& pay_at(History& history, std::size_t index)
{
    return std::get<PayEarned>(std::get<MoneyEvent>(history[index]));
}

/// What the audit says of the honest history after `bend`.
std::string found_after(const std::function<void(History&)>& bend)
{
    History history = honest().history;
    bend(history);
    const auto problem = honest().audit(history);
    return problem ? std::string{name_of(problem->breach)} : "nothing";
}

bool synchronous(const TaskGiven& given)
{
    return given.ruling.mode == static_cast<std::uint8_t>(policy::Mode::synchronous);
}

bool of_a_gateway(const TaskGiven& given)
{
    return given.ruling.mode != static_cast<std::uint8_t>(policy::Mode::shadow);
}

TEST(Audit, finds_nothing_in_an_honest_history)
{
    EXPECT_EQ(found_after([](History&) {}), "nothing");
}

TEST(Audit, names_an_invented_reason_to_pass_somebody_over)
{
    EXPECT_EQ(
        found_after([](History& history) {
            auto& given = std::get<TaskGiven>(history[find_last<TaskGiven>(history, of_a_gateway)]);
            // The next one gets it, and the one drawn is said to be busy.
            const Address drawn = given.account;
            given.skipped.push_back({.account = drawn, .why = Skip::busy});
            given.account = account(drawn == account(3) ? 4 : 3);
        }),
        "unjustified_skip"
    );
    EXPECT_EQ(
        found_after([](History& history) {
            auto& given = std::get<TaskGiven>(history[find_last<TaskGiven>(history, of_a_gateway)]);
            given.skipped.push_back({.account = account(3), .why = Skip::resting});
        }),
        "unjustified_skip"
    ) << "a skip more, though the right one got it";
}

TEST(Audit, names_a_task_that_went_to_somebody_else)
{
    EXPECT_EQ(
        found_after([](History& history) {
            auto& given = std::get<TaskGiven>(history[find_last<TaskGiven>(history, of_a_gateway)]);
            given.account = account(given.account == account(3) ? 4 : 3);
        }),
        "steered_draw"
    );
}

TEST(Audit, names_a_ruling_that_the_policy_did_not_make)
{
    const auto after = [](const std::function<void(Ruling&)>& bend) {
        return found_after([&](History& history) {
            const std::size_t at = find_last<TaskGiven>(history, of_a_gateway);
            bend(std::get<TaskGiven>(history[at]).ruling);
        });
    };
    EXPECT_EQ(after([](Ruling& ruling) { ruling.check_ppm[2] /= 2; }), "wrong_ruling");
    EXPECT_EQ(after([](Ruling& ruling) { ruling.hold_seconds += 1; }), "wrong_ruling");
    EXPECT_EQ(after([](Ruling& ruling) { ruling.replicas += 1; }), "wrong_ruling");
    EXPECT_EQ(
        after([](Ruling& ruling) { ruling.mode = static_cast<std::uint8_t>(policy::Mode::shadow); }
        ),
        "wrong_ruling"
    ) << "unpaid work by one who is past qualification";
}

TEST(Audit, names_a_lane_out_of_turn)
{
    EXPECT_EQ(
        found_after([](History& history) {
            std::get<TaskGiven>(history[find_last<TaskGiven>(history, of_a_gateway)]).lane_seq += 1;
        }),
        "wrong_lane"
    );
}

TEST(Audit, names_a_check_that_was_drawn_and_left_out)
{
    const auto drawn = [](const TaskExamined& examined) { return (examined.tiers & 2U) != 0; };
    EXPECT_EQ(
        found_after([&](History& history) {
            std::get<TaskExamined>(history[find_last<TaskExamined>(history, drawn)]).tiers = 1;
        }),
        "missing_check"
    );
    EXPECT_EQ(
        found_after([&](History& history) {
            // One that was paid first and never looked at again.
            const std::size_t at = find_last<TaskExamined>(history, [&](const TaskExamined& each) {
                const auto given = std::ranges::find_if(history, [&](const BookEvent& event) {
                    const auto* task = std::get_if<TaskGiven>(&event);
                    return task != nullptr && task->task == each.task;
                });
                const auto& task = std::get<TaskGiven>(*given);
                return of_a_gateway(task) && !synchronous(task) &&
                       each.finding == ExamFinding::passed;
            });
            history.erase(history.begin() + static_cast<std::ptrdiff_t>(at));
        }),
        "missing_check"
    );
}

TEST(Audit, names_pay_of_another_amount)
{
    const auto after = [](const std::function<void(PayEarned&)>& bend) {
        return found_after([&](History& history) { bend(pay_at(history, find_pay(history))); });
    };
    EXPECT_EQ(
        after([](PayEarned& pay) {
            pay.shares.transcoder = *add(pay.shares.transcoder, Wei{1});
            pay.shares.margin = *subtract(pay.shares.margin, Wei{1});
        }),
        "wrong_posting"
    );
    EXPECT_EQ(after([](PayEarned& pay) { pay.fee = *subtract(pay.fee, Wei{1}); }), "wrong_posting");
    EXPECT_EQ(
        after([](PayEarned& pay) { pay.releases_at += std::chrono::hours{1}; }), "wrong_posting"
    );
    EXPECT_EQ(after([](PayEarned& pay) { pay.rate = PayRate::probation; }), "wrong_posting");
    EXPECT_EQ(after([](PayEarned& pay) { pay.transcoder = account(9); }), "wrong_posting");
}

TEST(Audit, names_pay_that_nobody_earned)
{
    EXPECT_EQ(
        found_after([](History& history) { history.push_back(history[find_pay(history)]); }),
        "unearned_pay"
    ) << "twice";
    EXPECT_EQ(
        found_after([](History& history) {
            pay_at(history, find_pay(history)).task = TaskId{123'456};
        }),
        "unearned_pay"
    );
    EXPECT_EQ(
        found_after([](History& history) {
            // Paid although its check failed.
            const auto failed = [](const TaskExamined& each) {
                return each.finding == ExamFinding::passed;
            };
            const std::size_t at = find_last<TaskExamined>(history, [&](const TaskExamined& each) {
                const auto given = std::ranges::find_if(history, [&](const BookEvent& event) {
                    const auto* task = std::get_if<TaskGiven>(&event);
                    return task != nullptr && task->task == each.task;
                });
                return failed(each) && synchronous(std::get<TaskGiven>(*given));
            });
            std::get<TaskExamined>(history[at]).finding = ExamFinding::failed;
        }),
        "unearned_pay"
    );
}

TEST(Audit, names_a_voucher_that_was_left_out_of_the_tree)
{
    EXPECT_EQ(
        found_after([](History& history) {
            // The newest of an account against which there was no case.
            const auto accused = std::get<CaseClosed>(history[find_last<CaseClosed>(history)]);
            std::size_t at = history.size();
            const auto innocent = [&] {
                const auto* money = std::get_if<MoneyEvent>(&history[at]);
                const auto* pay = money == nullptr ? nullptr : std::get_if<PayEarned>(money);
                return pay != nullptr && pay->transcoder != accused.account;
            };
            do {
                --at;
            } while (!innocent());
            const TaskId task = pay_at(history, at).task;
            history[at] = TaskDropped{.task = task, .reason = "silent"};
            std::erase_if(history, [&](const BookEvent& event) {
                const auto* examined = std::get_if<TaskExamined>(&event);
                return examined != nullptr && examined->task == task;
            });
        }),
        "root_differs"
    );
}

TEST(Audit, names_cases_without_ground_and_money_without_cases)
{
    EXPECT_EQ(
        found_after([](History& history) {
            std::get<CaseOpened>(history[find_last<CaseOpened>(history)]).account = account(8);
            auto& second = std::get<CaseOpened>(history[find_last<CaseOpened>(history)]);
            const auto accused = std::get<CaseClosed>(history[find_last<CaseClosed>(history)]);
            if (second.account == accused.account) second.account = account(7);
        }),
        "case_without_ground"
    );
    const std::size_t end = honest().history.size() - 1;
    EXPECT_EQ(
        found_after([&](History& history) {
            history.insert(
                history.begin() + static_cast<std::ptrdiff_t>(end),
                MoneyEvent{PayFrozen{.transcoder = account(2), .number = 1, .at = honest().now}}
            );
        }),
        "case_without_ground"
    );
    EXPECT_EQ(
        found_after([&](History& history) {
            const auto& acquitted =
                std::get<CaseClosed>(history[find_last<CaseClosed>(history)]).account;
            history[end - 1] = MoneyEvent{PayForfeited{
                .transcoder = acquitted, .number = 1, .amount = Wei{1}, .at = honest().now
            }};
        }),
        "case_without_ground"
    ) << "forfeited after an acquittal";
}

TEST(Audit, names_pay_released_before_its_time)
{
    EXPECT_EQ(
        found_after([](History& history) {
            history.insert(
                history.end() - 1,
                MoneyEvent{PayReleased{.transcoder = account(1), .at = honest().now}}
            );
        }),
        "wrong_posting"
    );
}

TEST(Audit, names_roots_anchors_and_rules_that_were_exchanged)
{
    EXPECT_EQ(
        found_after([](History& history) {
            auto& root = std::get<EpochEnded>(history.back()).root;
            root.total_earned = *subtract(root.total_earned, Wei{1});
        }),
        "root_differs"
    );
    EXPECT_EQ(
        found_after([](History& history) {
            std::get<EpochBegan>(history[find_last<EpochBegan>(history)]).anchor = hash(1);
        }),
        "anchor_differs"
    );
    EXPECT_EQ(
        found_after([](History& history) {
            std::get<EpochBegan>(history[find_last<EpochBegan>(history)]).rules = hash(1);
        }),
        "rules_differ"
    );
    EXPECT_EQ(
        found_after([](History& history) {
            std::get<EpochBegan>(history[find_last<EpochBegan>(history)]).beacon = hash(1);
        }),
        "steered_draw"
    ) << "other draws follow from another beacon";
}

TEST(Audit, names_entries_that_were_taken_out)
{
    EXPECT_EQ(
        found_after([](History& history) {
            history.erase(
                history.begin() + static_cast<std::ptrdiff_t>(find_last<TaskDone>(history))
            );
        }),
        "unearned_pay"
    );
    EXPECT_EQ(
        found_after([](History& history) {
            history.erase(
                history.begin() +
                static_cast<std::ptrdiff_t>(find_last<TaskGiven>(history, of_a_gateway))
            );
        }),
        "out_of_order"
    );
}

}  // namespace
}  // namespace millpond::book
