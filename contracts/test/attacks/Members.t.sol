// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Kind} from "../../src/interfaces/IBondVault.sol";
import {IFeeVault} from "../../src/interfaces/IFeeVault.sol";
import {IMutualFund} from "../../src/interfaces/IMutualFund.sol";
import {IPoolRegistry, Terms} from "../../src/interfaces/IPoolRegistry.sol";
import {IPoolShares} from "../../src/interfaces/IPoolShares.sol";
import {DaoFixture} from "../support/DaoFixture.sol";

/// What a majority, or one who buys it, may try.
contract MemberAttacksTest is DaoFixture {
    function test_D01_aCapturedVoteMovesNoBondAndNoPay() external {
        address worker = _transcoder("worker", 100 ether);
        vm.startPrank(address(timelock)); // whatever it is made to call
        vm.expectRevert(IFeeVault.NotOperator.selector);
        s.fees.withdrawFree(pool, 1);
        vm.expectRevert(IFeeVault.NotAllowed.selector);
        s.fees.forfeit("case", pool, worker, m1, 1);
        vm.expectRevert();
        s.bonds.slash("case", _bondOf(worker, Kind.Transcoder), m1, 1);
        vm.expectRevert(IPoolShares.NotFund.selector);
        shares.assess(1, m1);
        vm.expectRevert(IMutualFund.NotAllowed.selector);
        s.fund.payLeaver(pool, m1, 1, 1);
        vm.stopPrank();
    }

    function test_D01_whoeverDisagreesLeavesBeforeAnythingChanges() external {
        bytes memory call = abi.encodeCall(IPoolRegistry.changeGovernor, (pool, m1));
        uint256 id = _propose(address(s.registry), call);
        _vote(id, m1, 1);
        _vote(id, m3, 0);
        vm.warp(block.timestamp + 72 hours + 1);
        assertEq(uint8(voting.state(id)), uint8(IGovernor.ProposalState.Succeeded));
        vm.prank(m3);
        shares.ragequit(id);
        assertEq(lpt.balanceOf(m3), 40 ether);
        _queueAndExecute(address(s.registry), call);
        assertEq(s.registry.governorOf(pool), m1);
    }

    function testFuzz_D02_termsStayInTheirBounds(Terms memory terms) external {
        vm.prank(address(timelock));
        try s.registry.scheduleTerms(pool, terms) {
            assertTrue(terms.challenge >= 36 hours && terms.challenge <= 7 days, "challenge");
            assertTrue(terms.maxHold <= 7 days, "hold");
            assertTrue(terms.softFaultBp <= 1000 && terms.claimantBp <= 5000, "shares of penalties");
            assertTrue(terms.payShareBp >= 5000 && terms.probationShareBp >= 4500, "pay");
        } catch {}
    }

    function testFuzz_D02_everyTermHasABound(uint256 which, uint32 value) external {
        Terms memory terms = _terms();
        which = which % 8;
        if (which == 0) terms.challenge = uint32(bound(value, 0, 36 hours - 1));
        if (which == 1) terms.maxHold = uint32(bound(value, 7 days + 1, type(uint32).max));
        if (which == 2) terms.epochSeconds = uint32(bound(value, 0, 1 hours - 1));
        if (which == 3) terms.payShareBp = uint16(bound(value, 0, 4999));
        if (which == 4) terms.probationShareBp = uint16(bound(value, 0, 4499));
        if (which == 5) terms.softFaultBp = uint16(bound(value, 1001, type(uint16).max));
        if (which == 6) terms.claimantBp = uint16(bound(value, 5001, type(uint16).max));
        if (which == 7) terms.firstFraudBp = uint16(bound(value, 10_001, type(uint16).max));
        vm.prank(address(timelock));
        vm.expectRevert(IPoolRegistry.TermsOutOfBounds.selector);
        s.registry.scheduleTerms(pool, terms);
    }

    function test_D03_anExpelledMemberKeepsItsTokensAndItsVotesAgainst() external {
        bytes memory call = abi.encodeCall(IPoolShares.expel, (m2));
        uint256 id = _propose(address(shares), call);
        _vote(id, m1, 1);
        _vote(id, m2, 0); // 100 to 60: above half, below three fifths with the third against
        _vote(id, m3, 0);
        vm.warp(block.timestamp + 72 hours + 1);
        assertEq(uint8(voting.state(id)), uint8(IGovernor.ProposalState.Defeated));
        assertEq(shares.sharesOf(m2), 60 ether);
    }

    function test_D04_boughtInTheSameBlockVotesNothing() external {
        address whale = named("whale");
        _join(whale, 10_000 ether);
        bytes memory call = abi.encodeCall(IPoolShares.setOpen, (false));
        uint256 id = _propose(address(shares), call);
        _vote(id, whale, 0);
        _vote(id, m1, 1);
        (uint256 against, uint256 forIt,) = voting.proposalVotes(id);
        // an hour old of thirty days
        assertLe(against, uint256(10_000 ether) * 2 hours / 30 days);
        assertEq(forIt, 100 ether);
    }

    function test_D04_boughtAfterTheProposalVotesNothing() external {
        bytes memory call = abi.encodeCall(IPoolShares.setOpen, (false));
        uint256 id = _propose(address(shares), call);
        _join(named("late"), 10_000 ether);
        _vote(id, named("late"), 0);
        (uint256 against,,) = voting.proposalVotes(id);
        assertEq(against, 0);
    }

    function test_X11_aPriceMovesAFifthAWeekAndTakesNoBond() external {
        address worker = _transcoder("worker", 100 ether);
        vm.startPrank(address(timelock));
        s.fund.setTokenPrice(pool, 1 ether);
        vm.expectRevert(IMutualFund.PriceMovesTooFast.selector);
        s.fund.setTokenPrice(pool, 0.9 ether);
        vm.warp(block.timestamp + 7 days);
        s.fund.setTokenPrice(pool, 0.8 ether);
        vm.stopPrank();
        assertEq(_activeOf(worker, Kind.Transcoder), 100 ether);
    }

    /// No contract that holds money has an owner, a pause, or code that can be exchanged.
    function test_X13_nobodyIsAdmin() external {
        address[8] memory all = [
            address(s.registry),
            address(s.bonds),
            address(s.fees),
            address(s.operatorBond),
            address(s.court),
            address(s.jury),
            address(s.jurors),
            address(s.fund)
        ];
        string[8] memory powers = [
            "owner()",
            "pause()",
            "upgradeTo(address)",
            "upgradeToAndCall(address,bytes)",
            "transferOwnership(address)",
            "grantRole(bytes32,address)",
            "initialize()",
            "admin()"
        ];
        for (uint256 i = 0; i < all.length; ++i) {
            for (uint256 j = 0; j < powers.length; ++j) {
                (bool did,) =
                    all[i].call(abi.encodePacked(bytes4(keccak256(bytes(powers[j]))), new bytes(64)));
                assertTrue(!did, powers[j]);
            }
        }
        assertTrue(!timelock.hasRole(timelock.DEFAULT_ADMIN_ROLE(), address(this)), "deployer");
        vm.expectRevert();
        timelock.schedule(address(shares), 0, "", 0, 0, 48 hours);
    }

    function test_X13_openingsPauseForTwoWeeksAndClaimsGoOn() external {
        vm.startPrank(guardian);
        vm.expectRevert(IPoolRegistry.TermsOutOfBounds.selector);
        s.registry.pauseOpenings(pool, 14 days + 1);
        s.registry.pauseOpenings(pool, 14 days);
        vm.warp(block.timestamp + 14 days);
        vm.expectRevert(IPoolRegistry.PausedTooRecently.selector);
        s.registry.pauseOpenings(pool, 1);
        vm.stopPrank();
    }
}
