// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Accusation, ICourt, Status} from "../../src/interfaces/ICourt.sol";
import {IFeeVault, EpochStamp} from "../../src/interfaces/IFeeVault.sol";
import {Leaf} from "../../src/libraries/SumTree.sol";
import {PoolFixture} from "../support/PoolFixture.sol";

/// A sequencer that stands still for a day, and the edges of every window.
contract TimeAttacksTest is PoolFixture {
    uint256 private constant OUTAGE = 24 hours;
    address internal worker;
    Accusation internal a;
    bytes32 internal caseId;

    function setUp() public override {
        super.setUp();
        _enrolJurors(24, 3);
        worker = _transcoder("worker", 100 ether);
        a = _accusation(worker, 1, 10 ether, 0);
        caseId = s.court.idOf(a);
        _openCase(a, "worker", 1);
    }

    /// At each step nothing passes for a day from the moment it could be taken; it can be taken still.
    function test_X08_aDayOfSilenceCostsNobodyAStep() external {
        vm.warp(block.timestamp + OUTAGE);
        _dispute(a);
        vm.warp(block.timestamp + OUTAGE);
        _publish(a);
        vm.warp(block.timestamp + OUTAGE);
        _summon(a);
        vm.warp(block.timestamp + OUTAGE);
        _drawAll(caseId, 1);
        vm.warp(block.timestamp + OUTAGE);
        _voteAll(caseId, 1, 0, 7, 7);
        s.court.takeVerdict(a);
        vm.warp(block.timestamp + OUTAGE);
        _give(worker, 0.015 ether);
        vm.prank(worker);
        s.court.appeal{value: 0.015 ether}(a);
        (Status status,,) = s.court.statusOf(a);
        assertEq(uint8(status), uint8(Status.InCourt));
    }

    /// The shortest window leaves half a day more than the outage.
    function test_X08_everyWindowIsLongerThanAnOutage() external view {
        uint256 least = OUTAGE + 12 hours;
        assertLe(least, s.court.ANSWER_TIME());
        assertLe(least, s.court.EVIDENCE_TIME());
        assertLe(least, s.court.SEED_TIME());
        assertLe(least, s.court.APPEAL_TIME());
        assertLe(least, s.court.ESCROW_TIME());
        assertLe(least, s.jury.DRAW_TIME());
        assertLe(least, s.jury.COMMIT_TIME());
        assertLe(least, s.jury.REVEAL_TIME());
        assertLe(least, s.registry.MIN_CHALLENGE());
        assertLe(least, s.registry.TERMS_NOTICE());
        assertLe(least, s.settlement.GRACE());
        assertLe(least, s.settlement.WINDOW());
    }

    /// A challenge of a false root fits behind an outage that began as the root was posted.
    function test_X08_aFalseRootIsStillChallengedAfterADay() external {
        Leaf[] memory fair = _leaves(worker, 2 ether, operator, 1 ether, 1);
        EpochStamp memory first = _post(1, fair);
        Leaf[] memory theft = _leaves(worker, 0, operator, 3 ether, 2);
        EpochStamp memory second = _post(2, theft);
        vm.warp(block.timestamp + OUTAGE);
        s.challenges.proveDecrease(first, _posted(fair, worker), second, _posted(theft, worker));
        vm.warp(block.timestamp + 12 hours);
        vm.expectRevert(IFeeVault.NotPosted.selector);
        this.claimNow(second, theft, operator);
        _claim(first, fair, worker);
        assertEq(worker.balance, 2 ether);
    }

    /// No second belongs to two steps: what one party may do until a moment, the next may do from it on.
    function testFuzz_X15_anAnswerAndItsAbsenceDoNotOverlap(uint256 time) external {
        uint256 opened = block.timestamp;
        time = bound(time, opened, opened + 7 days);
        vm.warp(time);
        bool late = time >= opened + 72 hours;
        (bool advanced,) = address(s.court).call(abi.encodeCall(ICourt.advance, (a)));
        assertTrue(advanced == late, "silence counts from the end of the answer's time");
        if (!late) _dispute(a);
    }

    function testFuzz_X15_aRuledCaseIsAppealedOrAdvanced(uint256 time) external {
        _toCourt(a);
        _judge(a, 1, 7);
        uint256 ruled = block.timestamp;
        vm.warp(bound(time, ruled, ruled + 7 days));
        _give(worker, 0.015 ether);
        vm.prank(worker);
        (bool appealed,) = address(s.court).call{value: 0.015 ether}(abi.encodeCall(ICourt.appeal, (a)));
        if (appealed) return assertTrue(block.timestamp < ruled + 72 hours, "in time");
        s.court.advance(a);
        (Status status,,) = s.court.statusOf(a);
        assertEq(uint8(status), uint8(Status.Escrow));
    }

    function claimNow(EpochStamp memory stamp, Leaf[] memory leaves, address who) external {
        _claim(stamp, leaves, who);
    }
}
