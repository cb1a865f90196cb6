// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

// What a key may sign for its owner; the bits of SessionGrant.scope.
uint64 constant SCOPE_OFFER = 1;
uint64 constant SCOPE_COMMIT = 2;
uint64 constant SCOPE_VOUCHER = 4;
uint64 constant SCOPE_VOTE = 8;

/// The owner lets a session key sign for it. By the owner.
struct SessionGrant {
    bytes32 poolId;
    address owner;
    address sessionKey;
    uint64 scope;
    uint256 valueCap;
    uint64 notBefore;
    uint64 notAfter;
    uint64 nonce;
}

/// One task, one price. By the operator.
struct TaskOffer {
    bytes32 poolId;
    uint64 epoch;
    bytes32 taskId;
    address transcoder;
    uint64 lane;
    uint64 laneSeq;
    bytes32 sourceHash;
    bytes32 profileHash;
    bytes32 streamTag;
    uint64 sourceSeq;
    uint256 fee;
    uint64 maxPixels;
    uint64 issuedAt;
    uint64 deadline;
    bytes32 verdictFunction;
    uint64 seedTick;
    bytes32 gatewaySignatureHash;
}

/// A result under seal. By the transcoder.
struct SealedCommit {
    bytes32 offerHash;
    bytes32 seal;
}

/// "This is my result." By the transcoder.
struct ResultCommit {
    bytes32 offerHash;
    bytes32 outputRoot;
    uint64 pixels;
    uint64 finishedAt;
    bytes32 salt;
}

/// What the pool owes one transcoder in all; a later one replaces all earlier ones. By the operator.
struct Voucher {
    bytes32 poolId;
    address transcoder;
    uint64 seq;
    uint256 earned;
    uint64 segments;
    uint64 epoch;
    bytes32 lastCommitHash;
}

/// The only way for a cumulative amount to fall without a case. By both.
struct Correction {
    bytes32 poolId;
    address transcoder;
    uint64 fromSeq;
    uint256 newEarned;
    bytes32 reasonHash;
}

/// "This result earns nothing." By the operator.
struct Reject {
    bytes32 offerHash;
    bytes32 commitHash;
    bytes32 reasonHash;
    bytes32 reportHash;
}

/// An epoch's close. By the operator.
struct EpochRoot {
    bytes32 poolId;
    uint64 epoch;
    bytes32 sumRoot;
    uint256 totalEarned;
    bytes32 auditRoot;
    bytes32 nextAnchor;
}

/// What a checker found. By the checker.
struct CheckReport {
    bytes32 offerHash;
    bytes32 commitHash;
    uint64 tier;
    bytes32 verdictFunction;
    uint64 verdict;
    bytes32 scoreHash;
    bytes32 controlHash;
    address checker;
}

/// The seed of one tick, told after it. By the operator.
struct SeedDisclosure {
    bytes32 poolId;
    uint64 epoch;
    uint64 tick;
    bytes32 seed;
}

/// EIP-712 struct hashes of the objects that pools and transcoders sign, the same bytes as those of the
/// programs (schema/vectors/receipts.json holds both to it).
library Receipts {
    bytes32 internal constant SESSION_GRANT = keccak256(
        "SessionGrant(bytes32 poolId,address owner,address sessionKey,uint64 scope,uint256 valueCap,uint64 notBefore,uint64 notAfter,uint64 nonce)"
    );
    bytes32 internal constant TASK_OFFER = keccak256(
        "TaskOffer(bytes32 poolId,uint64 epoch,bytes32 taskId,address transcoder,uint64 lane,uint64 laneSeq,bytes32 sourceHash,bytes32 profileHash,bytes32 streamTag,uint64 sourceSeq,uint256 fee,uint64 maxPixels,uint64 issuedAt,uint64 deadline,bytes32 verdictFunction,uint64 seedTick,bytes32 gatewaySignatureHash)"
    );
    bytes32 internal constant SEALED_COMMIT = keccak256("SealedCommit(bytes32 offerHash,bytes32 seal)");
    bytes32 internal constant RESULT_COMMIT = keccak256(
        "ResultCommit(bytes32 offerHash,bytes32 outputRoot,uint64 pixels,uint64 finishedAt,bytes32 salt)"
    );
    bytes32 internal constant VOUCHER = keccak256(
        "Voucher(bytes32 poolId,address transcoder,uint64 seq,uint256 earned,uint64 segments,uint64 epoch,bytes32 lastCommitHash)"
    );
    bytes32 internal constant CORRECTION = keccak256(
        "Correction(bytes32 poolId,address transcoder,uint64 fromSeq,uint256 newEarned,bytes32 reasonHash)"
    );
    bytes32 internal constant REJECT =
        keccak256("Reject(bytes32 offerHash,bytes32 commitHash,bytes32 reasonHash,bytes32 reportHash)");
    bytes32 internal constant EPOCH_ROOT = keccak256(
        "EpochRoot(bytes32 poolId,uint64 epoch,bytes32 sumRoot,uint256 totalEarned,bytes32 auditRoot,bytes32 nextAnchor)"
    );
    bytes32 internal constant CHECK_REPORT = keccak256(
        "CheckReport(bytes32 offerHash,bytes32 commitHash,uint64 tier,bytes32 verdictFunction,uint64 verdict,bytes32 scoreHash,bytes32 controlHash,address checker)"
    );
    bytes32 internal constant SEED_DISCLOSURE =
        keccak256("SeedDisclosure(bytes32 poolId,uint64 epoch,uint64 tick,bytes32 seed)");
    bytes32 internal constant POOL = keccak256("Pool(uint64 chainId,address registry,address operator)");

    /// A pool is its founder's key on one chain and registry.
    function poolId(uint256 chainId, address registry, address operator) internal pure returns (bytes32) {
        return keccak256(abi.encode(POOL, chainId, registry, operator));
    }

    function hash(SessionGrant memory value) internal pure returns (bytes32) {
        return keccak256(abi.encode(SESSION_GRANT, value));
    }

    function hash(TaskOffer memory value) internal pure returns (bytes32) {
        return keccak256(abi.encode(TASK_OFFER, value));
    }

    function hash(SealedCommit memory value) internal pure returns (bytes32) {
        return keccak256(abi.encode(SEALED_COMMIT, value));
    }

    function hash(ResultCommit memory value) internal pure returns (bytes32) {
        return keccak256(abi.encode(RESULT_COMMIT, value));
    }

    function hash(Voucher memory value) internal pure returns (bytes32) {
        return keccak256(abi.encode(VOUCHER, value));
    }

    function hash(Correction memory value) internal pure returns (bytes32) {
        return keccak256(abi.encode(CORRECTION, value));
    }

    function hash(Reject memory value) internal pure returns (bytes32) {
        return keccak256(abi.encode(REJECT, value));
    }

    function hash(EpochRoot memory value) internal pure returns (bytes32) {
        return keccak256(abi.encode(EPOCH_ROOT, value));
    }

    function hash(CheckReport memory value) internal pure returns (bytes32) {
        return keccak256(abi.encode(CHECK_REPORT, value));
    }

    function hash(SeedDisclosure memory value) internal pure returns (bytes32) {
        return keccak256(abi.encode(SEED_DISCLOSURE, value));
    }
}
