#pragma once

#include "core/payment/desk.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace millpond::payment {

/// What may be done with a winning ticket now (livepeer-wire 5.10).
enum class Redeem : std::uint8_t {
    now,
    not_yet,        ///< its parameters are still out: with recipientRand the sender could forge
    too_costly,     ///< the transaction costs as much as the face value, or more
    funds_too_low,  ///< the sender's funds do not cover even the transaction
    underpaid,      ///< the chain would pay less than the face value
    inactive,       ///< this recipient may not redeem in this round
    lost,           ///< its round is too old for the chain
};
[[nodiscard]] std::string_view name_of(Redeem redeem);

/// How many rounds after its own a ticket may be redeemed.
inline constexpr std::uint64_t rounds_redeemable = 2;

[[nodiscard]] Redeem redeemable(
    const WinningTicket& winner,
    const SenderFunds& funds,
    const ChainView& chain,
    const Rules& rules
);

/// Of one sender's winners, oldest first, the one to redeem next: nothing unless one can be now.
[[nodiscard]] std::optional<std::size_t> next_to_redeem(
    std::span<const WinningTicket> winners,
    const SenderFunds& funds,
    const ChainView& chain,
    const Rules& rules
);

}  // namespace millpond::payment
