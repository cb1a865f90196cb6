#pragma once

#include "apps/millpond/pool_book.hpp"
#include "crypto/signature.hpp"
#include "edge/sandbox/sandbox.hpp"
#include "edge/store/journal.hpp"

#include <memory>

namespace millpond {

/// Where results are read, and where pictures are looked into, which takes its time.
struct Boxes {
    std::unique_ptr<sandbox::Sandbox> facts;
    std::unique_ptr<sandbox::Sandbox> pictures;
};

/// What opening may fail at, opened: the pool is built on it.
struct PoolParts {
    Blob benchmark;
    Blob rehearsal;  ///< what is recorded where there is no live stream
    Hash32 secret{};
    std::unique_ptr<crypto::PrivateKey> signer;
    std::unique_ptr<store::StoredJournal> journal;
    Boxes boxes;
    Keeping keeping;
};

/// The configured one, or the file in the data folder.
[[nodiscard]] std::string journal_location(const PoolConfig& config);

/// In the data folder, which is made where it is missing. A fault names the part.
Result<PoolParts, Fault> open_parts(net::Loop& loop, const PoolConfig& config);

}  // namespace millpond
