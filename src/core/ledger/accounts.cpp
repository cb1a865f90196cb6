#include "core/ledger/accounts.hpp"

#include "base/assert.hpp"

namespace millpond::ledger {

std::string_view name_of(Account account)
{
    switch (account) {
        case Account::income_expected: return "income_expected";
        case Account::treasury: return "treasury";
        case Account::variance_reserve: return "variance_reserve";
        case Account::margin: return "margin";
        case Account::check_budget: return "check_budget";
        case Account::gas_budget: return "gas_budget";
        case Account::fund_due: return "fund_due";
        case Account::forfeits: return "forfeits";
        case Account::refunds: return "refunds";
        case Account::corrections: return "corrections";
        case Account::rounding: return "rounding";
        case Account::earned: return "earned";
        case Account::withheld: return "withheld";
        case Account::released: return "released";
        case Account::frozen: return "frozen";
        case Account::forfeited: return "forfeited";
        case Account::corrected: return "corrected";
        case Account::paid: return "paid";
    }
    MILLPOND_ASSERT(false);
}

Floor floor_of(Account account)
{
    switch (account) {
        case Account::income_expected:
        case Account::treasury:
        case Account::check_budget:
        case Account::gas_budget:
        case Account::corrections: return Floor::none;
        case Account::variance_reserve:
        case Account::margin:
        case Account::fund_due:
        case Account::forfeits:
        case Account::refunds:
        case Account::rounding:
        case Account::earned:
        case Account::withheld:
        case Account::released:
        case Account::frozen:
        case Account::forfeited:
        case Account::corrected:
        case Account::paid: return Floor::zero;
    }
    MILLPOND_ASSERT(false);
}

Wei left_on(const Balance& balance)
{
    const auto left = subtract(balance.credits, balance.debits);
    MILLPOND_ASSERT(left.has_value());
    return *left;
}

void Posting::move(Account debit, Account credit, const Wei& amount)
{
    if (!amount.is_zero()) transfers.push_back({debit, credit, amount});
}

}  // namespace millpond::ledger
