// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// The members' votes. What passes is executed by the timelock, which is the pool's governor in the
/// registry; it can do what the registry, the shares and the fund let a governor do, and nothing else.
interface IPoolGovernor {
    error BelowBounds();

    /// Who may leave in protest.
    function votedAgainst(uint256 proposalId, address member) external view returns (bool);

    /// Whether more than half of the votes are enough; more than three fifths are needed otherwise.
    function isSimple(uint256 proposalId) external view returns (bool);
}
