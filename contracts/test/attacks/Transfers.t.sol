// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Kind} from "../../src/interfaces/IBondVault.sol";
import {Accusation, Status} from "../../src/interfaces/ICourt.sol";
import {EpochStamp, IFeeVault} from "../../src/interfaces/IFeeVault.sol";
import {Leaf, SumProof} from "../../src/libraries/SumTree.sol";
import {PostedLeaf} from "../../src/interfaces/IChallenges.sol";
import {PoolFixture} from "../support/PoolFixture.sol";

/// Calls back into the vault while it is being paid.
contract Reentrant {
    IFeeVault private _fees;
    bytes private _call;
    uint256 public entered;

    function arm(IFeeVault fees, bytes calldata call_) external {
        (_fees, _call) = (fees, call_);
    }

    receive() external payable {
        (bool did,) = address(_fees).call(_call);
        if (did) ++entered;
    }
}

/// Takes no ether: it burns all the gas it gets, or answers with more than anybody wants to copy.
contract Refusing {
    bool private _floods;

    constructor(bool floods) {
        _floods = floods;
    }

    receive() external payable {
        if (!_floods) while (true) {}
        assembly {
            revert(0, 1000000)
        }
    }
}

/// Leaves its ether to another without asking it.
contract Forcing {
    constructor(address payable to) payable {
        selfdestruct(to);
    }
}

contract TransferAttacksTest is PoolFixture {
    address internal worker;
    Leaf[] internal leaves;
    EpochStamp internal stamp;

    function setUp() public override {
        super.setUp();
        worker = named("worker");
    }

    function test_X12_aRecipientThatCallsBackIsPaidOnce() external {
        Reentrant thief = new Reentrant();
        _paidTo(address(thief));
        thief.arm(s.fees, _claimCall());
        _claim(stamp, leaves, worker);
        assertEq(address(thief).balance, 2 ether);
        assertEq(thief.entered(), 0);
        thief.arm(s.fees, abi.encodeCall(IFeeVault.claimCredit, (pool, worker)));
        assertEq(s.fees.totalOwed(), 0);
    }

    /// What a recipient refuses is kept for it; collecting it twice from within is refused too.
    function test_X12_collectingCannotBeEnteredAgain() external {
        Reentrant thief = new Reentrant();
        _paidTo(address(thief));
        bytes memory code = address(thief).code;
        vm.etch(address(thief), hex"60006000fd");
        _claim(stamp, leaves, worker);
        vm.etch(address(thief), code);
        thief.arm(s.fees, abi.encodeWithSignature("collect(address)", address(thief)));
        s.fees.collect(address(thief));
        assertEq(address(thief).balance, 2 ether);
        assertEq(thief.entered(), 0);
    }

    function test_X12_aPartyThatRefusesStopsNoCase() external {
        for (uint256 i = 0; i < 2; ++i) {
            string memory name = i == 0 ? "burns gas" : "floods";
            address refusing = address(new Refusing(i == 1));
            vm.prank(named(name));
            s.registry.register(pool, refusing, 72 hours);
            vm.etch(operator, refusing.code);
            _openAndDispute(_accusation(named(name), 1, 0, 0), name, refusing);
        }
        assertEq(s.court.totalOwed(), address(s.court).balance);
    }

    /// The claimant shows no evidence, and what the accused is owed waits for it.
    function _openAndDispute(Accusation memory a, string memory name, address refusing) private {
        _openCase(a, name, 1);
        vm.deal(refusing, 1 ether);
        vm.prank(refusing);
        s.court.dispute{value: 0.0035 ether}(a, keccak256("half"), false);
        vm.warp(block.timestamp + 48 hours);
        s.court.advance(a);
        (Status status,,) = s.court.statusOf(a);
        assertEq(uint8(status), uint8(Status.Dismissed));
        assertEq(s.court.owed(refusing), 0.0035 ether + 0.00175 ether);
        // and one that is convicted: what the claimant gets back waits for it
        uint256 before = s.court.owed(operator);
        Accusation memory second = _accusation(named(name), 2, 0, 0);
        _openCase(second, name, 2);
        vm.warp(block.timestamp + 72 hours);
        s.court.advance(second);
        vm.warp(block.timestamp + 7 days);
        s.court.executeWithoutPay(second);
        assertEq(s.court.owed(operator) - before, 0.0035 ether);
    }

    function test_X12_etherThatIsForcedInChangesNoBook() external {
        address payable[5] memory all = [
            payable(address(s.fees)),
            payable(address(s.court)),
            payable(address(s.operatorBond)),
            payable(address(s.jury)),
            payable(address(s.fund))
        ];
        vm.deal(address(this), 5 ether);
        for (uint256 i = 0; i < all.length; ++i) {
            new Forcing{value: 1 ether}(all[i]);
        }
        (uint256 balance, uint256 reserved) = s.fees.poolOf(pool);
        assertEq(balance, 10 ether);
        vm.startPrank(operator);
        vm.expectRevert(IFeeVault.AboveFree.selector);
        s.fees.withdrawFree(pool, balance - reserved + 1);
        s.fees.withdrawFree(pool, balance);
        vm.stopPrank();
        assertEq(s.operatorBond.bondOf(pool), 5 ether);
        (uint256 penalties, uint256 contributions,) = s.fund.fundOf(pool);
        assertEq(penalties + contributions, 0);
    }

    function test_X07_whoeverClaimsTheMoneyGoesToItsOwner() external {
        _paidTo(named("payout"));
        vm.prank(named("searcher"));
        _claim(stamp, leaves, worker);
        assertEq(named("payout").balance, 2 ether);
        assertEq(named("searcher").balance, 0);
        vm.expectRevert(IFeeVault.NothingDue.selector);
        this.claimNow();
    }

    function test_X16_dustIsPaidToTheWei() external {
        _register(worker);
        Leaf[] memory dust = _only(worker, 1, 1);
        EpochStamp memory first = _post(1, dust);
        Leaf[] memory more = _only(worker, 3, 2);
        EpochStamp memory second = _post(2, more);
        vm.warp(START + 36 hours);
        _claim(first, dust, worker);
        _claim(second, more, worker);
        assertEq(worker.balance, 3);
        (uint256 balance, uint256 reserved) = s.fees.poolOf(pool);
        assertEq(balance, 10 ether - 3);
        assertEq(reserved, 0);
    }

    function claimNow() external {
        _claim(stamp, leaves, worker);
    }

    function _register(address payout) private {
        vm.prank(worker);
        s.registry.register(pool, payout, 72 hours);
    }

    /// Two ether of the worker's are due, to go to `payout`.
    function _paidTo(address payout) private {
        _register(payout);
        leaves.push(_leaf(worker, 1, 2 ether));
        stamp = _post(1, leaves);
        vm.warp(START + 36 hours);
    }

    function _claimCall() private view returns (bytes memory) {
        PostedLeaf memory posted = _posted(leaves, worker);
        return abi.encodeCall(IFeeVault.claim, (stamp, posted.leaf, posted.proof));
    }
}
