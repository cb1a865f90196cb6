// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Accusation} from "./ICourt.sol";
import {IPoolShares} from "./IPoolShares.sol";

/// What the members of pools hold together. Penalties only ever pay for losses that a jury has found;
/// contributions may also go back to members, in equal parts a share. Votes can send nothing of it to an
/// address of their choice. Nobody can change the contract.
interface IMutualFund {
    error NotAllowed();
    error NotGovernor();
    error AlreadyAttached();
    error NotAttached();
    error NothingToDo();
    error NoBeacon();
    error NoLoss();
    error PriceMovesTooFast();
    error BelowTarget();

    event MembersAttached(bytes32 indexed poolId, address indexed shares);
    event Contributed(bytes32 indexed poolId, address indexed from, uint256 amount);
    event PenaltyAdded(bytes32 indexed poolId, uint256 amount, uint256 tokens);
    event TokenPriceSet(bytes32 indexed poolId, uint256 price);
    event LossCovered(
        bytes32 indexed poolId,
        bytes32 indexed caseId,
        uint256 loss,
        uint256 fromFund,
        uint256 tokensFromFund,
        uint256 tokensFromMembers
    );
    event DividendPaid(bytes32 indexed poolId, uint256 amount);
    event LeaverPaid(bytes32 indexed poolId, address indexed member, uint256 amount);

    /// Makes the fund that of a pool's members. By the pool's governor, once.
    function attach(bytes32 poolId, IPoolShares shares) external;

    /// Adds ether of which members may get dividends. By anybody.
    function contribute(bytes32 poolId) external payable;

    /// Adds ether that only covers losses. By the court.
    function addPenalty(bytes32 poolId) external payable;

    /// Tells of tokens that have arrived and only cover losses. By the court.
    function noteTokens(bytes32 poolId, uint256 tokens) external;

    /// What a whole token counts for in wei; a fifth up or down a week at most. By the pool's governor.
    function setTokenPrice(bytes32 poolId, uint256 price) external;

    /// Pays four fifths of a loss that a jury seated by the public beacon has found and the guilty's pay did
    /// not cover: from the fund, a fifth of it at most; then from all members' shares, a twentieth at most and
    /// a fifth a year; the rest stays with the operator. By anybody, once a case.
    function cover(Accusation calldata accusation) external;

    /// Pays what stands above four times the largest loss so far to the members, by shares. By the governor.
    function payDividend(bytes32 poolId) external;

    /// Pays a member that leaves in protest its part of the contributions. By the pool's shares.
    function payLeaver(bytes32 poolId, address member, uint256 shares, uint256 ofShares) external;

    function isAttached(bytes32 poolId) external view returns (bool);
    function fundOf(bytes32 poolId)
        external
        view
        returns (uint256 penalties, uint256 contributions, uint256 tokens);
}
