// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Accusation} from "../../src/interfaces/ICourt.sol";
import {IMutualFund} from "../../src/interfaces/IMutualFund.sol";
import {IPoolGovernor} from "../../src/interfaces/IPoolGovernor.sol";
import {IPoolShares} from "../../src/interfaces/IPoolShares.sol";
import {DaoFixture} from "../support/DaoFixture.sol";

contract DaoTest is DaoFixture {
    function test_join_sharesForTokensAndNoDelegation() external {
        assertEq(shares.sharesOf(m1), 100 ether);
        assertEq(shares.totalShares(), 200 ether);
        assertEq(shares.getVotes(m1), 100 ether);
        vm.expectRevert(IPoolShares.NoDelegation.selector);
        shares.delegate(m1);
        vm.expectRevert(IPoolShares.BuyInTooSmall.selector);
        this.joinNow(named("small"), 19 ether);
    }

    function test_votes_countByAge() external {
        assertEq(shares.aged(m1, 100 ether, block.timestamp), 100 ether);
        _join(named("late"), 30 ether);
        assertEq(shares.aged(named("late"), 30 ether, block.timestamp), 0);
        assertEq(shares.aged(named("late"), 30 ether, block.timestamp + 15 days), 15 ether);
    }

    function test_expulsion_takesThreeFifthsAndConfiscatesNothing() external {
        bytes memory call = abi.encodeCall(IPoolShares.expel, (m3));
        uint256 id = _propose(address(shares), call);
        _vote(id, m1, 1);
        _vote(id, m3, 0);
        vm.warp(block.timestamp + 72 hours + 1);
        _queueAndExecute(address(shares), call);
        assertEq(shares.sharesOf(m3), 0);
        vm.prank(m3);
        vm.expectRevert(IPoolShares.NotReady.selector);
        shares.withdraw(0);
        vm.warp(block.timestamp + 10 days);
        vm.prank(m3);
        shares.withdraw(0);
        assertEq(lpt.balanceOf(m3), 40 ether);
    }

    function test_expulsion_failsBelowThreeFifths() external {
        bytes memory call = abi.encodeCall(IPoolShares.expel, (m3));
        uint256 id = _propose(address(shares), call);
        _vote(id, m1, 1);
        _vote(id, m2, 0);
        _vote(id, m3, 0);
        vm.warp(block.timestamp + 72 hours + 1);
        assertEq(uint8(voting.state(id)), uint8(IGovernor.ProposalState.Defeated));
    }

    function test_ragequit_ofWhoVotedAgainst() external {
        vm.deal(address(this), 2 ether);
        s.fund.contribute{value: 2 ether}(pool);
        bytes memory call = abi.encodeCall(IPoolShares.expel, (m2));
        uint256 id = _propose(address(shares), call);
        _vote(id, m1, 1);
        _vote(id, m3, 0);
        vm.prank(m3);
        vm.expectRevert(IPoolShares.NotQueued.selector);
        shares.ragequit(id);
        vm.warp(block.timestamp + 72 hours + 1);
        vm.prank(m1);
        vm.expectRevert(IPoolShares.VotedFor.selector);
        shares.ragequit(id);
        vm.prank(m3);
        shares.ragequit(id);
        assertEq(lpt.balanceOf(m3), 40 ether);
        assertEq(m3.balance, 0.4 ether);
    }

    function test_dividends_byShares() external {
        vm.deal(address(this), 2 ether);
        s.fund.contribute{value: 2 ether}(pool);
        vm.prank(address(timelock));
        s.fund.payDividend(pool);
        shares.takeDividend(m1);
        shares.takeDividend(m3);
        assertLe(1 ether - m1.balance, 1);
        assertLe(0.4 ether - m3.balance, 1);
        vm.expectRevert(IPoolShares.NothingToDo.selector);
        shares.takeDividend(m1);
    }

    function test_assessments_aTwentiethAtOnceAndAFifthAYear() external {
        vm.startPrank(address(s.fund));
        assertEq(shares.assess(100 ether, operator), 10 ether);
        uint256 taken = 10 ether;
        for (uint256 i = 0; i < 9; ++i) {
            taken += shares.assess(100 ether, operator);
        }
        assertEq(taken, 40 ether);
        vm.stopPrank();
        vm.prank(m1);
        shares.requestLeave(100 ether);
        vm.warp(block.timestamp + 10 days);
        vm.prank(m1);
        shares.withdraw(0);
        assertEq(lpt.balanceOf(m1), 80 ether);
    }

    function test_bounds_votesCannotGoBelowThem() external {
        vm.prank(address(timelock));
        vm.expectRevert(IPoolGovernor.BelowBounds.selector);
        timelock.updateDelay(24 hours - 1);
        vm.prank(address(timelock));
        vm.expectRevert();
        voting.setVotingPeriod(1 hours);
        vm.expectRevert(IPoolShares.NotGovernor.selector);
        shares.expel(m1);
        vm.expectRevert(IPoolShares.NotFund.selector);
        shares.assess(1, address(this));
    }

    function test_requestLeave_paysTenDaysLaterAndOnce() external {
        vm.startPrank(m1);
        vm.expectRevert(IPoolShares.NothingToDo.selector);
        shares.requestLeave(0);
        vm.expectRevert(IPoolShares.NotThatMany.selector);
        shares.requestLeave(100 ether + 1);
        uint256 id = shares.requestLeave(100 ether);
        assertEq(shares.getVotes(m1), 0);
        vm.expectRevert(IPoolShares.NotReady.selector);
        shares.withdraw(id);
        vm.warp(block.timestamp + 10 days);
        shares.withdraw(id);
        assertEq(lpt.balanceOf(m1), 100 ether);
        vm.expectRevert(IPoolShares.NothingToDo.selector);
        shares.withdraw(id);
        vm.stopPrank();
    }

    function test_leaving_notWithACaseAgainstTheMember() external {
        address worker = _transcoder("worker", 0);
        _join(worker, 50 ether);
        Accusation memory a = _accusation(worker, 1, 0, 0);
        _openCase(a, "worker", 1);
        vm.startPrank(worker);
        vm.expectRevert(IPoolShares.CaseRunning.selector);
        shares.requestLeave(1);
        vm.expectRevert(IPoolShares.CaseRunning.selector);
        shares.ragequit(1);
        vm.stopPrank();
    }

    function test_ragequit_ofNobody() external {
        bytes memory call = abi.encodeCall(IPoolShares.expel, (m2));
        uint256 id = _propose(address(shares), call);
        _vote(id, m1, 1);
        _vote(id, named("stranger"), 0);
        vm.warp(block.timestamp + 72 hours + 1);
        vm.prank(named("stranger"));
        vm.expectRevert(IPoolShares.NothingToDo.selector);
        shares.ragequit(id);
    }

    function test_admission_whomTheMembersLetIn() external {
        vm.startPrank(address(timelock));
        shares.setOpen(false);
        shares.setAdmitted(named("candidate"), true);
        vm.expectRevert(IPoolShares.NothingToDo.selector);
        shares.expel(named("candidate"));
        vm.stopPrank();
        _join(named("candidate"), 20 ether);
        vm.expectRevert(IPoolShares.NotAdmitted.selector);
        this.joinNow(named("stranger"), 20 ether);
    }

    function test_simpleVotes_takeMoreThanHalf() external {
        bytes memory call = abi.encodeCall(IPoolShares.setOpen, (false));
        uint256 id = _propose(address(shares), call);
        assertTrue(voting.isSimple(id), "simple");
        assertTrue(voting.proposalNeedsQueuing(id), "through the timelock");
        _vote(id, m2, 1); // 60 to 40, below three fifths
        _vote(id, m3, 0);
        vm.warp(block.timestamp + 72 hours + 1);
        _queueAndExecute(address(shares), call);
        assertTrue(!shares.isOpen(), "closed");
    }

    function test_voting_hasAnHourThenThreeDaysAndAThreshold() external {
        assertEq(voting.votingDelay(), 1 hours);
        assertEq(voting.votingPeriod(), 72 hours);
        assertEq(voting.proposalThreshold(), 20 ether);
        assertEq(keccak256(bytes(shares.CLOCK_MODE())), keccak256("mode=timestamp"));
        assertEq(shares.delegates(m1), m1);
        vm.expectRevert(IPoolShares.NoDelegation.selector);
        shares.delegateBySig(m1, 0, 0, 0, 0, 0);
    }

    function test_proposer_mayWithdrawItsProposal() external {
        bytes memory call = abi.encodeCall(IPoolShares.setOpen, (false));
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) =
            _one(address(shares), call);
        vm.prank(m1);
        uint256 id = voting.propose(targets, values, calls, "because");
        vm.prank(m1);
        voting.cancel(targets, values, calls, keccak256("because"));
        assertEq(uint8(voting.state(id)), uint8(IGovernor.ProposalState.Canceled));
    }

    function test_bounds_ofTheVotesOwnRules() external {
        _expectRefused(abi.encodeCall(voting.setVotingPeriod, (72 hours - 1)));
        _expectRefused(abi.encodeCall(voting.updateQuorumNumerator, (19)));
        vm.prank(address(timelock));
        timelock.updateDelay(24 hours);
        assertEq(timelock.getMinDelay(), 24 hours);
        assertEq(voting.quorumNumerator(), 30);
    }

    function test_dividends_ofNobody() external {
        vm.prank(address(timelock));
        vm.expectRevert(IMutualFund.BelowTarget.selector);
        s.fund.payDividend(pool);
        address[3] memory all = [m1, m2, m3];
        for (uint256 i = 0; i < 3; ++i) {
            uint256 has = shares.sharesOf(all[i]);
            vm.prank(all[i]);
            shares.requestLeave(has);
        }
        vm.deal(address(s.fund), 1 ether);
        vm.prank(address(s.fund));
        vm.expectRevert(IPoolShares.NothingToDo.selector);
        shares.distribute{value: 1 ether}();
    }

    function test_assessments_startAnewEachYear() external {
        vm.startPrank(address(s.fund));
        for (uint256 i = 0; i < 9; ++i) {
            shares.assess(100 ether, operator);
        }
        assertEq(shares.assess(100 ether, operator), 0);
        vm.warp(block.timestamp + 365 days);
        assertEq(shares.assess(100 ether, operator), 160 ether / 20);
    }

    function test_tokenPrice_movesAFifthAWeek() external {
        vm.startPrank(address(timelock));
        s.fund.setTokenPrice(pool, 1000);
        vm.expectRevert(IMutualFund.PriceMovesTooFast.selector);
        s.fund.setTokenPrice(pool, 1001);
        vm.warp(block.timestamp + 7 days);
        vm.expectRevert(IMutualFund.PriceMovesTooFast.selector);
        s.fund.setTokenPrice(pool, 1201);
        s.fund.setTokenPrice(pool, 1200);
    }

    /// Also where it was voted for.
    function _expectRefused(bytes memory call) private {
        uint256 id = _propose(address(voting), call);
        _vote(id, m1, 1);
        vm.warp(block.timestamp + 72 hours + 1);
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) =
            _one(address(voting), call);
        voting.queue(targets, values, calls, keccak256("because"));
        vm.warp(block.timestamp + 48 hours);
        vm.expectRevert(IPoolGovernor.BelowBounds.selector);
        voting.execute(targets, values, calls, keccak256("because"));
    }

    function joinNow(address who, uint256 tokens) external {
        _join(who, tokens);
    }
}
