// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Bond, IBondVault, Kind} from "./interfaces/IBondVault.sol";
import {IJurorRegistry} from "./interfaces/IJurorRegistry.sol";

/// See IBondVault.
contract BondVault is IBondVault, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    struct Account {
        uint128 active;
        uint128 locked; // of active and unbonding together
        uint128 unbonding;
        uint64 requests;
        uint64 emptied; // how often all of what was unbonding has been slashed
        uint256 parts; // of what is unbonding, held by all requests together
    }

    struct Request {
        uint256 parts; // slashing makes each worth less, and never another request's tokens its own
        uint64 readyAt;
        uint64 emptied;
    }

    struct Lock {
        uint128 amount;
        uint120 bond; // the first bytes of its account's key
        bool used;
    }

    IERC20 public immutable token;
    address public immutable court;
    address public immutable jury;
    address public immutable challenges;
    IJurorRegistry public immutable jurors;

    mapping(bytes32 key => Account) private _accounts;
    mapping(bytes32 key => mapping(uint256 id => Request)) private _requests;
    mapping(bytes32 lockId => Lock) private _locks;

    constructor(IERC20 token_, address court_, address jury_, address challenges_, IJurorRegistry jurors_) {
        token = token_;
        court = court_;
        jury = jury_;
        challenges = challenges_;
        jurors = jurors_;
    }

    function deposit(bytes32 poolId, Kind kind, uint256 amount) external nonReentrant {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 arrived = token.balanceOf(address(this)) - before;
        if (arrived == 0) revert NothingToDo();
        _accounts[_key(poolId, msg.sender, kind)].active += arrived.toUint128();
        emit Deposited(poolId, msg.sender, kind, arrived);
    }

    function requestUnbond(bytes32 poolId, Kind kind, uint256 amount) external returns (uint256 id) {
        if (kind == Kind.Juror && jurors.isEnrolled(msg.sender)) revert StillEnrolled();
        bytes32 key = _key(poolId, msg.sender, kind);
        Account storage account = _accounts[key];
        if (amount == 0) revert NothingToDo();
        if (amount > account.active) revert BelowActive();
        uint64 readyAt = uint64(block.timestamp) + unbondingTime(kind);
        account.active -= uint128(amount);
        uint256 parts =
            account.unbonding == 0 ? amount : Math.mulDiv(amount, account.parts, account.unbonding);
        account.unbonding += uint128(amount);
        account.parts += parts;
        id = account.requests++;
        _requests[key][id] = Request(parts, readyAt, account.emptied);
        emit UnbondRequested(poolId, msg.sender, kind, id, amount, readyAt);
    }

    function withdraw(bytes32 poolId, Kind kind, uint256 id) external nonReentrant {
        bytes32 key = _key(poolId, msg.sender, kind);
        Account storage account = _accounts[key];
        Request memory request = _requests[key][id];
        if (request.parts == 0 || request.emptied != account.emptied) revert NothingToDo();
        if (block.timestamp < request.readyAt) revert NotReady();
        uint256 amount = Math.mulDiv(request.parts, account.unbonding, account.parts);
        if (uint256(account.active) + account.unbonding - amount < account.locked) revert StillLocked();
        delete _requests[key][id];
        account.unbonding -= uint128(amount);
        account.parts -= request.parts;
        emit Withdrawn(poolId, msg.sender, kind, id, amount);
        token.safeTransfer(msg.sender, amount);
    }

    function lock(bytes32 lockId, Bond calldata bond, uint256 amount)
        external
        returns (uint256 locked, uint256 whole)
    {
        if (msg.sender != court && msg.sender != jury) revert NotAllowed();
        bytes32 key = _key(bond);
        Lock storage made = _locks[_own(lockId)];
        if (made.used) revert LockTaken();
        Account storage account = _accounts[key];
        whole = uint256(account.active) + account.unbonding;
        locked = Math.min(amount, whole - account.locked);
        account.locked += uint128(locked);
        (made.amount, made.bond, made.used) = (uint128(locked), _short(key), true);
        emit Locked(lockId, bond.poolId, bond.owner, locked);
    }

    function unlock(bytes32 lockId, Bond calldata bond) external {
        (Lock storage made, Account storage account) = _lockOf(lockId, bond);
        uint128 amount = made.amount;
        made.amount = 0;
        account.locked -= amount;
        emit Unlocked(lockId, bond.owner, amount);
    }

    function slash(bytes32 lockId, Bond calldata bond, address to, uint256 amount) external nonReentrant {
        (Lock storage made, Account storage account) = _lockOf(lockId, bond);
        if (amount > made.amount) revert AboveLock();
        made.amount -= uint128(amount);
        account.locked -= uint128(amount);
        _take(lockId, account, bond.owner, to, amount);
    }

    function slashNow(bytes32 proofHash, Bond calldata bond, address to, uint256 amount)
        external
        nonReentrant
        returns (uint256 taken)
    {
        if (msg.sender != challenges) revert NotAllowed();
        Account storage account = _accounts[_key(bond)];
        taken = Math.min(amount, _free(account));
        _take(proofHash, account, bond.owner, to, taken);
    }

    function bonded(Bond calldata bond)
        external
        view
        returns (uint256 active, uint256 unbonding, uint256 locked)
    {
        Account storage account = _accounts[_key(bond)];
        return (account.active, account.unbonding, account.locked);
    }

    function lockedBy(bytes32 lockId) external view returns (uint256) {
        return _locks[_own(lockId)].amount;
    }

    function unbondingTime(Kind kind) public pure returns (uint64) {
        if (kind == Kind.Operator) return 21 days;
        if (kind == Kind.Juror) return 14 days;
        return 10 days;
    }

    function _take(bytes32 cause, Account storage account, address owner, address to, uint256 amount)
        private
    {
        uint256 fromActive = Math.min(amount, account.active);
        account.active -= uint128(fromActive);
        if (amount > fromActive) {
            account.unbonding -= uint128(amount - fromActive);
            if (account.unbonding == 0) (account.parts, account.emptied) = (0, account.emptied + 1);
        }
        emit Slashed(cause, owner, to, amount);
        if (amount > 0) token.safeTransfer(to, amount);
    }

    function _lockOf(bytes32 lockId, Bond calldata bond)
        private
        view
        returns (Lock storage made, Account storage account)
    {
        bytes32 key = _key(bond);
        made = _locks[_own(lockId)];
        if (!made.used) revert NotAllowed();
        if (made.bond != _short(key)) revert OtherBond();
        account = _accounts[key];
    }

    /// A lock belongs to who made it: the same name means another lock for another caller.
    function _own(bytes32 lockId) private view returns (bytes32) {
        return keccak256(abi.encode(msg.sender, lockId));
    }

    function _free(Account storage account) private view returns (uint256) {
        return uint256(account.active) + account.unbonding - account.locked;
    }

    function _key(Bond calldata bond) private pure returns (bytes32) {
        return _key(bond.poolId, bond.owner, bond.kind);
    }

    function _key(bytes32 poolId, address owner, Kind kind) private pure returns (bytes32) {
        return keccak256(abi.encode(poolId, owner, kind));
    }

    function _short(bytes32 key) private pure returns (uint120) {
        return uint120(uint256(key) >> 136);
    }
}
