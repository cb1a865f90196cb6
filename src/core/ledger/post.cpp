#include "core/ledger/post.hpp"

#include "base/assert.hpp"

#include <span>

namespace millpond::ledger {
namespace {

Balance& balance_of(Account account, PoolBalances& pool, PayBalances& pay)
{
    const auto index = static_cast<std::size_t>(account);
    return is_pay(account) ? pay[index - pool_accounts] : pool[index];
}

Result<void, Refusal> make(const Transfer& transfer, Balance& debit, Balance& credit)
{
    MILLPOND_ASSERT(transfer.debit != transfer.credit);
    const auto debits = add(debit.debits, transfer.amount);
    const auto credits = add(credit.credits, transfer.amount);
    if (floor_of(transfer.debit) == Floor::zero && transfer.amount > left_on(debit)) {
        return because(Refusal::exceeds_balance);
    }
    if (!debits || !credits || *debits > side_max || *credits > side_max)
        return because(Refusal::amount_overflows);
    debit.debits = *debits;
    credit.credits = *credits;
    return {};
}

void undo(const Transfer& transfer, Balance& debit, Balance& credit)
{
    const auto debits = subtract(debit.debits, transfer.amount);
    const auto credits = subtract(credit.credits, transfer.amount);
    MILLPOND_ASSERT(debits.has_value());
    MILLPOND_ASSERT(credits.has_value());
    debit.debits = *debits;
    credit.credits = *credits;
}

}  // namespace

Result<void, Refusal> post(const Posting& posting, PoolBalances& pool, PayBalances& pay)
{
    const std::span<const Transfer> transfers{posting.transfers};
    for (std::size_t i = 0; i < transfers.size(); ++i) {
        const auto made = make(
            transfers[i],
            balance_of(transfers[i].debit, pool, pay),
            balance_of(transfers[i].credit, pool, pay)
        );
        if (made) continue;
        while (i-- > 0) {
            undo(
                transfers[i],
                balance_of(transfers[i].debit, pool, pay),
                balance_of(transfers[i].credit, pool, pay)
            );
        }
        return because(made.error());
    }
    return {};
}

}  // namespace millpond::ledger
