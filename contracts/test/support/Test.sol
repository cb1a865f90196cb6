// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Vm} from "./Vm.sol";

/// The base of every test: forge's cheats and comparisons that say what they saw.
abstract contract Test {
    error NotEqual(uint256 left, uint256 right);
    error NotEqualBytes32(bytes32 left, bytes32 right);
    error NotEqualAddress(address left, address right);
    error NotTrue(string what);
    error NotAbove(uint256 left, uint256 right);
    error AboveMost(uint256 left, uint256 right);

    bool public constant IS_TEST = true;
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address[] private _targets;

    function targetContracts() external view returns (address[] memory) {
        return _targets;
    }

    function targetContract(address target) internal {
        _targets.push(target);
    }

    function assertEq(uint256 left, uint256 right) internal pure {
        if (left != right) revert NotEqual(left, right);
    }

    function assertEq(bytes32 left, bytes32 right) internal pure {
        if (left != right) revert NotEqualBytes32(left, right);
    }

    function assertEq(address left, address right) internal pure {
        if (left != right) revert NotEqualAddress(left, right);
    }

    function assertTrue(bool holds, string memory what) internal pure {
        if (!holds) revert NotTrue(what);
    }

    function assertGt(uint256 left, uint256 right) internal pure {
        if (left <= right) revert NotAbove(left, right);
    }

    function assertLe(uint256 left, uint256 right) internal pure {
        if (left > right) revert AboveMost(left, right);
    }

    /// `value` brought between `low` and `high`, both included.
    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        if (value >= low && value <= high) return value;
        return low + value % (high - low + 1);
    }

    function named(string memory name) internal pure returns (address) {
        return vm.addr(keyOf(name));
    }

    function keyOf(string memory name) internal pure returns (uint256) {
        return uint256(keccak256(bytes(name)));
    }
}
