// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {IRandomness} from "../../src/interfaces/IRandomness.sol";

/// A beacon that speaks once an hour, until it is silenced.
contract Beacon is IRandomness {
    error NotKnown();

    uint64 public silentFrom = type(uint64).max;

    function silence() external {
        silentFrom = uint64(block.timestamp);
    }

    function valueAfter(uint64 time) external view returns (bytes32) {
        uint64 spoken = time - time % 1 hours + 1 hours;
        if (spoken > block.timestamp || spoken > silentFrom) revert NotKnown();
        return keccak256(abi.encode("beacon", spoken));
    }
}
