#pragma once

#include "base/bytes.hpp"
#include "base/wei.hpp"
#include "core/settle/sum_tree.hpp"
#include "model/ids.hpp"
#include "model/receipt.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// The contracts of contracts/src as the programs call them: the bytes of calls, and what answers
/// and logs mean. What each call does stands in contracts/src/interfaces.
namespace millpond::chain {

/// Where they are on one chain.
struct Contracts {
    Address token;       ///< of all bonds
    Address randomness;  ///< zero for none
    Address registry;
    Address bonds;
    Address fees;
    Address operator_bond;
    Address challenges;
    Address settlement;
    Address jurors;
    Address jury;
    Address court;
    Address fund;

    bool operator==(const Contracts&) const = default;
};

/// Where they come to be if the deployer makes them one after the other, in the order of
/// `creations`.
[[nodiscard]] Contracts predict_contracts(
    const Address& deployer, std::uint64_t nonce, const Address& token, const Address& randomness
);

/// What one of them is made with.
struct Creation {
    std::string_view name;
    Address at;
    Bytes arguments;  ///< of the constructor, to stand behind the code
};

[[nodiscard]] std::vector<Creation> creations(const Contracts& contracts);

enum class BondKind : std::uint8_t { transcoder, pool_operator, juror };

/// As in IPoolRegistry.
struct PoolTerms {
    Address guardian;
    std::uint64_t max_hold = 604'800;
    std::uint64_t challenge = 129'600;
    std::uint64_t epoch_seconds = 86'400;
    std::uint64_t pay_share_bp = 8'000;
    std::uint64_t probation_share_bp = 6'000;
    std::uint64_t first_fraud_bp = 3'000;
    std::uint64_t soft_fault_bp = 1'000;
    std::uint64_t claimant_bp = 3'000;
    Hash32 parameters{};

    bool operator==(const PoolTerms&) const = default;
};

[[nodiscard]] std::optional<PoolTerms> pool_terms_of(ByteView answer);

/// What the root of an epoch was posted with.
struct EpochStamp {
    std::uint64_t epoch = 0;
    std::uint64_t posted_at = 0;
    std::uint64_t challenge = 0;
    Hash32 audit_root{};

    bool operator==(const EpochStamp&) const = default;
};

namespace calls {

[[nodiscard]] Bytes create_pool(const PoolTerms& terms, const Hash32& first_anchor);
[[nodiscard]] Bytes schedule_terms(const PoolId& pool, const PoolTerms& terms);
[[nodiscard]] Bytes register_transcoder(
    const PoolId& pool, const Address& payout, std::uint64_t max_hold
);
[[nodiscard]] Bytes approve(const Address& spender, const Wei& amount);
[[nodiscard]] Bytes deposit_bond(const PoolId& pool, BondKind kind, const Wei& amount);
[[nodiscard]] Bytes request_unbond(const PoolId& pool, BondKind kind, const Wei& amount);
[[nodiscard]] Bytes withdraw_bond(const PoolId& pool, BondKind kind, std::uint64_t request);
[[nodiscard]] Bytes fund(const PoolId& pool);
[[nodiscard]] Bytes withdraw_free(const PoolId& pool, const Wei& amount);
[[nodiscard]] Bytes deposit_operator_bond(const PoolId& pool);
[[nodiscard]] Bytes post_root(const EpochRoot& root);
[[nodiscard]] Bytes claim(
    const EpochStamp& stamp, const settle::Leaf& leaf, const settle::SumProof& proof
);
[[nodiscard]] Bytes prove_under_inclusion(
    const Voucher& voucher,
    ByteView signature,
    const EpochStamp& stamp,
    const settle::Leaf& leaf,
    const settle::SumProof& proof
);

[[nodiscard]] Bytes token_balance_of(const Address& owner);
[[nodiscard]] Bytes operator_of(const PoolId& pool);
[[nodiscard]] Bytes terms_of(const PoolId& pool);
[[nodiscard]] Bytes bonded(const PoolId& pool, const Address& owner, BondKind kind);
[[nodiscard]] Bytes pool_of(const PoolId& pool);
[[nodiscard]] Bytes root_terms_of(const PoolId& pool);
[[nodiscard]] Bytes first_anchor_of(const PoolId& pool);
[[nodiscard]] Bytes root_commit_of(const PoolId& pool, std::uint64_t epoch);
[[nodiscard]] Bytes anchor_of(const PoolId& pool, std::uint64_t epoch);
[[nodiscard]] Bytes last_epoch_of(const PoolId& pool);
[[nodiscard]] Bytes account_of(const PoolId& pool, const Address& account);
[[nodiscard]] Bytes operator_bond_of(const PoolId& pool);

}  // namespace calls

/// The log that an epoch's root was posted.
struct PostedRoot {
    EpochRoot root;
    EpochStamp stamp;

    bool operator==(const PostedRoot&) const = default;
};

/// Nothing for another log.
[[nodiscard]] std::optional<PostedRoot> posted_root_of(
    const std::vector<Hash32>& topics, ByteView data
);

}  // namespace millpond::chain
