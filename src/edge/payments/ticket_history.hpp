#pragma once

#include "base/result.hpp"
#include "edge/payments/ticket_desk.hpp"
#include "edge/store/table.hpp"

#include <cstdint>
#include <map>

namespace millpond {

/// Tells a desk what a journal holds about tickets, so that a restart refuses none and owes none.
class TicketHistory {
public:
    explicit TicketHistory(TicketDesk& desk) : desk_(desk) {}

    /// An entry, in the journal's order.
    void take(const Entry& entry);
    /// All entries from `since` on: what is older matters to no ticket any more.
    Result<void, Fault> read(store::Table& table, Time since);

private:
    TicketDesk& desk_;
    std::map<SessionId, Address> senders_;
    std::map<TaskId, std::int64_t> accepted_;  ///< pixels of results that may be delivered
};

}  // namespace millpond
