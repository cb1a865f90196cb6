#pragma once

#include "model/ids.hpp"

#include <cstdint>
#include <string>

namespace millpond::payment {

/// Why a payment is not taken, in order of precedence (livepeer-wire 5.6).
enum class Refusal : std::uint8_t {
    sender_missing,
    recipient_inactive,
    price_invalid,
    funds_unlock_soon,
    wrong_recipient,
    zero_sender,
    wrong_rand,
    wrong_signature,
    nonce_seen,
    too_many_nonces,
    expired,
};

/// A fatal one ends a payment at once. After any other the rest is looked at, since a ticket may
/// have won, but nothing is credited from there on.
[[nodiscard]] bool is_fatal(Refusal refusal);

struct Refused {
    Refusal refusal{};
    Address who;               ///< the sender, or this recipient where it is inactive
    std::uint64_t number = 0;  ///< the nonce, or the round where inactive

    bool operator==(const Refused&) const = default;
};

/// The text a gateway reads, as the reference's.
[[nodiscard]] std::string text_of(const Refused& refused);

}  // namespace millpond::payment
