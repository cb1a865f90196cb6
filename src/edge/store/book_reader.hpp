#pragma once

#include "base/result.hpp"
#include "edge/store/follower.hpp"
#include "edge/store/snapshot_files.hpp"
#include "flow/bookkeeper.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millpond::store {

/// Brings a bookkeeper to where a journal ends, and follows as it grows.
class BookReader {
public:
    static Result<BookReader, Fault> open(const std::string& location, Bookkeeper& keeper);

    struct Start {
        std::uint64_t epoch = 0;  ///< of the snapshot; 0 without one
        std::uint64_t entry = 0;  ///< what is in front of and with it was not applied again
        std::vector<std::string> refused;  ///< newer snapshots, and what is wrong with each
    };

    /// Takes the newest snapshot that is whole and of this journal, if there is any.
    Start start(const SnapshotFiles& snapshots);
    /// Applies what is new. A fault names the entry that breaks the chain or the rules.
    Result<void, Fault> catch_up();

    [[nodiscard]] std::uint64_t entries() const { return follower_.entries(); }

private:
    BookReader(Follower follower, Bookkeeper& keeper)
        : follower_(std::move(follower)),
          keeper_(&keeper)
    {
    }

    Result<Snapshot, Fault> take(const std::filesystem::path& file);

    Follower follower_;
    Bookkeeper* keeper_;
};

}  // namespace millpond::store
