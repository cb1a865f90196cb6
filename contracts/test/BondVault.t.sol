// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Bond, IBondVault, Kind} from "../src/interfaces/IBondVault.sol";
import {PoolFixture} from "./support/PoolFixture.sol";

contract BondVaultTest is PoolFixture {
    address internal worker;
    Bond internal bond;

    function setUp() public override {
        super.setUp();
        worker = _transcoder("worker", 100 ether);
        bond = Bond(pool, worker, Kind.Transcoder);
    }

    function test_deposit_addsUp() external {
        _bond(worker, pool, Kind.Transcoder, 5 ether);
        assertEq(_activeOf(worker, Kind.Transcoder), 105 ether);
        vm.prank(worker);
        vm.expectRevert(IBondVault.NothingToDo.selector);
        s.bonds.deposit(pool, Kind.Transcoder, 0);
    }

    function test_withdraw_onceAfterTheKindsTime() external {
        assertEq(s.bonds.unbondingTime(Kind.Transcoder), 10 days);
        assertEq(s.bonds.unbondingTime(Kind.Operator), 21 days);
        assertEq(s.bonds.unbondingTime(Kind.Juror), 14 days);
        uint256 id = _request(40 ether);
        vm.warp(START + 10 days - 1);
        vm.startPrank(worker);
        vm.expectRevert(IBondVault.NotReady.selector);
        s.bonds.withdraw(pool, Kind.Transcoder, id);
        vm.warp(START + 10 days);
        s.bonds.withdraw(pool, Kind.Transcoder, id);
        assertEq(lpt.balanceOf(worker), 40 ether);
        vm.expectRevert(IBondVault.NothingToDo.selector);
        s.bonds.withdraw(pool, Kind.Transcoder, id);
    }

    function test_requestUnbond_noMoreThanIsActive() external {
        _request(60 ether);
        vm.startPrank(worker);
        vm.expectRevert(IBondVault.BelowActive.selector);
        s.bonds.requestUnbond(pool, Kind.Transcoder, 41 ether);
        vm.expectRevert(IBondVault.NothingToDo.selector);
        s.bonds.requestUnbond(pool, Kind.Transcoder, 0);
    }

    function test_requestUnbond_notWhileEnrolledAsJuror() external {
        _bond(worker, 0, Kind.Juror, 20 ether);
        vm.startPrank(worker);
        s.jurors.join();
        vm.expectRevert(IBondVault.StillEnrolled.selector);
        s.bonds.requestUnbond(0, Kind.Juror, 20 ether);
        s.jurors.quit();
        s.bonds.requestUnbond(0, Kind.Juror, 20 ether);
    }

    function test_lock_coversWhatIsBeingUnbondedAndStopsItsWithdrawal() external {
        uint256 id = _request(100 ether);
        vm.prank(address(s.court));
        assertEq(_lock("case", bond, 30 ether), 30 ether);
        vm.warp(START + 10 days);
        vm.prank(worker);
        vm.expectRevert(IBondVault.StillLocked.selector);
        s.bonds.withdraw(pool, Kind.Transcoder, id);
        vm.prank(address(s.court));
        s.bonds.unlock("case", bond);
        vm.prank(worker);
        s.bonds.withdraw(pool, Kind.Transcoder, id);
    }

    function test_slash_reachesUnbondingAndTheRequestPaysTheRest() external {
        uint256 id = _request(100 ether);
        vm.startPrank(address(s.court));
        s.bonds.lock("case", bond, 30 ether);
        s.bonds.slash("case", bond, BURNED, 30 ether);
        assertEq(s.bonds.lockedBy("case"), 0);
        vm.stopPrank();
        vm.warp(START + 10 days);
        vm.prank(worker);
        s.bonds.withdraw(pool, Kind.Transcoder, id);
        assertEq(lpt.balanceOf(worker), 70 ether);
        assertEq(lpt.balanceOf(BURNED), 30 ether);
    }

    function test_slash_neverAboveItsLock() external {
        vm.startPrank(address(s.court));
        s.bonds.lock("case", bond, 30 ether);
        vm.expectRevert(IBondVault.AboveLock.selector);
        s.bonds.slash("case", bond, BURNED, 30 ether + 1);
    }

    function test_lock_takesWhatIsFreeAndANameOnce() external {
        vm.startPrank(address(s.court));
        assertEq(_lock("a", bond, 80 ether), 80 ether);
        assertEq(_lock("b", bond, 80 ether), 20 ether);
        vm.expectRevert(IBondVault.LockTaken.selector);
        s.bonds.lock("a", bond, 1);
        vm.expectRevert(IBondVault.OtherBond.selector);
        s.bonds.unlock("a", Bond(pool, operator, Kind.Operator));
    }

    function test_locks_belongToTheirMaker() external {
        vm.prank(address(s.court));
        s.bonds.lock("case", bond, 80 ether);
        vm.startPrank(address(s.jury));
        vm.expectRevert(IBondVault.NotAllowed.selector);
        s.bonds.slash("case", bond, BURNED, 1);
        vm.expectRevert(IBondVault.NotAllowed.selector);
        s.bonds.unlock("case", bond);
    }

    function test_slashNow_leavesWhatIsLocked() external {
        vm.prank(address(s.court));
        s.bonds.lock("case", bond, 80 ether);
        vm.prank(address(s.challenges));
        assertEq(s.bonds.slashNow("proof", bond, BURNED, 50 ether), 20 ether);
        vm.prank(address(s.court));
        s.bonds.slash("case", bond, BURNED, 80 ether);
    }

    function testFuzz_nobodyElseLocksOrTakes(address who) external {
        vm.assume(who != address(s.court) && who != address(s.jury) && who != address(s.challenges));
        vm.startPrank(who);
        vm.expectRevert(IBondVault.NotAllowed.selector);
        s.bonds.lock("case", bond, 1);
        vm.expectRevert(IBondVault.NotAllowed.selector);
        s.bonds.slashNow("proof", bond, who, 1);
        vm.expectRevert(IBondVault.NotAllowed.selector);
        s.bonds.slash("case", bond, who, 1);
    }

    function _lock(bytes32 name, Bond memory of_, uint256 amount) private returns (uint256 locked) {
        (locked,) = s.bonds.lock(name, of_, amount);
    }

    function _request(uint256 amount) private returns (uint256) {
        vm.prank(worker);
        return s.bonds.requestUnbond(pool, Kind.Transcoder, amount);
    }
}
