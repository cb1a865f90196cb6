#include "core/book/breach.hpp"

#include "base/assert.hpp"

namespace millpond::book {

std::string_view name_of(Breach breach)
{
    switch (breach) {
        case Breach::out_of_order: return "out_of_order";
        case Breach::rules_differ: return "rules_differ";
        case Breach::anchor_differs: return "anchor_differs";
        case Breach::unjustified_skip: return "unjustified_skip";
        case Breach::steered_draw: return "steered_draw";
        case Breach::wrong_ruling: return "wrong_ruling";
        case Breach::wrong_lane: return "wrong_lane";
        case Breach::missing_replica: return "missing_replica";
        case Breach::unsealed: return "unsealed";
        case Breach::missing_comparison: return "missing_comparison";
        case Breach::missing_canary: return "missing_canary";
        case Breach::missing_check: return "missing_check";
        case Breach::too_many_prevented: return "too_many_prevented";
        case Breach::unearned_pay: return "unearned_pay";
        case Breach::wrong_posting: return "wrong_posting";
        case Breach::case_without_ground: return "case_without_ground";
        case Breach::wrong_bond: return "wrong_bond";
        case Breach::wrong_correction: return "wrong_correction";
        case Breach::root_differs: return "root_differs";
    }
    MILLPOND_ASSERT(false);
}

std::string text_of(const Problem& problem)
{
    return std::string{name_of(problem.breach)} + ": " + problem.what;
}

}  // namespace millpond::book
