// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Bond, Kind} from "../src/interfaces/IBondVault.sol";
import {IJurorRegistry} from "../src/interfaces/IJurorRegistry.sol";
import {PoolFixture} from "./support/PoolFixture.sol";

contract JurorRegistryTest is PoolFixture {
    function test_join_withTwentyTokensAndAFortnightsWait() external {
        address who = named("juror");
        vm.prank(who);
        vm.expectRevert(IJurorRegistry.BondTooSmall.selector);
        s.jurors.join();
        _bond(who, 0, Kind.Juror, 20 ether);
        vm.startPrank(who);
        s.jurors.join();
        vm.expectRevert(IJurorRegistry.AlreadyEnrolled.selector);
        s.jurors.join();
        vm.warp(START + 14 days - 1);
        vm.expectRevert(IJurorRegistry.TooEarly.selector);
        s.jurors.enrol(who);
        vm.warp(START + 14 days);
        s.jurors.enrol(who);
        vm.expectRevert(IJurorRegistry.AlreadyEnrolled.selector);
        s.jurors.enrol(who);
        assertEq(s.jurors.totalAt(uint48(START + 14 days)), 20 ether);
        assertEq(s.jurors.jurorAt(uint48(START + 14 days), 20 ether - 1), who);
    }

    function test_enrol_needsTheBondStill() external {
        address who = named("juror");
        vm.expectRevert(IJurorRegistry.NotEnrolled.selector);
        s.jurors.enrol(who);
        _bond(who, 0, Kind.Juror, 20 ether);
        vm.prank(who);
        s.jurors.join();
        _slash(who, 1 ether);
        vm.warp(START + 14 days);
        vm.expectRevert(IJurorRegistry.BondTooSmall.selector);
        s.jurors.enrol(who);
    }

    function test_quit_leavesThePastAsItWas() external {
        _enrolJurors(3, 1);
        uint48 before = uint48(block.timestamp);
        vm.warp(before + 1);
        vm.prank(named(_juror(1)));
        s.jurors.quit();
        assertEq(s.jurors.totalAt(before), 60 ether);
        assertEq(s.jurors.jurorAt(before, 20 ether), named(_juror(1)));
        assertEq(s.jurors.totalAt(before + 1), 40 ether);
        assertEq(s.jurors.jurorAt(before + 1, 20 ether), named(_juror(2)));
        vm.expectRevert(IJurorRegistry.NobodyEnrolled.selector);
        s.jurors.jurorAt(before + 1, 40 ether);
        vm.expectRevert(IJurorRegistry.NotEnrolled.selector);
        s.jurors.quit();
    }

    function test_places_areGivenAgain() external {
        _enrolJurors(2, 1);
        uint48 before = uint48(block.timestamp);
        vm.warp(before + 1);
        vm.prank(named(_juror(0)));
        s.jurors.quit();
        address next = named("next");
        _bond(next, 0, Kind.Juror, 40 ether);
        vm.prank(next);
        s.jurors.join();
        vm.warp(before + 15 days);
        s.jurors.enrol(next);
        assertEq(s.jurors.jurorAt(uint48(block.timestamp), 0), next);
        assertEq(s.jurors.jurorAt(before, 0), named(_juror(0)));
        assertEq(s.jurors.totalAt(uint48(block.timestamp)), 60 ether);
    }

    function test_reweigh_followsTheBond() external {
        _enrolJurors(2, 2);
        address who = named(_juror(0));
        _bond(who, 0, Kind.Juror, 60 ether);
        s.jurors.reweigh(who);
        assertEq(s.jurors.totalAt(uint48(block.timestamp)), 140 ether);
        _slash(who, 81 ether);
        s.jurors.reweigh(who);
        assertEq(s.jurors.totalAt(uint48(block.timestamp)), 40 ether);
        assertTrue(!s.jurors.isEnrolled(who), "below the least bond");
        vm.expectRevert(IJurorRegistry.NotEnrolled.selector);
        s.jurors.reweigh(who);
    }

    function test_quit_beforeTheWaitIsOver() external {
        address who = named("juror");
        _bond(who, 0, Kind.Juror, 20 ether);
        vm.startPrank(who);
        s.jurors.join();
        s.jurors.quit();
        assertTrue(!s.jurors.isEnrolled(who), "gone");
    }

    /// Tickets fall to jurors in proportion to their bonds, whatever was changed before.
    function test_roster_hasAnEnd() external {
        vm.store(address(s.jurors), bytes32(uint256(4)), bytes32(s.jurors.PLACES())); // all places taken
        _bond(named("late"), 0, Kind.Juror, 20 ether);
        vm.prank(named("late"));
        s.jurors.join();
        vm.warp(block.timestamp + 14 days);
        vm.expectRevert(IJurorRegistry.RosterFull.selector);
        s.jurors.enrol(named("late"));
    }

    function testFuzz_jurorAt_everyTicketHasItsJuror(uint8[8] memory seats, uint256 ticket) external {
        uint256 total = 0;
        for (uint256 i = 0; i < 8; ++i) {
            uint256 amount = (uint256(seats[i]) % 50 + 1) * 20 ether;
            _bond(named(_juror(i)), 0, Kind.Juror, amount);
            vm.prank(named(_juror(i)));
            s.jurors.join();
            total += amount;
        }
        vm.warp(START + 14 days);
        for (uint256 i = 0; i < 8; ++i) {
            s.jurors.enrol(named(_juror(i)));
        }
        ticket = ticket % total;
        uint256 start = 0;
        for (uint256 i = 0; i < 8; ++i) {
            uint256 amount = (uint256(seats[i]) % 50 + 1) * 20 ether;
            if (ticket >= start && ticket < start + amount) {
                assertEq(s.jurors.jurorAt(uint48(block.timestamp), ticket), named(_juror(i)));
            }
            start += amount;
        }
    }

    function _slash(address who, uint256 amount) private {
        vm.prank(address(s.challenges));
        s.bonds.slashNow("proof", Bond(0, who, Kind.Juror), BURNED, amount);
    }
}
