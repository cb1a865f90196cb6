#pragma once

#include "base/wei.hpp"

#include <cstdint>

namespace millpond::payment {

/// What a gateway has on the chain, and what of it is not ours to count on (livepeer-wire 5.10).
struct SenderFunds {
    Wei deposit;
    Wei reserve;                       ///< what is left of it
    Wei claimed_in_round;              ///< out of the reserve, by all recipients in this round
    Wei claimed_by_us;                 ///< the same, by this recipient
    Wei pending;                       ///< face values of ours on their way to the chain
    std::uint64_t pool_size = 0;       ///< recipients that share the reserve
    std::uint64_t withdraw_round = 0;  ///< from then on it may be taken out; 0: not asked for
};

/// This recipient's share of the reserve; nothing where there are no recipients.
[[nodiscard]] Wei reserve_share(const SenderFunds& funds);

/// The largest face value that is surely paid: the share of the reserve, less what is pending
/// unless the deposit is three times that.
[[nodiscard]] Wei max_float(const SenderFunds& funds);

/// What a redemption may count on: share of the reserve and deposit, less what is pending.
[[nodiscard]] Wei available(const SenderFunds& funds);

/// Whether it can be taken out by the end of the next round.
[[nodiscard]] bool unlocks_soon(const SenderFunds& funds, std::uint64_t round);

}  // namespace millpond::payment
