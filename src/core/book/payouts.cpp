#include "core/book/payouts.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <set>

namespace millpond::book {
namespace {

Wei released(const ledger::PayBook& pay)
{
    return ledger::left_on(pay.at(ledger::Account::released));
}

}  // namespace

std::string_view name_of(PayoutRefusal refusal)
{
    switch (refusal) {
        case PayoutRefusal::nothing_is_named: return "nothing_is_named";
        case PayoutRefusal::reference_is_missing: return "reference_is_missing";
        case PayoutRefusal::reference_is_too_long: return "reference_is_too_long";
        case PayoutRefusal::epoch_has_not_ended: return "epoch_has_not_ended";
        case PayoutRefusal::named_twice: return "named_twice";
        case PayoutRefusal::unknown_transcoder: return "unknown_transcoder";
        case PayoutRefusal::amount_is_zero: return "amount_is_zero";
        case PayoutRefusal::paid_by_another_reference: return "paid_by_another_reference";
        case PayoutRefusal::paid_another_amount: return "paid_another_amount";
        case PayoutRefusal::later_epoch_is_paid: return "later_epoch_is_paid";
        case PayoutRefusal::exceeds_released: return "exceeds_released";
    }
    MILLPOND_ASSERT(false);
}

void Payouts::note(const BookEvent& event)
{
    const auto* money = std::get_if<MoneyEvent>(&event);
    const auto* payout = money == nullptr ? nullptr : std::get_if<PayoutMade>(money);
    if (payout == nullptr) return;
    auto& made = made_[payout->transcoder];
    if (made.size() == kept) made.pop_front();
    made.push_back(*payout);
}

const PayoutMade* Payouts::made(const Address& account, std::uint64_t epoch) const
{
    const auto whose = made_.find(account);
    if (whose == made_.end()) return nullptr;
    const auto found = std::ranges::find(whose->second, epoch, &PayoutMade::epoch);
    return found == whose->second.end() ? nullptr : &*found;
}

std::vector<Payout> Payouts::due(const ledger::State& state, std::uint64_t epoch)
{
    std::vector<Payout> found;
    for (const auto& [account, pay] : state.pay) {
        const Wei amount = released(pay);
        if (pay.paid_epoch < epoch && !amount.is_zero())
            found.push_back({.account = account, .amount = amount});
    }
    return found;
}

Result<std::vector<BookEvent>, RefusedPayout> Payouts::events_of(
    const Payment& payment, const ledger::State& state, Time now
) const
{
    const auto refuse = [](PayoutRefusal why, const Address& whose = {}) {
        return because(RefusedPayout{.refusal = why, .account = whose});
    };
    if (payment.payouts.empty()) return refuse(PayoutRefusal::nothing_is_named);
    if (payment.reference.empty()) return refuse(PayoutRefusal::reference_is_missing);
    if (payment.reference.size() > reference_max)
        return refuse(PayoutRefusal::reference_is_too_long);
    if (payment.epoch == 0 || payment.epoch >= state.epoch)
        return refuse(PayoutRefusal::epoch_has_not_ended);
    std::vector<BookEvent> events;
    std::set<Address> named;
    for (const auto& [account, amount] : payment.payouts) {
        if (!named.insert(account).second) return refuse(PayoutRefusal::named_twice, account);
        const auto pay = state.pay.find(account);
        if (pay == state.pay.end()) return refuse(PayoutRefusal::unknown_transcoder, account);
        if (amount.is_zero()) return refuse(PayoutRefusal::amount_is_zero, account);
        if (const auto* before = made(account, payment.epoch)) {
            if (before->reference != payment.reference)
                return refuse(PayoutRefusal::paid_by_another_reference, account);
            if (before->amount != amount)
                return refuse(PayoutRefusal::paid_another_amount, account);
            continue;
        }
        if (payment.epoch <= pay->second.paid_epoch)
            return refuse(PayoutRefusal::later_epoch_is_paid, account);
        if (amount > released(pay->second)) return refuse(PayoutRefusal::exceeds_released, account);
        events.emplace_back(MoneyEvent{PayoutMade{
            .transcoder = account,
            .epoch = payment.epoch,
            .amount = amount,
            .reference = payment.reference,
            .at = now,
        }});
    }
    return events;
}

}  // namespace millpond::book
