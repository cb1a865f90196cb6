#pragma once

#include "apps/millpond/config.hpp"
#include "edge/api/operator_desk.hpp"
#include "edge/api/public_api.hpp"
#include "edge/net/workers.hpp"
#include "edge/store/epoch_files.hpp"
#include "edge/store/epoch_proofs.hpp"
#include "flow/bookkeeper.hpp"

#include <memory>
#include <string>

namespace millpond {

/// The pool's book with what it needs, where one is kept.
struct Keeping {
    std::unique_ptr<net::Workers> files;
    std::unique_ptr<store::EpochFiles> epochs;
    std::unique_ptr<Bookkeeper> book;
    std::unique_ptr<store::EpochProofs> proofs;
    std::unique_ptr<PublicApi> pages;
    Hash32 operator_secret{};
    std::unique_ptr<OperatorDesk> desk;
};

/// Takes in what the journal at `location` holds. A fault names every inequality that the policy
/// violates, in numbers, or the entry that breaks the rules: such a journal is not gone on with.
Result<Keeping, Fault> open_book(
    net::Loop& loop,
    const PoolConfig& config,
    const std::string& location,
    store::StoredJournal& journal
);

}  // namespace millpond
