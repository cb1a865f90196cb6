// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {SessionGrant} from "../libraries/Receipts.sol";

/// What a pool promises. Changes hold from at least 48 hours later on.
struct Terms {
    address guardian; // may pause openings and cancel executions, nothing else; zero for none
    uint32 maxHold; // longest time that pay may be held back after its epoch's root, seconds
    uint32 challenge; // shortest time between a root and its claims, seconds; at least 36 hours
    uint32 epochSeconds; // a root is due this often
    uint16 payShareBp; // of the fee to the transcoder, basis points
    uint16 probationShareBp; // the same for newcomers
    uint16 firstFraudBp; // of the bond that a first fraud takes at most
    uint16 softFaultBp; // of the bond that silence or substandard work takes at most
    uint16 claimantBp; // of a penalty that the claimant gets at most
    bytes32 parameters; // hash of everything else that holds off the chain
}

/// A signature and, where a session key made it, its owner's grant. Without a grant: all zero.
struct Proof {
    bytes signature;
    SessionGrant grant;
    bytes grantSignature;
}

/// Who runs which pool on what terms, who works where, and which keys sign for whom. The contract whose
/// address is in every signature's domain. Holds no money. Nobody can change it.
interface IPoolRegistry {
    error AlreadyExists();
    error NotOperator();
    error NotGovernor();
    error NotGuardian();
    error NotRegistered();
    error UnknownPool();
    error TermsOutOfBounds();
    error HoldTooLong();
    error NoPayout();
    error NothingScheduled();
    error TooEarly();
    error PausedTooRecently();

    event PoolCreated(bytes32 indexed poolId, address indexed operator, Terms terms, bytes32 firstAnchor);
    event TermsScheduled(bytes32 indexed poolId, uint64 effectiveFrom, Terms terms);
    event GovernorChanged(bytes32 indexed poolId, address indexed governor);
    event PoolWinding(bytes32 indexed poolId, bytes32 successor);
    event OpeningsPaused(bytes32 indexed poolId, uint64 until);
    event VerdictFunctionActivated(bytes32 indexed poolId, bytes32 indexed verdictFunction, uint64 from);
    event TranscoderRegistered(bytes32 indexed poolId, address indexed owner, address payout, uint32 maxHold);
    event PayoutScheduled(
        bytes32 indexed poolId, address indexed owner, address payout, uint64 effectiveFrom
    );
    event WatcherNamed(bytes32 indexed poolId, address indexed owner, address indexed watcher);
    event GrantRevoked(address indexed owner, address indexed sessionKey);

    /// Makes the caller's pool. Its id follows from the chain, this registry and the caller, so a caller
    /// has one.
    function createPool(Terms calldata terms, bytes32 firstAnchor) external returns (bytes32 poolId);

    /// New terms, 48 hours from now. By the pool's governor.
    function scheduleTerms(bytes32 poolId, Terms calldata terms) external;

    /// Hands the power over the terms to another, such as the timelock of the members' votes. For good.
    function changeGovernor(bytes32 poolId, address governor) external;

    /// Tells everybody that the pool takes no new work, and where its work goes on. By the governor.
    function wind(bytes32 poolId, bytes32 successor) external;

    /// Lets a verdict function judge tasks offered seven days from now or later; a pool's first one from now
    /// on. By the governor.
    function activateVerdictFunction(bytes32 poolId, bytes32 verdictFunction) external;

    /// For at most 14 days no case can be opened in the pool; answering, claiming and withdrawing go on,
    /// so no window has to be made longer. By the guardian, and not again for 14 days after its end.
    function pauseOpenings(bytes32 poolId, uint32 duration) external;

    /// The caller works for the pool, is paid at `payout` and lets its pay be held back for at most
    /// `maxHold` seconds.
    function register(bytes32 poolId, address payout, uint32 maxHold) external;

    /// Another payout address, 72 hours from now: a thief of keys gives the owner that long.
    function schedulePayout(bytes32 poolId, address payout) external;

    /// Lets `watcher` dispute claims against the caller.
    function nameWatcher(bytes32 poolId, address watcher) external;

    /// The session key signs nothing for the caller any more.
    function revokeGrant(address sessionKey) external;

    function operatorOf(bytes32 poolId) external view returns (address);
    /// What posting a root needs, in one call.
    function rootTermsOf(bytes32 poolId) external view returns (address operator, uint32 challenge);
    /// What opening a case needs, in one call.
    function caseTermsOf(bytes32 poolId)
        external
        view
        returns (address operator, bool paused, uint16 firstFraudBp, uint16 softFaultBp);
    function governorOf(bytes32 poolId) external view returns (address);
    function termsOf(bytes32 poolId) external view returns (Terms memory);
    function firstAnchorOf(bytes32 poolId) external view returns (bytes32);
    function createdAt(bytes32 poolId) external view returns (uint64);
    function isPaused(bytes32 poolId) external view returns (bool);
    function isWinding(bytes32 poolId) external view returns (bool);
    function verdictFunctionFrom(bytes32 poolId, bytes32 verdictFunction) external view returns (uint64);
    function isRegistered(bytes32 poolId, address owner) external view returns (bool);
    function watcherOf(bytes32 poolId, address owner) external view returns (address);

    /// Where pay goes and for how long it may be held: the owner itself and seven days for an account that
    /// never registered.
    function payoutOf(bytes32 poolId, address owner) external view returns (address payout, uint32 maxHold);

    /// Whether `structHash` was signed by `owner`, or at time `signedAt` by a key with its grant for
    /// `scope`. Contract wallets sign as ERC-1271 says. `signedAt` 0: the object names no time, and the
    /// grant may have ended up to 14 days ago.
    function isSignedBy(
        bytes32 poolId,
        address owner,
        bytes32 structHash,
        uint64 scope,
        uint64 signedAt,
        Proof calldata proof
    ) external view returns (bool);

    function domainSeparator() external view returns (bytes32);
}
