#pragma once

#include "base/bytes.hpp"
#include "base/wei.hpp"
#include "core/chain/contracts.hpp"
#include "core/receipt/receipt.hpp"
#include "model/ids.hpp"
#include "model/receipt.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// Cases, juries and faults that signatures prove, as the programs call them. What each call does
/// stands in contracts/src/interfaces.
namespace millpond::chain {

enum class CaseFault : std::uint8_t { fraud, substandard, copying };

/// As in ICourt: all of a case that never changes.
struct Accusation {
    PoolId pool;
    Address accused;
    CaseFault fault = CaseFault::fraud;
    TaskKey task;
    std::uint64_t epoch = 0;
    Wei penalty_tokens;
    Wei penalty_ether;
    Wei damage;
    std::uint64_t damage_bp = 0;
    Hash32 evidence_root{};
    Hash32 seed_commit{};  ///< Keccak-256 of the claimant's half of the jury's seed

    bool operator==(const Accusation&) const = default;
};

[[nodiscard]] Hash32 case_id(const Accusation& accusation);

/// As in ICourt, in this order.
enum class CaseStatus : std::uint8_t {
    none,
    open,
    disputed,
    evidence,
    in_court,
    ruled,
    escrow,
    executed,
    acquitted,
    dismissed,
    cancelled,
};
[[nodiscard]] std::string_view name_of(CaseStatus status);

struct CaseState {
    CaseStatus status = CaseStatus::none;
    std::uint64_t until = 0;
    std::uint64_t round = 0;
};

[[nodiscard]] std::optional<CaseState> case_state_of(ByteView answer);

enum class Vote : std::uint8_t { none, convict, acquit };

/// What a juror puts under seal.
struct Ballot {
    Hash32 of{};  ///< the case
    std::uint64_t round = 1;
    Vote vote = Vote::none;
    Hash32 scores{};  ///< what was measured
    Hash32 salt{};
};

[[nodiscard]] Hash32 commitment_of(const Ballot& ballot, const Address& juror);

/// A seat of a jury.
struct Seat {
    Hash32 of{};  ///< the case
    std::uint64_t round = 1;
    std::uint64_t attempt = 0;
    std::uint64_t number = 0;
};

/// A leaf in a posted root; nothing stands for none.
struct PostedLeaf {
    settle::Leaf leaf;
    settle::SumProof proof;
};

/// An accusation out of the log that its case was opened.
[[nodiscard]] std::optional<Accusation> opened_case_of(
    const std::vector<Hash32>& topics, ByteView data
);

namespace calls {

// Court
[[nodiscard]] Bytes open_case(
    const Accusation& accusation,
    const TaskOffer& offer,
    const receipt::Signed<ResultCommit>& commit
);
[[nodiscard]] Bytes dispute(const Accusation& accusation, const Hash32& seed_commit, bool from_pay);
[[nodiscard]] Bytes publish_evidence(
    const Accusation& accusation, std::string_view uri, const Hash32& data_root, const Hash32& seed
);
[[nodiscard]] Bytes summon(const Accusation& accusation, const Hash32& seed);
[[nodiscard]] Bytes take_verdict(const Accusation& accusation);
[[nodiscard]] Bytes appeal(const Accusation& accusation);
[[nodiscard]] Bytes advance_case(const Accusation& accusation);
[[nodiscard]] Bytes execute_case(
    const Accusation& accusation, const EpochStamp& stamp, const PostedLeaf& posted
);
[[nodiscard]] Bytes execute_without_pay(const Accusation& accusation);
[[nodiscard]] Bytes cancel_case(const Accusation& accusation, std::string_view reason);
[[nodiscard]] Bytes disprove_case(const Accusation& accusation);
[[nodiscard]] Bytes uncovered_loss_of(const Hash32& of);
[[nodiscard]] Bytes status_of(const Accusation& accusation);
[[nodiscard]] Bytes opening_bond(const Accusation& accusation);
[[nodiscard]] Bytes defence_bond(const Accusation& accusation);

// Mutual fund
[[nodiscard]] Bytes cover_loss(const Accusation& accusation);

// Jury and its registry
[[nodiscard]] Bytes draw_jury(const Hash32& of, std::uint64_t round, std::uint64_t tries);
[[nodiscard]] Bytes retry_jury(const Hash32& of, std::uint64_t round);
[[nodiscard]] Bytes commit_vote(const Ballot& ballot, const Address& juror);
[[nodiscard]] Bytes reveal_vote(const Ballot& ballot);
[[nodiscard]] Bytes release_seat(const Seat& seat);
[[nodiscard]] Bytes pay_fee(const Seat& seat);
[[nodiscard]] Bytes juror_of(const Seat& seat);
[[nodiscard]] Bytes deadlines_of(const Hash32& of, std::uint64_t round);
[[nodiscard]] Bytes outcome_of(const Hash32& of, std::uint64_t round);
[[nodiscard]] Bytes seats_of(std::uint64_t round);
[[nodiscard]] Bytes juror_fee();
[[nodiscard]] Bytes join_jurors();
[[nodiscard]] Bytes enrol_juror(const Address& juror);
[[nodiscard]] Bytes quit_jurors();

// Registry
[[nodiscard]] Bytes activate_verdict_function(const PoolId& pool, const Hash32& function);
[[nodiscard]] Bytes name_watcher(const PoolId& pool, const Address& watcher);

// Challenges
[[nodiscard]] Bytes prove_omission(
    const receipt::Signed<Voucher>& voucher,
    const EpochStamp& stamp,
    const std::optional<PostedLeaf>& left,
    const std::optional<PostedLeaf>& right
);
[[nodiscard]] Bytes prove_voucher_equivocation(
    const receipt::Signed<Voucher>& a, const receipt::Signed<Voucher>& b
);
[[nodiscard]] Bytes prove_offer_equivocation(
    const receipt::Signed<TaskOffer>& a, const receipt::Signed<TaskOffer>& b
);
[[nodiscard]] Bytes prove_result_equivocation(
    const TaskOffer& offer,
    const receipt::Signed<ResultCommit>& a,
    const receipt::Signed<ResultCommit>& b
);
[[nodiscard]] Bytes prove_seed_mismatch(const receipt::Signed<SeedDisclosure>& disclosure);
[[nodiscard]] Bytes prove_decrease(
    const EpochStamp& before, const PostedLeaf& had, const EpochStamp& stamp, const PostedLeaf& has
);

// Settlement of a pool that stopped posting
[[nodiscard]] Bytes open_settlement(const receipt::Signed<Voucher>& voucher);
[[nodiscard]] Bytes submit_voucher(const receipt::Signed<Voucher>& voucher);
[[nodiscard]] Bytes submit_leaf(const EpochStamp& stamp, const PostedLeaf& posted);
[[nodiscard]] Bytes rebase_voucher(const PoolId& pool, const Address& transcoder);
[[nodiscard]] Bytes finish_settlement(const PoolId& pool);
[[nodiscard]] Bytes settle(const PoolId& pool, const Address& transcoder);
[[nodiscard]] Bytes claim_credit(const PoolId& pool, const Address& account);

}  // namespace calls
}  // namespace millpond::chain
