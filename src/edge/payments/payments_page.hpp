#pragma once

#include "edge/payments/ticket_desk.hpp"

#include <optional>
#include <string>

namespace millpond {

/// For the operator: what gateways have paid and used, which winners wait, and how the chain was
/// last seen. JSON.
[[nodiscard]] std::string payments_page(
    const TicketDesk& desk, const std::optional<payment::ChainView>& chain
);

}  // namespace millpond
