#pragma once

#include "base/result.hpp"
#include "core/ledger/accounts.hpp"
#include "core/ledger/refusal.hpp"

namespace millpond::ledger {

/// Makes every transfer of a posting, in order, or none. Each must leave its accounts at or above
/// their floors.
[[nodiscard]] Result<void, Refusal> post(
    const Posting& posting, PoolBalances& pool, PayBalances& pay
);

}  // namespace millpond::ledger
