// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Leaf, SumProof} from "../libraries/SumTree.sol";

/// What the root of an epoch was posted with; the event tells it, the vault keeps its hash.
struct EpochStamp {
    uint64 epoch;
    uint64 postedAt;
    uint32 challenge;
    bytes32 auditRoot;
}

/// All ether that pools pay with. What a root says is earned is reserved: from then on it leaves only to
/// the one who earned it, or through a finished case. Nobody can change the contract.
interface IFeeVault {
    error NotAllowed();
    error NotOperator();
    error NothingToDo();
    error AboveFree();
    error PoolClosed();
    error WrongEpoch();
    error TotalFalls();
    error NotFunded();
    error NotPosted();
    error LeafOfAnother();
    error StillHeld();
    error NothingDue();
    error AlreadyFrozen();
    error OtherAccount();
    error AboveFrozen();

    event Funded(bytes32 indexed poolId, address indexed from, uint256 amount);
    event FreeWithdrawn(bytes32 indexed poolId, address indexed to, uint256 amount);
    event EpochRootPosted(
        bytes32 indexed poolId,
        uint64 indexed epoch,
        bytes32 sumRoot,
        uint256 totalEarned,
        bytes32 auditRoot,
        bytes32 nextAnchor,
        uint64 postedAt,
        uint32 challenge
    );
    event EpochRootVoided(bytes32 indexed poolId, uint64 indexed epoch);
    event Claimed(bytes32 indexed poolId, address indexed account, address to, uint256 amount, uint64 epoch);
    event Credited(bytes32 indexed poolId, address indexed account, uint256 amount, uint256 upTo);
    event Frozen(bytes32 indexed caseId, bytes32 indexed poolId, address indexed account, uint256 amount);
    event Unfrozen(bytes32 indexed caseId, address indexed account, uint256 amount);
    event Forfeited(bytes32 indexed caseId, address indexed account, address indexed to, uint256 amount);
    event PoolShut(bytes32 indexed poolId);

    /// Adds ether to a pool. By anybody.
    function fund(bytes32 poolId) external payable;

    /// Takes out what is not reserved. By the operator.
    function withdrawFree(bytes32 poolId, uint256 amount) external;

    /// Closes an epoch: its sum tree's root, what all accounts have earned in all, the root of its record,
    /// and the anchor of the next epoch's seeds. Refused unless the vault holds everything that is earned
    /// and not paid. Epochs follow on each other without a gap. By the operator.
    function postEpochRoot(
        bytes32 poolId,
        uint64 epoch,
        bytes32 sumRoot,
        uint256 totalEarned,
        bytes32 auditRoot,
        bytes32 nextAnchor
    ) external;

    /// Pays an account what it has earned up to an epoch and was not paid before, to its payout address.
    /// By anybody, once the challenge and the hold are over.
    function claim(EpochStamp calldata stamp, Leaf calldata leaf, SumProof calldata proof) external;

    /// Pays an account what was credited to it outside of any root. By anybody.
    function claimCredit(bytes32 poolId, address account) external;

    /// Reserves the ether sent with the call for an account: its earnings count as `upTo` at least, whatever
    /// the next roots say. By the operator's bond, for a proven shortfall.
    function credit(bytes32 poolId, address account, uint256 upTo) external payable;

    /// Reserves `amount` of a pool's free ether for a settlement; the rest is the operator's again. By the
    /// settlement.
    function setAside(bytes32 poolId, uint256 amount) external;

    /// Credits an account out of what was set aside. By the settlement.
    function creditAside(bytes32 poolId, address account, uint256 upTo, uint256 amount) external;

    /// No root and no withdrawal any more: a settlement has begun. By the settlement.
    function shut(bytes32 poolId) external;

    /// Lets nobody claim against a root: it took from an account what an earlier one gave it. By the
    /// challenges.
    function voidRoot(bytes32 poolId, uint64 epoch) external;

    /// Holds back `amount` of an account's pay, also of pay that is not posted yet. By the court.
    function freeze(bytes32 caseId, bytes32 poolId, address account, uint256 amount) external;

    /// Ends what is left of a freeze. By the court.
    function unfreeze(bytes32 caseId, bytes32 poolId, address account) external;

    /// Pays frozen and earned ether to another. By the court, when a case is executed.
    function forfeit(bytes32 caseId, bytes32 poolId, address account, address to, uint256 amount) external;

    /// Reverts unless the leaf is in a root that was posted with this stamp and was not voided.
    function requirePosted(EpochStamp calldata stamp, Leaf calldata leaf, SumProof calldata proof)
        external
        view;

    /// How much of what is frozen in a case has been earned by a root that was posted after `since` or is the
    /// newest, and has stood its challenge: an unchallenged root could give to the accused, and so to the
    /// claimant, what is another's.
    function forfeitable(
        bytes32 caseId,
        uint64 since,
        EpochStamp calldata stamp,
        Leaf calldata leaf,
        SumProof calldata proof
    ) external view returns (uint256);

    function poolOf(bytes32 poolId) external view returns (uint256 balance, uint256 reserved);
    function lastEpochOf(bytes32 poolId)
        external
        view
        returns (uint64 epoch, uint64 postedAt, uint256 totalEarned);
    function accountOf(bytes32 poolId, address account)
        external
        view
        returns (uint256 claimed, uint256 frozen, uint256 forfeited, uint256 creditedTo);
    function rootCommitOf(bytes32 poolId, uint64 epoch) external view returns (bytes32);
    function anchorOf(bytes32 poolId, uint64 epoch) external view returns (bytes32);
    function frozenBy(bytes32 caseId) external view returns (uint256);
}
