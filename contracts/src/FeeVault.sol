// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {EpochStamp, IFeeVault} from "./interfaces/IFeeVault.sol";
import {IPoolRegistry} from "./interfaces/IPoolRegistry.sol";
import {Leaf, SumProof, SumTree} from "./libraries/SumTree.sol";
import {Payouts} from "./Payouts.sol";

/// See IFeeVault.
contract FeeVault is IFeeVault, Payouts, ReentrancyGuardTransient {
    using SafeCast for uint256;

    struct Pool {
        uint128 balance;
        uint128 reserved;
        uint128 totalEarned;
        uint64 lastEpoch;
        uint64 lastPostedAt; // 0 before the first root
        bool closed; // no root any more
        bool shut; // nor a withdrawal
    }

    struct Account {
        uint128 claimed;
        uint128 frozen;
        uint128 forfeited;
        uint128 creditedTo; // what it has earned at least, whatever roots say
        uint128 credited; // reserved for it outside of roots
        uint128 creditPaid;
        uint64 creditedAfter; // roots up to this epoch do not hold what was credited
    }

    struct Freeze {
        uint128 amount;
        uint120 account; // the first bytes of its key
        bool used;
    }

    IPoolRegistry public immutable registry;
    address public immutable court;
    address public immutable challenges;
    address public immutable operatorBond;
    address public immutable settlement;

    mapping(bytes32 poolId => Pool) private _pools;
    mapping(bytes32 poolId => mapping(address account => Account)) private _accounts;
    mapping(bytes32 poolId => mapping(uint64 epoch => bytes32)) public rootCommitOf;
    mapping(bytes32 poolId => mapping(uint64 epoch => bytes32)) public anchorOf;
    mapping(bytes32 caseId => Freeze) private _freezes;

    constructor(
        IPoolRegistry registry_,
        address court_,
        address challenges_,
        address operatorBond_,
        address settlement_
    ) {
        registry = registry_;
        court = court_;
        challenges = challenges_;
        operatorBond = operatorBond_;
        settlement = settlement_;
    }

    modifier only(address who) {
        if (msg.sender != who) revert NotAllowed();
        _;
    }

    function fund(bytes32 poolId) external payable {
        if (msg.value == 0) revert NothingToDo();
        _pools[poolId].balance += msg.value.toUint128();
        emit Funded(poolId, msg.sender, msg.value);
    }

    function withdrawFree(bytes32 poolId, uint256 amount) external nonReentrant {
        if (msg.sender != registry.operatorOf(poolId)) revert NotOperator();
        Pool storage pool = _pools[poolId];
        if (pool.shut) revert PoolClosed();
        if (amount > pool.balance - pool.reserved) revert AboveFree();
        pool.balance -= uint128(amount);
        emit FreeWithdrawn(poolId, msg.sender, amount);
        _send(msg.sender, amount);
    }

    function postEpochRoot(
        bytes32 poolId,
        uint64 epoch,
        bytes32 sumRoot,
        uint256 totalEarned,
        bytes32 auditRoot,
        bytes32 nextAnchor
    ) external {
        (address operator, uint32 challenge) = registry.rootTermsOf(poolId);
        if (msg.sender != operator) revert NotOperator();
        Pool storage pool = _pools[poolId];
        if (pool.closed) revert PoolClosed();
        if (pool.lastPostedAt == 0) anchorOf[poolId][epoch] = registry.firstAnchorOf(poolId);
        else if (epoch != pool.lastEpoch + 1) revert WrongEpoch();
        uint128 total = totalEarned.toUint128();
        if (total < pool.totalEarned) revert TotalFalls();
        uint128 reserved = pool.reserved + (total - pool.totalEarned);
        if (reserved > pool.balance) revert NotFunded();
        uint64 postedAt = uint64(block.timestamp);
        pool.reserved = reserved;
        (pool.totalEarned, pool.lastEpoch, pool.lastPostedAt) = (total, epoch, postedAt);
        rootCommitOf[poolId][epoch] =
            _commit(sumRoot, totalEarned, EpochStamp(epoch, postedAt, challenge, auditRoot));
        anchorOf[poolId][epoch + 1] = nextAnchor;
        emit EpochRootPosted(poolId, epoch, sumRoot, totalEarned, auditRoot, nextAnchor, postedAt, challenge);
    }

    function claim(EpochStamp calldata stamp, Leaf calldata leaf, SumProof calldata proof)
        external
        nonReentrant
    {
        requirePosted(stamp, leaf, proof);
        (address payout, uint32 maxHold) = registry.payoutOf(leaf.poolId, leaf.account);
        uint256 hold = Math.max(stamp.challenge, Math.min(leaf.holdSeconds, maxHold));
        if (block.timestamp < stamp.postedAt + hold) revert StillHeld();
        Account storage account = _accounts[leaf.poolId][leaf.account];
        bool released = _releaseCredit(account, stamp.epoch, leaf);
        uint256 due = _due(account, Math.max(leaf.earned, account.creditedTo));
        if (due == 0) {
            if (!released) revert NothingDue();
            return;
        }
        account.claimed += uint128(due);
        _pay(leaf.poolId, leaf.account, payout, due, stamp.epoch);
    }

    function claimCredit(bytes32 poolId, address who) external nonReentrant {
        Account storage account = _accounts[poolId][who];
        uint256 due = Math.min(account.credited - account.creditPaid, _due(account, account.creditedTo));
        if (due == 0) revert NothingDue();
        account.claimed += uint128(due);
        account.creditPaid += uint128(due);
        (address payout,) = registry.payoutOf(poolId, who);
        _pay(poolId, who, payout, due, account.creditedAfter);
    }

    function credit(bytes32 poolId, address account, uint256 upTo) external payable only(operatorBond) {
        Pool storage pool = _pools[poolId];
        pool.balance += msg.value.toUint128();
        pool.reserved += uint128(msg.value);
        _credit(poolId, account, upTo, msg.value);
    }

    function setAside(bytes32 poolId, uint256 amount) external only(settlement) {
        Pool storage pool = _pools[poolId];
        if (amount > pool.balance - pool.reserved) revert AboveFree();
        pool.reserved += uint128(amount);
        pool.shut = false;
    }

    function creditAside(bytes32 poolId, address account, uint256 upTo, uint256 amount)
        external
        only(settlement)
    {
        _credit(poolId, account, upTo, amount);
    }

    function shut(bytes32 poolId) external only(settlement) {
        (_pools[poolId].closed, _pools[poolId].shut) = (true, true);
        emit PoolShut(poolId);
    }

    function voidRoot(bytes32 poolId, uint64 epoch) external only(challenges) {
        delete rootCommitOf[poolId][epoch];
        emit EpochRootVoided(poolId, epoch);
    }

    function freeze(bytes32 caseId, bytes32 poolId, address who, uint256 amount) external only(court) {
        Freeze storage made = _freezes[caseId];
        if (made.used) revert AlreadyFrozen();
        (made.amount, made.account, made.used) = (amount.toUint128(), _short(poolId, who), true);
        _accounts[poolId][who].frozen += uint128(amount);
        emit Frozen(caseId, poolId, who, amount);
    }

    function unfreeze(bytes32 caseId, bytes32 poolId, address who) external only(court) {
        Freeze storage made = _freezeOf(caseId, poolId, who);
        uint128 amount = made.amount;
        made.amount = 0;
        _accounts[poolId][who].frozen -= amount;
        emit Unfrozen(caseId, who, amount);
    }

    function forfeit(bytes32 caseId, bytes32 poolId, address who, address to, uint256 amount)
        external
        only(court)
        nonReentrant
    {
        Freeze storage made = _freezeOf(caseId, poolId, who);
        if (amount > made.amount) revert AboveFrozen();
        made.amount -= uint128(amount);
        Account storage account = _accounts[poolId][who];
        account.frozen -= uint128(amount);
        account.forfeited += uint128(amount);
        Pool storage pool = _pools[poolId];
        pool.balance -= uint128(amount);
        pool.reserved -= uint128(amount);
        emit Forfeited(caseId, who, to, amount);
        _send(to, amount);
    }

    function forfeitable(
        bytes32 caseId,
        uint64 since,
        EpochStamp calldata stamp,
        Leaf calldata leaf,
        SumProof calldata proof
    ) external view returns (uint256) {
        if (stamp.epoch != _pools[leaf.poolId].lastEpoch && stamp.postedAt < since) {
            revert WrongEpoch();
        }
        if (block.timestamp < stamp.postedAt + stamp.challenge) revert StillHeld();
        requirePosted(stamp, leaf, proof);
        Account storage account = _accounts[leaf.poolId][leaf.account];
        uint256 earned = Math.max(leaf.earned, account.creditedTo);
        uint256 gone = uint256(account.claimed) + account.forfeited;
        return earned <= gone ? 0 : Math.min(earned - gone, _freezes[caseId].amount);
    }

    function poolOf(bytes32 poolId) external view returns (uint256 balance, uint256 reserved) {
        Pool storage pool = _pools[poolId];
        return (pool.balance, pool.reserved);
    }

    function lastEpochOf(bytes32 poolId)
        external
        view
        returns (uint64 epoch, uint64 postedAt, uint256 totalEarned)
    {
        Pool storage pool = _pools[poolId];
        return (pool.lastEpoch, pool.lastPostedAt, pool.totalEarned);
    }

    function accountOf(bytes32 poolId, address who)
        external
        view
        returns (uint256 claimed, uint256 frozen, uint256 forfeited, uint256 creditedTo)
    {
        Account storage account = _accounts[poolId][who];
        return (account.claimed, account.frozen, account.forfeited, account.creditedTo);
    }

    function frozenBy(bytes32 caseId) external view returns (uint256) {
        return _freezes[caseId].amount;
    }

    function requirePosted(EpochStamp calldata stamp, Leaf calldata leaf, SumProof calldata proof)
        public
        view
    {
        if (leaf.epoch != stamp.epoch) revert LeafOfAnother();
        (bytes32 root, uint256 sum) = SumTree.root(leaf, proof);
        if (rootCommitOf[leaf.poolId][stamp.epoch] != _commit(root, sum, stamp)) revert NotPosted();
    }

    function _pay(bytes32 poolId, address who, address payout, uint256 amount, uint64 epoch) private {
        Pool storage pool = _pools[poolId];
        pool.balance -= uint128(amount);
        pool.reserved -= uint128(amount);
        emit Claimed(poolId, who, payout, amount, epoch);
        _send(payout, amount);
    }

    function _credit(bytes32 poolId, address who, uint256 upTo, uint256 amount) private {
        Account storage account = _accounts[poolId][who];
        account.credited += amount.toUint128();
        if (upTo > account.creditedTo) account.creditedTo = upTo.toUint128();
        account.creditedAfter = _pools[poolId].lastEpoch;
        emit Credited(poolId, who, amount, upTo);
    }

    /// A later root holds what was credited: it is reserved once from then on.
    function _releaseCredit(Account storage account, uint64 epoch, Leaf calldata leaf)
        private
        returns (bool)
    {
        uint128 creditedTo = account.creditedTo;
        if (creditedTo == 0 || leaf.earned < creditedTo || epoch <= account.creditedAfter) return false;
        uint128 amount = account.credited;
        if (amount == 0) return false;
        account.credited = 0;
        account.creditPaid = 0;
        _pools[leaf.poolId].reserved -= amount;
        return true;
    }

    function _due(Account storage account, uint256 earned) private view returns (uint256) {
        uint256 gone = uint256(account.claimed) + account.forfeited + account.frozen;
        return earned <= gone ? 0 : earned - gone;
    }

    function _freezeOf(bytes32 caseId, bytes32 poolId, address who)
        private
        view
        returns (Freeze storage made)
    {
        made = _freezes[caseId];
        if (!made.used || made.account != _short(poolId, who)) revert OtherAccount();
    }

    function _commit(bytes32 sumRoot, uint256 total, EpochStamp memory stamp) private pure returns (bytes32) {
        return keccak256(abi.encode(sumRoot, total, stamp));
    }

    function _short(bytes32 poolId, address who) private pure returns (uint120) {
        return uint120(uint256(keccak256(abi.encode(poolId, who))) >> 136);
    }
}
