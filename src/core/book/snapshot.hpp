#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "core/book/book.hpp"
#include "core/book/payouts.hpp"
#include "core/book/recent.hpp"

namespace millpond::book {

/// What a pool knows from its journal.
struct Known {
    Book book;
    Payouts payouts;
    RecentTasks recent;
};

/// All of it as bytes, between the end of an epoch and the beginning of the next; the same state
/// gives the same bytes.
[[nodiscard]] Bytes encode_snapshot(
    const Book& book, const Payouts& payouts, const RecentTasks& recent
);

/// Reads what encode_snapshot wrote, with the rules that were in force. Bytes that are cut short,
/// longer, of another form, pool or table of attacks, or that do not fit together are a fault.
[[nodiscard]] Result<Known, Fault> decode_snapshot(const Settings& settings, ByteView bytes);

}  // namespace millpond::book
