#pragma once

#include "base/time.hpp"
#include "core/payment/credit.hpp"
#include "model/ids.hpp"

#include <compare>
#include <cstddef>
#include <map>
#include <optional>

namespace millpond::payment {

/// Whose money for which stream.
struct Account {
    Address sender;
    SessionId session;

    auto operator<=>(const Account&) const = default;
};

/// What gateways have paid in tickets' expected value and what their segments cost.
class Balances {
public:
    static constexpr Duration idle = std::chrono::minutes{10};

    struct Balance {
        Credit paid;
        Credit used;
        std::optional<Price> fixed_price;  ///< of the session, from its first payment on
        Time touched;
    };

    /// The price a session keeps: that of its first payment.
    const Price& fix_price(const Account& account, const Price& price, Time now);
    /// What would not fit is not counted: no gateway has it.
    void pay(const Account& account, const Credit& credit, Time now);
    void use(const Account& account, const Credit& cost, Time now);
    /// Whether what is paid exceeds what is used by at least that much.
    [[nodiscard]] bool covers(const Account& account, const Credit& more) const;
    /// Forgets what nobody has touched for `idle`, its fixed price too.
    void forget_idle(Time now);

    /// Nothing for one never seen or forgotten.
    [[nodiscard]] const Balance* find(const Account& account) const;

    [[nodiscard]] const std::map<Account, Balance>& all() const { return balances_; }

    [[nodiscard]] std::size_t size() const { return balances_.size(); }

private:
    Balance& touch(const Account& account, Time now);

    std::map<Account, Balance> balances_;
};

}  // namespace millpond::payment
