#pragma once

#include "edge/store/snapshot_files.hpp"
#include "edge/store/verify.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millpond::store {

/// Reads a journal that another process writes, from where it has come to: what a standby applies
/// stays as far behind as the time between two calls.
class Follower {
public:
    static Result<Follower, Fault> open(const std::string& location);

    /// The entry there; nothing where the journal has another one, or none.
    Result<std::optional<Entry>, Fault> look_at(const Position& position);
    /// What is in front of and with that entry is not read.
    void go_on_behind(const Position& position);

    /// Calls `each` with every entry that is new. The fault names the row that is broken or does
    /// not follow from the one before, or what `each` did not like; then it is not gone on with.
    Result<void, Fault> catch_up(const EachEntry& each);

    [[nodiscard]] std::uint64_t entries() const { return last_; }

    [[nodiscard]] const Hash32& last_hash() const { return hash_; }

private:
    explicit Follower(std::unique_ptr<Table> table) : table_(std::move(table)) {}

    std::unique_ptr<Table> table_;
    std::uint64_t last_ = 0;
    Hash32 hash_{};
};

}  // namespace millpond::store
