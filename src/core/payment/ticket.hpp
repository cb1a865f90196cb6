#pragma once

#include "model/ticket.hpp"

namespace millpond::payment {

/// Round and block hash in 64 bytes; nothing when both are zero (livepeer-wire 5.1).
[[nodiscard]] Bytes aux_data(const CreationRound& round);

/// keccak over recipient, sender, face value, win probability, nonce, recipientRandHash and
/// aux_data, packed. What the gateway signs in `personal` form, and what the chain recomputes.
[[nodiscard]] Hash32 ticket_hash(
    const TicketParams& params, const Address& sender, std::uint32_t nonce
);

/// Whether keccak(signature, recipientRand) lies below the win probability (5.3). The signature as
/// it came: its v takes part.
[[nodiscard]] bool wins(
    const TicketSignature& ticket, const Hash32& recipient_rand, const Wei& win_probability
);

}  // namespace millpond::payment
