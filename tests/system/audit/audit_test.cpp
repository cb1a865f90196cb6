#include "tests/system/audit/exhibit.hpp"
#include "tests/system/audit/honest_run.hpp"
#include "tests/system/audit/with_bonds_and_canaries.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace millpond {
namespace {

/// A document over other leaves, with a tree that fits them.
void publish_again(settle::EpochDocument& document, std::vector<settle::Leaf> leaves)
{
    document = *settle::close(
        document.root.pool,
        document.root.epoch,
        std::move(leaves),
        document.audit,
        document.secret,
        document.root.next_anchor
    );
}

std::vector<Tampering> with_draws()
{
    return {
        {"somebody_is_said_to_be_busy",
         "unjustified_skip",
         [](Submission& run) {
             auto& given = last<TaskGiven>(run.history, for_a_gateway);
             given.skipped.push_back({.account = given.account, .why = Skip::busy});
             given.account = other_than(given.account);
         }},
        {"a_skip_is_invented",
         "unjustified_skip",
         [](Submission& run) {
             last<TaskGiven>(run.history, for_a_gateway)
                 .skipped.push_back({.account = book::account(3), .why = Skip::resting});
         }},
        {"a_task_goes_to_a_friend",
         "steered_draw",
         [](Submission& run) {
             auto& given = last<TaskGiven>(run.history, for_a_gateway);
             given.account = other_than(given.account);
         }},
        {"the_beacon_was_chosen_afterwards",
         "steered_draw",
         [](Submission& run) {
             last<EpochBegan>(run.history).beacon = book::hash(1);
             run.document(3).audit.beacon = book::hash(1);
         }},
        {"the_hold_is_shorter",
         "wrong_ruling",
         [](Submission& run) {
             last<TaskGiven>(run.history, for_a_gateway).ruling.hold_seconds -= 1;
         }},
        {"checks_are_halved",
         "wrong_ruling",
         [](Submission& run) {
             last<TaskGiven>(run.history, for_a_gateway).ruling.check_ppm[2] /= 2;
         }},
        {"a_lane_number_is_left_out",
         "wrong_lane",
         [](Submission& run) { last<TaskGiven>(run.history, for_a_gateway).lane_seq += 1; }},
        {"a_drawn_tier_is_left_out",
         "missing_check",
         [](Submission& run) {
             last<TaskExamined>(run.history, [](const TaskExamined& examined) {
                 return (examined.tiers & 2U) != 0;
             }).tiers = 1;
         }},
        {"a_check_after_pay_is_left_out",
         "missing_check",
         [](Submission& run) {
             erase_at(
                 run.history,
                 find_last<TaskExamined>(
                     run.history,
                     [&](const TaskExamined& examined) {
                         const auto& given = given_of(run.history, examined.task);
                         return for_a_gateway(given) && !synchronous(given);
                     }
                 )
             );
         }},
        {"a_result_is_examined_twice",
         "out_of_order",
         [](Submission& run) {
             const std::size_t at = find_last<TaskExamined>(run.history);
             insert_at(run.history, at + 1, run.history[at]);
         }},
    };
}

std::vector<Tampering> with_replicas()
{
    const auto of_a_gateway = [](const Submission& run) {
        return [&run](const TaskExamined& examined) {
            return for_a_gateway(given_of(run.history, examined.task));
        };
    };
    return {
        {"a_replica_is_left_out",
         "missing_replica",
         [](Submission& run) {
             const auto hidden = [](const TaskGiven& given) { return given.replica != 0; };
             const TaskId task = last<TaskGiven>(run.history, hidden).task;
             std::erase_if(run.history, [&](const BookEvent& event) { return is_of(event, task); });
         }},
        {"nobody_is_said_to_be_left_for_a_replica",
         "missing_replica",
         [](Submission& run) {
             const auto hidden = [](const TaskGiven& given) { return given.replica != 0; };
             const std::size_t at = find_last<TaskGiven>(run.history, hidden);
             const auto given = std::get<TaskGiven>(run.history[at]);
             run.history[at] =
                 ReplicaWanting{.segment = given.segment, .replica = given.replica, .at = given.at};
         }},
        {"a_replica_goes_to_a_friend",
         "steered_draw",
         [](Submission& run) {
             const auto hidden = [](const TaskGiven& given) { return given.replica != 0; };
             auto& given = last<TaskGiven>(run.history, hidden);
             const Address chosen = given.account;
             for (std::uint64_t friend_of = 1; friend_of <= 8; ++friend_of) {
                 const Address other = book::account(friend_of);
                 const bool skipped = std::ranges::find(given.skipped, other, &Skipped::account) !=
                                      given.skipped.end();
                 if (other != chosen && !skipped) given.account = other;
             }
         }},
        {"a_replica_is_added_that_nobody_drew",
         "wrong_ruling",
         [](Submission& run) { last<TaskGiven>(run.history, for_a_gateway).replica = 1; }},
        {"results_are_not_compared",
         "missing_comparison",
         [](Submission& run) {
             erase_at(run.history, find_last<ResultsCompared>(run.history, replicated));
         }},
        {"results_are_compared_before_all_are_fixed",
         "unsealed",
         [](Submission& run) {
             const std::size_t at = find_last<ResultsCompared>(run.history, replicated);
             const auto compared = std::get<ResultsCompared>(run.history[at]);
             const std::size_t done = find_last<TaskDone>(run.history, [&](const TaskDone& event) {
                 return event.task == compared.results.back().task;
             });
             erase_at(run.history, at);
             insert_at(run.history, done, compared);
         }},
        {"a_result_is_kept_out_of_the_comparison",
         "unsealed",
         [](Submission& run) { last<ResultsCompared>(run.history, replicated).results.pop_back(); }
        },
        {"results_that_differ_are_not_examined",
         "missing_check",
         [](Submission& run) {
             last<ResultsCompared>(run.history, replicated).finding = ExamFinding::failed;
         }},
        {"a_failure_has_no_second_look",
         "missing_check",
         [](Submission& run) {
             last<TaskExamined>(run.history, [](const TaskExamined& examined) {
                 return examined.second == ExamFinding::failed;
             }).second_report = {};
         }},
        {"checks_are_said_to_be_prevented",
         "too_many_prevented",
         [of_a_gateway](Submission& run) {
             const auto live = of_a_gateway(run);
             for (BookEvent& event : run.history) {
                 auto* examined = std::get_if<TaskExamined>(&event);
                 // Those that nobody's standing follows from.
                 if (examined != nullptr && examined->tiers == 1 && live(*examined))
                     examined->finding = ExamFinding::prevented;
             }
         }},
    };
}

std::vector<Tampering> with_money()
{
    return {
        {"a_wei_goes_to_the_margin",
         "wrong_posting",
         [](Submission& run) {
             Shares& shares = last_pay(run.history).shares;
             shares.transcoder = *subtract(shares.transcoder, Wei{1});
             shares.margin = *add(shares.margin, Wei{1});
         }},
        {"pay_is_at_another_rate",
         "wrong_posting",
         [](Submission& run) { last_pay(run.history).rate = PayRate::probation; }},
        {"pay_is_released_sooner",
         "wrong_posting",
         [](Submission& run) { last_pay(run.history).releases_at -= std::chrono::hours{1}; }},
        {"pay_is_for_pixels_that_nobody_measured",
         "wrong_posting",
         [](Submission& run) { last_pay(run.history).pixels = Pixels{200'000'000}; }},
        {"held_pay_is_let_go",
         "wrong_posting",
         [](Submission& run) {
             const Time at = last_pay(run.history).at;
             insert_at(
                 run.history,
                 run.history.size() - 1,
                 MoneyEvent{PayReleased{.transcoder = book::account(1), .at = at}}
             );
         }},
        {"pay_comes_twice",
         "unearned_pay",
         [](Submission& run) {
             const std::size_t at = find_last_pay(run.history);
             insert_at(run.history, run.history.size() - 1, run.history[at]);
         }},
        {"pay_is_for_a_task_not_done",
         "unearned_pay",
         [](Submission& run) { erase_at(run.history, find_last<TaskDone>(run.history)); }},
        {"pay_comes_before_its_check",
         "unearned_pay",
         [](Submission& run) {
             const std::size_t at = find_last_pay(run.history, [&](const PayEarned& pay) {
                 return synchronous(given_of(run.history, pay.task));
             });
             std::swap(run.history[at], run.history[at - 1]);
         }},
        {"pay_is_for_what_failed",
         "unearned_pay",
         [](Submission& run) {
             last<TaskExamined>(run.history, [&](const TaskExamined& examined) {
                 return synchronous(given_of(run.history, examined.task)) &&
                        examined.finding == ExamFinding::passed;
             }).finding = ExamFinding::failed;
         }},
        {"a_case_is_opened_without_a_failure",
         "case_without_ground",
         [](Submission& run) {
             auto& opened = last<CaseOpened>(run.history);
             opened.account = other_than(opened.account);
         }},
        {"pay_is_frozen_without_a_case",
         "case_without_ground",
         [](Submission& run) {
             const Time at = last_pay(run.history).at;
             insert_at(
                 run.history,
                 run.history.size() - 1,
                 MoneyEvent{PayFrozen{.transcoder = book::account(2), .number = 1, .at = at}}
             );
         }},
        {"pay_is_forfeited_after_an_acquittal",
         "case_without_ground",
         [](Submission& run) {
             const auto closed = last<CaseClosed>(run.history);
             insert_at(
                 run.history,
                 run.history.size() - 1,
                 MoneyEvent{PayForfeited{
                     .transcoder = closed.account, .number = 1, .amount = Wei{1}, .at = closed.at
                 }}
             );
         }},
    };
}

std::vector<Tampering> with_trees()
{
    return {
        {"a_voucher_is_not_in_the_tree",
         "root_differs",
         [](Submission& run) {
             const Address accused = last<CaseClosed>(run.history).account;
             const std::size_t at = find_last_pay(run.history, [&](const PayEarned& pay) {
                 return pay.transcoder != accused;
             });
             const TaskId task = last_pay(run.history, [&](const PayEarned& pay) {
                                     return pay.transcoder != accused;
                                 }).task;
             run.history[at] = TaskDropped{.task = task, .reason = "silent"};
             std::erase_if(run.history, [&](const BookEvent& event) {
                 const auto* examined = std::get_if<TaskExamined>(&event);
                 return examined != nullptr && examined->task == task;
             });
         }},
        {"an_account_is_not_in_the_tree",
         "root_differs",
         [](Submission& run) {
             auto leaves = run.document(1).leaves;
             leaves.erase(leaves.begin() + 2);
             publish_again(run.document(1), std::move(leaves));
         }},
        {"an_account_falls",
         "account_falls",
         [](Submission& run) {
             auto leaves = run.document(3).leaves;
             leaves.at(1).earned = *subtract(run.document(2).leaves.at(1).earned, Wei{1});
             publish_again(run.document(3), std::move(leaves));
         }},
        {"an_account_is_gone",
         "account_missing",
         [](Submission& run) {
             // The total does not fall: somebody else has its earnings.
             auto leaves = run.document(3).leaves;
             leaves.at(0).earned = *add(leaves.at(0).earned, leaves.at(1).earned);
             leaves.erase(leaves.begin() + 1);
             publish_again(run.document(3), std::move(leaves));
         }},
        {"a_leaf_is_lowered",
         "sum_root_mismatch",
         {},
         [](auto&, Submission& run) {
             Wei& earned = run.document(2).leaves.at(1).earned;
             earned = *subtract(earned, Wei{1});
         }},
        {"a_leaf_is_missing",
         "sum_root_mismatch",
         {},
         [](auto&, Submission& run) { run.document(2).leaves.pop_back(); }},
        {"another_secret_is_told",
         "seed_mismatch",
         {},
         [](auto&, Submission& run) { run.document(2).secret = book::hash(1); }},
        {"another_beacon_is_published",
         "audit_root_mismatch",
         {},
         [](auto&, Submission& run) { run.document(2).audit.beacon = book::hash(1); }},
        {"a_document_is_held_back",
         "not_next",
         {},
         [](auto&, Submission& run) { run.documents.erase(run.documents.begin() + 1); }},
        {"endless_ticks_follow_a_document_held_back",
         "not_next",
         [](Submission& run) {
             last<EpochBegan>(run.history).ticks = ~0U;
             run.document(3).audit.ticks = ~0U;
         },
         [](auto&, Submission& run) { run.documents.erase(run.documents.begin() + 1); }},
        {"the_last_document_is_held_back",
         "unpublished: epoch 3",
         {},
         [](auto&, Submission& run) { run.documents.pop_back(); }},
        {"another_total_is_published",
         "document_differs",
         {},
         [](auto&, Submission& run) {
             auto leaves = run.document(3).leaves;
             leaves.at(1).earned = *add(leaves.at(1).earned, Wei{1});
             publish_again(run.document(3), std::move(leaves));
         }},
    };
}

std::vector<Tampering> with_the_journal()
{
    return {
        {"an_entry_is_rewritten",
         "breaks the chain",
         {},
         [](std::vector<store::Row>& rows, Submission&) {
             store::Row& row = *std::ranges::find(rows, "pay_earned", &store::Row::kind);
             row.body.replace(row.body.find("\"fee\":\"") + 7, 1, "9");
         }},
        {"entries_change_places",
         "breaks the chain",
         {},
         [](std::vector<store::Row>& rows, Submission&) {
             std::swap(rows.at(500).kind, rows.at(501).kind);
             std::swap(rows.at(500).body, rows.at(501).body);
         }},
        {"an_entry_is_taken_out",
         "follows a gap",
         {},
         [](std::vector<store::Row>& rows, Submission&) { rows.erase(rows.begin() + 700); }},
        {"an_entry_is_taken_out_and_the_others_renumbered",
         "breaks the chain",
         {},
         [](std::vector<store::Row>& rows, Submission&) {
             rows.erase(rows.begin() + 700);
             for (std::size_t i = 700; i < rows.size(); ++i)
                 rows[i].seq = i + 1;
         }},
        {"the_journal_is_cut_off",
         "truncated: epoch 3",
         {},
         [](std::vector<store::Row>& rows, Submission&) { rows.resize(rows.size() - 20); }},
        {"the_journal_is_written_anew_after_it_was_published",
         "journal_differs",
         {},
         [](std::vector<store::Row>& rows, Submission& run) {
             const auto published = run.documents;
             std::get<MachineMeasured>(run.history[find_last<MachineMeasured>(run.history)]).lanes =
                 5;
             rows = run.seal();
             run.documents = published;
         }},
        {"work_is_done_before_it_is_given",
         "out_of_order",
         [](Submission& run) {
             const std::size_t at = find_last<TaskDone>(run.history);
             std::swap(run.history[at], run.history[at - 1]);
         }},
        {"an_assignment_is_taken_out",
         "out_of_order",
         [](Submission& run) {
             erase_at(run.history, find_last<TaskGiven>(run.history, for_a_gateway));
         }},
        {"other_rules_hold",
         "rules_differ",
         {},
         [](auto&, Submission& run) { run.config += "check_floor_ppm = 60000\n"; }},
        {"an_epoch_names_other_rules",
         "rules_differ",
         [](Submission& run) { last<EpochBegan>(run.history).rules = book::hash(1); }},
        {"other_seeds_are_used_than_announced",
         "anchor_changed",
         [](Submission& run) {
             const Hash32 secret = book::hash(1);
             const draw::SeedChain seeds{secret, book::PoolDays::ticks};
             last<EpochBegan>(run.history).anchor = seeds.anchor();
             run.document(3).secret = secret;
             run.document(3).audit.anchor = seeds.anchor();
         }},
        {"an_epoch_begins_with_another_anchor_than_published",
         "document_differs",
         [](Submission& run) { last<EpochBegan>(run.history).anchor = book::hash(1); }},
    };
}

std::vector<Tampering> every_tampering()
{
    std::vector<Tampering> all = with_draws();
    for (const auto& more :
         {with_replicas(),
          with_money(),
          with_trees(),
          with_the_journal(),
          with_bonds_and_rules(),
          with_canaries()})
        all.insert(all.end(), more.begin(), more.end());
    return all;
}

class Audit : public testing::TestWithParam<Tampering> {};

TEST(AuditOf, an_honest_run_is_clean)
{
    Submission run = honest_run();
    const auto rows = run.seal();
    EXPECT_EQ(run.documents, honest_run().documents) << "sealing changes nothing that is honest";
    const Outcome outcome = Exhibit{rows, run.documents, run.config}.audit();
    EXPECT_EQ(outcome.code, 0) << outcome.problems();
    EXPECT_EQ(outcome.problems(), "");
    EXPECT_EQ(outcome.report["entries"], rows.size());
    EXPECT_EQ(outcome.report["epochs"], 3);
    const auto drawn = std::ranges::count_if(run.history, [](const BookEvent& event) {
        const TaskGiven* given = given_in(event);
        return given != nullptr && for_a_gateway(*given);
    });
    EXPECT_GT(drawn, 600);
    EXPECT_EQ(outcome.report["draws_recomputed"], drawn);
    EXPECT_EQ(outcome.report["accounts"], 8);
    EXPECT_EQ(outcome.report["earned_wei"], to_text(run.document(3).root.total_earned));
}

TEST_P(Audit, names_what_was_tampered_with)
{
    Submission run = honest_run();
    if (GetParam().bend) GetParam().bend(run);
    auto rows = run.seal();
    if (GetParam().afterwards) GetParam().afterwards(rows, run);
    const Outcome outcome = Exhibit{rows, run.documents, run.config}.audit();
    EXPECT_EQ(outcome.code, 1);
    EXPECT_TRUE(outcome.problems().contains(GetParam().expected)) << outcome.problems();
}

INSTANTIATE_TEST_SUITE_P(
    When,
    Audit,
    testing::ValuesIn(every_tampering()),
    [](const testing::TestParamInfo<Tampering>& info) { return info.param.name; }
);

}  // namespace
}  // namespace millpond
