#pragma once

#include "base/clock.hpp"
#include "edge/payments/ticket_desk.hpp"

#include <functional>
#include <memory>

namespace millpond {

/// Brings tickets that won to the chain, one at a time, when that pays and no earlier than their
/// parameters have expired. A ticket is let go only when the chain has said its last word on it.
class Redeemer {
public:
    /// Told of a ticket that could not be redeemed yet, and why.
    using Told = std::function<void(const Hash32& ticket, const std::string& why)>;

    Redeemer(PaymentChain& chain, TicketDesk& desk, Told told);
    ~Redeemer();

    /// Due when the chain has moved.
    void look();

private:
    struct Inside;
    std::shared_ptr<Inside> inside_;  // also held by what is under way
};

}  // namespace millpond
