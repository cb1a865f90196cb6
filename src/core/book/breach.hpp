#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millpond::book {

/// How an entry breaks the rules, in order of precedence.
enum class Breach : std::uint8_t {
    out_of_order,      ///< it does not follow from the entries before: unknown, twice, too early
    rules_differ,      ///< the epoch names other rules than those at hand
    anchor_differs,    ///< its seeds are not those that were announced
    unjustified_skip,  ///< somebody who was drawn was passed over without the reason being true
    steered_draw,      ///< the task went to somebody who was not drawn
    wrong_ruling,      ///< checks, hold, mode or replicas are not what the policy says
    wrong_lane,        ///< the lane or its number is not the next one
    missing_replica,   ///< a hidden replica that was drawn was not given to anybody
    unsealed,          ///< results were compared before all of them were fixed, or not all of them
    missing_comparison,  ///< a replicated segment's results were not compared
    missing_canary,      ///< a canary that was drawn was not given, or one that was not drawn was
    missing_check,       ///< a check that was drawn did not take place, or a failure's second one
    too_many_prevented,  ///< more examinations were prevented than the rules let pass
    unearned_pay,        ///< pay for a task that was not done, not checked first, or not to be paid
    wrong_posting,       ///< the books do not take it, or it is another amount
    case_without_ground,  ///< a case without a failed examination, or money moved without a case
    wrong_bond,           ///< a bond moved that was not there, too early or during a case
    wrong_correction,     ///< earnings corrected in a way that both sides cannot agree on
    root_differs,         ///< the epoch's root is not the one that follows from the journal
};
[[nodiscard]] std::string_view name_of(Breach breach);

struct Problem {
    Breach breach = Breach::out_of_order;
    std::string what;  ///< which task, account or number, for people

    bool operator==(const Problem&) const = default;
};

/// "breach: what".
[[nodiscard]] std::string text_of(const Problem& problem);

}  // namespace millpond::book
