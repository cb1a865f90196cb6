#include "core/payment/balances.hpp"

namespace millpond::payment {

Balances::Balance& Balances::touch(const Account& account, Time now)
{
    Balance& balance = balances_[account];
    if (now - balance.touched > idle) balance = {};
    balance.touched = now;
    return balance;
}

const Price& Balances::fix_price(const Account& account, const Price& price, Time now)
{
    Balance& balance = touch(account, now);
    if (!balance.fixed_price) balance.fixed_price = price;
    return *balance.fixed_price;
}

void Balances::pay(const Account& account, const Credit& credit, Time now)
{
    Balance& balance = touch(account, now);
    balance.paid = add(balance.paid, credit).value_or(balance.paid);
}

void Balances::use(const Account& account, const Credit& cost, Time now)
{
    Balance& balance = touch(account, now);
    const Credit all{.whole = Wei::max(), .part = {}};
    balance.used = add(balance.used, cost).value_or(all);
}

bool Balances::covers(const Account& account, const Credit& more) const
{
    const Balance* balance = find(account);
    if (balance == nullptr) return more == Credit{};
    const auto needed = add(balance->used, more);
    return needed && balance->paid >= *needed;
}

void Balances::forget_idle(Time now)
{
    std::erase_if(balances_, [now](const auto& entry) {
        return now - entry.second.touched > idle;
    });
}

const Balances::Balance* Balances::find(const Account& account) const
{
    const auto found = balances_.find(account);
    return found == balances_.end() ? nullptr : &found->second;
}

}  // namespace millpond::payment
