// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {IBondVault, Kind} from "../../src/interfaces/IBondVault.sol";
import {Accusation, ICourt, Status} from "../../src/interfaces/ICourt.sol";
import {IJurorRegistry} from "../../src/interfaces/IJurorRegistry.sol";
import {IJury, Vote} from "../../src/interfaces/IJury.sol";
import {PoolFixture} from "../support/PoolFixture.sol";

/// What jurors, and those who would buy or replace them, may try.
contract JurorAttacksTest is PoolFixture {
    Accusation internal a;
    bytes32 internal caseId;
    address internal worker;

    function setUp() public override {
        super.setUp();
        _enrolJurors(24, 3);
        worker = _transcoder("worker", 100 ether);
        a = _accusation(worker, 1, 10 ether, 0);
        caseId = s.court.idOf(a);
        _openCase(a, "worker", 1);
        _toCourt(a);
    }

    /// What one has committed to is bound to its name: another that takes it over has nothing it can show.
    function test_J02_aCopiedVoteCannotBeShown() external {
        _drawAll(caseId, 1);
        address honest = s.jury.jurorOf(caseId, 1, 0, 0);
        address lazy = s.jury.jurorOf(caseId, 1, 0, 1);
        bytes32 ballot = _ballot(caseId, 1, honest, Vote.Acquit);
        vm.prank(lazy); // in front of it
        s.jury.commitVote(caseId, 1, ballot);
        vm.prank(honest);
        s.jury.commitVote(caseId, 1, ballot);
        (, uint64 commitUntil,) = s.jury.deadlinesOf(caseId, 1);
        vm.warp(commitUntil);
        vm.prank(honest);
        s.jury.revealVote(caseId, 1, Vote.Acquit, keccak256("scores"), _salt(honest));
        vm.prank(lazy); // knows the salt now
        vm.expectRevert(IJury.OtherVote.selector);
        s.jury.revealVote(caseId, 1, Vote.Acquit, keccak256("scores"), _salt(honest));
        vm.warp(commitUntil + 48 hours);
        s.jury.release(caseId, 1, 0, 1);
        assertEq(_activeOf(lazy, Kind.Juror), 56 ether);
    }

    /// Whoever sees a vote shown cannot show it first, and cannot change its own by it.
    function test_J02_showingCannotBeRunInFrontOf() external {
        _drawAll(caseId, 1);
        address juror = s.jury.jurorOf(caseId, 1, 0, 0);
        bytes32 ballot = _ballot(caseId, 1, juror, Vote.Acquit);
        vm.prank(juror);
        s.jury.commitVote(caseId, 1, ballot);
        bytes32 other = _ballot(caseId, 1, juror, Vote.Convict);
        vm.prank(juror);
        vm.expectRevert(IJury.AlreadyCommitted.selector);
        s.jury.commitVote(caseId, 1, other);
        (, uint64 commitUntil,) = s.jury.deadlinesOf(caseId, 1);
        vm.prank(juror);
        vm.expectRevert(IJury.NotRevealing.selector); // nobody sees it while others still commit
        s.jury.revealVote(caseId, 1, Vote.Acquit, keccak256("scores"), _salt(juror));
        vm.warp(commitUntil);
        vm.prank(named("searcher"));
        vm.expectRevert(IJury.NotSeated.selector);
        s.jury.revealVote(caseId, 1, Vote.Acquit, keccak256("scores"), _salt(juror));
        vm.prank(juror);
        vm.expectRevert(IJury.OtherVote.selector);
        s.jury.revealVote(caseId, 1, Vote.Convict, keccak256("scores"), _salt(juror));
    }

    function test_J02_aBallotOfOneRoundIsNoneOfAnother() external {
        _judge(a, 1, 0);
        vm.prank(operator);
        s.court.appeal{value: 0.015 ether}(a);
        _drawAll(caseId, 2);
        address juror = s.jury.jurorOf(caseId, 2, 0, 0);
        bytes32 ballot = _ballot(caseId, 1, juror, Vote.Acquit);
        vm.prank(juror);
        s.jury.commitVote(caseId, 2, ballot);
        (, uint64 commitUntil,) = s.jury.deadlinesOf(caseId, 2);
        vm.warp(commitUntil);
        vm.prank(juror);
        vm.expectRevert(IJury.OtherVote.selector);
        s.jury.revealVote(caseId, 2, Vote.Acquit, keccak256("scores"), _salt(juror));
    }

    /// A small bought jury is overruled by a larger one.
    function test_J01_aBoughtFirstRoundIsAppealed() external {
        _judge(a, 1, 7);
        _give(worker, 0.015 ether);
        vm.prank(worker);
        s.court.appeal{value: 0.015 ether}(a);
        _judge(a, 2, 2);
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        (Status status,,) = s.court.statusOf(a);
        assertEq(uint8(status), uint8(Status.Acquitted));
        assertEq(_activeOf(worker, Kind.Transcoder), 100 ether);
    }

    /// Bonds that come after the accused has answered, with the seed in sight, are not on the roster.
    function test_J03_nobodyJoinsForACaseThatIsKnown() external {
        for (uint256 i = 0; i < 40; ++i) {
            _bond(named(string.concat("stuffed ", vm.toString(i))), 0, Kind.Juror, 20 ether);
            vm.prank(named(string.concat("stuffed ", vm.toString(i))));
            s.jurors.join();
        }
        vm.expectRevert(IJurorRegistry.TooEarly.selector);
        s.jurors.enrol(named("stuffed 0"));
        _drawAll(caseId, 1);
        for (uint8 seat = 0; seat < 7; ++seat) {
            (uint256 bonded,,) = s.bonds.bonded(_bondOf(s.jury.jurorOf(caseId, 1, 0, seat), Kind.Juror));
            assertEq(bonded, 60 ether); // the ones of before
        }
    }

    function test_J03_aSeatedJurorsBondStays() external {
        _drawAll(caseId, 1);
        address juror = s.jury.jurorOf(caseId, 1, 0, 0);
        vm.startPrank(juror);
        vm.expectRevert(IBondVault.StillEnrolled.selector);
        s.bonds.requestUnbond(0, Kind.Juror, 60 ether);
        s.jurors.quit();
        uint256 id = s.bonds.requestUnbond(0, Kind.Juror, 60 ether);
        vm.warp(block.timestamp + 14 days);
        vm.expectRevert(IBondVault.StillLocked.selector);
        s.bonds.withdraw(0, Kind.Juror, id);
        s.jury.release(caseId, 1, 0, 0); // no vote was shown: a fifth of the seat's bond is gone
        s.bonds.withdraw(0, Kind.Juror, id);
        assertEq(lpt.balanceOf(juror), 56 ether);
    }

    /// Paying voters only if they lose cannot pay them out of the contract: all who show a vote get the same.
    function test_J04_theFeeDoesNotDependOnTheVote() external {
        _drawAll(caseId, 1);
        _voteAll(caseId, 1, 0, 6, 7);
        s.court.takeVerdict(a);
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        vm.warp(block.timestamp + 7 days);
        s.court.executeWithoutPay(a);
        s.jury.payFee(caseId, 1, 0, 0);
        s.jury.payFee(caseId, 1, 0, 6);
        address odd = s.jury.jurorOf(caseId, 1, 0, 6);
        assertEq(odd.balance, s.jury.jurorOf(caseId, 1, 0, 0).balance);
        assertEq(odd.balance, 0.0005 ether);
        vm.expectRevert(IJury.AlreadyCollected.selector);
        s.jury.payFee(caseId, 1, 0, 6);
    }
}
