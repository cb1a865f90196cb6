#pragma once

#include "core/payment/desk.hpp"
#include "core/payment/winners.hpp"
#include "sim/chance.hpp"
#include "sim/habits.hpp"

#include <cstdint>
#include <optional>

namespace millpond::sim {

/// A gateway's purse in a play: it pays by tickets, as the pool's own desk asks for them, while it
/// has a deposit. What wins is redeemed as the pool redeems it.
class GatewaySide {
public:
    GatewaySide(const GatewayHabits& habits, Address sender, std::uint64_t seed, const Wei& pay);

    /// Whether its stream's next segment is let in: it sends tickets until the desk has enough.
    [[nodiscard]] bool pays(
        payment::Desk& desk,
        const payment::ChainView& chain,
        const SessionId& session,
        const Price& price,
        Time now
    );
    /// What was delivered to it.
    void use(payment::Desk& desk, const SessionId& session, const Price& price, Time now);
    /// What of its winners can be redeemed is.
    void redeem(const payment::ChainView& chain, const payment::Rules& rules);

    /// Its money goes elsewhere: another orchestrator has redeemed first.
    void drain();

    [[nodiscard]] const Wei& used() const { return used_; }

    [[nodiscard]] const Wei& redeemed() const { return redeemed_; }

    /// Face values that nobody pays any more or yet.
    [[nodiscard]] Wei open() const { return winners_.owed_by(sender_); }

private:
    [[nodiscard]] bool send_ticket(
        payment::Desk& desk,
        const payment::ChainView& chain,
        const payment::Account& account,
        const Price& price,
        Time now
    );

    Address sender_;
    payment::SenderFunds funds_;
    Chance chance_;
    std::optional<TicketParams> asked_;
    std::uint32_t nonce_ = 0;
    payment::Winners winners_;
    Wei used_;
    Wei redeemed_;
};

}  // namespace millpond::sim
