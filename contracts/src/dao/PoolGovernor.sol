// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {
    GovernorCountingSimple
} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {
    GovernorTimelockControl
} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {
    GovernorVotesQuorumFraction
} from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IMutualFund} from "../interfaces/IMutualFund.sol";
import {IPoolGovernor} from "../interfaces/IPoolGovernor.sol";
import {IPoolRegistry} from "../interfaces/IPoolRegistry.sol";
import {IPoolShares} from "../interfaces/IPoolShares.sol";

/// See IPoolGovernor.
contract PoolGovernor is
    IPoolGovernor,
    Governor,
    GovernorSettings,
    GovernorCountingSimple,
    GovernorVotes,
    GovernorVotesQuorumFraction,
    GovernorTimelockControl
{
    uint32 public constant DEBATE = 72 hours;
    uint48 public constant DELAY = 1 hours;
    uint256 public constant QUORUM_PERCENT = 30;
    uint256 public constant LEAST_QUORUM_PERCENT = 20;
    uint256 public constant THRESHOLD = 20 ether;

    mapping(uint256 proposalId => mapping(address member => bool)) public votedAgainst;
    mapping(uint256 proposalId => bool) public isSimple;

    constructor(IVotes shares, TimelockController timelock_)
        Governor("MillpondPool")
        GovernorSettings(DELAY, DEBATE, THRESHOLD)
        GovernorVotes(shares)
        GovernorVotesQuorumFraction(QUORUM_PERCENT)
        GovernorTimelockControl(timelock_)
    {}

    function votingDelay() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.votingDelay();
    }

    function votingPeriod() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.votingPeriod();
    }

    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    function state(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl)
        returns (ProposalState)
    {
        return super.state(proposalId);
    }

    function proposalNeedsQueuing(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl)
        returns (bool)
    {
        return super.proposalNeedsQueuing(proposalId);
    }

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override returns (uint256 proposalId) {
        proposalId = super._propose(targets, values, calldatas, description, proposer);
        bool simple = true;
        for (uint256 i = 0; i < calldatas.length; ++i) {
            bytes4 selector = bytes4(calldatas[i]);
            simple = simple
                && (selector == IMutualFund.payDividend.selector
                    || selector == IPoolRegistry.activateVerdictFunction.selector
                    || selector == IPoolShares.setOpen.selector
                    || selector == IPoolShares.setAdmitted.selector);
        }
        isSimple[proposalId] = simple;
    }

    function _voteSucceeded(uint256 proposalId)
        internal
        view
        override(Governor, GovernorCountingSimple)
        returns (bool)
    {
        (uint256 against, uint256 forIt,) = proposalVotes(proposalId);
        return isSimple[proposalId] ? forIt > against : forIt * 10 > (forIt + against) * 6;
    }

    function _countVote(
        uint256 proposalId,
        address account,
        uint8 support,
        uint256 weight,
        bytes memory params
    ) internal override(Governor, GovernorCountingSimple) returns (uint256) {
        if (support == uint8(VoteType.Against)) votedAgainst[proposalId][account] = true;
        return super._countVote(proposalId, account, support, weight, params);
    }

    function _getVotes(address account, uint256 timepoint, bytes memory params)
        internal
        view
        override(Governor, GovernorVotes)
        returns (uint256)
    {
        uint256 votes = super._getVotes(account, timepoint, params);
        return IPoolShares(address(token())).aged(account, votes, timepoint);
    }

    function _setVotingPeriod(uint32 period) internal override {
        if (period < DEBATE) revert BelowBounds();
        super._setVotingPeriod(period);
    }

    function _updateQuorumNumerator(uint256 numerator) internal override {
        if (numerator < LEAST_QUORUM_PERCENT) revert BelowBounds();
        super._updateQuorumNumerator(numerator);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }
}
