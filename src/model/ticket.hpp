#pragma once

#include "base/bytes.hpp"
#include "base/wei.hpp"
#include "model/ids.hpp"
#include "model/price.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace millpond {

/// The round a ticket belongs to and the L1 block hash that the chain keeps for it.
struct CreationRound {
    std::uint64_t number = 0;
    Hash32 block_hash{};

    bool operator==(const CreationRound&) const = default;
};

/// What an orchestrator asks of a gateway's tickets: each wins `face_value` with a probability of
/// `win_probability` over 2^256 - 1 (livepeer-wire 5.1).
struct TicketParams {
    Address recipient;
    Wei face_value;
    Wei win_probability;
    Hash32 recipient_rand_hash{};
    Wei seed;
    Wei expiration_block;  ///< of L1
    CreationRound round;

    bool operator==(const TicketParams&) const = default;
};

/// One ticket's own part.
struct TicketSignature {
    std::uint32_t nonce = 0;
    std::array<std::uint8_t, 65> signature{};  ///< by the gateway, over personal(ticket hash)

    bool operator==(const TicketSignature&) const = default;
};

/// A ticket as the chain takes it.
struct Ticket {
    TicketParams params;
    Address sender;
    TicketSignature signed_by_sender;

    bool operator==(const Ticket&) const = default;
};

/// What comes with a segment: any number of tickets of the same parameters, and the price the
/// gateway reckons with.
struct Payment {
    TicketParams params;
    Address sender;
    std::vector<TicketSignature> tickets;
    Price expected_price;

    bool operator==(const Payment&) const = default;
};

}  // namespace millpond
