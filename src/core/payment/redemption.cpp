#include "core/payment/redemption.hpp"

#include "base/assert.hpp"

namespace millpond::payment {

std::string_view name_of(Redeem redeem)
{
    switch (redeem) {
        case Redeem::now: return "now";
        case Redeem::not_yet: return "not_yet";
        case Redeem::too_costly: return "too_costly";
        case Redeem::funds_too_low: return "funds_too_low";
        case Redeem::underpaid: return "underpaid";
        case Redeem::inactive: return "inactive";
        case Redeem::lost: return "lost";
    }
    MILLPOND_ASSERT(false);
}

Redeem redeemable(
    const WinningTicket& winner,
    const SenderFunds& funds,
    const ChainView& chain,
    const Rules& rules
)
{
    const TicketParams& params = winner.ticket.params;
    if (params.round.number + rounds_redeemable < chain.round) return Redeem::lost;
    if (!chain.active) return Redeem::inactive;
    if (params.expiration_block > chain.l1_block) return Redeem::not_yet;
    const Wei cost = multiply(chain.gas_price, Wei{rules.redeem_gas}).value_or(Wei::max());
    if (params.face_value <= cost) return Redeem::too_costly;
    const Wei funded = available(funds);
    if (funded <= cost) return Redeem::funds_too_low;
    if (funded < params.face_value) return Redeem::underpaid;
    return Redeem::now;
}

std::optional<std::size_t> next_to_redeem(
    std::span<const WinningTicket> winners,
    const SenderFunds& funds,
    const ChainView& chain,
    const Rules& rules
)
{
    for (std::size_t i = 0; i < winners.size(); ++i) {
        if (redeemable(winners[i], funds, chain, rules) == Redeem::now) return i;
    }
    return std::nullopt;
}

}  // namespace millpond::payment
