// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {PoolGovernor} from "../../src/dao/PoolGovernor.sol";
import {PoolShares, SharesParts} from "../../src/dao/PoolShares.sol";
import {PoolTimelock} from "../../src/dao/PoolTimelock.sol";
import {IPoolGovernor} from "../../src/interfaces/IPoolGovernor.sol";
import {PoolFixture} from "./PoolFixture.sol";

/// A pool whose terms are its members': three of them, 30 days old.
abstract contract DaoFixture is PoolFixture {
    PoolShares internal shares;
    PoolTimelock internal timelock;
    PoolGovernor internal voting;
    address internal m1 = named("member 1");
    address internal m2 = named("member 2");
    address internal m3 = named("member 3");

    function setUp() public virtual override {
        super.setUp();
        address predicted = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 2);
        shares =
            new PoolShares(SharesParts(pool, s.token, s.registry, s.court, s.fund, IPoolGovernor(predicted)));
        address[] memory proposers = new address[](1);
        proposers[0] = predicted;
        timelock = new PoolTimelock(proposers, new address[](1));
        voting = new PoolGovernor(shares, timelock);
        assertEq(address(voting), predicted);
        vm.startPrank(operator);
        s.fund.attach(pool, shares);
        s.registry.changeGovernor(pool, address(timelock));
        vm.stopPrank();
        _join(m1, 100 ether);
        _join(m2, 60 ether);
        _join(m3, 40 ether);
        vm.warp(START + 30 days + 1);
    }

    function _join(address who, uint256 tokens) internal {
        lpt.mint(who, tokens);
        vm.startPrank(who);
        lpt.approve(address(shares), tokens);
        shares.join(tokens);
        vm.stopPrank();
    }

    function _propose(address target, bytes memory call) internal returns (uint256 id) {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _one(target, call);
        vm.prank(m1);
        id = voting.propose(targets, values, calls, "because");
        vm.warp(block.timestamp + 1 hours + 1);
    }

    function _queueAndExecute(address target, bytes memory call) internal {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _one(target, call);
        voting.queue(targets, values, calls, keccak256("because"));
        vm.warp(block.timestamp + 48 hours);
        voting.execute(targets, values, calls, keccak256("because"));
    }

    function _vote(uint256 id, address who, uint8 support) internal {
        vm.prank(who);
        voting.castVote(id, support);
    }

    function _one(address target, bytes memory call)
        internal
        pure
        returns (address[] memory targets, uint256[] memory values, bytes[] memory calls)
    {
        (targets, values, calls) = (new address[](1), new uint256[](1), new bytes[](1));
        (targets[0], calls[0]) = (target, call);
    }
}
