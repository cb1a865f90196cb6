#pragma once

#include "base/bytes.hpp"
#include "model/ticket.hpp"

namespace millpond::payment {

/// Where the numbers come from that decide which tickets win. They follow from a secret and from
/// what the gateway sends back, so that nothing is kept for parameters that are out, and whoever
/// changes one of them has another number (livepeer-wire 5.2).
class Recipient {
public:
    Recipient(Address address, const Hash32& secret) : address_(address), secret_(secret) {}

    [[nodiscard]] const Address& address() const { return address_; }

    /// recipientRand for these parameters. Told to nobody until the ticket is redeemed.
    [[nodiscard]] Hash32 rand_of(
        const TicketParams& params, const Address& sender, const Price& price
    ) const;
    /// What goes out in recipient_rand_hash.
    [[nodiscard]] static Hash32 hash_of(const Hash32& recipient_rand);

private:
    Address address_;
    Hash32 secret_;
};

}  // namespace millpond::payment
