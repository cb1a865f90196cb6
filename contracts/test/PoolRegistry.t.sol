// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {IPoolRegistry, Proof, Terms} from "../src/interfaces/IPoolRegistry.sol";
import "../src/libraries/Receipts.sol";
import {PoolFixture} from "./support/PoolFixture.sol";

contract Wallet {
    bytes32 public believed;

    function believe(bytes32 digest) external {
        believed = digest;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == believed ? this.isValidSignature.selector : bytes4(0);
    }
}

contract PoolRegistryTest is PoolFixture {
    function test_createPool_idFollowsFromChainRegistryAndOperator() external view {
        assertEq(pool, Receipts.poolId(block.chainid, address(s.registry), operator));
        assertEq(s.registry.operatorOf(pool), operator);
        assertEq(s.registry.governorOf(pool), operator);
        assertEq(s.registry.createdAt(pool), START);
        assertEq(s.registry.firstAnchorOf(pool), _anchor(SEED, TICKS));
    }

    function test_createPool_onceAnOperator() external {
        Terms memory terms = _terms();
        vm.prank(operator);
        vm.expectRevert(IPoolRegistry.AlreadyExists.selector);
        s.registry.createPool(terms, 0);
    }

    function testFuzz_createPool_refusesTermsOutOfBounds(Terms memory terms) external {
        bool sound = terms.maxHold <= 7 days && terms.challenge >= 36 hours && terms.challenge <= 7 days
            && terms.epochSeconds >= 1 hours && terms.epochSeconds <= 7 days && terms.payShareBp >= 5000
            && terms.payShareBp <= 9500 && terms.probationShareBp >= 4500
            && terms.probationShareBp <= terms.payShareBp && terms.firstFraudBp <= 10_000
            && terms.softFaultBp <= 1000 && terms.claimantBp <= 5000;
        if (!sound) vm.expectRevert(IPoolRegistry.TermsOutOfBounds.selector);
        vm.prank(named("another"));
        s.registry.createPool(terms, 0);
    }

    function test_scheduleTerms_holdAfterTwoDays() external {
        Terms memory terms = _terms();
        terms.payShareBp = 9000;
        vm.prank(operator);
        s.registry.scheduleTerms(pool, terms);
        assertEq(s.registry.termsOf(pool).payShareBp, 8000);
        vm.warp(START + 48 hours - 1);
        assertEq(s.registry.termsOf(pool).payShareBp, 8000);
        vm.warp(START + 48 hours);
        assertEq(s.registry.termsOf(pool).payShareBp, 9000);
        terms.payShareBp = 7000;
        terms.challenge = 40 hours;
        vm.prank(operator);
        s.registry.scheduleTerms(pool, terms);
        assertEq(s.registry.termsOf(pool).payShareBp, 9000);
        vm.warp(START + 96 hours);
        assertEq(s.registry.termsOf(pool).payShareBp, 7000);
        (, uint32 challenge) = s.registry.rootTermsOf(pool);
        assertEq(challenge, 40 hours);
        (,, uint16 firstFraudBp,) = s.registry.caseTermsOf(pool);
        assertEq(firstFraudBp, 3000);
    }

    function test_governor_alonePowersOverTerms() external {
        Terms memory terms = _terms();
        vm.expectRevert(IPoolRegistry.NotGovernor.selector);
        s.registry.scheduleTerms(pool, terms);
        vm.expectRevert(IPoolRegistry.NotGovernor.selector);
        s.registry.wind(pool, 0);
        vm.expectRevert(IPoolRegistry.NotGovernor.selector);
        s.registry.activateVerdictFunction(pool, "v");
        vm.prank(operator);
        s.registry.changeGovernor(pool, address(this));
        s.registry.wind(pool, 0);
        assertTrue(s.registry.isWinding(pool), "winding");
        vm.prank(operator);
        vm.expectRevert(IPoolRegistry.NotGovernor.selector);
        s.registry.changeGovernor(pool, operator);
    }

    function test_activateVerdictFunction_laterOnesWithSevenDaysNotice() external {
        assertEq(s.registry.verdictFunctionFrom(pool, VERDICTS), START);
        vm.startPrank(operator);
        s.registry.activateVerdictFunction(pool, "second");
        assertEq(s.registry.verdictFunctionFrom(pool, "second"), START + 7 days);
        vm.expectRevert(IPoolRegistry.AlreadyExists.selector);
        s.registry.activateVerdictFunction(pool, "second");
    }

    function test_pauseOpenings_fourteenDaysAtMostAndNotInARow() external {
        vm.expectRevert(IPoolRegistry.NotGuardian.selector);
        s.registry.pauseOpenings(pool, 1 days);
        vm.startPrank(guardian);
        vm.expectRevert(IPoolRegistry.TermsOutOfBounds.selector);
        s.registry.pauseOpenings(pool, 14 days + 1);
        s.registry.pauseOpenings(pool, 14 days);
        assertTrue(s.registry.isPaused(pool), "paused");
        vm.warp(START + 14 days);
        assertTrue(!s.registry.isPaused(pool), "over");
        vm.expectRevert(IPoolRegistry.PausedTooRecently.selector);
        s.registry.pauseOpenings(pool, 1 days);
        vm.warp(START + 28 days);
        s.registry.pauseOpenings(pool, 1 days);
    }

    function test_register_onceForAPayoutAndAHold() external {
        address who = named("worker");
        vm.startPrank(who);
        vm.expectRevert(IPoolRegistry.UnknownPool.selector);
        s.registry.register("no pool", who, 0);
        vm.expectRevert(IPoolRegistry.NoPayout.selector);
        s.registry.register(pool, address(0), 0);
        vm.expectRevert(IPoolRegistry.HoldTooLong.selector);
        s.registry.register(pool, who, 7 days + 1);
        s.registry.register(pool, named("safe"), 3 days);
        (address payout, uint32 maxHold) = s.registry.payoutOf(pool, who);
        assertEq(payout, named("safe"));
        assertEq(maxHold, 3 days);
        vm.expectRevert(IPoolRegistry.AlreadyExists.selector);
        s.registry.register(pool, who, 0);
    }

    function test_payoutOf_strangersAreTheirOwn() external view {
        (address payout, uint32 maxHold) = s.registry.payoutOf(pool, address(7));
        assertEq(payout, address(7));
        assertEq(maxHold, 7 days);
    }

    function test_schedulePayout_holdsAfterThreeDays() external {
        address who = _transcoder("worker", 0);
        vm.startPrank(who);
        s.registry.schedulePayout(pool, named("new"));
        vm.warp(START + 72 hours - 1);
        (address payout,) = s.registry.payoutOf(pool, who);
        assertEq(payout, who);
        vm.warp(START + 72 hours);
        (payout,) = s.registry.payoutOf(pool, who);
        assertEq(payout, named("new"));
        s.registry.schedulePayout(pool, named("newer"));
        (payout,) = s.registry.payoutOf(pool, who);
        assertEq(payout, named("new"));
        vm.expectRevert(IPoolRegistry.NoPayout.selector);
        s.registry.schedulePayout(pool, address(0));
        vm.stopPrank();
        vm.expectRevert(IPoolRegistry.NotRegistered.selector);
        s.registry.schedulePayout(pool, who);
    }

    function test_nameWatcher_ofTheRegistered() external {
        address who = _transcoder("worker", 0);
        vm.prank(who);
        s.registry.nameWatcher(pool, named("watcher"));
        assertEq(s.registry.watcherOf(pool, who), named("watcher"));
        vm.expectRevert(IPoolRegistry.NotRegistered.selector);
        s.registry.nameWatcher(pool, named("watcher"));
    }

    function test_isSignedBy_ownerOrItsKeyWithinItsGrant() external view {
        bytes32 thing = keccak256("thing");
        assertTrue(_by("worker", thing, 0, _signed(thing, "worker")), "owner");
        assertTrue(!_by("worker", thing, 0, _signed(thing, "other")), "other");
        SessionGrant memory grant = _grant("worker", "key", SCOPE_COMMIT);
        Proof memory proof = _signedWith(thing, "key", grant, "worker");
        assertTrue(_by("worker", thing, uint64(START), proof), "key");
        assertTrue(!_by("worker", thing, uint64(START - 1), proof), "not yet");
        assertTrue(!_by("worker", thing, uint64(START + 7 days), proof), "expired");
        assertTrue(!_by("other", thing, uint64(START), proof), "another's grant");
        grant.scope = SCOPE_VOUCHER;
        proof = _signedWith(thing, "key", grant, "worker");
        assertTrue(!_by("worker", thing, uint64(START), proof), "out of scope");
        grant.scope = SCOPE_COMMIT;
        proof = _signedWith(thing, "key", grant, "other");
        assertTrue(!_by("worker", thing, uint64(START), proof), "granted by another");
        grant.poolId = "another pool";
        proof = _signedWith(thing, "key", grant, "worker");
        assertTrue(!_by("worker", thing, uint64(START), proof), "another pool");
    }

    function test_isSignedBy_timelessThingsOutliveTheirKeyByFourteenDays() external {
        bytes32 thing = keccak256("thing");
        Proof memory proof = _signedWith(thing, "key", _grant("worker", "key", SCOPE_COMMIT), "worker");
        vm.warp(START + 21 days - 1);
        assertTrue(_by("worker", thing, 0, proof), "still evidence");
        vm.warp(START + 21 days);
        assertTrue(!_by("worker", thing, 0, proof), "too old");
    }

    function test_revokeGrant_endsWhatTheKeySignsFromThenOn() external {
        bytes32 thing = keccak256("thing");
        Proof memory proof = _signedWith(thing, "key", _grant("worker", "key", SCOPE_COMMIT), "worker");
        vm.warp(START + 1 days);
        vm.startPrank(named("worker"));
        s.registry.revokeGrant(named("key"));
        vm.expectRevert(IPoolRegistry.AlreadyExists.selector);
        s.registry.revokeGrant(named("key"));
        vm.stopPrank();
        assertTrue(_by("worker", thing, uint64(START + 1 days - 1), proof), "before");
        assertTrue(!_by("worker", thing, uint64(START + 1 days), proof), "after");
    }

    function test_isSignedBy_asksContractWallets() external {
        Wallet wallet = new Wallet();
        bytes32 thing = keccak256("thing");
        Proof memory proof;
        assertTrue(!s.registry.isSignedBy(pool, address(wallet), thing, SCOPE_COMMIT, 0, proof), "unknown");
        wallet.believe(keccak256(abi.encodePacked(hex"1901", s.registry.domainSeparator(), thing)));
        assertTrue(s.registry.isSignedBy(pool, address(wallet), thing, SCOPE_COMMIT, 0, proof), "believed");
    }

    function _by(string memory owner, bytes32 thing, uint64 signedAt, Proof memory proof)
        private
        view
        returns (bool)
    {
        return s.registry.isSignedBy(pool, named(owner), thing, SCOPE_COMMIT, signedAt, proof);
    }
}
