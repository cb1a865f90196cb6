// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Kind} from "../src/interfaces/IBondVault.sol";
import {PostedLeaf} from "../src/interfaces/IChallenges.sol";
import {Accusation, Fault, ICourt, Status} from "../src/interfaces/ICourt.sol";
import {EpochStamp} from "../src/interfaces/IFeeVault.sol";
import {Outcome} from "../src/interfaces/IJury.sol";
import {Proof} from "../src/interfaces/IPoolRegistry.sol";
import "../src/libraries/Receipts.sol";
import {Leaf} from "../src/libraries/SumTree.sol";
import {PoolFixture} from "./support/PoolFixture.sol";

/// A worker with 100 tokens of bond and 2 ether of posted pay, accused for 30 tokens and 1 ether.
contract CourtTest is PoolFixture {
    address internal worker;
    Leaf[] internal leaves;
    EpochStamp internal stamp;
    Accusation internal a;
    bytes32 internal caseId;

    function setUp() public override {
        super.setUp();
        _enrolJurors(31, 3);
        worker = _transcoder("worker", 100 ether);
        leaves.push(_leaf(worker, 1, 2 ether));
        stamp = _post(1, leaves);
        a = _accusation(worker, 1, 30 ether, 1 ether);
        caseId = s.court.idOf(a);
    }

    function test_open_locksAndFreezes() external {
        assertEq(_open(), caseId);
        _expect(Status.Open);
        assertTrue(s.court.hasOpenCase(pool, worker), "open");
        assertEq(address(s.court).balance, 0.35 ether);
        assertEq(s.fees.frozenBy(caseId), 1 ether);
        vm.prank(address(s.court));
        assertEq(s.bonds.lockedBy(caseId), 30 ether);
        assertEq(s.court.caseOfTask(pool, a.taskId), caseId);
        assertEq(s.court.convictionsOf(pool, worker), 0);
    }

    function test_open_refusals() external {
        TaskOffer memory offer = _offer(worker, 1);
        ResultCommit memory commit = _result(offer, "output");
        Proof memory proof = _signed(Receipts.hash(commit), "worker");
        vm.expectRevert(ICourt.NotOperator.selector);
        s.court.open(a, offer, commit, proof);
        vm.startPrank(operator);
        vm.expectRevert(ICourt.WrongBond.selector);
        s.court.open{value: 0.35 ether - 1}(a, offer, commit, proof);
        Proof memory other = _signed(Receipts.hash(commit), "operator");
        vm.expectRevert(ICourt.BadSignature.selector);
        s.court.open{value: 0.35 ether}(a, offer, commit, other);
        offer.epoch = 2;
        vm.expectRevert(ICourt.OtherTask.selector);
        s.court.open{value: 0.35 ether}(a, offer, commit, proof);
        offer.epoch = 1;
        offer.verdictFunction = "unknown";
        commit = _result(offer, "output");
        vm.expectRevert(ICourt.UnknownVerdictFunction.selector);
        s.court.open{value: 0.35 ether}(a, offer, commit, proof);
        offer.verdictFunction = VERDICTS;
        offer.issuedAt = uint64(block.timestamp - 7 days - 1);
        commit = _result(offer, "output");
        vm.expectRevert(ICourt.TooOld.selector);
        s.court.open{value: 0.35 ether}(a, offer, commit, proof);
        a.accused = named("stranger");
        vm.expectRevert(ICourt.NotRegistered.selector);
        s.court.open{value: 0.35 ether}(a, offer, commit, proof);
    }

    function test_open_onceATaskAndOneAtATime() external {
        _open();
        Accusation memory again = a;
        again.evidenceRoot = "other";
        vm.expectRevert(ICourt.TaskTaken.selector);
        this.openCase(again, "worker", 1);
        Accusation memory second = _accusation(worker, 2, 0, 0);
        vm.expectRevert(ICourt.CaseRunning.selector);
        this.openCase(second, "worker", 2);
    }

    function test_open_notWhilePaused() external {
        vm.prank(guardian);
        s.registry.pauseOpenings(pool, 1 days);
        vm.expectRevert(ICourt.OpeningsPaused.selector);
        this.openCase(a, "worker", 1);
    }

    function test_open_penaltiesHaveBounds() external {
        a.penaltyTokens = 30 ether + 1;
        vm.expectRevert(ICourt.PenaltyOutOfBounds.selector);
        this.openCase(a, "worker", 1);
        a.fault = Fault.Substandard;
        a.penaltyTokens = 10 ether + 1;
        vm.expectRevert(ICourt.PenaltyOutOfBounds.selector);
        this.openCase(a, "worker", 1);
        a.penaltyTokens = 10 ether;
        a.damageBp = 2501;
        vm.expectRevert(ICourt.PenaltyOutOfBounds.selector);
        this.openCase(a, "worker", 1);
        a.damageBp = 2500;
        this.openCase(a, "worker", 1);
    }

    function test_open_needsTheOperatorsOwnTokens() external {
        vm.prank(operator);
        s.bonds.requestUnbond(pool, Kind.Operator, 1000 ether);
        vm.warp(block.timestamp + 21 days);
        vm.prank(operator);
        s.bonds.withdraw(pool, Kind.Operator, 0);
        vm.expectRevert(ICourt.WrongBond.selector);
        this.openCase(a, "worker", 1);
    }

    function test_silence_costsPayAndATenthOfTheBondAndTheClaimantGainsNothing() external {
        _open();
        vm.expectRevert(ICourt.TooEarly.selector);
        s.court.advance(a);
        vm.warp(block.timestamp + 72 hours);
        vm.expectRevert(ICourt.TooLate.selector);
        this.disputeNow(a);
        s.court.advance(a);
        _expect(Status.Escrow);
        vm.expectRevert(ICourt.TooEarly.selector);
        s.court.execute(a, stamp, _posted(leaves, worker));
        vm.warp(block.timestamp + 7 days);
        uint256 before = operator.balance;
        s.court.execute(a, stamp, _posted(leaves, worker));
        _expect(Status.Executed);
        assertEq(_activeOf(worker, Kind.Transcoder), 90 ether);
        assertEq(operator.balance - before, 0.35 ether); // its own bond
        assertEq(lpt.balanceOf(operator), 0);
        assertEq(BURNED.balance, 1 ether);
        assertEq(s.court.convictionsOf(pool, worker), 1);
        before = worker.balance;
        _claim(stamp, leaves, worker);
        assertEq(worker.balance - before, 1 ether);
        _expectNothingLeft();
    }

    function test_dispute_byTheAccusedItsPayoutOrItsWatcher() external {
        _open();
        vm.deal(named("stranger"), 1 ether);
        vm.prank(named("stranger"));
        vm.expectRevert(ICourt.NotAllowed.selector);
        s.court.dispute{value: 0.1 ether}(a, "b", false);
        vm.prank(worker);
        s.registry.nameWatcher(pool, named("watcher"));
        vm.deal(named("watcher"), 1 ether);
        vm.startPrank(named("watcher"));
        vm.expectRevert(ICourt.NotAllowed.selector);
        s.court.dispute(a, "b", true);
        vm.expectRevert(ICourt.WrongSeed.selector);
        s.court.dispute{value: 0.1 ether}(a, 0, false);
        vm.expectRevert(ICourt.WrongBond.selector);
        s.court.dispute{value: 0.1 ether - 1}(a, "b", false);
        s.court.dispute{value: 0.1 ether}(a, "b", false);
        _expect(Status.Disputed);
    }

    function test_missingEvidence_dismissesAtTheClaimantsCost() external {
        _open();
        _dispute(a);
        vm.warp(block.timestamp + 48 hours);
        vm.prank(operator);
        vm.expectRevert(ICourt.TooLate.selector);
        s.court.publishEvidence(a, "", 0, keccak256("claimant's half"));
        s.court.advance(a);
        _expect(Status.Dismissed);
        assertEq(worker.balance, 0.1 ether + 0.175 ether);
        assertEq(lpt.balanceOf(worker), 5.25 ether); // half of 35 % of 30 tokens
        assertEq(lpt.balanceOf(BURNED), 5.25 ether);
        assertEq(BURNED.balance, 0.175 ether);
        _expectNothingLeft();
    }

    function test_publishEvidence_byTheOperatorWithItsHalfOfTheSeed() external {
        _open();
        _dispute(a);
        vm.expectRevert(ICourt.NotOperator.selector);
        s.court.publishEvidence(a, "", 0, keccak256("claimant's half"));
        vm.startPrank(operator);
        vm.expectRevert(ICourt.WrongSeed.selector);
        s.court.publishEvidence(a, "", 0, "another");
        s.court.publishEvidence(a, "", 0, keccak256("claimant's half"));
        vm.expectRevert(ICourt.WrongSeed.selector);
        s.court.summon(a, "another");
        vm.warp(block.timestamp + 48 hours);
        vm.expectRevert(ICourt.TooLate.selector);
        s.court.summon(a, keccak256("accused's half"));
    }

    function test_accusedThatKeepsItsHalfOfTheSeed_isConvictedAsIfSilent() external {
        _open();
        _dispute(a);
        _publish(a);
        vm.warp(block.timestamp + 48 hours);
        s.court.advance(a);
        vm.warp(block.timestamp + 7 days);
        s.court.execute(a, stamp, _posted(leaves, worker));
        assertEq(_activeOf(worker, Kind.Transcoder), 90 ether);
        _expectNothingLeft();
    }

    function test_conviction_dividesThePenalty() external {
        a.damage = 0.5 ether;
        a.damageBp = 2500;
        caseId = s.court.idOf(a);
        _open();
        _toCourt(a);
        _expect(Status.InCourt);
        vm.expectRevert(ICourt.WrongStatus.selector);
        s.court.advance(a);
        vm.expectRevert(ICourt.TooEarly.selector);
        s.court.takeVerdict(a);
        _judge(a, 1, 5);
        _expect(Status.Ruled);
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        vm.warp(block.timestamp + 7 days);
        uint256 before = operator.balance;
        s.court.execute(a, stamp, _posted(leaves, worker));
        // of 1 ether: 5 % and 25 % to the claimant, the rest is burned; its bond comes back
        assertEq(operator.balance - before, 0.3 ether + 0.35 ether);
        assertEq(lpt.balanceOf(operator), 9 ether);
        assertEq(_activeOf(worker, Kind.Transcoder), 70 ether);
        assertEq(BURNED.balance, 0.7 ether + 0.1 ether - 7 * 0.0005 ether);
        assertEq(s.court.uncoveredLossOf(caseId), 0.2 ether);
        s.jury.payFee(caseId, 1, 0, 0);
        assertEq(s.jury.jurorOf(caseId, 1, 0, 0).balance, 0.0005 ether);
        _expectNothingLeft();
    }

    function test_acquittal_compensatesTheAccused() external {
        _open();
        _toCourt(a);
        _judge(a, 1, 2);
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        _expect(Status.Acquitted);
        uint256 left = 0.35 ether - 7 * 0.0005 ether;
        assertEq(worker.balance, 0.1 ether + left / 2);
        assertEq(BURNED.balance, left - left / 2);
        assertEq(_activeOf(worker, Kind.Transcoder), 100 ether);
        assertEq(lpt.balanceOf(worker), 5.25 ether);
        _claim(stamp, leaves, worker);
        _expectNothingLeft();
    }

    function test_hungJury_goesOnForItsFeesOrEndsWithoutAPenalty() external {
        _open();
        _toCourt(a);
        _judge(a, 1, 4);
        vm.prank(operator);
        vm.expectRevert(ICourt.WrongBond.selector);
        s.court.appeal{value: 15 * 0.001 ether}(a);
        vm.prank(operator);
        s.court.appeal{value: 15 * 0.0005 ether}(a);
        _judge(a, 2, 7);
        vm.warp(block.timestamp + 72 hours);
        uint256 before = operator.balance;
        s.court.advance(a);
        _expect(Status.Cancelled);
        assertEq(operator.balance - before, 0.35 ether + 15 * 0.0005 ether - 22 * 0.0005 ether);
        assertEq(worker.balance, 0.1 ether);
        _expectNothingLeft();
    }

    function test_appeals_byTheLoserUpToTheThirdRound() external {
        _open();
        _toCourt(a);
        _judge(a, 1, 6);
        vm.prank(operator);
        vm.expectRevert(ICourt.NotALoser.selector);
        s.court.appeal{value: 0.015 ether}(a);
        _give(worker, 0.015 ether);
        vm.prank(worker);
        s.court.appeal{value: 0.015 ether}(a);
        _judge(a, 2, 5);
        vm.prank(worker);
        vm.expectRevert(ICourt.NotALoser.selector);
        s.court.appeal(a);
        vm.prank(operator);
        s.court.appeal{value: 0.031 ether}(a);
        _judge(a, 3, 16);
        _expect(Status.Escrow);
        vm.warp(block.timestamp + 7 days);
        uint256 before = operator.balance;
        s.court.execute(a, stamp, _posted(leaves, worker));
        // the accused's deposits pay all 53 jurors
        assertEq(operator.balance - before, 0.05 ether + 0.35 ether + 0.031 ether);
        _expectNothingLeft();
    }

    function test_appeal_inTime() external {
        _open();
        _toCourt(a);
        _judge(a, 1, 1);
        vm.warp(block.timestamp + 72 hours);
        vm.prank(operator);
        vm.expectRevert(ICourt.TooLate.selector);
        s.court.appeal{value: 0.015 ether}(a);
    }

    function test_thirdRound_neverHangs() external {
        _open();
        _toCourt(a);
        _judge(a, 1, 4);
        vm.prank(operator);
        s.court.appeal{value: 15 * 0.0005 ether}(a);
        _judge(a, 2, 7);
        _give(worker, 31 * 0.0005 ether);
        vm.prank(worker);
        s.court.appeal{value: 31 * 0.0005 ether}(a);
        _judge(a, 3, 15);
        _expect(Status.Acquitted);
        _expectNothingLeft();
    }

    function test_juryThatFailsTwice_endsTheCaseWithoutAPenalty() external {
        _open();
        _toCourt(a);
        _drawAll(caseId, 1);
        _voteAll(caseId, 1, 0, 4, 4);
        vm.expectRevert(ICourt.TooEarly.selector);
        s.court.takeVerdict(a);
        s.jury.retry(caseId, 1);
        _drawAll(caseId, 1);
        _voteAll(caseId, 1, 1, 0, 4);
        s.court.takeVerdict(a);
        _expect(Status.Cancelled);
        assertEq(s.jury.votesOf(caseId), 8);
        _expectNothingLeft();
    }

    function test_defenceOutOfPay_needsNoFreshMoney() external {
        _open();
        vm.prank(worker);
        vm.expectRevert(ICourt.WrongBond.selector);
        s.court.dispute{value: 0}(a, keccak256(abi.encodePacked(keccak256("accused's half"))), false);
        vm.prank(worker);
        s.court.dispute(a, keccak256(abi.encodePacked(keccak256("accused's half"))), true);
        (, uint256 frozen,,) = s.fees.accountOf(pool, worker);
        assertEq(frozen, 1.1 ether);
        _publish(a);
        _summon(a);
        _judge(a, 1, 7);
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        vm.warp(block.timestamp + 7 days);
        uint256 before = operator.balance;
        s.court.execute(a, stamp, _posted(leaves, worker));
        assertEq(operator.balance - before, 0.05 ether + 0.35 ether); // the jurors cost it nothing
        assertEq(BURNED.balance, 0.95 ether + 0.1 ether - 0.0035 ether);
        _claim(stamp, leaves, worker);
        assertEq(worker.balance, 0.9 ether);
        _expectNothingLeft();
    }

    function test_defenceOutOfPay_isFreeAgainAfterAnAcquittal() external {
        _open();
        vm.prank(worker);
        s.court.dispute(a, keccak256(abi.encodePacked(keccak256("accused's half"))), true);
        _publish(a);
        _summon(a);
        _judge(a, 1, 0);
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        (, uint256 frozen,,) = s.fees.accountOf(pool, worker);
        assertEq(frozen, 0);
        _expectNothingLeft();
    }

    function test_execute_takesNoMoreThanWasEarned() external {
        a.penaltyEther = 9 ether;
        caseId = s.court.idOf(a);
        _open();
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        vm.warp(block.timestamp + 7 days);
        s.court.execute(a, stamp, _posted(leaves, worker));
        assertEq(BURNED.balance, 2 ether);
        _expectNothingLeft();
    }

    function test_execute_needsTheAccusedsLeafOfTheNewestRoot() external {
        _open();
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        vm.warp(block.timestamp + 7 days);
        Leaf[] memory other = new Leaf[](1);
        other[0] = _leaf(operator, 1, 2 ether);
        PostedLeaf memory posted = _posted(other, operator);
        vm.expectRevert(ICourt.OtherTask.selector);
        s.court.execute(a, stamp, posted);
    }

    function test_executeWithoutPay_onceNobodyBroughtTheLeafForAWeek() external {
        _open();
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        vm.warp(block.timestamp + 14 days - 1);
        vm.expectRevert(ICourt.TooEarly.selector);
        s.court.executeWithoutPay(a);
        vm.warp(block.timestamp + 1);
        s.court.executeWithoutPay(a);
        assertEq(_activeOf(worker, Kind.Transcoder), 90 ether);
        _claim(stamp, leaves, worker);
        assertEq(worker.balance, 2 ether);
        _expectNothingLeft();
    }

    function test_executeWithoutPay_atOnceWhereNoneWasAsked() external {
        a.penaltyEther = 0;
        caseId = s.court.idOf(a);
        _open();
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        vm.warp(block.timestamp + 7 days);
        s.court.executeWithoutPay(a);
        _expect(Status.Executed);
    }

    function test_cancel_byTheGuardianInEscrow() external {
        _open();
        vm.prank(guardian);
        vm.expectRevert(ICourt.WrongStatus.selector);
        s.court.cancel(a, "too early");
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        vm.expectRevert(ICourt.NotAllowed.selector);
        s.court.cancel(a, "not me");
        vm.prank(guardian);
        s.court.cancel(a, "the verdict function had a fault");
        _expect(Status.Cancelled);
        assertEq(s.court.convictionsOf(pool, worker), 0);
        assertEq(_activeOf(worker, Kind.Transcoder), 100 ether);
        _expectNothingLeft();
    }

    function test_disprove_endsACaseOnAnAmbiguousTask() external {
        _open();
        vm.expectRevert(ICourt.NotDisproven.selector);
        s.court.disprove(a);
        TaskOffer memory one = _offer(worker, 1);
        TaskOffer memory two = _offer(worker, 1);
        two.fee = 7;
        s.challenges
            .proveOfferEquivocation(
                one, _signed(Receipts.hash(one), "operator"), two, _signed(Receipts.hash(two), "operator")
            );
        s.court.disprove(a);
        _expect(Status.Dismissed);
        _expectNothingLeft();
        vm.expectRevert(ICourt.WrongStatus.selector);
        s.court.disprove(a);
    }

    function test_secondFraud_mayTakeTheWholeBond() external {
        a.penaltyEther = 0;
        _open();
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        vm.warp(block.timestamp + 7 days);
        s.court.executeWithoutPay(a);
        Accusation memory second = _accusation(worker, 2, 90 ether, 0);
        _openCase(second, "worker", 2);
        _toCourt(second);
        _judge(second, 1, 7);
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(second);
        vm.warp(block.timestamp + 7 days);
        s.court.executeWithoutPay(second);
        assertEq(_activeOf(worker, Kind.Transcoder), 0);
    }

    function test_endedCases_stayEndedWhileAnotherRuns() external {
        a.penaltyEther = 0;
        caseId = s.court.idOf(a);
        _open();
        _dispute(a);
        vm.warp(block.timestamp + 48 hours);
        s.court.advance(a);
        Accusation memory second = _accusation(worker, 2, 1 ether, 0);
        _openCase(second, "worker", 2);
        vm.warp(block.timestamp + 72 hours);
        vm.expectRevert(ICourt.WrongStatus.selector);
        s.court.advance(a);
        _expect(Status.Dismissed);
        Accusation memory unknown = _accusation(worker, 3, 1 ether, 0);
        (Status status,,) = s.court.statusOf(unknown);
        assertEq(uint8(status), uint8(Status.None));
    }

    function test_receive_onlyForfeitedPay() external {
        vm.deal(address(this), 1 ether);
        (bool taken,) = address(s.court).call{value: 1}("");
        assertTrue(!taken, "refused");
    }

    function openCase(Accusation memory accusation, string memory who, uint256 task) external {
        _openCase(accusation, who, task);
    }

    function disputeNow(Accusation memory accusation) external {
        _dispute(accusation);
    }

    function _open() private returns (bytes32) {
        return _openCase(a, "worker", 1);
    }

    function _expect(Status expected) private view {
        (Status status,,) = s.court.statusOf(a);
        assertEq(uint8(status), uint8(expected));
    }

    /// Everything that was locked, frozen or deposited has found its way.
    function _expectNothingLeft() private view {
        assertTrue(!s.court.hasOpenCase(pool, worker), "a case runs");
        assertEq(address(s.court).balance, s.court.totalOwed());
        (, uint256 frozen,,) = s.fees.accountOf(pool, worker);
        assertEq(frozen, 0);
        (,, uint256 locked) = s.bonds.bonded(_bondOf(worker, Kind.Transcoder));
        assertEq(locked, 0);
        (,, locked) = s.bonds.bonded(_bondOf(operator, Kind.Operator));
        assertEq(locked, 0);
    }
}
