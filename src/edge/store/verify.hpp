#pragma once

#include "base/result.hpp"
#include "edge/store/table.hpp"
#include "model/entry.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace millpond::store {

/// Takes an entry; a text says what is wrong with it and ends the reading.
using EachEntry = std::function<std::optional<std::string>(std::uint64_t seq, const Entry& entry)>;

/// Calls `each` with every entry in order. The fault names the first row that is broken, that does
/// not follow from the one before, or that `each` did not like.
Result<void, Fault> read_journal(const std::string& location, const EachEntry& each);
Result<void, Fault> read_journal(Table& table, const EachEntry& each);

/// Like EachEntry, with the row as it lies there: its hash binds all that came before.
using EachLink = std::function<std::optional<std::string>(const Row& row, const Entry& entry)>;
Result<void, Fault> read_chain(Table& table, const EachLink& each);

struct JournalSummary {
    std::uint64_t entries = 0;
    std::uint64_t starts = 0;
    std::uint64_t sessions = 0;
    std::uint64_t assigned = 0;
    std::uint64_t claimed = 0;
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::uint64_t failed = 0;
    std::uint64_t delivered = 0;
    std::uint64_t book = 0;  ///< entries that the rules act on
    std::uint64_t open = 0;  ///< assigned, and nothing more: in work, or cut off by a crash

    bool operator==(const JournalSummary&) const = default;
};

/// Recomputes the chain and checks that the entries make sense together: what is claimed was
/// assigned, what is judged was claimed, what is delivered was accepted, and only once.
Result<JournalSummary, Fault> verify_journal(const std::string& location);
Result<JournalSummary, Fault> verify_journal(Table& table);

}  // namespace millpond::store
