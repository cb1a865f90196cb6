// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Kind} from "../../src/interfaces/IBondVault.sol";
import {IChallenges, PostedLeaf} from "../../src/interfaces/IChallenges.sol";
import {Accusation, ICourt, Status} from "../../src/interfaces/ICourt.sol";
import {EpochStamp, IFeeVault} from "../../src/interfaces/IFeeVault.sol";
import {IPoolRegistry, Proof, Terms} from "../../src/interfaces/IPoolRegistry.sol";
import "../../src/libraries/Receipts.sol";
import {Leaf} from "../../src/libraries/SumTree.sol";
import {PoolFixture} from "../support/PoolFixture.sol";
import {TreeBuilder} from "../support/TreeBuilder.sol";

/// What an operator may try, by the rows of docs/threats.md.
contract OperatorAttacksTest is PoolFixture {
    address internal victim;
    address internal accomplice;
    Leaf[] internal leaves;
    EpochStamp internal stamp;

    function setUp() public override {
        super.setUp();
        victim = _transcoder("victim", 100 ether);
        accomplice = _transcoder("accomplice", 0);
        Leaf[] memory made = _leaves(victim, 4 ether, accomplice, 1 ether, 1);
        leaves.push(made[0]);
        leaves.push(made[1]);
        stamp = _post(1, made);
    }

    function test_O01_postedPayIsPaidWhateverTheOperatorDoes() external {
        vm.startPrank(operator);
        vm.expectRevert(IFeeVault.AboveFree.selector);
        s.fees.withdrawFree(pool, 5 ether + 1);
        s.fees.withdrawFree(pool, 5 ether);
        s.registry.wind(pool, 0);
        vm.stopPrank();
        vm.warp(START + 36 hours);
        _claim(stamp, leaves, victim);
        assertEq(victim.balance, 4 ether);
    }

    function test_O02_whatARootOmitsComesFromTheOperatorsBond() external {
        Voucher memory voucher = _voucher(victim, 9, 4.5 ether, 1);
        s.challenges.proveUnderInclusion(voucher, _byOperator(voucher), stamp, _posted(leaves, victim));
        s.fees.claimCredit(pool, victim);
        assertEq(victim.balance, 0.5 ether + 0.025 ether); // and a twentieth
    }

    function test_O02_manyVouchersOfOneOmissionCostTheLeastPenaltyOnce() external {
        uint256 penalties = victim.balance;
        for (uint64 i = 1; i <= 5; ++i) {
            Voucher memory voucher = _voucher(victim, 8 + i, 4 ether + i * 1000, 1);
            s.challenges.proveUnderInclusion(voucher, _byOperator(voucher), stamp, _posted(leaves, victim));
        }
        assertEq(victim.balance - penalties, 0.002 ether + 4 * 50);
    }

    /// No proof of any leaf fits a root that promises more than it says.
    function testFuzz_O03_aRootCannotPromiseMoreThanItsSum(uint128 more) external {
        Leaf[] memory greedy = _leaves(victim, 4 ether, accomplice, 2 ether + uint256(more), 2);
        PostedLeaf memory posted = _posted(greedy, accomplice);
        // the true total would have to be funded; the operator says a smaller one
        bytes32 root = TreeBuilder.root(greedy).hash;
        vm.prank(operator);
        s.fees.postEpochRoot(pool, 2, root, 6 ether - 1, 0, 0);
        vm.warp(START + 36 hours);
        vm.expectRevert(IFeeVault.NotPosted.selector);
        s.fees.claim(EpochStamp(2, uint64(START), 36 hours, 0), posted.leaf, posted.proof);
    }

    function test_O04_twoVouchersOfOneNumberCostATenthOfTheBond() external {
        Voucher memory one = _voucher(victim, 9, 4 ether, 1);
        Voucher memory two = _voucher(victim, 9, 5 ether, 1);
        s.challenges.proveVoucherEquivocation(one, _byOperator(one), two, _byOperator(two));
        assertEq(_activeOf(operator, Kind.Operator), 900 ether);
    }

    /// A case that is lost costs its claimant; one that is won by framing gains at most the damage's share.
    function test_O06_framingOneThatDefendsItselfCostsTheOperator() external {
        _enrolJurors(8, 3);
        Accusation memory a = _accusation(victim, 1, 30 ether, 1 ether);
        uint256 before = operator.balance;
        _openCase(a, "victim", 1);
        _toCourt(a);
        _judge(a, 1, 0);
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        assertEq(operator.balance, before - 0.35 ether);
        assertEq(_activeOf(operator, Kind.Operator), 1000 ether - 10.5 ether);
        assertEq(_activeOf(victim, Kind.Transcoder), 100 ether);
    }

    function test_O07_framingAnOfflineTranscoderGainsNothing() external {
        Accusation memory a = _accusation(victim, 1, 30 ether, 4 ether);
        (a.damage, a.damageBp) = (4 ether, 2500);
        uint256 ether_ = operator.balance;
        _openCase(a, "victim", 1);
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        vm.warp(block.timestamp + 7 days);
        s.court.execute(a, stamp, _posted(leaves, victim));
        assertEq(operator.balance, ether_);
        assertEq(lpt.balanceOf(operator), 0);
        assertEq(s.court.uncoveredLossOf(s.court.idOf(a)), 0);
        assertEq(_activeOf(victim, Kind.Transcoder), 90 ether);
    }

    function test_O08_anotherSourceIsAnotherOfferThanTheSignedOne() external {
        TaskOffer memory offer = _offer(victim, 1);
        ResultCommit memory commit = _result(offer, "output");
        Proof memory signed = _signed(Receipts.hash(commit), "victim");
        offer.sourceHash = keccak256("another source");
        Accusation memory a = _accusation(victim, 1, 0, 0);
        vm.prank(operator);
        vm.expectRevert(ICourt.OtherTask.selector);
        s.court.open{value: 0.0035 ether}(a, offer, commit, signed);
    }

    function test_O12_aSeedThatIsNotTheAnchoredOneIsPunishedAndFreesItsCases() external {
        Accusation memory a = _accusation(victim, 1, 10 ether, 0);
        _openCase(a, "victim", 1);
        SeedDisclosure memory told = SeedDisclosure(pool, 1, 3, keccak256("ground until it fits"));
        s.challenges.proveSeedMismatch(told, _signed(Receipts.hash(told), "operator"));
        assertEq(_activeOf(operator, Kind.Operator), 950 ether);
        s.court.disprove(a);
        (Status status,,) = s.court.statusOf(a);
        assertEq(uint8(status), uint8(Status.Dismissed));
    }

    function test_O13_aVerdictFunctionCannotJudgeTasksOfBeforeItsTime() external {
        bytes32 harsher = keccak256("a harsher verdict function");
        vm.prank(operator);
        s.registry.activateVerdictFunction(pool, harsher);
        TaskOffer memory offer = _offer(victim, 1);
        offer.verdictFunction = harsher;
        ResultCommit memory commit = _result(offer, "output");
        Proof memory signed = _signed(Receipts.hash(commit), "victim");
        Accusation memory a = _accusation(victim, 1, 0, 0);
        vm.warp(START + 6 days); // it still looks back on the task, and was active for none of it
        vm.prank(operator);
        vm.expectRevert(ICourt.UnknownVerdictFunction.selector);
        s.court.open{value: 0.0035 ether}(a, offer, commit, signed);
    }

    /// Withheld pay comes free by time; the operator has no way to hold it but a case, and cases end.
    function test_O14_payIsNeverHeldLongerThanWasAgreed() external {
        Leaf[] memory held = _only(victim, 8 ether, 2);
        held[0].holdSeconds = 365 days;
        EpochStamp memory second = _post(2, held);
        vm.prank(guardian);
        s.registry.pauseOpenings(pool, 14 days);
        vm.warp(START + 72 hours);
        _claim(second, held, victim);
        assertEq(victim.balance, 8 ether);
    }

    function test_O15_theBondOutlastsTheOperatorsFlight() external {
        vm.startPrank(operator);
        s.operatorBond.requestWithdrawal(pool, 5 ether);
        s.fees.withdrawFree(pool, 5 ether);
        vm.stopPrank();
        vm.warp(START + 72 hours + 1);
        Voucher memory voucher = _voucher(victim, 9, 7 ether, 2);
        s.settlement.open(voucher, _byOperator(voucher));
        s.settlement.submitLeaf(stamp, _posted(leaves, victim));
        vm.warp(START + 22 days);
        vm.prank(operator);
        vm.expectRevert();
        s.operatorBond.withdraw(pool, 0);
        s.settlement.finish(pool);
        s.settlement.settle(pool, victim);
        s.fees.claimCredit(pool, victim);
        _claim(stamp, leaves, victim);
        assertEq(victim.balance, 7 ether);
    }

    function test_O16_worseTermsHoldAfterTheirNoticeOnly() external {
        Terms memory worse = _terms();
        (worse.payShareBp, worse.probationShareBp) = (5000, 5000);
        (worse.firstFraudBp, worse.challenge) = (10_000, 7 days);
        vm.prank(operator);
        s.registry.scheduleTerms(pool, worse);
        vm.warp(START + 48 hours - 1);
        assertEq(s.registry.termsOf(pool).payShareBp, 8000);
        Accusation memory a = _accusation(victim, 1, 30 ether + 1, 0);
        vm.expectRevert(ICourt.PenaltyOutOfBounds.selector);
        this.openCase(a);
        // a root that stands keeps the challenge it was posted with
        vm.warp(START + 49 hours);
        _claim(stamp, leaves, victim);
    }

    function test_O20_aStolenVoucherKeyPromisesItsCap() external {
        Voucher memory voucher = _voucher(accomplice, 9, 100 ether, 1);
        SessionGrant memory grant = _grant("operator", "stolen key", SCOPE_VOUCHER);
        Proof memory proof = _signedWith(Receipts.hash(voucher), "stolen key", grant, "operator");
        s.challenges.proveUnderInclusion(voucher, proof, stamp, _posted(leaves, accomplice));
        s.fees.claimCredit(pool, accomplice);
        assertLe(accomplice.balance, 1 ether + 0.05 ether);
        vm.warp(START + 1);
        vm.prank(operator);
        s.registry.revokeGrant(named("stolen key"));
        vm.warp(START + 1 + 14 days);
        vm.expectRevert(IChallenges.BadSignature.selector);
        s.challenges.proveUnderInclusion(voucher, proof, stamp, _posted(leaves, accomplice));
    }

    /// The reserve is one: a root could give an accomplice what is another's, and a case against the
    /// accomplice could forfeit it to the operator before anybody has challenged the root.
    function test_O03_aCaseCannotForfeitWhatAnUnchallengedRootGives() external {
        Accusation memory a = _accusation(accomplice, 1, 0, 5 ether);
        (a.damage, a.damageBp) = (5 ether, 2500);
        _enrolJurors(8, 3);
        Leaf[] memory fair = _leaves(victim, 4 ether, accomplice, 1 ether, 2);
        EpochStamp memory second = _post(2, fair);
        a = _accusation(accomplice, 1, 0, 5 ether);
        _openCase(a, "accomplice", 1);
        _toCourt(a);
        _judge(a, 1, 7);
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(a);
        vm.warp(block.timestamp + 7 days);
        Leaf[] memory theft = _leaves(victim, 0, accomplice, 5 ether, 3);
        EpochStamp memory third = _post(3, theft);
        vm.expectRevert(IFeeVault.StillHeld.selector);
        s.court.execute(a, third, _posted(theft, accomplice));
        s.challenges.proveDecrease(second, _posted(fair, victim), third, _posted(theft, victim));
        vm.warp(block.timestamp + 36 hours);
        vm.expectRevert(IFeeVault.NotPosted.selector);
        s.court.execute(a, third, _posted(theft, accomplice));
        _claim(second, fair, victim);
        assertEq(victim.balance, 4 ether);
    }

    function openCase(Accusation memory a) external {
        _openCase(a, "victim", 1);
    }
}
