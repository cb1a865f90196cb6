#pragma once

#include "apps/millpond/config.hpp"
#include "core/verify/thresholds.hpp"
#include "crypto/signature.hpp"
#include "edge/api/operator_desk.hpp"
#include "edge/api/public_api.hpp"
#include "edge/net/workers.hpp"
#include "edge/store/epoch_files.hpp"
#include "edge/store/epoch_proofs.hpp"
#include "edge/store/journal.hpp"
#include "flow/bookkeeper.hpp"

#include <memory>
#include <string>

namespace millpond {

/// The pool's book with what it needs, where one is kept.
struct Keeping {
    std::unique_ptr<OperatorKey> key;
    std::unique_ptr<net::Workers> files;
    std::unique_ptr<store::EpochFiles> epochs;
    std::unique_ptr<Bookkeeper> book;
    std::unique_ptr<store::EpochProofs> proofs;
    std::unique_ptr<PublicApi> pages;
    Hash32 operator_secret{};
    std::unique_ptr<OperatorDesk> desk;
};

/// Takes the pen of the journal at `location`, at once or, as a standby, when the pool that has it
/// is gone, and takes in what the journal holds: as a standby already while it waits. A fault names
/// every inequality that the policy violates, in numbers, or the entry that breaks the rules: such
/// a journal is not gone on with. The operator's `key` signs; what the configuration's thresholds
/// judge is what is offered.
Result<Keeping, Fault> open_book(
    net::Loop& loop,
    const PoolConfig& config,
    const std::string& location,
    store::StoredJournal& journal,
    const crypto::PrivateKey& key
);

}  // namespace millpond
