// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Bond, IBondVault, Kind} from "./interfaces/IBondVault.sol";
import {IChallenges, Objective, PostedLeaf} from "./interfaces/IChallenges.sol";
import {EpochStamp, IFeeVault} from "./interfaces/IFeeVault.sol";
import {IOperatorBond} from "./interfaces/IOperatorBond.sol";
import {IPoolRegistry, Proof} from "./interfaces/IPoolRegistry.sol";
import "./libraries/Receipts.sol";
import {SumTree} from "./libraries/SumTree.sol";

/// See IChallenges.
contract Challenges is IChallenges {
    using SafeCast for uint256;

    uint256 public constant REPORTER_BP = 500;
    uint256 public constant SHORTFALL_PENALTY_BP = 500;
    uint256 public constant SHORTFALL_PENALTY_LEAST = 0.002 ether;
    uint64 public constant MAX_TICK = 10_080; // minutes of the longest epoch
    address public constant BURNED = 0x000000000000000000000000000000000000dEaD;

    struct Corrected {
        uint64 fromSeq;
        uint128 earned;
        bool known;
    }

    IPoolRegistry public immutable registry;
    IBondVault public immutable bonds;
    IFeeVault public immutable fees;
    IOperatorBond public immutable operatorBond;

    mapping(bytes32 proofHash => bool) public isProven;
    mapping(bytes32 poolId => mapping(bytes32 taskId => bool)) private _ambiguous;
    mapping(bytes32 poolId => mapping(uint64 epoch => bool)) private _falseSeeds;
    mapping(bytes32 poolId => mapping(address transcoder => Corrected)) private _corrected;

    constructor(IPoolRegistry registry_, IBondVault bonds_, IFeeVault fees_, IOperatorBond operatorBond_) {
        registry = registry_;
        bonds = bonds_;
        fees = fees_;
        operatorBond = operatorBond_;
    }

    function proveUnderInclusion(
        Voucher calldata voucher,
        Proof calldata proof,
        EpochStamp calldata stamp,
        PostedLeaf calldata posted
    ) external {
        if (voucher.epoch > stamp.epoch) revert VoucherTooNew();
        if (posted.leaf.poolId != voucher.poolId || posted.leaf.account != voucher.transcoder) {
            revert NotTheSameThing();
        }
        fees.requirePosted(stamp, posted.leaf, posted.proof);
        _coverShortfall(voucher, proof, stamp.epoch, posted.leaf.earned);
    }

    function proveOmission(
        Voucher calldata voucher,
        Proof calldata proof,
        EpochStamp calldata stamp,
        PostedLeaf calldata left,
        PostedLeaf calldata right
    ) external {
        if (voucher.epoch > stamp.epoch) revert VoucherTooNew();
        _requireAbsent(voucher.poolId, voucher.transcoder, stamp, left, right);
        _coverShortfall(voucher, proof, stamp.epoch, 0);
    }

    function proveVoucherEquivocation(
        Voucher calldata a,
        Proof calldata proofA,
        Voucher calldata b,
        Proof calldata proofB
    ) external {
        if (a.poolId != b.poolId || a.transcoder != b.transcoder || a.seq != b.seq) {
            revert NotTheSameThing();
        }
        bytes32 hashA = Receipts.hash(a);
        bytes32 hashB = Receipts.hash(b);
        if (hashA == hashB) revert SameContent();
        _requireByOperator(a.poolId, hashA, SCOPE_VOUCHER, 0, proofA);
        _requireByOperator(b.poolId, hashB, SCOPE_VOUCHER, 0, proofB);
        bytes32 key = keccak256(abi.encode(Objective.VoucherEquivocation, a.poolId, a.transcoder, a.seq));
        _punishOperator(a.poolId, Objective.VoucherEquivocation, key, 1000);
    }

    function proveResultEquivocation(
        TaskOffer calldata offer,
        ResultCommit calldata a,
        Proof calldata proofA,
        ResultCommit calldata b,
        Proof calldata proofB
    ) external {
        bytes32 offerHash = Receipts.hash(offer);
        if (a.offerHash != offerHash || b.offerHash != offerHash) revert NotTheSameThing();
        if (a.outputRoot == b.outputRoot) revert SameContent();
        _requireCommit(offer, a, proofA);
        _requireCommit(offer, b, proofB);
        bytes32 key = keccak256(abi.encode(Objective.ResultEquivocation, offerHash));
        Bond memory bond = Bond(offer.poolId, offer.transcoder, Kind.Transcoder);
        _punish(bond, Objective.ResultEquivocation, key, 2000);
    }

    function proveOfferEquivocation(
        TaskOffer calldata a,
        Proof calldata proofA,
        TaskOffer calldata b,
        Proof calldata proofB
    ) external {
        if (a.poolId != b.poolId || a.taskId != b.taskId) revert NotTheSameThing();
        bytes32 hashA = Receipts.hash(a);
        bytes32 hashB = Receipts.hash(b);
        if (hashA == hashB) revert SameContent();
        _requireByOperator(a.poolId, hashA, SCOPE_OFFER, a.issuedAt, proofA);
        _requireByOperator(b.poolId, hashB, SCOPE_OFFER, b.issuedAt, proofB);
        _ambiguous[a.poolId][a.taskId] = true;
        bytes32 key = keccak256(abi.encode(Objective.OfferEquivocation, a.poolId, a.taskId));
        _punishOperator(a.poolId, Objective.OfferEquivocation, key, 200);
    }

    function proveSeedMismatch(SeedDisclosure calldata disclosure, Proof calldata proof) external {
        if (disclosure.tick == 0 || disclosure.tick > MAX_TICK) revert TickOutOfRange();
        bytes32 structHash = Receipts.hash(disclosure);
        _requireByOperator(disclosure.poolId, structHash, SCOPE_OFFER, 0, proof);
        bytes32 anchor = fees.anchorOf(disclosure.poolId, disclosure.epoch);
        if (anchor == 0) revert NoAnchor();
        if (_anchorOf(disclosure.seed, disclosure.tick) == anchor) revert SeedBelongs();
        _falseSeeds[disclosure.poolId][disclosure.epoch] = true;
        bytes32 key = keccak256(abi.encode(Objective.SeedMismatch, disclosure.poolId, disclosure.epoch));
        _punishOperator(disclosure.poolId, Objective.SeedMismatch, key, 500);
    }

    function proveDecrease(
        EpochStamp calldata before,
        PostedLeaf calldata had,
        EpochStamp calldata stamp,
        PostedLeaf calldata has
    ) external {
        if (had.leaf.poolId != has.leaf.poolId || had.leaf.account != has.leaf.account) {
            revert NotTheSameThing();
        }
        fees.requirePosted(stamp, has.leaf, has.proof);
        _voidRoot(before, had, stamp, has.leaf.earned);
    }

    function proveVanished(
        EpochStamp calldata before,
        PostedLeaf calldata had,
        EpochStamp calldata stamp,
        PostedLeaf calldata left,
        PostedLeaf calldata right
    ) external {
        _requireAbsent(had.leaf.poolId, had.leaf.account, stamp, left, right);
        _voidRoot(before, had, stamp, 0);
    }

    function recordCorrection(
        Correction calldata correction,
        Proof calldata byOperator,
        Proof calldata byTranscoder
    ) external {
        bytes32 structHash = Receipts.hash(correction);
        _requireByOperator(correction.poolId, structHash, SCOPE_VOUCHER, 0, byOperator);
        bool agreed = registry.isSignedBy(
            correction.poolId, correction.transcoder, structHash, SCOPE_VOUCHER, 0, byTranscoder
        );
        if (!agreed) revert BadSignature();
        Corrected storage corrected = _corrected[correction.poolId][correction.transcoder];
        if (corrected.known && correction.fromSeq <= corrected.fromSeq) revert CorrectionTooOld();
        (corrected.fromSeq, corrected.earned, corrected.known) =
        (correction.fromSeq, correction.newEarned.toUint128(), true);
        emit CorrectionRecorded(
            correction.poolId, correction.transcoder, correction.fromSeq, correction.newEarned
        );
    }

    function acknowledged(Voucher calldata voucher, Proof calldata proof, uint256 base, uint256 epochs)
        public
        view
        returns (uint256)
    {
        _requireByOperator(voucher.poolId, Receipts.hash(voucher), SCOPE_VOUCHER, 0, proof);
        uint256 earned = voucher.earned;
        Corrected storage corrected = _corrected[voucher.poolId][voucher.transcoder];
        if (corrected.known && voucher.seq <= corrected.fromSeq) earned = Math.min(earned, corrected.earned);
        if (earned <= base) return 0;
        if (proof.grant.sessionKey == address(0)) return earned - base;
        return Math.min(earned - base, Math.saturatingMul(proof.grant.valueCap, epochs));
    }

    function isDisproven(bytes32 poolId, bytes32 taskId, uint64 epoch) external view returns (bool) {
        return _ambiguous[poolId][taskId] || _falseSeeds[poolId][epoch];
    }

    function _coverShortfall(Voucher calldata voucher, Proof calldata proof, uint64 epoch, uint256 posted)
        private
    {
        (,,, uint256 creditedTo) = fees.accountOf(voucher.poolId, voucher.transcoder);
        uint256 base = Math.max(posted, creditedTo);
        uint256 missing = acknowledged(voucher, proof, base, 1);
        if (missing == 0) revert NothingMissing();
        bytes32 poolId = voucher.poolId;
        uint256 covered = operatorBond.cover(poolId, voucher.transcoder, base, missing);
        (address payout,) = registry.payoutOf(poolId, voucher.transcoder);
        uint256 penalty = _shortfallPenalty(voucher, epoch, missing);
        emit ObjectiveFault(
            poolId, registry.operatorOf(poolId), Objective.UnderInclusion, Receipts.hash(voucher), 0, covered
        );
        operatorBond.penalise(poolId, payout, penalty);
    }

    /// The least penalty is due once for a root: an account has many vouchers.
    function _shortfallPenalty(Voucher calldata voucher, uint64 epoch, uint256 missing)
        private
        returns (uint256)
    {
        bytes32 key =
            keccak256(abi.encode(Objective.UnderInclusion, voucher.poolId, voucher.transcoder, epoch));
        uint256 least = isProven[key] ? 0 : SHORTFALL_PENALTY_LEAST;
        isProven[key] = true;
        return Math.max(missing * SHORTFALL_PENALTY_BP / 10_000, least);
    }

    function _voidRoot(
        EpochStamp calldata before,
        PostedLeaf calldata had,
        EpochStamp calldata stamp,
        uint256 now_
    ) private {
        if (before.epoch >= stamp.epoch) revert NotTheSameThing();
        bytes32 poolId = had.leaf.poolId;
        fees.requirePosted(before, had.leaf, had.proof);
        uint256 expected = had.leaf.earned;
        Corrected storage corrected = _corrected[poolId][had.leaf.account];
        if (corrected.known) expected = Math.min(expected, corrected.earned);
        if (now_ >= expected) revert NothingMissing();
        fees.voidRoot(poolId, stamp.epoch);
        bytes32 key = keccak256(abi.encode(Objective.Decrease, poolId, stamp.epoch));
        _punishOperator(poolId, Objective.Decrease, key, 1000);
    }

    function _punishOperator(bytes32 poolId, Objective fault, bytes32 key, uint256 shareBp) private {
        _punish(Bond(poolId, registry.operatorOf(poolId), Kind.Operator), fault, key, shareBp);
    }

    function _punish(Bond memory bond, Objective fault, bytes32 key, uint256 shareBp) private {
        if (isProven[key]) revert AlreadyProven();
        isProven[key] = true;
        (uint256 active, uint256 unbonding,) = bonds.bonded(bond);
        uint256 penalty = (active + unbonding) * shareBp / 10_000;
        uint256 reward = penalty * REPORTER_BP / 10_000;
        uint256 burned = bonds.slashNow(key, bond, BURNED, penalty - reward);
        uint256 rewarded = bonds.slashNow(key, bond, msg.sender, reward);
        emit ObjectiveFault(bond.poolId, bond.owner, fault, key, burned + rewarded, 0);
    }

    function _requireByOperator(
        bytes32 poolId,
        bytes32 structHash,
        uint64 scope,
        uint64 signedAt,
        Proof calldata proof
    ) private view {
        address operator = registry.operatorOf(poolId);
        bool by = registry.isSignedBy(poolId, operator, structHash, scope, signedAt, proof);
        if (operator == address(0) || !by) revert BadSignature();
    }

    function _requireCommit(TaskOffer calldata offer, ResultCommit calldata commit, Proof calldata proof)
        private
        view
    {
        bool by = registry.isSignedBy(
            offer.poolId, offer.transcoder, Receipts.hash(commit), SCOPE_COMMIT, commit.finishedAt, proof
        );
        if (!by) revert BadSignature();
    }

    function _requireAbsent(
        bytes32 poolId,
        address account,
        EpochStamp calldata stamp,
        PostedLeaf calldata left,
        PostedLeaf calldata right
    ) private view {
        if (left.present) {
            if (left.leaf.poolId != poolId || left.leaf.account >= account) revert NotAbsent();
            fees.requirePosted(stamp, left.leaf, left.proof);
        }
        if (right.present) {
            if (right.leaf.poolId != poolId || right.leaf.account <= account) revert NotAbsent();
            fees.requirePosted(stamp, right.leaf, right.proof);
        }
        bool absent;
        if (left.present && right.present) absent = SumTree.areNeighbours(left.proof, right.proof);
        else if (left.present) absent = SumTree.isLast(left.proof);
        else if (right.present) absent = SumTree.isFirst(right.proof);
        else absent = fees.rootCommitOf(poolId, stamp.epoch) == keccak256(abi.encode(0, 0, stamp));
        if (!absent) revert NotAbsent();
    }

    function _anchorOf(bytes32 seed, uint64 tick) private pure returns (bytes32 node) {
        node = seed;
        for (uint64 i = 0; i < tick; ++i) {
            node = keccak256(abi.encodePacked(node));
        }
    }
}
