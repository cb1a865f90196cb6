// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Bond, Kind} from "../src/interfaces/IBondVault.sol";
import {Accusation} from "../src/interfaces/ICourt.sol";
import {IJurorRegistry} from "../src/interfaces/IJurorRegistry.sol";
import {IJury, Outcome, Vote} from "../src/interfaces/IJury.sol";
import {PoolFixture} from "./support/PoolFixture.sol";

contract JuryTest is PoolFixture {
    bytes32 internal constant CASE = "case";
    address internal claimant = named(_juror(0));
    address internal accused = named(_juror(1));

    function setUp() public override {
        super.setUp();
        _enrolJurors(12, 1);
    }

    function test_draw_uniqueSeatsWithoutTheParties() external {
        _start(1, uint64(block.timestamp));
        _drawAll(CASE, 1);
        for (uint8 i = 0; i < 7; ++i) {
            address juror = s.jury.jurorOf(CASE, 1, 0, i);
            assertTrue(juror != claimant && juror != accused && juror != address(0), "no party");
            for (uint8 j = 0; j < i; ++j) {
                assertTrue(juror != s.jury.jurorOf(CASE, 1, 0, j), "twice");
            }
        }
        vm.expectRevert(IJury.DrawOver.selector);
        s.jury.draw(CASE, 1, 1);
    }

    function test_draw_looksAtTheRosterAsItWas() external {
        uint64 then = uint64(block.timestamp);
        vm.warp(then + 1);
        for (uint256 i = 2; i < 12; ++i) {
            vm.prank(named(_juror(i)));
            s.jurors.quit();
        }
        _start(1, then);
        _drawAll(CASE, 1);
        (, uint64 commitUntil,) = s.jury.deadlinesOf(CASE, 1);
        assertEq(commitUntil, block.timestamp + 48 hours);
    }

    function test_draw_skipsBondsThatHoldOtherSeats() external {
        _start(1, uint64(block.timestamp));
        _drawAll(CASE, 1);
        vm.prank(address(s.court));
        s.jury.start("other", 1, "seed", uint64(block.timestamp), [claimant, accused, address(0)]);
        s.jury.draw("other", 1, 500);
        (, uint64 commitUntil,) = s.jury.deadlinesOf("other", 1);
        assertEq(commitUntil, 0); // 10 jurors of one seat each, 7 of them sit already
        vm.warp(block.timestamp + 48 hours);
        assertEq(uint8(s.jury.outcomeOf("other", 1)), uint8(Outcome.Failed));
        vm.expectRevert(IJury.DrawOver.selector);
        s.jury.draw("other", 1, 1);
        s.jury.release("other", 1, 0, 0);
        (,, uint256 locked) = s.bonds.bonded(Bond(0, s.jury.jurorOf("other", 1, 0, 0), Kind.Juror));
        assertEq(locked, 0);
    }

    function test_draw_fromAnEmptyRoster() external {
        _start(1, uint64(START));
        vm.expectRevert(IJurorRegistry.NobodyEnrolled.selector);
        s.jury.draw(CASE, 1, 1);
    }

    function test_outcome_byThresholds() external {
        assertEq(uint8(_outcome(7, 7)), uint8(Outcome.Convicted));
        assertEq(uint8(_outcome(5, 5)), uint8(Outcome.Convicted));
        assertEq(uint8(_outcome(4, 7)), uint8(Outcome.Hung));
        assertEq(uint8(_outcome(3, 5)), uint8(Outcome.Hung));
        assertEq(uint8(_outcome(2, 7)), uint8(Outcome.Acquitted));
        assertEq(uint8(_outcome(4, 4)), uint8(Outcome.Failed));
    }

    function test_votes_underSealFirst() external {
        _start(1, uint64(block.timestamp));
        vm.expectRevert(IJury.NotCommitting.selector);
        s.jury.commitVote(CASE, 1, "early");
        _drawAll(CASE, 1);
        vm.expectRevert(IJury.NotSeated.selector);
        s.jury.commitVote(CASE, 1, "stranger");
        address juror = s.jury.jurorOf(CASE, 1, 0, 0);
        vm.startPrank(juror);
        vm.expectRevert(IJury.NotRevealing.selector);
        s.jury.revealVote(CASE, 1, Vote.Convict, keccak256("scores"), _salt(juror));
        s.jury.commitVote(CASE, 1, _ballot(CASE, 1, juror, Vote.Convict));
        vm.expectRevert(IJury.AlreadyCommitted.selector);
        s.jury.commitVote(CASE, 1, "again");
        vm.warp(block.timestamp + 48 hours);
        vm.expectRevert(IJury.NotCommitting.selector);
        s.jury.commitVote(CASE, 1, "late");
        vm.expectRevert(IJury.OtherVote.selector);
        s.jury.revealVote(CASE, 1, Vote.Acquit, keccak256("scores"), _salt(juror));
        vm.expectRevert(IJury.OtherVote.selector);
        s.jury.revealVote(CASE, 1, Vote.None, keccak256("scores"), _salt(juror));
        s.jury.revealVote(CASE, 1, Vote.Convict, keccak256("scores"), _salt(juror));
        vm.expectRevert(IJury.AlreadyRevealed.selector);
        s.jury.revealVote(CASE, 1, Vote.Convict, keccak256("scores"), _salt(juror));
        vm.warp(block.timestamp + 48 hours);
        vm.expectRevert(IJury.NotRevealing.selector);
        s.jury.revealVote(CASE, 1, Vote.Convict, keccak256("scores"), _salt(juror));
    }

    function test_release_takesAFifthOfWhoDidNotShowItsVote() external {
        _start(1, uint64(block.timestamp));
        _drawAll(CASE, 1);
        vm.expectRevert(IJury.NotOver.selector);
        s.jury.release(CASE, 1, 0, 0);
        _voteAll(CASE, 1, 0, 6, 6);
        s.jury.release(CASE, 1, 0, 0);
        s.jury.release(CASE, 1, 0, 6);
        assertEq(_activeOf(s.jury.jurorOf(CASE, 1, 0, 0), Kind.Juror), 20 ether);
        assertEq(_activeOf(s.jury.jurorOf(CASE, 1, 0, 6), Kind.Juror), 16 ether);
        vm.expectRevert(IJury.AlreadyCollected.selector);
        s.jury.release(CASE, 1, 0, 0);
        vm.expectRevert(IJury.NotSeated.selector);
        s.jury.release(CASE, 1, 0, 7);
    }

    function test_fees_onceAVote() external {
        _outcome(5, 6);
        vm.deal(address(s.court), 0.003 ether);
        vm.expectRevert(IJury.NotCourt.selector);
        s.jury.fundFees(CASE);
        vm.expectRevert(IJury.NothingToCollect.selector);
        s.jury.payFee(CASE, 1, 0, 0);
        vm.prank(address(s.court));
        s.jury.fundFees{value: 0.003 ether}(CASE);
        s.jury.payFee(CASE, 1, 0, 0);
        assertEq(s.jury.jurorOf(CASE, 1, 0, 0).balance, 0.0005 ether);
        vm.expectRevert(IJury.AlreadyCollected.selector);
        s.jury.payFee(CASE, 1, 0, 0);
        vm.expectRevert(IJury.NothingToCollect.selector);
        s.jury.payFee(CASE, 1, 0, 6);
    }

    function test_start_byTheCourt() external {
        vm.expectRevert(IJury.NotCourt.selector);
        s.jury.start(CASE, 1, "seed", 0, [claimant, accused, address(0)]);
        vm.expectRevert(IJury.NoSuchRound.selector);
        s.jury.outcomeOf(CASE, 1);
    }

    function test_retry_onceAfterAFailure() external {
        _outcome(7, 7);
        vm.expectRevert(IJury.NotFailed.selector);
        s.jury.retry(CASE, 1);
    }

    function test_entropy_followsFromEveryVote() external {
        _start(1, uint64(block.timestamp));
        bytes32 before = s.jury.entropyOf(CASE, 1);
        _drawAll(CASE, 1);
        _voteAll(CASE, 1, 0, 1, 1);
        assertTrue(s.jury.entropyOf(CASE, 1) != before, "mixed");
    }

    uint256 private _snapshots;

    /// What so many votes to convict among so many make.
    function _outcome(uint8 convict, uint8 voters) private returns (Outcome outcome) {
        bytes32 which = _snapshots++ == 0 ? CASE : bytes32(_snapshots);
        vm.prank(address(s.court));
        s.jury.start(which, 1, "seed", uint64(block.timestamp) - 1, [claimant, accused, address(0)]);
        _drawAll(which, 1);
        _voteAll(which, 1, 0, convict, voters);
        for (uint8 i = 0; i < 7; ++i) {
            address juror = s.jury.jurorOf(which, 1, 0, i);
            s.jury.release(which, 1, 0, i);
            if (_activeOf(juror, Kind.Juror) < 20 ether) _bond(juror, 0, Kind.Juror, 4 ether);
        }
        return s.jury.outcomeOf(which, 1);
    }

    function _start(uint8 round, uint64 rosterAt) private {
        vm.prank(address(s.court));
        s.jury.start(CASE, round, "seed", rosterAt, [claimant, accused, address(0)]);
    }
}
