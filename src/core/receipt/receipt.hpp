#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/signature.hpp"
#include "crypto/typed_data.hpp"
#include "model/profile.hpp"
#include "model/receipt.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Signed objects: how they are hashed (EIP-712), written, read and believed. `T` is any of
/// SessionGrant, TaskOffer, SealedCommit, ResultCommit, Voucher, Correction, Reject,
/// EpochRoot, CheckReport, SeedDisclosure.
namespace millpond::receipt {

/// Why an object is not believed, in order of precedence.
enum class Refusal : std::uint8_t {
    malformed,
    other_pool,
    unreadable_signature,
    wrong_key,
    not_yet_valid,
    expired,
    out_of_scope,
};
[[nodiscard]] std::string_view name_of(Refusal refusal);

struct Problem {
    Refusal refusal = Refusal::malformed;
    std::string_view field;  ///< which is wrong; empty where it is none in particular

    bool operator==(const Problem&) const = default;
};

/// "refusal: field", for people.
[[nodiscard]] std::string text_of(const Problem& problem);

template <typename T>
struct Signed {
    T value;
    crypto::Signature signature{};

    bool operator==(const Signed&) const = default;
};

/// The type as Solidity writes it: "Voucher(bytes32 poolId,address transcoder,…)".
template <typename T>
[[nodiscard]] std::string type_text();

/// EIP-712 hashStruct. What other objects mean when they name one by its hash.
template <typename T>
[[nodiscard]] Hash32 hash_of(const T& value);

/// `domain` is crypto::domain_separator's.
template <typename T>
[[nodiscard]] Signed<T> sign(const T& value, const crypto::PrivateKey& key, const Hash32& domain);

/// Was it signed by `signer` for this domain?
template <typename T>
[[nodiscard]] Result<void, Problem> check(
    const Signed<T>& object, const Hash32& domain, const crypto::AddressBytes& signer
);

/// One 32-byte word a field, as abi.encode lays them out, then the 65 bytes of the signature.
template <typename T>
[[nodiscard]] Bytes encode(const Signed<T>& object);

/// Strict: the exact length, no bits where the type has none.
template <typename T>
[[nodiscard]] Result<Signed<T>, Problem> decode(ByteView bytes);

/// Whether a grant lets its session key sign for `scope` at `now` (Unix seconds).
[[nodiscard]] Result<void, Problem> allows(
    const SessionGrant& grant, const PoolId& pool, Scope scope, std::uint64_t now
);

/// A pool is its operator's key on one chain and registry.
[[nodiscard]] PoolId pool_id(
    const crypto::TypedDomain& domain, const crypto::AddressBytes& operator_address
);

[[nodiscard]] TaskKey task_key(
    const PoolId& pool,
    std::uint64_t epoch,
    const Address& transcoder,
    std::uint64_t lane,
    std::uint64_t lane_seq
);

/// What a SealedCommit's seal must be for this commit.
[[nodiscard]] Hash32 seal_of(const ResultCommit& commit, const Address& transcoder);

/// What an offer asks for.
[[nodiscard]] Hash32 profile_hash(const Ladder& ladder);

/// The output root of renditions by their Keccak-256, in the ladder's order.
[[nodiscard]] Hash32 output_root(const std::vector<Hash32>& renditions);

}  // namespace millpond::receipt
