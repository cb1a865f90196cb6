// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// What a bond answers for.
enum Kind {
    Transcoder,
    Operator,
    Juror
}

/// Whose bond, for what.
struct Bond {
    bytes32 poolId; // zero for jurors, who serve all pools
    address owner;
    Kind kind;
}

/// All bonds, in one ERC-20 token. Only the court, the jury and the challenges may lock or take, and each
/// only what it has locked itself or what an objective proof allows. What is being unbonded still answers
/// for everything until it is withdrawn. Nobody can change the contract.
interface IBondVault {
    error NothingToDo();
    error NotAllowed();
    error BelowActive();
    error StillEnrolled();
    error NotReady();
    error StillLocked();
    error LockTaken();
    error AboveLock();
    error OtherBond();

    event Deposited(bytes32 indexed poolId, address indexed owner, Kind kind, uint256 amount);
    event UnbondRequested(
        bytes32 indexed poolId, address indexed owner, Kind kind, uint256 id, uint256 amount, uint64 readyAt
    );
    event Withdrawn(bytes32 indexed poolId, address indexed owner, Kind kind, uint256 id, uint256 amount);
    event Locked(bytes32 indexed lockId, bytes32 indexed poolId, address indexed owner, uint256 amount);
    event Unlocked(bytes32 indexed lockId, address indexed owner, uint256 amount);
    event Slashed(bytes32 indexed lockId, address indexed owner, address indexed to, uint256 amount);

    /// Adds to the caller's bond what really arrives of `amount`.
    function deposit(bytes32 poolId, Kind kind, uint256 amount) external;

    /// Begins to take back `amount`; transcoders wait 10 days, jurors 14, operators 21.
    function requestUnbond(bytes32 poolId, Kind kind, uint256 amount) external returns (uint256 id);

    /// Pays out a request that has waited, unless the rest would not cover what is locked.
    function withdraw(bytes32 poolId, Kind kind, uint256 id) external;

    /// Keeps up to `amount` of a bond from leaving, under a name that is used once; tells how much, and how
    /// large the whole bond is. By court or jury.
    function lock(bytes32 lockId, Bond calldata bond, uint256 amount)
        external
        returns (uint256 locked, uint256 whole);

    /// Ends what is left of a lock. By the one who made it.
    function unlock(bytes32 lockId, Bond calldata bond) external;

    /// Takes `amount` of what is locked and gives it to `to`. By the one who made the lock.
    function slash(bytes32 lockId, Bond calldata bond, address to, uint256 amount) external;

    /// Takes up to `amount` that is not locked. By the challenges, for an objective fault.
    function slashNow(bytes32 proofHash, Bond calldata bond, address to, uint256 amount)
        external
        returns (uint256 taken);

    function bonded(Bond calldata bond)
        external
        view
        returns (uint256 active, uint256 unbonding, uint256 locked);
    function lockedBy(bytes32 lockId) external view returns (uint256);
    function unbondingTime(Kind kind) external pure returns (uint64);
}
