// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {IChallenges, PostedLeaf} from "../src/interfaces/IChallenges.sol";
import {Kind} from "../src/interfaces/IBondVault.sol";
import {EpochStamp, IFeeVault} from "../src/interfaces/IFeeVault.sol";
import {IOperatorBond} from "../src/interfaces/IOperatorBond.sol";
import {Proof} from "../src/interfaces/IPoolRegistry.sol";
import "../src/libraries/Receipts.sol";
import {Leaf} from "../src/libraries/SumTree.sol";
import {PoolFixture} from "./support/PoolFixture.sol";

contract ChallengesTest is PoolFixture {
    address internal a;
    address internal b;
    address internal reporter = named("reporter");

    function setUp() public override {
        super.setUp();
        a = _transcoder("a", 100 ether);
        b = _transcoder("b", 0);
    }

    function test_proveUnderInclusion_creditsTheDifferenceAndAPenalty() external {
        Leaf[] memory leaves = _leaves(a, 1 ether, b, 2 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        Voucher memory voucher = _voucher(a, 5, 1.5 ether, 1);
        s.challenges.proveUnderInclusion(voucher, _byOperator(voucher), stamp, _posted(leaves, a));
        assertEq(a.balance, 0.025 ether); // a twentieth of the half that was missing
        assertEq(s.operatorBond.bondOf(pool), 5 ether - 0.525 ether);
        s.fees.claimCredit(pool, a);
        assertEq(a.balance, 0.525 ether);
        vm.warp(START + 36 hours);
        _claim(stamp, leaves, a);
        assertEq(a.balance, 1.525 ether);
    }

    function test_proveUnderInclusion_isPaidOnce() external {
        Leaf[] memory leaves = _leaves(a, 1 ether, b, 2 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        Voucher memory voucher = _voucher(a, 5, 1.01 ether, 1);
        Proof memory proof = _byOperator(voucher);
        PostedLeaf memory posted = _posted(leaves, a);
        s.challenges.proveUnderInclusion(voucher, proof, stamp, posted);
        assertEq(a.balance, 0.002 ether); // the least penalty
        vm.expectRevert(IChallenges.NothingMissing.selector);
        s.challenges.proveUnderInclusion(voucher, proof, stamp, posted);
    }

    /// In whatever order credit, old root and the root that repairs it are claimed: the voucher's amount.
    function testFuzz_proveUnderInclusion_neverPaysMoreThanWasEarned(uint8 order, uint96 later) external {
        Leaf[] memory leaves = _leaves(a, 1 ether, b, 2 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        Voucher memory voucher = _voucher(a, 5, 1.5 ether, 1);
        s.challenges.proveUnderInclusion(voucher, _byOperator(voucher), stamp, _posted(leaves, a));
        uint256 earned = 1.5 ether + uint256(later) % 1 ether;
        Leaf[] memory repaired = _leaves(a, earned, b, 2 ether, 2);
        EpochStamp memory two = _post(2, repaired);
        vm.warp(START + 36 hours);
        uint256 penalty = a.balance;
        for (uint256 i = 0; i < 4; ++i) {
            uint256 which = (order >> (2 * i)) & 3;
            if (which == 0) try s.fees.claimCredit(pool, a) {} catch {}
            if (which == 1) try this.claim(stamp, leaves, a) {} catch {}
            if (which == 2) try this.claim(two, repaired, a) {} catch {}
        }
        try this.claim(two, repaired, a) {} catch {}
        assertEq(a.balance - penalty, earned);
        _claim(two, repaired, b);
        (uint256 balance, uint256 reserved) = s.fees.poolOf(pool);
        assertEq(reserved, 0);
        assertEq(address(s.fees).balance, balance);
    }

    function claim(EpochStamp memory stamp, Leaf[] memory leaves, address who) external {
        _claim(stamp, leaves, who);
    }

    function test_proveUnderInclusion_refusesWhatIsNoProof() external {
        Leaf[] memory leaves = _leaves(a, 1 ether, b, 2 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        Voucher memory voucher = _voucher(a, 5, 1.5 ether, 2);
        Proof memory proof = _byOperator(voucher);
        PostedLeaf memory posted = _posted(leaves, a);
        vm.expectRevert(IChallenges.VoucherTooNew.selector);
        s.challenges.proveUnderInclusion(voucher, proof, stamp, posted);
        voucher.epoch = 1;
        vm.expectRevert(IChallenges.BadSignature.selector);
        s.challenges.proveUnderInclusion(voucher, proof, stamp, posted);
        posted = _posted(leaves, b);
        vm.expectRevert(IChallenges.NotTheSameThing.selector);
        s.challenges.proveUnderInclusion(voucher, proof, stamp, posted);
    }

    function test_proveUnderInclusion_aStolenKeyPromisesItsCapAtMost() external {
        Leaf[] memory leaves = _leaves(a, 1 ether, b, 2 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        Voucher memory voucher = _voucher(a, 5, 4 ether, 1);
        SessionGrant memory grant = _grant("operator", "voucher key", SCOPE_VOUCHER);
        Proof memory proof = _signedWith(Receipts.hash(voucher), "voucher key", grant, "operator");
        s.challenges.proveUnderInclusion(voucher, proof, stamp, _posted(leaves, a));
        (,,, uint256 creditedTo) = s.fees.accountOf(pool, a);
        assertEq(creditedTo, 2 ether);
    }

    function test_proveUnderInclusion_paysWhatTheBondHas() external {
        Leaf[] memory leaves = _leaves(a, 1 ether, b, 2 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        Voucher memory voucher = _voucher(a, 5, 50 ether, 1);
        s.challenges.proveUnderInclusion(voucher, _byOperator(voucher), stamp, _posted(leaves, a));
        s.fees.claimCredit(pool, a);
        assertEq(a.balance, 5 ether);
        assertEq(s.operatorBond.bondOf(pool), 0);
    }

    /// Leaves out any account of a tree of any size: its neighbours prove it.
    function testFuzz_proveOmission_wherever(uint8 size, uint160 who) external {
        vm.assume(who > 0xffff);
        Leaf[] memory leaves = _row(uint256(size) % 20, who);
        EpochStamp memory stamp = _post(1, leaves);
        (PostedLeaf memory left, PostedLeaf memory right) = _around(leaves, address(who));
        Voucher memory voucher = _voucher(address(who), 1, 0.5 ether, 1);
        s.challenges.proveOmission(voucher, _byOperator(voucher), stamp, left, right);
        (,,, uint256 creditedTo) = s.fees.accountOf(pool, address(who));
        assertEq(creditedTo, 0.5 ether);
    }

    /// Leaves that are no neighbours prove nothing.
    function testFuzz_proveOmission_refusesGaps(uint8 size, uint8 from, uint8 to) external {
        Leaf[] memory leaves = _row(3 + uint256(size) % 20, 0);
        EpochStamp memory stamp = _post(1, leaves);
        uint256 left = bound(from, 0, leaves.length - 3);
        uint256 right = bound(to, left + 2, leaves.length - 1);
        address between = leaves[left + 1].account;
        Voucher memory voucher = _voucher(between, 1, 0.5 ether, 1);
        Proof memory proof = _byOperator(voucher);
        PostedLeaf memory first = _posted(leaves, leaves[left].account);
        PostedLeaf memory second = _posted(leaves, leaves[right].account);
        vm.expectRevert(IChallenges.NotAbsent.selector);
        s.challenges.proveOmission(voucher, proof, stamp, first, second);
        vm.expectRevert(IChallenges.NotAbsent.selector);
        s.challenges.proveOmission(voucher, proof, stamp, first, _nothing());
        vm.expectRevert(IChallenges.NotAbsent.selector);
        s.challenges.proveOmission(voucher, proof, stamp, _nothing(), second);
        vm.expectRevert(IChallenges.NotAbsent.selector);
        s.challenges.proveOmission(voucher, proof, stamp, _nothing(), _nothing());
        vm.expectRevert(IChallenges.NotAbsent.selector);
        s.challenges.proveOmission(voucher, proof, stamp, second, _nothing());
        vm.expectRevert(IChallenges.NotAbsent.selector);
        s.challenges.proveOmission(voucher, proof, stamp, _nothing(), first);
    }

    function test_proveOmission_refusesVouchersOfLaterEpochs() external {
        Leaf[] memory none = new Leaf[](0);
        EpochStamp memory stamp = _post(1, none);
        Voucher memory voucher = _voucher(a, 1, 0.5 ether, 2);
        Proof memory proof = _byOperator(voucher);
        vm.expectRevert(IChallenges.VoucherTooNew.selector);
        s.challenges.proveOmission(voucher, proof, stamp, _nothing(), _nothing());
    }

    function test_proveVoucherEquivocation_takesATenthOnce() external {
        Voucher memory one = _voucher(a, 5, 1 ether, 1);
        Voucher memory two = _voucher(a, 5, 2 ether, 1);
        (Proof memory p1, Proof memory p2) = (_byOperator(one), _byOperator(two));
        vm.prank(reporter);
        s.challenges.proveVoucherEquivocation(one, p1, two, p2);
        assertEq(_activeOf(operator, Kind.Operator), 900 ether);
        assertEq(lpt.balanceOf(reporter), 5 ether);
        assertEq(lpt.balanceOf(BURNED), 95 ether);
        vm.expectRevert(IChallenges.AlreadyProven.selector);
        s.challenges.proveVoucherEquivocation(one, p1, two, p2);
        vm.expectRevert(IChallenges.SameContent.selector);
        s.challenges.proveVoucherEquivocation(one, p1, one, p1);
        two.seq = 6;
        vm.expectRevert(IChallenges.NotTheSameThing.selector);
        s.challenges.proveVoucherEquivocation(one, p1, two, p2);
        two.seq = 5;
        two.segments = 77;
        vm.expectRevert(IChallenges.BadSignature.selector);
        s.challenges.proveVoucherEquivocation(one, p1, two, p2);
    }

    function test_proveResultEquivocation_takesAFifthOfTheTranscoders() external {
        TaskOffer memory offer = _offer(a, 1);
        ResultCommit memory one = _result(offer, "one");
        ResultCommit memory two = _result(offer, "two");
        Proof memory p1 = _signed(Receipts.hash(one), "a");
        Proof memory p2 = _signed(Receipts.hash(two), "a");
        s.challenges.proveResultEquivocation(offer, one, p1, two, p2);
        assertEq(_activeOf(a, Kind.Transcoder), 80 ether);
        vm.expectRevert(IChallenges.SameContent.selector);
        s.challenges.proveResultEquivocation(offer, one, p1, one, p1);
        vm.expectRevert(IChallenges.BadSignature.selector);
        s.challenges.proveResultEquivocation(offer, one, p1, two, p1);
        offer.laneSeq = 3;
        vm.expectRevert(IChallenges.NotTheSameThing.selector);
        s.challenges.proveResultEquivocation(offer, one, p1, two, p2);
    }

    function test_proveOfferEquivocation_takesAFiftiethAndDisprovesTheTask() external {
        TaskOffer memory one = _offer(a, 1);
        TaskOffer memory two = _offer(a, 1);
        two.fee = 1;
        Proof memory p1 = _signed(Receipts.hash(one), "operator");
        Proof memory p2 = _signed(Receipts.hash(two), "operator");
        assertTrue(!s.challenges.isDisproven(pool, one.taskId, 1), "not yet");
        s.challenges.proveOfferEquivocation(one, p1, two, p2);
        assertTrue(s.challenges.isDisproven(pool, one.taskId, 1), "disproven");
        assertEq(_activeOf(operator, Kind.Operator), 980 ether);
        vm.expectRevert(IChallenges.SameContent.selector);
        s.challenges.proveOfferEquivocation(one, p1, one, p1);
        two.taskId = "another";
        vm.expectRevert(IChallenges.NotTheSameThing.selector);
        s.challenges.proveOfferEquivocation(one, p1, two, p2);
    }

    function test_proveSeedMismatch_takesATwentiethAndDisprovesTheEpoch() external {
        Leaf[] memory none = new Leaf[](0);
        SeedDisclosure memory disclosure = SeedDisclosure(pool, 1, 3, keccak256("not of the chain"));
        Proof memory proof = _signed(Receipts.hash(disclosure), "operator");
        vm.expectRevert(IChallenges.NoAnchor.selector);
        s.challenges.proveSeedMismatch(disclosure, proof);
        _post(1, none);
        s.challenges.proveSeedMismatch(disclosure, proof);
        assertTrue(s.challenges.isDisproven(pool, "any task", 1), "disproven");
        assertEq(_activeOf(operator, Kind.Operator), 950 ether);
    }

    function testFuzz_proveSeedMismatch_refusesSeedsOfTheChain(uint8 tick) external {
        Leaf[] memory none = new Leaf[](0);
        _post(1, none);
        uint64 position = uint64(bound(tick, 1, TICKS));
        SeedDisclosure memory disclosure = SeedDisclosure(pool, 1, position, _anchor(SEED, TICKS - position));
        Proof memory proof = _signed(Receipts.hash(disclosure), "operator");
        vm.expectRevert(IChallenges.SeedBelongs.selector);
        s.challenges.proveSeedMismatch(disclosure, proof);
    }

    function test_proveSeedMismatch_refusesTicksThatNoEpochHas() external {
        SeedDisclosure memory disclosure = SeedDisclosure(pool, 1, 0, SEED);
        Proof memory proof = _signed(Receipts.hash(disclosure), "operator");
        vm.expectRevert(IChallenges.TickOutOfRange.selector);
        s.challenges.proveSeedMismatch(disclosure, proof);
        disclosure.tick = 10_081;
        vm.expectRevert(IChallenges.TickOutOfRange.selector);
        s.challenges.proveSeedMismatch(disclosure, proof);
    }

    function test_proveDecrease_voidsTheLaterRoot() external {
        Leaf[] memory first = _leaves(a, 3 ether, b, 0, 1);
        EpochStamp memory one = _post(1, first);
        Leaf[] memory second = _leaves(a, 1 ether, b, 2 ether, 2);
        EpochStamp memory two = _post(2, second);
        s.challenges.proveDecrease(one, _posted(first, a), two, _posted(second, a));
        assertEq(_activeOf(operator, Kind.Operator), 900 ether);
        vm.warp(START + 36 hours);
        vm.expectRevert(IFeeVault.NotPosted.selector);
        _claim(two, second, b);
        _claim(one, first, a);
        assertEq(a.balance, 3 ether);
    }

    function test_proveVanished_voidsTheLaterRoot() external {
        Leaf[] memory first = _leaves(a, 3 ether, b, 0, 1);
        EpochStamp memory one = _post(1, first);
        Leaf[] memory second = _only(b, 3 ether, 2);
        EpochStamp memory two = _post(2, second);
        (PostedLeaf memory left, PostedLeaf memory right) = _around(second, a);
        s.challenges.proveVanished(one, _posted(first, a), two, left, right);
        assertEq(s.fees.rootCommitOf(pool, 2), 0);
    }

    function test_proveDecrease_refusesWhatIsNone() external {
        Leaf[] memory first = _leaves(a, 1 ether, b, 0, 1);
        EpochStamp memory one = _post(1, first);
        Leaf[] memory second = _leaves(a, 1 ether, b, 2 ether, 2);
        EpochStamp memory two = _post(2, second);
        (PostedLeaf memory had, PostedLeaf memory has) = (_posted(first, a), _posted(second, a));
        vm.expectRevert(IChallenges.NothingMissing.selector);
        s.challenges.proveDecrease(one, had, two, has);
        vm.expectRevert(IChallenges.NotTheSameThing.selector);
        s.challenges.proveDecrease(two, has, one, had);
        PostedLeaf memory other = _posted(second, b);
        vm.expectRevert(IChallenges.NotTheSameThing.selector);
        s.challenges.proveDecrease(one, had, two, other);
    }

    function test_recordCorrection_defendsTheOperatorAgainstOlderVouchers() external {
        Correction memory correction = Correction(pool, a, 5, 0.8 ether, "counted twice");
        Proof memory byOperator = _signed(Receipts.hash(correction), "operator");
        Proof memory byTranscoder = _signed(Receipts.hash(correction), "a");
        vm.expectRevert(IChallenges.BadSignature.selector);
        s.challenges.recordCorrection(correction, byOperator, byOperator);
        s.challenges.recordCorrection(correction, byOperator, byTranscoder);
        vm.expectRevert(IChallenges.CorrectionTooOld.selector);
        s.challenges.recordCorrection(correction, byOperator, byTranscoder);
        Leaf[] memory first = _leaves(a, 1 ether, b, 0, 1);
        EpochStamp memory one = _post(1, first);
        Leaf[] memory second = _leaves(a, 0.8 ether, b, 2 ether, 2);
        EpochStamp memory two = _post(2, second);
        Voucher memory voucher = _voucher(a, 5, 1 ether, 1);
        Proof memory proof = _byOperator(voucher);
        (PostedLeaf memory had, PostedLeaf memory has) = (_posted(first, a), _posted(second, a));
        vm.expectRevert(IChallenges.NothingMissing.selector);
        s.challenges.proveUnderInclusion(voucher, proof, two, has);
        vm.expectRevert(IChallenges.NothingMissing.selector);
        s.challenges.proveDecrease(one, had, two, has);
    }

    function test_operatorBond_answersUntilItIsWithdrawn() external {
        vm.startPrank(operator);
        uint256 id = s.operatorBond.requestWithdrawal(pool, 3 ether);
        vm.expectRevert(IOperatorBond.AboveBond.selector);
        s.operatorBond.requestWithdrawal(pool, 2 ether + 1);
        vm.expectRevert(IOperatorBond.NothingToDo.selector);
        s.operatorBond.requestWithdrawal(pool, 0);
        vm.expectRevert(IOperatorBond.NotReady.selector);
        s.operatorBond.withdraw(pool, id);
        vm.stopPrank();
        Leaf[] memory leaves = _leaves(a, 1 ether, b, 2 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        Voucher memory voucher = _voucher(a, 5, 5 ether, 1);
        s.challenges.proveUnderInclusion(voucher, _byOperator(voucher), stamp, _posted(leaves, a));
        assertEq(s.operatorBond.bondOf(pool), 0.8 ether);
        vm.warp(START + 21 days);
        uint256 before = operator.balance;
        vm.startPrank(operator);
        s.operatorBond.withdraw(pool, id);
        assertEq(operator.balance - before, 0.8 ether);
        vm.expectRevert(IOperatorBond.NothingToDo.selector);
        s.operatorBond.withdraw(pool, id);
        vm.expectRevert(IOperatorBond.NothingToDo.selector);
        s.operatorBond.withdraw(pool, 9);
        vm.expectRevert(IOperatorBond.NothingToDo.selector);
        s.operatorBond.deposit(pool);
    }

    function testFuzz_operatorBond_nobodyElseHasPower(address who) external {
        vm.assume(who != operator && who != address(s.challenges) && who != address(s.settlement));
        vm.startPrank(who);
        vm.expectRevert(IOperatorBond.NotOperator.selector);
        s.operatorBond.requestWithdrawal(pool, 1);
        vm.expectRevert(IOperatorBond.NotOperator.selector);
        s.operatorBond.withdraw(pool, 0);
        vm.expectRevert(IOperatorBond.NotAllowed.selector);
        s.operatorBond.cover(pool, who, 0, 1);
        vm.expectRevert(IOperatorBond.NotAllowed.selector);
        s.operatorBond.penalise(pool, who, 1);
        vm.expectRevert(IOperatorBond.NotAllowed.selector);
        s.operatorBond.moveToPool(pool, 1);
    }

    /// So many accounts in order, none of which is `without`.
    function _row(uint256 count, uint160 without) private view returns (Leaf[] memory leaves) {
        leaves = new Leaf[](count);
        uint160 step = type(uint160).max / 32;
        for (uint160 i = 0; i < count; ++i) {
            uint160 account = 0x1000 + i * step;
            if (account == without) ++account;
            leaves[i] = _leaf(address(account), 1, 0.01 ether);
        }
    }

    function _around(Leaf[] memory leaves, address who)
        private
        pure
        returns (PostedLeaf memory left, PostedLeaf memory right)
    {
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (leaves[i].account < who) left = _posted(leaves, leaves[i].account);
        }
        for (uint256 i = leaves.length; i > 0; --i) {
            if (leaves[i - 1].account > who) right = _posted(leaves, leaves[i - 1].account);
        }
    }
}
