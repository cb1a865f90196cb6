#pragma once

#include "base/wei.hpp"
#include "model/ids.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace millpond::ledger {

/// The chart of accounts (docs/ledger.md). The first are the pool's, one each; the rest exist once
/// for every transcoder.
enum class Account : std::uint8_t {
    income_expected,
    treasury,
    variance_reserve,
    margin,
    check_budget,
    gas_budget,
    fund_due,
    forfeits,
    refunds,
    corrections,
    rounding,
    earned,
    withheld,
    released,
    frozen,
    forfeited,
    corrected,
    paid,
};

inline constexpr std::size_t pool_accounts = 11;
inline constexpr std::size_t pay_accounts = 7;

enum class Floor : std::uint8_t { none, zero };

[[nodiscard]] std::string_view name_of(Account account);
[[nodiscard]] Floor floor_of(Account account);

[[nodiscard]] constexpr bool is_pay(Account account)
{
    return static_cast<std::size_t>(account) >= pool_accounts;
}

/// Both sides only grow. The balance is credits less debits; a floor of zero keeps it from
/// becoming negative.
struct Balance {
    Wei debits;
    Wei credits;

    bool operator==(const Balance&) const = default;
};

/// No side grows beyond this, so that no sum over accounts can overflow.
inline constexpr Wei side_max{Wei::Limbs{0, 0, 0, 1}};

/// What is left on an account with a floor.
[[nodiscard]] Wei left_on(const Balance& balance);

using PoolBalances = std::array<Balance, pool_accounts>;
using PayBalances = std::array<Balance, pay_accounts>;

/// Amounts leave the debit account and enter the credit account.
struct Transfer {
    Account debit{};
    Account credit{};
    Wei amount;

    bool operator==(const Transfer&) const = default;
};

/// What one event moves: all of it or nothing. Pay accounts in it are those of one transcoder.
struct Posting {
    Address transcoder;  ///< all zero where only the pool's accounts are concerned
    std::vector<Transfer> transfers;

    /// A transfer of nothing is left out.
    void move(Account debit, Account credit, const Wei& amount);

    bool operator==(const Posting&) const = default;
};

}  // namespace millpond::ledger
