// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Correction, ResultCommit, SeedDisclosure, TaskOffer, Voucher} from "../libraries/Receipts.sol";
import {Leaf, SumProof} from "../libraries/SumTree.sol";
import {EpochStamp} from "./IFeeVault.sol";
import {Proof} from "./IPoolRegistry.sol";

/// What two signatures, a root or a hash chain prove without anybody's opinion.
enum Objective {
    ResultEquivocation, // two results for one offer
    VoucherEquivocation, // two vouchers of one number
    UnderInclusion, // a root says less than a voucher
    SeedMismatch, // a seed that is not of the announced chain
    OfferEquivocation, // two offers of one task
    Decrease // a root takes back what an earlier one gave
}

/// A leaf and its proof; `present` is false where there is none.
struct PostedLeaf {
    bool present;
    Leaf leaf;
    SumProof proof;
}

/// Faults that need no court: whoever shows the proof has them punished at once and gets a twentieth of the
/// tokens taken; the rest of an operator's is burned, so that nobody earns by punishing himself. Nobody can
/// change the contract.
interface IChallenges {
    error BadSignature();
    error NotTheSameThing();
    error SameContent();
    error AlreadyProven();
    error NothingMissing();
    error VoucherTooNew();
    error NotAbsent();
    error SeedBelongs();
    error NoAnchor();
    error TickOutOfRange();
    error CorrectionTooOld();

    event ObjectiveFault(
        bytes32 indexed poolId,
        address indexed who,
        Objective indexed fault,
        bytes32 proofHash,
        uint256 tokens,
        uint256 amount
    );
    event CorrectionRecorded(
        bytes32 indexed poolId, address indexed transcoder, uint64 fromSeq, uint256 newEarned
    );

    /// A posted root says less of an account than a voucher of that epoch or one before. The operator's bond
    /// pays the difference and a twentieth of it, at least 0.002 ether, on top.
    function proveUnderInclusion(
        Voucher calldata voucher,
        Proof calldata proof,
        EpochStamp calldata stamp,
        PostedLeaf calldata posted
    ) external;

    /// The same for an account that is not in the root at all: `left` and `right` are the leaves between
    /// which it would stand, either is missing at the tree's edge, both in an empty one.
    function proveOmission(
        Voucher calldata voucher,
        Proof calldata proof,
        EpochStamp calldata stamp,
        PostedLeaf calldata left,
        PostedLeaf calldata right
    ) external;

    /// Takes a tenth of the operator's tokens.
    function proveVoucherEquivocation(
        Voucher calldata a,
        Proof calldata proofA,
        Voucher calldata b,
        Proof calldata proofB
    ) external;

    /// Takes a fifth of the transcoder's tokens.
    function proveResultEquivocation(
        TaskOffer calldata offer,
        ResultCommit calldata a,
        Proof calldata proofA,
        ResultCommit calldata b,
        Proof calldata proofB
    ) external;

    /// Takes a fiftieth of the operator's tokens; no case stands on the task any more.
    function proveOfferEquivocation(
        TaskOffer calldata a,
        Proof calldata proofA,
        TaskOffer calldata b,
        Proof calldata proofB
    ) external;

    /// Takes a twentieth of the operator's tokens; no case stands on a task of the epoch any more.
    function proveSeedMismatch(SeedDisclosure calldata disclosure, Proof calldata proof) external;

    /// A later root gives an account less than an earlier one did. Roots are cumulative, so the difference
    /// would be paid to somebody else out of what is reserved: nobody can claim against the later root any
    /// more. Takes a tenth of the operator's tokens.
    function proveDecrease(
        EpochStamp calldata before,
        PostedLeaf calldata had,
        EpochStamp calldata stamp,
        PostedLeaf calldata has
    ) external;

    /// The same for an account that is not in the later root at all.
    function proveVanished(
        EpochStamp calldata before,
        PostedLeaf calldata had,
        EpochStamp calldata stamp,
        PostedLeaf calldata left,
        PostedLeaf calldata right
    ) external;

    /// What operator and transcoder agreed on counts in place of vouchers up to a number.
    function recordCorrection(
        Correction calldata correction,
        Proof calldata byOperator,
        Proof calldata byTranscoder
    ) external;

    /// By how much a voucher exceeds `base`: what its signer could promise in `epochs` epochs, and what was
    /// not corrected since. Reverts for a signature that is not the operator's.
    function acknowledged(Voucher calldata voucher, Proof calldata proof, uint256 base, uint256 epochs)
        external
        view
        returns (uint256);

    /// Whether a task's offer was proven to be ambiguous, or its epoch's seeds to be false.
    function isDisproven(bytes32 poolId, bytes32 taskId, uint64 epoch) external view returns (bool);
}
