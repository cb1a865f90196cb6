// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IChallenges, PostedLeaf} from "./interfaces/IChallenges.sol";
import {EpochStamp, IFeeVault} from "./interfaces/IFeeVault.sol";
import {IOperatorBond} from "./interfaces/IOperatorBond.sol";
import {IPoolRegistry, Proof} from "./interfaces/IPoolRegistry.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {Voucher} from "./libraries/Receipts.sol";

/// See ISettlement.
contract Settlement is ISettlement {
    uint64 public constant WINDOW = 7 days;
    uint64 public constant GRACE = 48 hours;

    struct Pool {
        uint64 until; // 0 before it is opened
        bool finished;
        uint256 owed;
        uint256 available;
    }

    struct Entry {
        uint256 base; // what roots or earlier credits hold of it
        uint256 above; // what is owed on top
    }

    IPoolRegistry public immutable registry;
    IFeeVault public immutable fees;
    IOperatorBond public immutable operatorBond;
    IChallenges public immutable challenges;

    mapping(bytes32 poolId => Pool) private _pools;
    mapping(bytes32 poolId => mapping(address transcoder => Entry)) private _entries;

    constructor(
        IPoolRegistry registry_,
        IFeeVault fees_,
        IOperatorBond operatorBond_,
        IChallenges challenges_
    ) {
        registry = registry_;
        fees = fees_;
        operatorBond = operatorBond_;
        challenges = challenges_;
    }

    function open(Voucher calldata voucher, Proof calldata proof) external {
        bytes32 poolId = voucher.poolId;
        Pool storage pool = _pools[poolId];
        if (pool.until != 0) revert AlreadyOpen();
        (uint64 epoch, uint64 postedAt,) = fees.lastEpochOf(poolId);
        if (postedAt != 0 && voucher.epoch <= epoch) revert NotOverdue();
        uint256 since = postedAt == 0 ? registry.createdAt(poolId) : postedAt;
        uint256 due = since + registry.termsOf(poolId).epochSeconds + GRACE;
        if (block.timestamp <= due) revert NotOverdue();
        pool.until = uint64(block.timestamp) + WINDOW;
        emit SettlementOpened(poolId, pool.until);
        fees.shut(poolId);
        _submit(pool, voucher, proof);
    }

    function submitVoucher(Voucher calldata voucher, Proof calldata proof) external {
        _submit(_running(voucher.poolId), voucher, proof);
    }

    function submitLeaf(EpochStamp calldata stamp, PostedLeaf calldata posted) external {
        bytes32 poolId = posted.leaf.poolId;
        Pool storage pool = _running(poolId);
        fees.requirePosted(stamp, posted.leaf, posted.proof);
        Entry storage entry = _entries[poolId][posted.leaf.account];
        if (posted.leaf.earned <= entry.base) revert NotHigher();
        _rebase(pool, entry, posted.leaf.earned);
        emit VoucherSubmitted(poolId, posted.leaf.account, entry.base + entry.above, entry.base);
    }

    function rebase(bytes32 poolId, address transcoder) external {
        Pool storage pool = _running(poolId);
        Entry storage entry = _entries[poolId][transcoder];
        (uint256 claimed,,, uint256 creditedTo) = fees.accountOf(poolId, transcoder);
        uint256 base = Math.max(claimed, creditedTo);
        if (base <= entry.base) revert NotHigher();
        _rebase(pool, entry, base);
        emit VoucherSubmitted(poolId, transcoder, entry.base + entry.above, entry.base);
    }

    function finish(bytes32 poolId) external {
        Pool storage pool = _pools[poolId];
        if (pool.until == 0 || pool.finished) revert NotOpen();
        if (block.timestamp < pool.until) revert StillOpen();
        pool.finished = true;
        (uint256 balance, uint256 reserved) = fees.poolOf(poolId);
        uint256 free = balance - reserved;
        if (pool.owed > free) {
            uint256 moved = Math.min(pool.owed - free, operatorBond.bondOf(poolId));
            operatorBond.moveToPool(poolId, moved);
            free += moved;
        }
        pool.available = Math.min(pool.owed, free);
        fees.setAside(poolId, pool.available);
        emit SettlementFinished(poolId, pool.owed, pool.available);
    }

    function settle(bytes32 poolId, address transcoder) external {
        Pool storage pool = _pools[poolId];
        if (!pool.finished) revert NotFinished();
        Entry storage entry = _entries[poolId][transcoder];
        if (entry.above == 0) revert NothingMissing();
        uint256 amount = Math.mulDiv(entry.above, pool.available, pool.owed);
        entry.above = 0;
        emit Settled(poolId, transcoder, amount);
        fees.creditAside(poolId, transcoder, entry.base + amount, amount);
    }

    function isOpen(bytes32 poolId) external view returns (bool) {
        return _pools[poolId].until != 0 && !_pools[poolId].finished;
    }

    function owedTo(bytes32 poolId, address transcoder) external view returns (uint256) {
        return _entries[poolId][transcoder].above;
    }

    function _submit(Pool storage pool, Voucher calldata voucher, Proof calldata proof) private {
        Entry storage entry = _entries[voucher.poolId][voucher.transcoder];
        (uint256 claimed,,, uint256 creditedTo) = fees.accountOf(voucher.poolId, voucher.transcoder);
        _rebase(pool, entry, Math.max(claimed, creditedTo));
        (uint64 epoch, uint64 postedAt,) = fees.lastEpochOf(voucher.poolId);
        uint256 epochs =
            postedAt == 0 ? uint256(voucher.epoch) + 1 : voucher.epoch - Math.min(voucher.epoch, epoch);
        uint256 above = challenges.acknowledged(voucher, proof, entry.base, epochs);
        if (above <= entry.above) revert NothingMissing();
        pool.owed += above - entry.above;
        entry.above = above;
        emit VoucherSubmitted(voucher.poolId, voucher.transcoder, entry.base + above, entry.base);
    }

    /// What is known to be held elsewhere is owed here no more.
    function _rebase(Pool storage pool, Entry storage entry, uint256 base) private {
        if (base <= entry.base) return;
        uint256 taken = Math.min(base - entry.base, entry.above);
        entry.base = base;
        entry.above -= taken;
        pool.owed -= taken;
    }

    function _running(bytes32 poolId) private view returns (Pool storage pool) {
        pool = _pools[poolId];
        if (pool.until == 0 || block.timestamp >= pool.until) revert NotOpen();
    }
}
