#pragma once

#include "core/ledger/state.hpp"

#include <optional>
#include <string>

namespace millpond::ledger {

/// What is wrong with the books, in words, or nothing. Checked: debits equal credits over all
/// accounts; no account is below its floor; for each transcoder withheld, released, frozen,
/// forfeited, corrected and paid make up what was earned; lots cover withheld and frozen pay.
[[nodiscard]] std::optional<std::string> violation(const State& state);
/// The part that concerns one transcoder.
[[nodiscard]] std::optional<std::string> violation(const PayBook& book);

/// What is wrong with an event by itself: the shares of a fee must sum exactly to it.
[[nodiscard]] std::optional<std::string> violation(const MoneyEvent& event);

/// What is wrong with a step: what a transcoder has earned, net of what was taken back, falls only
/// by a correction or a forfeiture, and numbers never fall.
[[nodiscard]] std::optional<std::string> violation(
    const PayBook& before, const PayBook& after, const MoneyEvent& event
);

}  // namespace millpond::ledger
