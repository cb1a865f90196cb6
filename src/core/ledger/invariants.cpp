#include "core/ledger/invariants.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace millpond::ledger {
namespace {

struct Sums {
    Wei debits;
    Wei credits;
    bool fits = true;

    void take(Wei& sum, const Wei& amount)
    {
        if (const auto more = add(sum, amount)) {
            sum = *more;
        } else {
            fits = false;
        }
    }

    void take(const Balance& balance)
    {
        take(debits, balance.debits);
        take(credits, balance.credits);
    }
};

std::optional<std::string> out_of_bounds(const Balance& balance, Account account)
{
    if (balance.debits > side_max || balance.credits > side_max) {
        return std::string{name_of(account)} + " is too large";
    }
    if (floor_of(account) == Floor::none || balance.credits >= balance.debits) return std::nullopt;
    return std::string{name_of(account)} + " is below its floor";
}

/// Through these money only passes; what passed is the sum of their credits.
constexpr std::array passages = {
    Account::earned, Account::forfeited, Account::corrected, Account::paid
};

std::optional<std::string> parts_do_not_make_up_what_was_earned(const PayBook& book)
{
    Sums parts;
    for (const Account account : {Account::withheld, Account::released, Account::frozen}) {
        parts.take(parts.credits, left_on(book.at(account)));
    }
    for (const Account account : {Account::forfeited, Account::corrected, Account::paid}) {
        parts.take(parts.credits, book.at(account).credits);
    }
    if (parts.fits && parts.credits == book.at(Account::earned).credits) return std::nullopt;
    return "withheld, released, frozen, forfeited, corrected and paid do not make up earned";
}

std::optional<std::string> lots_do_not_cover(const PayBook& book)
{
    Sums lots;
    for (const Lot& lot : book.lots)
        lots.take(lots.credits, lot.amount);
    const Wei withheld = left_on(book.at(Account::withheld));
    const Wei frozen = left_on(book.at(Account::frozen));
    lots.take(lots.debits, withheld);
    lots.take(lots.debits, frozen);
    if (!lots.fits || lots.debits != lots.credits) return "the lots are not what is withheld";
    if (!(book.freeze ? withheld : frozen).is_zero()) return "pay is half frozen";
    const bool sorted = std::ranges::is_sorted(book.lots, std::ranges::less_equal{}, &Lot::due);
    if (!sorted) return "the lots are out of order";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> violation(const PayBook& book)
{
    for (std::size_t i = 0; i < pay_accounts; ++i) {
        const auto account = static_cast<Account>(pool_accounts + i);
        if (auto wrong = out_of_bounds(book.balances[i], account)) return wrong;
    }
    for (const Account account : passages) {
        const Balance& balance = book.at(account);
        if (balance.debits == balance.credits) continue;
        return std::string{name_of(account)} + " keeps money";
    }
    if (auto wrong = parts_do_not_make_up_what_was_earned(book)) return wrong;
    return lots_do_not_cover(book);
}

std::optional<std::string> violation(const State& state)
{
    Sums sums;
    for (std::size_t i = 0; i < pool_accounts; ++i) {
        if (auto wrong = out_of_bounds(state.pool[i], static_cast<Account>(i))) return wrong;
        sums.take(state.pool[i]);
    }
    for (const auto& [address, book] : state.pay) {
        if (auto wrong = violation(book)) return to_hex(address.value()) + ": " + *wrong;
        for (const Balance& balance : book.balances)
            sums.take(balance);
    }
    if (!sums.fits || sums.debits != sums.credits) return "debits are not credits";
    return std::nullopt;
}

std::optional<std::string> violation(const MoneyEvent& event)
{
    const auto* earned = std::get_if<PayEarned>(&event);
    if (earned == nullptr) return std::nullopt;
    Sums sums;
    const Shares& shares = earned->shares;
    for (const Wei& share :
         {shares.transcoder, shares.margin, shares.checks, shares.fund, shares.gas, shares.rounding
         }) {
        sums.take(sums.credits, share);
    }
    if (sums.fits && sums.credits == earned->fee) return std::nullopt;
    return "the shares do not sum to the fee";
}

std::optional<std::string> violation(
    const PayBook& before, const PayBook& after, const MoneyEvent& event
)
{
    const auto kept = [](const PayBook& book) {
        return subtract(cumulative_earned(book), book.at(Account::forfeited).credits)
            .value_or(Wei{});
    };
    const bool takes =
        std::holds_alternative<PayCorrected>(event) || std::holds_alternative<PayForfeited>(event);
    if (!takes && kept(after) < kept(before)) return "earnings fell";
    if (after.vouchers < before.vouchers || after.cases < before.cases ||
        after.corrections < before.corrections || after.paid_epoch < before.paid_epoch) {
        return "a number fell";
    }
    for (std::size_t i = 0; i < pay_accounts; ++i) {
        if (after.balances[i].credits < before.balances[i].credits ||
            after.balances[i].debits < before.balances[i].debits) {
            return std::string{name_of(static_cast<Account>(pool_accounts + i))} + " lost a side";
        }
    }
    return std::nullopt;
}

}  // namespace millpond::ledger
