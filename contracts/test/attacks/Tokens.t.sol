// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Kind} from "../../src/interfaces/IBondVault.sol";
import {PoolFixture} from "../support/PoolFixture.sol";
import {FalseToken, FeeToken, PlainToken} from "../support/Tokens.sol";

/// A token that keeps a part of what is moved: bonds are what arrived.
contract FeeTokenTest is PoolFixture {
    function _token() internal override returns (PlainToken) {
        return new FeeToken();
    }

    function test_X12_aBondIsWhatArrives() external {
        address worker = _transcoder("worker", 100 ether);
        assertEq(_activeOf(worker, Kind.Transcoder), 90 ether);
        assertEq(lpt.balanceOf(address(s.bonds)), 90 ether + 900 ether);
    }

    /// Whatever the token keeps, the vault never pays one bond out of another.
    function testFuzz_X12_bondsStayCovered(uint96 ofA, uint96 ofB, uint96 back) external {
        address a = _transcoder("a", uint256(ofA) + 2);
        _transcoder("b", uint256(ofB) + 2);
        uint256 amount = bound(back, 1, _activeOf(a, Kind.Transcoder));
        vm.prank(a);
        uint256 id = s.bonds.requestUnbond(pool, Kind.Transcoder, amount);
        vm.warp(START + 10 days);
        vm.prank(a);
        s.bonds.withdraw(pool, Kind.Transcoder, id);
        assertEq(
            lpt.balanceOf(address(s.bonds)),
            _activeOf(a, Kind.Transcoder) + _activeOf(named("b"), Kind.Transcoder)
                + _activeOf(operator, Kind.Operator)
        );
    }
}

/// A token that says false instead of moving.
contract FalseTokenTest is PoolFixture {
    function _token() internal override returns (PlainToken) {
        return new FalseToken();
    }

    function test_X12_nothingIsBookedThatDidNotMove() external {
        address worker = _transcoder("worker", 100 ether);
        vm.prank(worker);
        uint256 id = s.bonds.requestUnbond(pool, Kind.Transcoder, 100 ether);
        vm.warp(START + 10 days);
        FalseToken(address(lpt)).lie();
        vm.prank(worker);
        vm.expectRevert();
        s.bonds.withdraw(pool, Kind.Transcoder, id);
        lpt.mint(worker, 1 ether);
        vm.startPrank(worker);
        lpt.approve(address(s.bonds), 1 ether);
        vm.expectRevert();
        s.bonds.deposit(pool, Kind.Transcoder, 1 ether);
        vm.stopPrank();
        (uint256 active, uint256 unbonding,) = s.bonds.bonded(_bondOf(worker, Kind.Transcoder));
        assertEq(active, 0);
        assertEq(unbonding, 100 ether);
    }
}
