#pragma once

#include "base/bytes.hpp"
#include "base/wei.hpp"
#include "model/ids.hpp"

#include <cstdint>

namespace millpond {

/// A pool by its terms: keccak over chain, registry and operator, so an object of one pool, chain
/// or registry is none of another's (cryptoeconomics 3.1).
using PoolId = Strong<struct PoolIdTag, Hash32>;

/// keccak(pool, epoch, transcoder, lane, lane sequence): nothing in it for the operator to grind.
/// The wire's task id is another, random one.
using TaskKey = Strong<struct TaskKeyTag, Hash32>;

/// What a key may sign for its owner, bits.
enum class Scope : std::uint8_t { offer = 1, commit = 2, voucher = 4, vote = 8 };

/// The owner lets a session key sign for it. By the owner.
struct SessionGrant {
    PoolId pool;
    Address owner;
    Address session_key;
    std::uint64_t scope = 0;       ///< of Scope
    Wei value_cap;                 ///< what its vouchers may add for one account in one epoch
    std::uint64_t not_before = 0;  ///< Unix seconds, as all times here
    std::uint64_t not_after = 0;
    std::uint64_t nonce = 0;

    bool operator==(const SessionGrant&) const = default;
};

/// One task, one price. By the operator, before the transcoder starts. The source is named by its
/// Keccak-256, which the gateway has signed and which is known while the bytes still arrive.
struct TaskOffer {
    PoolId pool;
    std::uint64_t epoch = 0;
    TaskKey task;
    Address transcoder;
    std::uint64_t lane = 0;
    std::uint64_t lane_seq = 0;
    Hash32 source_hash{};
    Hash32 profile_hash{};
    Hash32 stream_tag{};  ///< hides the stream's name from others
    std::uint64_t source_seq = 0;
    Wei fee;  ///< for max_pixels; fewer pixels earn in proportion
    std::uint64_t max_pixels = 0;
    std::uint64_t issued_at = 0;
    std::uint64_t deadline = 0;
    Hash32 verdict_function{};  ///< which will judge it, and no other
    std::uint64_t seed_tick = 0;
    Hash32 gateway_signature_hash{};  ///< of the gateway's signature over the source; zero without

    bool operator==(const TaskOffer&) const = default;
};

/// A result under seal: keccak(output root, salt, transcoder). By the transcoder; opened by its
/// ResultCommit once all replicas are sealed.
struct SealedCommit {
    Hash32 offer_hash{};
    Hash32 seal{};

    bool operator==(const SealedCommit&) const = default;
};

/// "This is my result." By the transcoder.
struct ResultCommit {
    Hash32 offer_hash{};
    Hash32 output_root{};  ///< over the renditions' Keccak-256, in the ladder's order
    std::uint64_t pixels = 0;
    std::uint64_t finished_at = 0;
    Hash32 salt{};

    bool operator==(const ResultCommit&) const = default;
};

/// What the pool owes one transcoder in all. A later one replaces all earlier ones. By the
/// operator.
struct Voucher {
    PoolId pool;
    Address transcoder;
    std::uint64_t seq = 0;
    Wei earned;  ///< cumulative
    std::uint64_t segments = 0;
    std::uint64_t epoch = 0;
    Hash32 last_commit_hash{};

    bool operator==(const Voucher&) const = default;
};

/// The only way for a cumulative amount to fall without a case. By both.
struct Correction {
    PoolId pool;
    Address transcoder;
    std::uint64_t from_seq = 0;
    Wei new_earned;
    Hash32 reason_hash{};

    bool operator==(const Correction&) const = default;
};

/// "This result earns nothing." By the operator, with its report.
struct Reject {
    Hash32 offer_hash{};
    Hash32 commit_hash{};
    Hash32 reason_hash{};  ///< of the refusal's name
    Hash32 report_hash{};

    bool operator==(const Reject&) const = default;
};

/// An epoch's close: what everybody has earned and what binds the record of it. By the operator.
struct EpochRoot {
    PoolId pool;
    std::uint64_t epoch = 0;
    Hash32 sum_root{};
    Wei total_earned;
    Hash32 audit_root{};
    Hash32 next_anchor{};  ///< of the seeds of the epoch that follows

    bool operator==(const EpochRoot&) const = default;
};

/// What a checker found. By the checker.
struct CheckReport {
    Hash32 offer_hash{};
    Hash32 commit_hash{};
    std::uint64_t tier = 0;
    Hash32 verdict_function{};
    std::uint64_t verdict = 0;
    Hash32 score_hash{};
    Hash32 control_hash{};  ///< of the control encode's scores; zero without one
    Address checker;

    bool operator==(const CheckReport&) const = default;
};

/// The seed of one tick, told after it: signed, so that a wrong one is a proof. By the operator.
struct SeedDisclosure {
    PoolId pool;
    std::uint64_t epoch = 0;
    std::uint64_t tick = 0;
    Hash32 seed{};

    bool operator==(const SeedDisclosure&) const = default;
};

}  // namespace millpond
