#pragma once

#include "core/chain/court.hpp"
#include "core/chain/members.hpp"
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

struct Standing {
    std::uint64_t since = 0;
    std::uint64_t now = 0;
};

/// The newest root of a pool that has stood its challenge, if it was posted since then or is the
/// last; nothing where there is none.
[[nodiscard]] Result<std::optional<PostedRoot>, Fault> find_standing_root(
    Node& node, const Deployed& deployed, const PoolId& pool, const Standing& wanted
);

/// The accusation of a case, out of the log that it was opened. A fault where there is none.
[[nodiscard]] Result<Accusation, Fault> find_case(
    Node& node, const Deployed& deployed, const Hash32& id
);

/// The contracts of a pool's members, from the log that the fund became theirs. A fault where the
/// pool has none.
[[nodiscard]] Result<Members, Fault> find_members(
    Node& node, const Deployed& deployed, const PoolId& pool
);

/// What is to be voted on, out of the log that it was proposed. A fault where there is none.
[[nodiscard]] Result<Proposal, Fault> find_proposal(
    Node& node, const Deployed& deployed, const Members& members, const Hash32& id
);

}  // namespace millpond::chain
