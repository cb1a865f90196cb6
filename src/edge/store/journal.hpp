#pragma once

#include "edge/net/loop.hpp"
#include "edge/store/snapshot_files.hpp"
#include "edge/store/table.hpp"
#include "flow/ports.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace millpond::store {

/// The journal of record: one row an entry, each chained to the one before by SHA-256. A thread of
/// its own writes what has gathered in one transaction, so that many segments share one flush to
/// disk. After a failure nothing more is written: the chain in memory would no longer be the one
/// in the database.
class StoredJournal final : public Journal {
public:
    /// A file for SQLite or a `postgres://` address; makes the table if it is missing.
    static Result<std::unique_ptr<StoredJournal>, Fault> open(
        net::Loop& loop, const std::string& location
    );
    /// Nothing can be appended before the pen is taken.
    explicit StoredJournal(net::Loop& loop);
    ~StoredJournal() override;

    /// Becomes the one who writes there. A fault to be retried says that another does.
    Result<void, Fault> take_pen(const std::string& location);

    Task<Result<void, Fault>> append(std::vector<Entry> entries) override;

    struct Counts {
        std::uint64_t entries = 0;
        std::uint64_t commits = 0;
    };

    [[nodiscard]] Counts counts() const;
    /// Of the newest entry that is durable; all zero for an empty journal.
    [[nodiscard]] Hash32 last_hash() const;
    /// Of the newest `epoch_ended` that this process has made durable.
    [[nodiscard]] std::optional<Position> epoch_end() const;
    /// The highest transcoder id that the journal knows.
    [[nodiscard]] TranscoderId last_transcoder() const;

    struct Inside;

private:
    std::shared_ptr<Inside> inside_;  ///< shared with the writer and what it posts
};

}  // namespace millpond::store
