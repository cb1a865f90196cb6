#pragma once

#include "base/result.hpp"
#include "core/payment/balances.hpp"
#include "core/payment/funds.hpp"
#include "core/payment/nonces.hpp"
#include "core/payment/recipient.hpp"
#include "core/payment/refusal.hpp"
#include "core/payment/terms.hpp"
#include "model/entry.hpp"
#include "model/ticket.hpp"

#include <optional>
#include <span>
#include <vector>

namespace millpond::payment {

/// What of the chain matters to tickets, as it was last seen.
struct ChainView {
    Wei gas_price;
    Wei l1_block;
    std::uint64_t round = 0;     ///< the last that was initialized
    CreationRound ticket_round;  ///< that one, or the one before where its block hash is not known
    bool active = false;         ///< this recipient, in `round`
};

/// A ticket that won, with what redeems it. Stored before the payment is answered.
struct WinningTicket {
    Ticket ticket;
    Hash32 recipient_rand{};

    bool operator==(const WinningTicket&) const = default;
};

struct Received {
    Credit credited;
    std::uint64_t tickets = 0;           ///< that were credited
    std::vector<std::uint32_t> nonces;   ///< that are used up, credited or not
    std::vector<WinningTicket> winners;  ///< also where the payment was refused
    std::optional<Refused> refused;
};

/// Asks gateways for tickets and takes them.
class Desk {
public:
    Desk(const Recipient& recipient, const Rules& rules) : recipient_(recipient), rules_(rules) {}

    /// Parameters for that sender's tickets. A price of nothing asks for none: they are then
    /// worth nothing, and only say when they expire.
    [[nodiscard]] Result<TicketParams, TermsRefusal> ask(
        const Address& sender,
        const SenderFunds& funds,
        const ChainView& chain,
        const Price& price,
        const Hash32& seed
    ) const;

    /// Takes a payment for a stream. `signers` are who signed each ticket, in order; none where a
    /// signature names nobody. Recovering them costs most, so it is done elsewhere beforehand.
    [[nodiscard]] Received receive(
        const Payment& payment,
        std::span<const std::optional<Address>> signers,
        const Account& account,
        const SenderFunds& funds,
        const ChainView& chain,
        Time now
    );

    /// Takes what a payment came to, as it was noted then. What won has its rand again.
    std::vector<WinningTicket> restore(const TicketsTaken& taken, Time at);

    /// Whether a stream may send a segment at that price: one ticket's worth is paid beforehand.
    [[nodiscard]] bool admits(const Account& account, const Price& price) const;
    void use(const Account& account, const Price& price, Pixels pixels, Time now);

    void tick(const ChainView& chain, Time now);

    /// What the stream's segments cost: as when its first tickets came, else `price`.
    [[nodiscard]] Price price_of(const Account& account, const Price& price) const;

    [[nodiscard]] const Balances& balances() const { return balances_; }

    [[nodiscard]] const Nonces& nonces() const { return nonces_; }

    [[nodiscard]] const Rules& rules() const { return rules_; }

private:
    /// Looks at each ticket: what it is worth, whether it wins, what is wrong with it.
    void look_at_tickets(
        const Payment& payment,
        std::span<const std::optional<Address>> signers,
        const Hash32& rand,
        const ChainView& chain,
        Received& received
    );
    [[nodiscard]] std::optional<Refused> refuse_payment(
        const Payment& payment, const SenderFunds& funds, const ChainView& chain
    ) const;
    [[nodiscard]] std::optional<Refusal> refuse_ticket(
        const Payment& payment,
        const Hash32& rand,
        std::uint32_t nonce,
        const ChainView& chain,
        Received& received
    );

    Recipient recipient_;
    Rules rules_;
    Balances balances_;
    Nonces nonces_;
};

}  // namespace millpond::payment
