// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// A public random value for each time, fixed by nobody before it: an adapter to a beacon. Block hashes and
/// prevrandao are none on Arbitrum.
interface IRandomness {
    /// The first value after `time`. Reverts while it is not known.
    function valueAfter(uint64 time) external view returns (bytes32);
}
