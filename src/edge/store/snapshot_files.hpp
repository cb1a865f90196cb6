#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace millpond::store {

/// An entry of the journal and all in front of it: the hash binds them.
struct Position {
    std::uint64_t seq = 0;
    Hash32 hash{};

    bool operator==(const Position&) const = default;
};

/// What a pool knew at the end of an epoch.
struct Snapshot {
    std::uint64_t epoch = 0;
    Position behind;  ///< the entry that ended the epoch
    Bytes known;      ///< book::encode_snapshot

    bool operator==(const Snapshot&) const = default;
};

/// With a SHA-256 over all of it in front.
[[nodiscard]] Bytes encode_snapshot_file(const Snapshot& snapshot);
[[nodiscard]] Result<Snapshot, Fault> parse_snapshot_file(ByteView bytes);

/// Snapshots as files `N.snapshot` of a folder; the newest two are kept, so that a damaged one has
/// another in front of it.
class SnapshotFiles {
public:
    explicit SnapshotFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

    [[nodiscard]] Result<void, Fault> keep(const Snapshot& snapshot) const;
    /// Newest first.
    [[nodiscard]] std::vector<std::filesystem::path> all() const;
    /// A fault names the file and what is wrong with it.
    [[nodiscard]] static Result<Snapshot, Fault> read(const std::filesystem::path& file);

private:
    std::filesystem::path folder_;
};

}  // namespace millpond::store
