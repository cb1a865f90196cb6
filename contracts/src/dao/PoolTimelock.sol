// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IPoolGovernor} from "../interfaces/IPoolGovernor.sol";

/// Executes what the members have decided, 48 hours later, by anybody's hand. Nobody is its admin.
contract PoolTimelock is TimelockController {
    uint256 public constant LEAST_DELAY = 24 hours;

    constructor(address[] memory proposers, address[] memory executors)
        TimelockController(48 hours, proposers, executors, address(0))
    {}

    /// Votes can shorten the delay, but not below what everybody needs to leave.
    function updateDelay(uint256 delay) public override {
        if (delay < LEAST_DELAY) revert IPoolGovernor.BelowBounds();
        super.updateDelay(delay);
    }
}
