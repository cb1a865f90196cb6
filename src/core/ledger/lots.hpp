#pragma once

#include "core/ledger/state.hpp"

namespace millpond::ledger {

/// Adds withheld pay. Its time is rounded up to the step, so that a transcoder has at most one lot
/// a step, and what is overdue at `now` becomes one lot.
void add_lot(PayBook& book, const Lot& lot, Duration step, Time now);

[[nodiscard]] Wei sum_due(const PayBook& book, Time now);
void drop_due(PayBook& book, Time now);

/// Takes an amount that the lots cover from the ones that are due first, or last.
void take_first(PayBook& book, Wei amount);
void take_last(PayBook& book, Wei amount);

}  // namespace millpond::ledger
