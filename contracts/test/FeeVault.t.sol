// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {PostedLeaf} from "../src/interfaces/IChallenges.sol";
import {EpochStamp, IFeeVault} from "../src/interfaces/IFeeVault.sol";
import {Leaf, SumNode, SumProof, SumTree} from "../src/libraries/SumTree.sol";
import {Payouts} from "../src/Payouts.sol";
import {PoolFixture} from "./support/PoolFixture.sol";
import {TreeBuilder} from "./support/TreeBuilder.sol";

contract FeeVaultTest is PoolFixture {
    address internal a;
    address internal b;

    function setUp() public override {
        super.setUp();
        a = _transcoder("a", 0);
        b = _transcoder("b", 0);
    }

    function test_fund_byAnybody() external {
        _give(a, 1 ether);
        vm.prank(a);
        s.fees.fund{value: 1 ether}(pool);
        (uint256 balance,) = s.fees.poolOf(pool);
        assertEq(balance, 11 ether);
        vm.expectRevert(IFeeVault.NothingToDo.selector);
        s.fees.fund(pool);
    }

    function test_withdrawFree_onlyWhatIsNotReserved() external {
        _post(1, _only(a, 4 ether, 1));
        vm.expectRevert(IFeeVault.NotOperator.selector);
        s.fees.withdrawFree(pool, 1);
        vm.startPrank(operator);
        vm.expectRevert(IFeeVault.AboveFree.selector);
        s.fees.withdrawFree(pool, 6 ether + 1);
        uint256 before = operator.balance;
        s.fees.withdrawFree(pool, 6 ether);
        assertEq(operator.balance - before, 6 ether);
    }

    function test_postEpochRoot_inOrderGrowingAndFunded() external {
        vm.expectRevert(IFeeVault.NotOperator.selector);
        s.fees.postEpochRoot(pool, 1, 0, 0, 0, 0);
        _post(5, _only(a, 4 ether, 5));
        vm.startPrank(operator);
        vm.expectRevert(IFeeVault.WrongEpoch.selector);
        s.fees.postEpochRoot(pool, 7, 0, 4 ether, 0, 0);
        vm.expectRevert(IFeeVault.TotalFalls.selector);
        s.fees.postEpochRoot(pool, 6, 0, 4 ether - 1, 0, 0);
        vm.expectRevert(IFeeVault.NotFunded.selector);
        s.fees.postEpochRoot(pool, 6, 0, 10 ether + 1, 0, 0);
        s.fees.postEpochRoot(pool, 6, 0, 10 ether, 0, "anchor 7");
        assertEq(s.fees.anchorOf(pool, 5), _anchor(SEED, TICKS));
        assertEq(s.fees.anchorOf(pool, 7), "anchor 7");
        (uint64 epoch, uint64 postedAt, uint256 total) = s.fees.lastEpochOf(pool);
        assertEq(epoch, 6);
        assertEq(postedAt, START);
        assertEq(total, 10 ether);
    }

    function test_claim_paysOnceAfterTheChallenge() external {
        Leaf[] memory leaves = _leaves(a, 1 ether, b, 2 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        vm.warp(START + 36 hours - 1);
        vm.expectRevert(IFeeVault.StillHeld.selector);
        _claim(stamp, leaves, a);
        vm.warp(START + 36 hours);
        _claim(stamp, leaves, a);
        assertEq(a.balance, 1 ether);
        vm.expectRevert(IFeeVault.NothingDue.selector);
        _claim(stamp, leaves, a);
        _claim(stamp, leaves, b);
        (uint256 balance, uint256 reserved) = s.fees.poolOf(pool);
        assertEq(balance, 7 ether);
        assertEq(reserved, 0);
    }

    function test_claim_laterRootsPayWhatIsNew() external {
        Leaf[] memory first = _only(a, 1 ether, 1);
        EpochStamp memory one = _post(1, first);
        Leaf[] memory second = _only(a, 3 ether, 2);
        EpochStamp memory two = _post(2, second);
        vm.warp(START + 36 hours);
        _claim(two, second, a);
        assertEq(a.balance, 3 ether);
        vm.expectRevert(IFeeVault.NothingDue.selector);
        _claim(one, first, a);
    }

    function test_claim_holdIsTheLeafsUpToWhatWasAgreed() external {
        Leaf[] memory leaves = _only(a, 1 ether, 1);
        leaves[0].holdSeconds = 30 days;
        EpochStamp memory stamp = _post(1, leaves);
        vm.warp(START + 72 hours - 1);
        vm.expectRevert(IFeeVault.StillHeld.selector);
        _claim(stamp, leaves, a);
        vm.warp(START + 72 hours);
        _claim(stamp, leaves, a);
    }

    function test_claim_refusesLeavesThatWereNotPosted() external {
        Leaf[] memory leaves = _leaves(a, 1 ether, b, 2 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        vm.warp(START + 36 hours);
        leaves[0].earned += 1;
        vm.expectRevert(IFeeVault.NotPosted.selector);
        _claim(stamp, leaves, leaves[0].account);
        leaves[0].earned -= 1;
        stamp.postedAt -= 1;
        vm.expectRevert(IFeeVault.NotPosted.selector);
        _claim(stamp, leaves, a);
        stamp.postedAt += 1;
        stamp.epoch = 2;
        vm.expectRevert(IFeeVault.LeafOfAnother.selector);
        _claim(stamp, leaves, a);
        leaves[0].poolId = "another";
        stamp.epoch = 1;
        vm.expectRevert(IFeeVault.NotPosted.selector);
        _claim(stamp, leaves, leaves[0].account);
    }

    function test_claim_proofsHaveALongestLength() external {
        Leaf[] memory leaves = _only(a, 1 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        SumProof memory proof;
        proof.siblings = new SumNode[](65);
        vm.expectRevert(SumTree.ProofTooLong.selector);
        s.fees.claim(stamp, leaves[0], proof);
    }

    /// Whatever the amounts, each account gets its own and no more than the total ever leaves.
    function testFuzz_claim_everyAccountItsOwn(uint96[9] memory earned) external {
        Leaf[] memory leaves = new Leaf[](9);
        uint256 total = 0;
        for (uint160 i = 0; i < 9; ++i) {
            leaves[i] = _leaf(address(0x1000 + i), 1, uint256(earned[i]) + 1);
            total += leaves[i].earned;
        }
        vm.deal(address(this), total);
        s.fees.fund{value: total}(pool);
        EpochStamp memory stamp = _post(1, leaves);
        vm.warp(START + 7 days);
        for (uint160 i = 0; i < 9; ++i) {
            _claim(stamp, leaves, address(0x1000 + i));
            assertEq(address(0x1000 + i).balance, leaves[i].earned);
        }
        (, uint256 reserved) = s.fees.poolOf(pool);
        assertEq(reserved, 0);
    }

    /// Leaves of a root never add up to more than was posted: another total is another root.
    function testFuzz_claim_sumsCannotBeForged(uint96 mine, uint96 others, uint128 claimed) external {
        Leaf[] memory leaves = _leaves(a, uint256(mine) + 1, b, others, 1);
        SumNode memory root = TreeBuilder.root(leaves);
        vm.assume(claimed != root.sum && claimed < 10 ether);
        vm.prank(operator);
        s.fees.postEpochRoot(pool, 1, root.hash, claimed, keccak256("audit"), 0);
        vm.warp(START + 36 hours);
        EpochStamp memory stamp = EpochStamp(1, uint64(START), 36 hours, keccak256("audit"));
        vm.expectRevert(IFeeVault.NotPosted.selector);
        _claim(stamp, leaves, a);
    }

    function test_freeze_holdsBackAndForfeitMovesOnlyWhatIsFrozen() external {
        Leaf[] memory leaves = _only(a, 3 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        vm.warp(START + 36 hours);
        vm.startPrank(address(s.court));
        s.fees.freeze("case", pool, a, 2 ether);
        vm.expectRevert(IFeeVault.AlreadyFrozen.selector);
        s.fees.freeze("case", pool, a, 2 ether);
        vm.stopPrank();
        _claim(stamp, leaves, a);
        assertEq(a.balance, 1 ether);
        vm.startPrank(address(s.court));
        vm.expectRevert(IFeeVault.AboveFrozen.selector);
        s.fees.forfeit("case", pool, a, b, 2 ether + 1);
        vm.expectRevert(IFeeVault.OtherAccount.selector);
        s.fees.forfeit("case", pool, b, b, 1);
        s.fees.forfeit("case", pool, a, b, 1.5 ether);
        assertEq(b.balance, 1.5 ether);
        s.fees.unfreeze("case", pool, a);
        assertEq(s.fees.frozenBy("case"), 0);
        vm.stopPrank();
        _claim(stamp, leaves, a);
        assertEq(a.balance, 1.5 ether);
        (uint256 claimed, uint256 frozen, uint256 forfeited,) = s.fees.accountOf(pool, a);
        assertEq(claimed + forfeited, 3 ether);
        assertEq(frozen, 0);
    }

    function test_forfeitable_isWhatARootSaysThatHasStoodItsChallenge() external {
        Leaf[] memory leaves = _only(a, 3 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        vm.prank(address(s.court));
        s.fees.freeze("case", pool, a, 5 ether);
        PostedLeaf memory posted = _posted(leaves, a);
        vm.warp(START + 36 hours - 1);
        vm.expectRevert(IFeeVault.StillHeld.selector);
        s.fees.forfeitable("case", 0, stamp, posted.leaf, posted.proof);
        vm.warp(START + 36 hours);
        assertEq(s.fees.forfeitable("case", 0, stamp, posted.leaf, posted.proof), 3 ether);
        uint64 later = uint64(block.timestamp);
        assertEq(s.fees.forfeitable("case", later, stamp, posted.leaf, posted.proof), 3 ether); // the newest
        _post(2, _only(a, 4 ether, 2));
        vm.expectRevert(IFeeVault.WrongEpoch.selector);
        s.fees.forfeitable("case", later, stamp, posted.leaf, posted.proof);
    }

    function test_refusedPayoutsWaitForTheirOwner() external {
        vm.etch(a, hex"60006000fd");
        Leaf[] memory leaves = _leaves(a, 1 ether, b, 2 ether, 1);
        EpochStamp memory stamp = _post(1, leaves);
        vm.warp(START + 36 hours);
        _claim(stamp, leaves, a);
        assertEq(s.fees.owed(a), 1 ether);
        vm.expectRevert(Payouts.NotTaken.selector);
        s.fees.collect(a);
        vm.etch(a, "");
        s.fees.collect(a);
        assertEq(a.balance, 1 ether);
        assertEq(s.fees.totalOwed(), 0);
        vm.expectRevert(Payouts.NothingOwed.selector);
        s.fees.collect(a);
    }

    function testFuzz_nobodyElseHasPower(address who) external {
        vm.assume(
            who != address(s.court) && who != address(s.challenges) && who != address(s.settlement)
                && who != address(s.operatorBond)
        );
        vm.startPrank(who);
        vm.expectRevert(IFeeVault.NotAllowed.selector);
        s.fees.freeze("case", pool, a, 1);
        vm.expectRevert(IFeeVault.NotAllowed.selector);
        s.fees.unfreeze("case", pool, a);
        vm.expectRevert(IFeeVault.NotAllowed.selector);
        s.fees.forfeit("case", pool, a, who, 1);
        vm.expectRevert(IFeeVault.NotAllowed.selector);
        s.fees.credit(pool, who, 1);
        vm.expectRevert(IFeeVault.NotAllowed.selector);
        s.fees.creditAside(pool, who, 1, 1);
        vm.expectRevert(IFeeVault.NotAllowed.selector);
        s.fees.setAside(pool, 1);
        vm.expectRevert(IFeeVault.NotAllowed.selector);
        s.fees.shut(pool);
        vm.expectRevert(IFeeVault.NotAllowed.selector);
        s.fees.voidRoot(pool, 1);
    }
}
