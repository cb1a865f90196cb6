// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Bond, IBondVault, Kind} from "../../src/interfaces/IBondVault.sol";
import {Accusation, ICourt, Status} from "../../src/interfaces/ICourt.sol";
import {IPoolRegistry, Proof} from "../../src/interfaces/IPoolRegistry.sol";
import "../../src/libraries/Receipts.sol";
import {PoolFixture} from "../support/PoolFixture.sol";

/// What a transcoder, or a thief of its key, may try.
contract TranscoderAttacksTest is PoolFixture {
    address internal worker;

    function setUp() public override {
        super.setUp();
        worker = _transcoder("worker", 100 ether);
    }

    function test_T12_twoResultsOfOneOfferCostAFifthOfTheBond() external {
        TaskOffer memory offer = _offer(worker, 1);
        ResultCommit memory one = _result(offer, "output");
        ResultCommit memory two = _result(offer, "another output");
        s.challenges
            .proveResultEquivocation(
                offer, one, _signed(Receipts.hash(one), "worker"), two, _signed(Receipts.hash(two), "worker")
            );
        assertEq(_activeOf(worker, Kind.Transcoder), 80 ether);
    }

    function test_T21_aStolenSessionKeyMovesNoMoney() external {
        vm.startPrank(named("stolen key"));
        vm.expectRevert(IPoolRegistry.NotRegistered.selector);
        s.registry.schedulePayout(pool, named("thief"));
        vm.expectRevert(IBondVault.BelowActive.selector);
        s.bonds.requestUnbond(pool, Kind.Transcoder, 1);
        vm.stopPrank();
        // with the owner's own key the payout moves in three days, and can be moved back until then
        vm.prank(worker);
        s.registry.schedulePayout(pool, named("thief"));
        vm.warp(START + 72 hours - 1);
        (address payout,) = s.registry.payoutOf(pool, worker);
        assertEq(payout, worker);
        vm.prank(worker);
        s.registry.schedulePayout(pool, worker);
        vm.warp(START + 72 hours);
        (payout,) = s.registry.payoutOf(pool, worker);
        assertEq(payout, worker);
    }

    /// At every step the accused waits as long as it may; the case ends all the same, at its cost.
    function test_T22_delayHasAnEnd() external {
        _enrolJurors(60, 2);
        Accusation memory a = _accusation(worker, 1, 10 ether, 0);
        uint256 opened = block.timestamp;
        _openCase(a, "worker", 1);
        vm.warp(block.timestamp + 72 hours - 1);
        _dispute(a);
        vm.warp(block.timestamp + 48 hours - 1);
        _publish(a);
        vm.warp(block.timestamp + 48 hours - 1);
        _summon(a);
        for (uint8 round = 1; round <= 3; ++round) {
            vm.warp(block.timestamp + 48 hours - 1);
            _judge(a, round, s.jury.seatsOf(round));
            if (round == 3) break;
            vm.warp(block.timestamp + 72 hours - 1);
            uint256 bond = s.jury.seatsOf(round + 1) * 0.001 ether;
            _give(worker, bond);
            vm.prank(worker);
            s.court.appeal{value: bond}(a);
        }
        vm.warp(block.timestamp + 7 days);
        s.court.executeWithoutPay(a);
        assertLe(block.timestamp - opened, 38 days + 1);
        assertEq(_activeOf(worker, Kind.Transcoder), 90 ether);
    }

    function test_X06_unbondingBeforeACaseSavesNothing() external {
        vm.prank(worker);
        uint256 id = s.bonds.requestUnbond(pool, Kind.Transcoder, 100 ether);
        vm.warp(START + 7 days); // the last moment of the look-back
        Accusation memory a = _accusation(worker, 1, 30 ether, 0);
        a.taskId = keccak256(abi.encode("task", worker, uint256(1)));
        TaskOffer memory offer = _offer(worker, 1);
        offer.issuedAt = uint64(START);
        ResultCommit memory commit = _result(offer, "output");
        Proof memory proof = _signed(Receipts.hash(commit), "worker");
        vm.prank(operator);
        s.court.open{value: 0.0035 ether}(a, offer, commit, proof);
        vm.warp(START + 10 days);
        vm.startPrank(worker);
        vm.expectRevert(IBondVault.StillLocked.selector);
        s.bonds.withdraw(pool, Kind.Transcoder, id);
        vm.stopPrank();
        s.court.advance(a);
        vm.warp(START + 17 days);
        s.court.executeWithoutPay(a);
        assertEq(lpt.balanceOf(BURNED), 10 ether);
    }

    /// A request whose tokens were slashed is worth less; it is no early way out for later ones.
    function test_X06_aSlashedRequestTakesNothingOfALaterOne() external {
        vm.startPrank(worker);
        uint256 first = s.bonds.requestUnbond(pool, Kind.Transcoder, 50 ether);
        uint256 second = s.bonds.requestUnbond(pool, Kind.Transcoder, 50 ether);
        vm.stopPrank();
        _slash("case", 50 ether);
        vm.warp(START + 10 days);
        vm.prank(worker);
        s.bonds.withdraw(pool, Kind.Transcoder, first);
        assertEq(lpt.balanceOf(worker), 25 ether);
        _bond(worker, pool, Kind.Transcoder, 60 ether);
        vm.startPrank(worker);
        uint256 third = s.bonds.requestUnbond(pool, Kind.Transcoder, 60 ether);
        s.bonds.withdraw(pool, Kind.Transcoder, second);
        assertEq(lpt.balanceOf(worker), 50 ether);
        vm.expectRevert(IBondVault.NotReady.selector);
        s.bonds.withdraw(pool, Kind.Transcoder, third);
        vm.warp(START + 20 days);
        s.bonds.withdraw(pool, Kind.Transcoder, third);
        assertEq(lpt.balanceOf(worker), 110 ether);
    }

    function test_X06_aRequestThatWasSlashedWholeIsGone() external {
        vm.prank(worker);
        uint256 first = s.bonds.requestUnbond(pool, Kind.Transcoder, 100 ether);
        _slash("case", 100 ether);
        _bond(worker, pool, Kind.Transcoder, 60 ether);
        vm.warp(START + 10 days);
        vm.startPrank(worker);
        uint256 second = s.bonds.requestUnbond(pool, Kind.Transcoder, 60 ether);
        vm.expectRevert(IBondVault.NothingToDo.selector);
        s.bonds.withdraw(pool, Kind.Transcoder, first);
        vm.warp(START + 20 days);
        s.bonds.withdraw(pool, Kind.Transcoder, second);
        assertEq(lpt.balanceOf(worker), 60 ether);
    }

    /// In whatever order things are asked for, taken and withdrawn, no token appears or is lost.
    function testFuzz_X06_requestsShareWhatIsLeft(uint8[12] calldata steps, uint64[12] calldata amounts)
        external
    {
        uint256 requests = 0;
        uint256 slashed = 0;
        for (uint256 i = 0; i < steps.length; ++i) {
            (uint256 active, uint256 unbonding,) = s.bonds.bonded(_bondOf(worker, Kind.Transcoder));
            if (steps[i] % 3 == 0 && active > 0) {
                vm.prank(worker);
                s.bonds.requestUnbond(pool, Kind.Transcoder, bound(uint256(amounts[i]) * 1e4, 1, active));
                ++requests;
            } else if (steps[i] % 3 == 1 && active + unbonding > 0) {
                uint256 amount = bound(uint256(amounts[i]) * 1e4, 1, active + unbonding);
                _slash(bytes32(i), amount);
                slashed += amount;
            } else {
                _bond(worker, pool, Kind.Transcoder, uint256(amounts[i]) + 1);
            }
        }
        vm.warp(block.timestamp + 10 days);
        (uint256 left,,) = s.bonds.bonded(_bondOf(worker, Kind.Transcoder));
        for (uint256 id = 0; id < requests; ++id) {
            vm.prank(worker);
            (bool did,) =
                address(s.bonds).call(abi.encodeCall(IBondVault.withdraw, (pool, Kind.Transcoder, id)));
            did; // those that were slashed whole have nothing to give
        }
        (uint256 active_, uint256 unbonding_,) = s.bonds.bonded(_bondOf(worker, Kind.Transcoder));
        assertEq(active_, left);
        assertEq(unbonding_, 0);
        assertEq(lpt.balanceOf(BURNED), slashed);
        assertEq(lpt.balanceOf(address(s.bonds)), left + 1000 ether);
    }

    function test_J05_oneCaseATranscoderAndATaskAndEachCosts() external {
        Accusation memory a = _accusation(worker, 1, 0, 0);
        assertEq(s.court.openingBond(a), 7 * 0.0005 ether);
        _openCase(a, "worker", 1);
        Accusation memory next = _accusation(worker, 2, 0, 0);
        vm.expectRevert(ICourt.CaseRunning.selector);
        this.openCase(next, 2);
        _dispute(a);
        vm.warp(block.timestamp + 48 hours);
        s.court.advance(a);
        (Status status,,) = s.court.statusOf(a);
        assertEq(uint8(status), uint8(Status.Dismissed));
        a.evidenceRoot = keccak256("once more");
        vm.expectRevert(ICourt.TaskTaken.selector);
        this.openCase(a, 1);
    }

    function openCase(Accusation memory a, uint256 task) external {
        _openCase(a, "worker", task);
    }

    function _slash(bytes32 caseId, uint256 amount) private {
        Bond memory bond = _bondOf(worker, Kind.Transcoder);
        vm.startPrank(address(s.court));
        s.bonds.lock(caseId, bond, amount);
        s.bonds.slash(caseId, bond, BURNED, amount);
        vm.stopPrank();
    }
}
