#pragma once

#include "base/time.hpp"
#include "core/ledger/accounts.hpp"
#include "model/ids.hpp"
#include "model/money.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace millpond::ledger {

/// The rules of time. They belong to the state: a replay under other terms is another ledger.
struct Terms {
    Duration split_notice = std::chrono::hours{48};
    Duration hold_max = std::chrono::days{7};
    Duration release_step = std::chrono::hours{1};  ///< pay due within one step is one lot
    Duration review_max = std::chrono::days{7};     ///< then it ends by itself
    Duration case_max = std::chrono::days{45};
    Duration clean_window = std::chrono::days{7};  ///< without a fault, before pay is released
    std::size_t splits_max = 16;                   ///< scheduled and not yet in force

    bool operator==(const Terms&) const = default;
};

/// Withheld pay that is released at the same time.
struct Lot {
    Time due;
    Wei amount;

    bool operator==(const Lot&) const = default;
};

struct Freeze {
    FreezeReason reason = FreezeReason::review;
    Time since;

    bool operator==(const Freeze&) const = default;
};

/// What the ledger keeps of one transcoder. The numbers are the newest of their kind that was
/// posted: a number that is not larger was posted before, so no set of ids has to grow.
struct PayBook {
    PayBalances balances;
    std::vector<Lot> lots;  ///< by due time; together withheld and frozen
    std::optional<Freeze> freeze;
    std::uint64_t vouchers = 0;
    std::uint64_t cases = 0;
    std::uint64_t corrections = 0;
    std::uint64_t paid_epoch = 0;
    std::optional<Time> released_through;
    std::optional<Time> review_ended;
    std::optional<Time> fault;  ///< the newest that was confirmed

    [[nodiscard]] const Balance& at(Account account) const
    {
        return balances[static_cast<std::size_t>(account) - pool_accounts];
    }

    bool operator==(const PayBook&) const = default;
};

struct FutureSplit {
    std::uint64_t from_epoch = 0;
    Time begins;
    Split split;

    bool operator==(const FutureSplit&) const = default;
};

inline constexpr std::size_t pool_moves = 11;

struct State {
    Terms terms;
    std::uint64_t epoch = 0;  ///< the open one; 0 before the first
    Split split;              ///< of the open epoch
    std::vector<FutureSplit> splits;
    std::uint64_t splits_scheduled = 0;
    std::array<std::uint64_t, pool_moves> moves{};
    PoolBalances pool;
    std::map<Address, PayBook> pay;

    [[nodiscard]] const Balance& at(Account account) const
    {
        return pool[static_cast<std::size_t>(account)];
    }

    bool operator==(const State&) const = default;
};

/// What vouchers promise: all that was earned, less what both sides took back.
[[nodiscard]] Wei cumulative_earned(const PayBook& book);

/// When the freeze ends by itself; it counts no longer from then on.
[[nodiscard]] Time freeze_end(const Freeze& freeze, const Terms& terms);

}  // namespace millpond::ledger
