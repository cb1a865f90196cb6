#include "core/ledger/refusal.hpp"

#include "base/assert.hpp"

namespace millpond::ledger {

std::string_view name_of(Refusal refusal)
{
    switch (refusal) {
        case Refusal::unknown_transcoder: return "unknown_transcoder";
        case Refusal::already_posted: return "already_posted";
        case Refusal::out_of_sequence: return "out_of_sequence";
        case Refusal::amount_is_zero: return "amount_is_zero";
        case Refusal::reference_is_missing: return "reference_is_missing";
        case Refusal::epoch_is_not_open: return "epoch_is_not_open";
        case Refusal::epoch_has_not_ended: return "epoch_has_not_ended";
        case Refusal::epoch_is_too_early: return "epoch_is_too_early";
        case Refusal::fee_is_not_the_price: return "fee_is_not_the_price";
        case Refusal::shares_are_not_the_split: return "shares_are_not_the_split";
        case Refusal::hold_is_out_of_bounds: return "hold_is_out_of_bounds";
        case Refusal::already_frozen: return "already_frozen";
        case Refusal::review_is_too_soon: return "review_is_too_soon";
        case Refusal::freeze_has_lapsed: return "freeze_has_lapsed";
        case Refusal::pay_is_frozen: return "pay_is_frozen";
        case Refusal::fault_is_too_recent: return "fault_is_too_recent";
        case Refusal::nothing_is_due: return "nothing_is_due";
        case Refusal::split_does_not_sum: return "split_does_not_sum";
        case Refusal::split_is_out_of_bounds: return "split_is_out_of_bounds";
        case Refusal::split_is_not_for_a_later_epoch: return "split_is_not_for_a_later_epoch";
        case Refusal::split_is_too_soon: return "split_is_too_soon";
        case Refusal::too_many_splits: return "too_many_splits";
        case Refusal::exceeds_balance: return "exceeds_balance";
        case Refusal::amount_overflows: return "amount_overflows";
    }
    MILLPOND_ASSERT(false);
}

}  // namespace millpond::ledger
