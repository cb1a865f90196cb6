#pragma once

#include <cstdint>
#include <string_view>

namespace millpond::ledger {

/// Why an event was not posted, in order of precedence: where several apply, the first is given.
enum class Refusal : std::uint8_t {
    unknown_transcoder,
    already_posted,
    out_of_sequence,
    amount_is_zero,
    reference_is_missing,
    epoch_is_not_open,
    epoch_has_not_ended,
    epoch_is_too_early,
    fee_is_not_the_price,
    shares_are_not_the_split,
    hold_is_out_of_bounds,
    already_frozen,
    review_is_too_soon,
    freeze_has_lapsed,
    pay_is_frozen,
    fault_is_too_recent,
    nothing_is_due,
    split_does_not_sum,
    split_is_out_of_bounds,
    split_is_not_for_a_later_epoch,
    split_is_too_soon,
    too_many_splits,
    exceeds_balance,
    amount_overflows,
};

[[nodiscard]] std::string_view name_of(Refusal refusal);

}  // namespace millpond::ledger
