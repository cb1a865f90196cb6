#pragma once

#include "core/chain/pool_view.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/node.hpp"

#include <cstdint>

/// What the contracts hold, as all nodes that answer tell it of one block. Blocks.
namespace millpond::chain {

[[nodiscard]] Result<PoolView, Fault> view_pool(
    Node& node, const Contracts& contracts, const PoolId& pool, std::uint64_t block
);

[[nodiscard]] Result<AccountView, Fault> view_account(
    Node& node,
    const Contracts& contracts,
    const PoolId& pool,
    const Address& account,
    std::uint64_t block
);

/// The stamp that an epoch's root was posted with, out of the vault's logs, newest first. A fault
/// where it was not posted.
[[nodiscard]] Result<EpochStamp, Fault> find_stamp(
    Node& node, const Deployed& deployed, const EpochRoot& root
);

}  // namespace millpond::chain
