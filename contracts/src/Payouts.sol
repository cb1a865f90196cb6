// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// Pays ether in a way that no recipient can stop: what it does not take is kept for it.
abstract contract Payouts {
    error NothingOwed();
    error NotTaken();

    event PayoutDeferred(address indexed to, uint256 amount);
    event Collected(address indexed to, uint256 amount);

    uint256 private constant GAS = 50_000;

    mapping(address to => uint256) public owed;
    uint256 public totalOwed;

    /// Pays what a recipient did not take before, to itself, with all the gas it may need.
    function collect(address to) external {
        uint256 amount = owed[to];
        if (amount == 0) revert NothingOwed();
        owed[to] = 0;
        totalOwed -= amount;
        emit Collected(to, amount);
        (bool taken,) = to.call{value: amount}("");
        if (!taken) revert NotTaken();
    }

    function _send(address to, uint256 amount) internal {
        if (amount == 0) return;
        bool taken;
        // the recipient's answer is left where it is: it cannot cost the caller memory
        assembly ("memory-safe") {
            taken := call(GAS, to, amount, 0, 0, 0, 0)
        }
        if (taken) return;
        owed[to] += amount;
        totalOwed += amount;
        emit PayoutDeferred(to, amount);
    }
}
