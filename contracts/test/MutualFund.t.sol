// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Accusation, ICourt, Status} from "../src/interfaces/ICourt.sol";
import {EpochStamp} from "../src/interfaces/IFeeVault.sol";
import {IMutualFund} from "../src/interfaces/IMutualFund.sol";
import {IRandomness} from "../src/interfaces/IRandomness.sol";
import {Leaf} from "../src/libraries/SumTree.sol";
import {Beacon} from "./support/Beacon.sol";
import {DaoFixture} from "./support/DaoFixture.sol";

/// A members' pool with a beacon, and a loss of 5 ether of which 0.3 came back from the one that caused it.
contract MutualFundTest is DaoFixture {
    Beacon internal beacon;
    Accusation internal a;
    address internal worker;
    Leaf[] internal leaves;
    EpochStamp internal stamp;

    function _randomness() internal override returns (IRandomness) {
        beacon = new Beacon();
        return beacon;
    }

    function setUp() public override {
        super.setUp();
        _enrolJurors(10, 3);
        worker = _transcoder("worker", 100 ether);
        leaves.push(_leaf(worker, 1, 2 ether));
        stamp = _post(1, leaves);
        a = _accusation(worker, 1, 30 ether, 1 ether);
        (a.damage, a.damageBp) = (5 ether, 2500);
    }

    function test_summon_waitsForTheBeacon() external {
        _openCase(a, "worker", 1);
        _dispute(a);
        _publish(a);
        vm.expectRevert(Beacon.NotKnown.selector);
        this.summonNow();
        vm.warp(block.timestamp + 1 hours);
        _summon(a);
        _expect(Status.InCourt);
    }

    function test_advance_anAccusedWithoutABeaconIsNotSilent() external {
        _openCase(a, "worker", 1);
        beacon.silence();
        _dispute(a);
        _publish(a);
        vm.warp(block.timestamp + 48 hours);
        s.court.advance(a);
        _expect(Status.Cancelled);
        assertEq(worker.balance, 0.1 ether);
    }

    function test_advance_anAccusedThatKeepsItsSeedIsSilentAllTheSame() external {
        _openCase(a, "worker", 1);
        _dispute(a);
        _publish(a);
        vm.warp(block.timestamp + 48 hours);
        s.court.advance(a);
        _expect(Status.Escrow);
    }

    /// Little gas does not make the beacon mute.
    function testFuzz_advance_theCallersGasDecidesNothing(uint256 gas_) external {
        _openCase(a, "worker", 1);
        _dispute(a);
        _publish(a);
        vm.warp(block.timestamp + 48 hours);
        (bool did,) =
            address(s.court).call{gas: bound(gas_, 10_000, 500_000)}(abi.encodeCall(ICourt.advance, (a)));
        _expect(did ? Status.Escrow : Status.Evidence);
    }

    function test_cover_aFifthOfTheFundAndFourFifthsOfTheLossAtMost() external {
        _contribute(5 ether);
        _convictAndExecute();
        uint256 loss = s.court.uncoveredLossOf(s.court.idOf(a));
        assertEq(loss, 4.7 ether);
        (uint256 penalties, uint256 contributions, uint256 tokens) = s.fund.fundOf(pool);
        assertEq(tokens, 21 ether); // seven tenths of the penalty
        uint256 before = operator.balance;
        s.fund.cover(a);
        uint256 paid = operator.balance - before;
        assertEq(paid, (penalties + contributions) / 5);
        assertLe(paid, loss * 8 / 10);
        (uint256 left, uint256 same,) = s.fund.fundOf(pool);
        assertEq(left + same, penalties + contributions - paid);
        assertTrue(left == 0 || same == contributions, "penalties go first");
        vm.expectRevert(IMutualFund.NoLoss.selector);
        s.fund.cover(a);
    }

    function test_cover_tokensAtTheAgreedPriceThenTheMembers() external {
        vm.prank(address(timelock));
        s.fund.setTokenPrice(pool, 0.1 ether); // a token's
        _convictAndExecute();
        uint256 before = lpt.balanceOf(operator);
        s.fund.cover(a);
        // a fifth of the fund's own tokens, then a twentieth of the members'
        assertEq(lpt.balanceOf(operator) - before, 21 ether / 5 + 10 ether);
        assertEq(shares.pot(), 190 ether);
    }

    function test_O17_onlyWhatAJuryFoundIsCovered() external {
        _contribute(5 ether);
        vm.expectRevert(IMutualFund.NoLoss.selector);
        s.fund.cover(a);
        _openCase(a, "worker", 1);
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a); // an accomplice says nothing
        vm.warp(block.timestamp + 7 days);
        s.court.execute(a, stamp, _posted(leaves, worker));
        vm.expectRevert(IMutualFund.NoLoss.selector);
        s.fund.cover(a);
    }

    /// However large the losses are said to be, an incident takes a fifth.
    function testFuzz_O17_anIncidentIsBounded(uint96 damage) external {
        _contribute(5 ether);
        a.damage = uint256(damage) + 1 ether;
        _convictAndExecute();
        (uint256 penalties, uint256 contributions,) = s.fund.fundOf(pool);
        uint256 before = operator.balance;
        s.fund.cover(a);
        assertLe(operator.balance - before, (penalties + contributions) / 5);
        assertLe(operator.balance - before, a.damage * 8 / 10);
    }

    function test_payDividend_leavesFourTimesTheLargestLoss() external {
        _contribute(5 ether);
        _convictAndExecute();
        s.fund.cover(a);
        vm.prank(address(timelock));
        vm.expectRevert(IMutualFund.BelowTarget.selector);
        s.fund.payDividend(pool);
        _contribute(20 ether);
        vm.prank(address(timelock));
        s.fund.payDividend(pool);
        (uint256 penalties, uint256 contributions,) = s.fund.fundOf(pool);
        assertEq(penalties + contributions, 4 * 4.7 ether);
    }

    function test_contribute_refusals() external {
        vm.expectRevert(IMutualFund.NothingToDo.selector);
        s.fund.contribute(pool);
        bytes32 other = _openPool("other");
        vm.deal(address(this), 1);
        vm.expectRevert(IMutualFund.NotAttached.selector);
        s.fund.contribute{value: 1}(other);
        vm.prank(address(timelock));
        vm.expectRevert(IMutualFund.AlreadyAttached.selector);
        s.fund.attach(pool, shares);
        vm.expectRevert(IMutualFund.NotGovernor.selector);
        s.fund.attach(pool, shares);
        vm.expectRevert(IMutualFund.NotAllowed.selector);
        s.fund.addPenalty(pool);
    }

    function summonNow() external {
        _summon(a);
    }

    function _contribute(uint256 amount) private {
        _give(address(this), amount);
        s.fund.contribute{value: amount}(pool);
    }

    function _convictAndExecute() private {
        _openCase(a, "worker", 1);
        _dispute(a);
        _publish(a);
        vm.warp(block.timestamp + 1 hours);
        _summon(a);
        _judge(a, 1, 7);
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        vm.warp(block.timestamp + 7 days);
        s.court.execute(a, stamp, _posted(leaves, worker));
    }

    function _expect(Status expected) private view {
        (Status status,,) = s.court.statusOf(a);
        assertEq(uint8(status), uint8(expected));
    }
}
