#pragma once

#include "edge/net/loop.hpp"
#include "flow/ports.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace millpond::store {

/// The journal in SQLite (WAL, synchronous FULL): one row an entry, each chained to the one before
/// by SHA-256. A thread of its own writes what has gathered in one transaction, so that many
/// segments share one flush to disk.
class SqliteJournal final : public Journal {
public:
    /// Makes the file if it is missing. A fault names the file.
    static Result<std::unique_ptr<SqliteJournal>, Fault> open(
        net::Loop& loop, const std::string& path
    );
    ~SqliteJournal() override;

    Task<Result<void, Fault>> append(std::vector<Entry> entries) override;

    struct Counts {
        std::uint64_t entries = 0;
        std::uint64_t commits = 0;
    };

    [[nodiscard]] Counts counts() const;
    /// The highest transcoder id that the journal knows.
    [[nodiscard]] TranscoderId last_transcoder() const;

    struct Inside;

private:
    explicit SqliteJournal(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

/// Calls `each` with every entry in order. A fault names the first row that is broken or does not
/// follow from the one before.
Result<void, Fault> read_journal(
    const std::string& path, const std::function<void(std::uint64_t, const Entry&)>& each
);

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
    std::uint64_t open = 0;  ///< assigned, and nothing more: in work, or cut off by a crash
};

/// Recomputes the chain and checks that the entries make sense together: what is claimed was
/// assigned, what is judged was claimed, what is delivered was accepted, and only once.
Result<JournalSummary, Fault> verify_journal(const std::string& path);

}  // namespace millpond::store
