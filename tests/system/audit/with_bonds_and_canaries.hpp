#pragma once

#include "tests/system/audit/tampering.hpp"

#include <algorithm>

namespace millpond {

inline RulesPublished other_rules(std::uint64_t from)
{
    Parameters parameters = book::short_rules().rules.parameters;
    parameters.check_floor_ppm = 60'000;
    return {
        .from_epoch = from,
        .rules = policy::make_rules(parameters, book::short_rules().rules.table).hash,
        .parameters = canonical_text(parameters),
    };
}

inline std::vector<Tampering> with_bonds_and_rules()
{
    return {
        {"a_bond_goes_out_that_was_not_there",
         "wrong_bond",
         [](Submission& run) {
             insert_at(
                 run.history,
                 run.history.size() - 1,
                 BondMoved{
                     .account = book::account(1),
                     .move = BondMove::returned,
                     .mlpt = 1,
                     .reference = "r"
                 }
             );
         }},
        {"a_bond_is_invented",
         "wrong_ruling",
         [](Submission& run) {
             const auto& given = last<TaskGiven>(run.history, for_a_gateway);
             insert_at(
                 run.history,
                 find_last<EpochBegan>(run.history),
                 BondMoved{
                     .account = given.account, .mlpt = 50'000, .reference = "r", .at = given.at
                 }
             );
         }},
        {"rules_are_told_for_an_epoch_that_has_begun",
         "out_of_order",
         [](Submission& run) { insert_at(run.history, run.history.size() - 1, other_rules(3)); }},
        {"rules_are_told_and_others_hold",
         "rules_differ",
         [](Submission& run) {
             insert_at(run.history, find_last<EpochBegan>(run.history) - 1, other_rules(3));
         }},
        {"rules_are_told_by_another_hash",
         "rules_differ",
         [](Submission& run) {
             RulesPublished rules = other_rules(9);
             rules.rules = book::hash(1);
             insert_at(run.history, run.history.size() - 1, rules);
         }},
    };
}

inline std::vector<Tampering> with_canaries()
{
    return {
        {"nobody_is_said_to_be_there_for_a_canary",
         "missing_canary",
         [](Submission& run) {
             const std::size_t at = find_last<CanaryGiven>(run.history);
             const auto canary = std::get<CanaryGiven>(run.history[at]);
             run.history[at] = CanaryWanting{.behind = canary.behind, .at = canary.given.at};
         }},
        {"a_canary_is_added_that_nobody_drew",
         "missing_canary",
         [](Submission& run) {
             auto canary = last<CanaryGiven>(run.history);
             canary.given.task = TaskId{987'654};
             insert_at(run.history, run.history.size() - 1, canary);
         }},
        {"a_canary_is_looked_at_less",
         "wrong_ruling",
         [](Submission& run) { last<CanaryGiven>(run.history).given.ruling.check_ppm[2] = 0; }},
        {"a_canary_goes_to_a_friend",
         "missing_canary",
         [](Submission& run) {
             auto& given = last<CanaryGiven>(run.history).given;
             given.account = other_than(given.account);
         }},
        {"a_segment_is_delivered_before_all_its_results_are_fixed",
         "unsealed",
         [](Submission& run) {
             const auto& results = last<ResultsCompared>(run.history, replicated).results;
             run.delivered[results.back().task] = results.front().task;
         }},
    };
}

}  // namespace millpond
