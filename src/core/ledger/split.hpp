#pragma once

#include "base/result.hpp"
#include "core/ledger/refusal.hpp"
#include "model/money.hpp"

namespace millpond::ledger {

/// Divides a fee. Every share is rounded down; what is left over is named, so that the parts sum
/// exactly to the fee.
[[nodiscard]] Shares split_fee(const Wei& fee, const Split& split, PayRate rate);

/// Whether a split is a whole and treats transcoders no worse than the published bounds.
[[nodiscard]] Result<void, Refusal> check_split(const Split& split);

}  // namespace millpond::ledger
