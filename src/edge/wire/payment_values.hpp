#pragma once

#include "edge/wire/messages.hpp"
#include "model/price.hpp"
#include "model/ticket.hpp"

#include <optional>

/// Tickets between the wire's bytes and the values that are reckoned with.
namespace millpond::wire {

/// What has a wrong length or does not fit becomes zero, which no check of a ticket lets pass:
/// the gateway then reads which part was wrong.
[[nodiscard]] millpond::Payment payment_of(const Payment& message);

[[nodiscard]] TicketParams message_of(const millpond::TicketParams& params);
/// With the fields that the gateway does not repeat; the reference's gateways read them.
[[nodiscard]] millpond::TicketParams params_of(const TicketParams& message);

/// Nothing for a price that does not fit the wire's integers.
[[nodiscard]] std::optional<PriceInfo> message_of(const Price& price);
/// A price below nothing is one for no pixels, which is none.
[[nodiscard]] Price price_of(const PriceInfo& message);

}  // namespace millpond::wire
