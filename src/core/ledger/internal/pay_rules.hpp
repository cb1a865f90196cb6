#pragma once

#include "base/result.hpp"
#include "core/ledger/accounts.hpp"
#include "core/ledger/refusal.hpp"
#include "core/ledger/state.hpp"

#include <cstdint>

namespace millpond::ledger {

/// Numbers count up by one: what is not larger was posted before, what is too large is missing one.
[[nodiscard]] Result<void, Refusal> check_next(std::uint64_t number, std::uint64_t last);

/// Whether that pay may wait until then.
[[nodiscard]] Result<void, Refusal> check_hold(Time at, Time releases_at, const Terms& terms);

/// Whether a review or case holds back pay at that time. One that has run out does not.
[[nodiscard]] bool holds_back(const PayBook& book, Time at, const Terms& terms);
[[nodiscard]] bool has_lapsed(const PayBook& book, Time at, const Terms& terms);

/// Gives back what a freeze held that has run out.
void thaw_if_lapsed(Posting& posting, const PayBook& book, Time at, const Terms& terms);
/// The same for the part of the state that is no money; after the posting was made.
void end_if_lapsed(PayBook& book, Time at, const Terms& terms);
void end_freeze(PayBook& book, Time at);

}  // namespace millpond::ledger
