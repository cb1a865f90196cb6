#pragma once

#include "base/bytes.hpp"
#include "base/wei.hpp"
#include "core/chain/contracts.hpp"
#include "model/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The members of a pool as the programs call them: shares, votes, the timelock and the mutual
/// fund. What each call does stands in contracts/src/interfaces.
namespace millpond::chain {

/// A pool's own three contracts.
struct Members {
    Address shares;
    Address timelock;  ///< the pool's governor in the registry
    Address voting;

    bool operator==(const Members&) const = default;
};

/// Where they come to be if the deployer makes them one after the other.
[[nodiscard]] Members predict_members(const Address& deployer, std::uint64_t nonce);

[[nodiscard]] std::vector<Creation> member_creations(
    const Contracts& contracts, const PoolId& pool, const Members& members
);

/// What the timelock is to call.
struct Action {
    Address target;
    Wei value;
    Bytes call;

    bool operator==(const Action&) const = default;
};

struct Proposal {
    Address proposer;
    std::vector<Action> actions;
    std::uint64_t vote_start = 0;
    std::uint64_t vote_end = 0;
    std::string description;

    bool operator==(const Proposal&) const = default;
};

/// The number that votes name it by, as a word.
[[nodiscard]] Hash32 proposal_id(const std::vector<Action>& actions, std::string_view description);

/// Out of the log that it was made; nothing for another log, or one whose number is not that of
/// what it tells.
[[nodiscard]] std::optional<Proposal> proposal_of(const std::vector<Hash32>& topics, ByteView data);

/// Out of the log that the fund became that of a pool's members: their shares.
[[nodiscard]] std::optional<Address> attached_shares_of(
    const std::vector<Hash32>& topics, const PoolId& pool
);

/// As in IGovernor, in this order.
enum class ProposalState : std::uint8_t {
    pending,
    active,
    canceled,
    defeated,
    succeeded,
    queued,
    expired,
    executed,
};
[[nodiscard]] std::string_view name_of(ProposalState state);
[[nodiscard]] std::optional<ProposalState> proposal_state_of(ByteView answer);

enum class Ballots : std::uint8_t { against, approve, abstain };

namespace calls {

// Shares
[[nodiscard]] Bytes buy_shares(const Wei& tokens);
[[nodiscard]] Bytes leave_members(const Wei& shares);
[[nodiscard]] Bytes withdraw_shares(std::uint64_t request);
[[nodiscard]] Bytes ragequit(const Hash32& proposal);
[[nodiscard]] Bytes take_dividend(const Address& member);
[[nodiscard]] Bytes expel(const Address& member);
[[nodiscard]] Bytes set_open(bool open);
[[nodiscard]] Bytes set_admitted(const Address& candidate, bool admitted);
[[nodiscard]] Bytes shares_of(const Address& member);
[[nodiscard]] Bytes total_shares();
[[nodiscard]] Bytes pot();
[[nodiscard]] Bytes is_open();
[[nodiscard]] Bytes voting();

// Votes
[[nodiscard]] Bytes propose(const std::vector<Action>& actions, std::string_view description);
[[nodiscard]] Bytes cast_vote(const Hash32& proposal, Ballots vote);
[[nodiscard]] Bytes queue(const std::vector<Action>& actions, std::string_view description);
[[nodiscard]] Bytes execute(const std::vector<Action>& actions, std::string_view description);
[[nodiscard]] Bytes state_of(const Hash32& proposal);
[[nodiscard]] Bytes votes_on(const Hash32& proposal);
[[nodiscard]] Bytes due_at(const Hash32& proposal);

// Fund
[[nodiscard]] Bytes attach_members(const PoolId& pool, const Address& shares);
[[nodiscard]] Bytes contribute(const PoolId& pool);
[[nodiscard]] Bytes set_token_price(const PoolId& pool, const Wei& price);
[[nodiscard]] Bytes pay_dividend(const PoolId& pool);
[[nodiscard]] Bytes fund_of(const PoolId& pool);

// Registry
[[nodiscard]] Bytes change_governor(const PoolId& pool, const Address& governor);
[[nodiscard]] Bytes governor_of(const PoolId& pool);
[[nodiscard]] Bytes wind(const PoolId& pool, const Hash32& successor);

}  // namespace calls
}  // namespace millpond::chain
