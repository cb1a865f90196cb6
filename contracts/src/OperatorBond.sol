// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IFeeVault} from "./interfaces/IFeeVault.sol";
import {IOperatorBond} from "./interfaces/IOperatorBond.sol";
import {IPoolRegistry} from "./interfaces/IPoolRegistry.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {Payouts} from "./Payouts.sol";

/// See IOperatorBond.
contract OperatorBond is IOperatorBond, Payouts, ReentrancyGuardTransient {
    uint64 public constant UNBONDING = 21 days;

    struct Request {
        uint192 amount;
        uint64 readyAt;
    }

    IPoolRegistry public immutable registry;
    IFeeVault public immutable fees;
    ISettlement public immutable settlement;
    address public immutable challenges;

    mapping(bytes32 poolId => uint256) public bondOf; // requested withdrawals included
    mapping(bytes32 poolId => uint256) public requestedOf;
    mapping(bytes32 poolId => Request[]) private _requests;

    constructor(IPoolRegistry registry_, IFeeVault fees_, ISettlement settlement_, address challenges_) {
        registry = registry_;
        fees = fees_;
        settlement = settlement_;
        challenges = challenges_;
    }

    modifier only(address who) {
        if (msg.sender != who) revert NotAllowed();
        _;
    }

    modifier onlyOperator(bytes32 poolId) {
        if (msg.sender != registry.operatorOf(poolId)) revert NotOperator();
        _;
    }

    function deposit(bytes32 poolId) external payable {
        if (msg.value == 0) revert NothingToDo();
        bondOf[poolId] += msg.value;
        emit BondAdded(poolId, msg.sender, msg.value);
    }

    function requestWithdrawal(bytes32 poolId, uint256 amount)
        external
        onlyOperator(poolId)
        returns (uint256 id)
    {
        if (amount == 0) revert NothingToDo();
        if (requestedOf[poolId] + amount > bondOf[poolId]) revert AboveBond();
        requestedOf[poolId] += amount;
        id = _requests[poolId].length;
        uint64 readyAt = uint64(block.timestamp) + UNBONDING;
        _requests[poolId].push(Request(uint192(amount), readyAt));
        emit WithdrawalRequested(poolId, id, amount, readyAt);
    }

    function withdraw(bytes32 poolId, uint256 id) external onlyOperator(poolId) nonReentrant {
        if (settlement.isOpen(poolId)) revert InSettlement();
        if (id >= _requests[poolId].length) revert NothingToDo();
        Request memory request = _requests[poolId][id];
        if (request.amount == 0) revert NothingToDo();
        if (block.timestamp < request.readyAt) revert NotReady();
        delete _requests[poolId][id];
        requestedOf[poolId] -= request.amount;
        uint256 amount = Math.min(request.amount, bondOf[poolId]);
        bondOf[poolId] -= amount;
        emit BondWithdrawn(poolId, id, amount);
        _send(msg.sender, amount);
    }

    function cover(bytes32 poolId, address account, uint256 base, uint256 amount)
        external
        only(challenges)
        returns (uint256 covered)
    {
        covered = Math.min(amount, bondOf[poolId]);
        bondOf[poolId] -= covered;
        emit ShortfallCovered(poolId, account, covered);
        fees.credit{value: covered}(poolId, account, base + covered);
    }

    function penalise(bytes32 poolId, address to, uint256 amount) external only(challenges) nonReentrant {
        uint256 taken = Math.min(amount, bondOf[poolId]);
        bondOf[poolId] -= taken;
        emit Penalised(poolId, to, taken);
        _send(to, taken);
    }

    function moveToPool(bytes32 poolId, uint256 amount) external only(address(settlement)) {
        uint256 moved = Math.min(amount, bondOf[poolId]);
        if (moved == 0) return;
        bondOf[poolId] -= moved;
        emit MovedToPool(poolId, moved);
        fees.fund{value: moved}(poolId);
    }
}
