// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {EpochStamp, IFeeVault} from "../src/interfaces/IFeeVault.sol";
import {IOperatorBond} from "../src/interfaces/IOperatorBond.sol";
import {Proof} from "../src/interfaces/IPoolRegistry.sol";
import {ISettlement} from "../src/interfaces/ISettlement.sol";
import "../src/libraries/Receipts.sol";
import {Leaf} from "../src/libraries/SumTree.sol";
import {PoolFixture} from "./support/PoolFixture.sol";

contract SettlementTest is PoolFixture {
    address internal a;
    address internal b;
    address internal c;
    Leaf[] internal leaves;
    EpochStamp internal stamp;

    function setUp() public override {
        super.setUp();
        a = _transcoder("a", 0);
        b = _transcoder("b", 0);
        c = _transcoder("c", 0);
        Leaf[] memory made = _leaves(a, 1 ether, b, 2 ether, 1);
        stamp = _post(1, made);
        leaves.push(made[0]);
        leaves.push(made[1]);
    }

    function test_open_onceTheRootIsTwoDaysOverdue() external {
        Voucher memory voucher = _voucher(a, 5, 3 ether, 2);
        Proof memory proof = _byOperator(voucher);
        vm.warp(START + 72 hours);
        vm.expectRevert(ISettlement.NotOverdue.selector);
        s.settlement.open(voucher, proof);
        vm.warp(START + 72 hours + 1);
        s.settlement.open(voucher, proof);
        assertTrue(s.settlement.isOpen(pool), "open");
        vm.expectRevert(ISettlement.AlreadyOpen.selector);
        s.settlement.open(voucher, proof);
        vm.startPrank(operator);
        vm.expectRevert(IFeeVault.PoolClosed.selector);
        s.fees.postEpochRoot(pool, 2, 0, 3 ether, 0, 0);
        vm.expectRevert(IFeeVault.PoolClosed.selector);
        s.fees.withdrawFree(pool, 1);
        uint256 id = s.operatorBond.requestWithdrawal(pool, 1 ether);
        vm.warp(START + 30 days);
        vm.expectRevert(IOperatorBond.InSettlement.selector);
        s.operatorBond.withdraw(pool, id);
    }

    function test_open_needsAVoucherThatNoRootCouldHold() external {
        Voucher memory voucher = _voucher(a, 5, 3 ether, 1);
        Proof memory proof = _byOperator(voucher);
        vm.warp(START + 30 days);
        vm.expectRevert(ISettlement.NotOverdue.selector);
        s.settlement.open(voucher, proof);
    }

    function test_open_ofAPoolThatNeverPosted() external {
        bytes32 silent = _openPool("silent");
        Voucher memory voucher = _voucher(a, 5, 3 ether, 1);
        voucher.poolId = silent;
        Proof memory proof = _signed(Receipts.hash(voucher), "silent");
        vm.expectRevert(ISettlement.NotOverdue.selector);
        s.settlement.open(voucher, proof);
        vm.warp(START + 72 hours + 1);
        s.settlement.open(voucher, proof);
        vm.warp(START + 30 days);
        s.settlement.finish(silent);
        s.settlement.settle(silent, a);
        (,,, uint256 creditedTo) = s.fees.accountOf(silent, a);
        assertEq(creditedTo, 0); // there was nothing to pay with
    }

    function test_rebase_takesOffWhatWasCoveredMeanwhile() external {
        _open(_voucher(a, 5, 3 ether, 2));
        s.settlement.submitLeaf(stamp, _posted(leaves, a));
        assertEq(s.settlement.owedTo(pool, a), 2 ether);
        vm.expectRevert(ISettlement.NotHigher.selector);
        s.settlement.rebase(pool, a);
        Voucher memory short = _voucher(a, 4, 1.5 ether, 1);
        s.challenges.proveUnderInclusion(short, _byOperator(short), stamp, _posted(leaves, a));
        s.settlement.rebase(pool, a);
        assertEq(s.settlement.owedTo(pool, a), 1.5 ether);
        vm.expectRevert(ISettlement.NotHigher.selector);
        s.settlement.rebase(pool, a);
    }

    function test_rebase_onlyWhileTheSettlementIsOpen() external {
        vm.expectRevert(ISettlement.NotOpen.selector);
        s.settlement.rebase(pool, a);
    }

    function test_settle_paysAllWhereThereIsEnough() external {
        _open(_voucher(a, 5, 3 ether, 2));
        _submit(_voucher(b, 5, 4 ether, 2));
        s.settlement.submitLeaf(stamp, _posted(leaves, a));
        s.settlement.submitLeaf(stamp, _posted(leaves, b));
        vm.warp(block.timestamp + 7 days);
        s.settlement.finish(pool);
        s.settlement.settle(pool, a);
        s.settlement.settle(pool, b);
        s.fees.claimCredit(pool, a);
        s.fees.claimCredit(pool, b);
        _claim(stamp, leaves, a);
        _claim(stamp, leaves, b);
        assertEq(a.balance, 3 ether);
        assertEq(b.balance, 4 ether);
        vm.prank(operator);
        s.fees.withdrawFree(pool, 3 ether);
        assertEq(s.operatorBond.bondOf(pool), 5 ether);
    }

    /// In whatever order vouchers come and parts are taken, all get the same share of what there is.
    function testFuzz_settle_sameShareInAnyOrder(uint96 ofA, uint96 ofB, uint96 ofC, bool swap) external {
        uint256[3] memory above = [uint256(ofA) + 1, uint256(ofB) + 1, uint256(ofC) + 1];
        address[3] memory who = swap ? [c, b, a] : [a, b, c];
        if (swap) (above[0], above[2]) = (above[2], above[0]);
        _open(_voucher(who[0], 5, _held(who[0]) + above[0], 2));
        for (uint256 i = 1; i < 3; ++i) {
            _submit(_voucher(who[i], 5, _held(who[i]) + above[i], 2));
        }
        s.settlement.submitLeaf(stamp, _posted(leaves, a));
        s.settlement.submitLeaf(stamp, _posted(leaves, b));
        vm.warp(block.timestamp + 7 days);
        s.settlement.finish(pool);
        uint256 total = above[0] + above[1] + above[2];
        uint256 available = total < 12 ether ? total : 12 ether; // 10 - 3 in the vault, 5 of the bond
        uint256 paid = 0;
        for (uint256 i = 0; i < 3; ++i) {
            s.settlement.settle(pool, who[i]);
            (,,, uint256 creditedTo) = s.fees.accountOf(pool, who[i]);
            assertEq(creditedTo, _held(who[i]) + above[i] * available / total);
            paid += creditedTo - _held(who[i]);
        }
        assertLe(paid, available);
        assertLe(available - paid, 2);
    }

    function test_submitVoucher_aNewerOneReplacesTheOlder() external {
        _open(_voucher(a, 5, 3 ether, 2));
        _submit(_voucher(a, 6, 4 ether, 2));
        assertEq(s.settlement.owedTo(pool, a), 4 ether);
        Voucher memory older = _voucher(a, 4, 2 ether, 2);
        Proof memory proof = _byOperator(older);
        vm.expectRevert(ISettlement.NothingMissing.selector);
        s.settlement.submitVoucher(older, proof);
        s.settlement.submitLeaf(stamp, _posted(leaves, a));
        assertEq(s.settlement.owedTo(pool, a), 3 ether);
        vm.expectRevert(ISettlement.NotHigher.selector);
        s.settlement.submitLeaf(stamp, _posted(leaves, a));
    }

    function test_submitVoucher_whatWasClaimedIsNotOwed() external {
        vm.warp(START + 36 hours);
        _claim(stamp, leaves, a);
        _open(_voucher(a, 5, 3 ether, 2));
        assertEq(s.settlement.owedTo(pool, a), 2 ether);
    }

    function test_submitVoucher_aStolenKeyPromisesItsCapAnEpoch() external {
        vm.warp(START + 72 hours + 1);
        Voucher memory voucher = _voucher(c, 5, 100 ether, 3);
        SessionGrant memory grant = _grant("operator", "voucher key", SCOPE_VOUCHER);
        Proof memory proof = _signedWith(Receipts.hash(voucher), "voucher key", grant, "operator");
        s.settlement.open(voucher, proof);
        assertEq(s.settlement.owedTo(pool, c), 2 ether);
    }

    function test_steps_onlyInTheirTime() external {
        Voucher memory voucher = _voucher(b, 5, 3 ether, 2);
        Proof memory proof = _byOperator(voucher);
        vm.expectRevert(ISettlement.NotOpen.selector);
        s.settlement.submitVoucher(voucher, proof);
        vm.expectRevert(ISettlement.NotOpen.selector);
        s.settlement.finish(pool);
        vm.expectRevert(ISettlement.NotFinished.selector);
        s.settlement.settle(pool, a);
        _open(_voucher(a, 5, 3 ether, 2));
        vm.expectRevert(ISettlement.StillOpen.selector);
        s.settlement.finish(pool);
        vm.warp(block.timestamp + 7 days);
        vm.expectRevert(ISettlement.NotOpen.selector);
        s.settlement.submitVoucher(voucher, proof);
        s.settlement.finish(pool);
        vm.expectRevert(ISettlement.NotOpen.selector);
        s.settlement.finish(pool);
        s.settlement.settle(pool, a);
        vm.expectRevert(ISettlement.NothingMissing.selector);
        s.settlement.settle(pool, a);
    }

    function _held(address who) private view returns (uint256) {
        if (who == a) return 1 ether;
        return who == b ? 2 ether : 0;
    }

    function _open(Voucher memory voucher) private {
        vm.warp(START + 72 hours + 1);
        s.settlement.open(voucher, _byOperator(voucher));
    }

    function _submit(Voucher memory voucher) private {
        s.settlement.submitVoucher(voucher, _byOperator(voucher));
    }
}
