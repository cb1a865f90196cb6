// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Kind} from "../../src/interfaces/IBondVault.sol";
import {Accusation, Fault, Status} from "../../src/interfaces/ICourt.sol";
import {Vote} from "../../src/interfaces/IJury.sol";
import {PoolHandler} from "./PoolHandler.sol";

/// Random calls on cases, beside those on money; and the way to their ends, by nobody in particular.
contract CaseHandler is PoolHandler {
    struct Played {
        uint256 inPool;
        Accusation accusation;
        uint256 held; // ether that the court has of it
    }

    Played[] internal cases;
    uint256 internal tasks;

    /// A party loses only by the end that takes from it: the accused when the case is executed, the claimant
    /// when it is lost.
    modifier closes(uint256 which) {
        Played storage played = _case(which);
        uint256 accused = _tokensOf(_bondOf(played.accusation.accused, Kind.Transcoder));
        uint256 claimant = _tokensOf(_bondOf(operator, Kind.Operator));
        uint256 pay = _allForfeited();
        Status before = _statusOf(played);
        _;
        Status status = _statusOf(played);
        bool executed = status == Status.Executed && before == Status.Escrow;
        bool lost = (status == Status.Dismissed || status == Status.Acquitted) && before != status;
        if (!executed && _tokensOf(_bondOf(played.accusation.accused, Kind.Transcoder)) < accused) {
            _break("the accused's bond fell before its case was executed");
        }
        if (!lost && _tokensOf(_bondOf(operator, Kind.Operator)) < claimant) {
            _break("the claimant's bond fell and its case was not lost");
        }
        if (!executed && _allForfeited() > pay) _break("pay was forfeited and no case was executed");
        if (
            accused > 0
                && _tokensOf(_bondOf(played.accusation.accused, Kind.Transcoder))
                        + played.accusation.penaltyTokens < accused
        ) {
            _break("more was taken of a bond than was asked for");
        }
        if (status >= Status.Executed) played.held = 0;
        _noteClaims();
    }

    function openCase(uint256 p, uint256 w, uint256 tokens, uint256 amount, uint256 kind)
        external
        now_
        takesNothing
    {
        _use(p);
        address who = _worker(w);
        if (s.court.hasOpenCase(pool, who)) return;
        uint256 most = _tokensOf(_bondOf(who, Kind.Transcoder));
        Accusation memory a =
            _accusation(who, ++tasks, bound(tokens, 0, most * 3 / 10), bound(amount, 0, 1 ether));
        a.damage = amount % 0.4 ether;
        a.damageBp = uint16(kind % 2501);
        if (kind % 5 == 0) (a.fault, a.penaltyTokens) = (Fault.Substandard, a.penaltyTokens / 3);
        uint256 bond = s.court.openingBond(a);
        _give(operator, bond);
        _openCase(a, workers[w % WORKERS], tasks);
        cases.push(Played(using_, a, bond));
        ++done["openCase"];
    }

    function dispute(uint256 which, bool fromPay) external now_ takesNothing {
        Played storage played = _case(which);
        address accused = played.accusation.accused;
        uint256 bond = fromPay ? 0 : s.court.defenceBond(played.accusation);
        _give(accused, bond);
        vm.prank(accused);
        s.court.dispute{value: bond}(
            played.accusation, keccak256(abi.encodePacked(keccak256("accused's half"))), fromPay
        );
        played.held += bond;
        ++done[fromPay ? "disputeFromPay" : "dispute"];
    }

    function publish(uint256 which) external now_ takesNothing {
        _publish(_case(which).accusation);
        ++done["publish"];
    }

    function summon(uint256 which) external now_ takesNothing {
        _summon(_case(which).accusation);
        ++done["summon"];
    }

    /// Seats are drawn, and so many of the drawn vote.
    function sit(uint256 which, uint256 voters, uint256 convict) external now_ takesNothing {
        (bytes32 caseId, uint8 round) = _roundOf(_case(which));
        _drawAll(caseId, round);
        uint8 seats = s.jury.seatsOf(round);
        // one in four at random, the others of one mind
        uint8 of_ = uint8(voters % 4 == 0 ? bound(voters, 0, seats) : seats);
        uint8 to = uint8(convict % 4 == 0 ? bound(convict, 0, of_) : convict % 4 == 1 ? 0 : of_);
        _voteAll(caseId, round, _attemptOf(caseId, round), to, of_);
        ++done["sit"];
    }

    function takeVerdict(uint256 which) external now_ closes(which) {
        s.court.takeVerdict(_case(which).accusation);
        ++done["takeVerdict"];
    }

    function retry(uint256 which) external now_ takesNothing {
        (bytes32 caseId, uint8 round) = _roundOf(_case(which));
        s.jury.retry(caseId, round);
        ++done["retry"];
    }

    function appeal(uint256 which, bool byClaimant, bool hung) external now_ takesNothing {
        Played storage played = _case(which);
        (,, uint8 round) = s.court.statusOf(played.accusation);
        uint256 bond = s.jury.seatsOf(round + 1) * 0.0005 ether * (hung ? 1 : 2);
        address who = byClaimant ? operator : played.accusation.accused;
        _give(who, bond);
        vm.prank(who);
        s.court.appeal{value: bond}(played.accusation);
        played.held += bond;
        ++done["appeal"];
    }

    function advance(uint256 which) external now_ closes(which) {
        s.court.advance(_case(which).accusation);
        ++done["advance"];
    }

    function execute(uint256 which, uint256 epochSeed) external now_ closes(which) {
        Accusation memory a = _case(which).accusation;
        uint64 epoch = epochSeed % 2 == 0 ? lastEpoch[pool] : _someEpoch(epochSeed);
        s.court.execute(a, stamps[pool][epoch], _posted(leavesOf[pool][epoch], a.accused));
        ++done["execute"];
    }

    function executeWithoutPay(uint256 which) external now_ closes(which) {
        s.court.executeWithoutPay(_case(which).accusation);
        ++done["executeWithoutPay"];
    }

    function cancel(uint256 which) external now_ closes(which) {
        Accusation memory a = _case(which).accusation;
        vm.prank(guardian);
        s.court.cancel(a, "a reason");
        ++done["cancel"];
    }

    /// The step that is due in a case, taken by whom it falls to or left to time.
    function move(uint256 which, uint256 choice) external {
        vm.warp(clock_);
        Played storage played = _case(which);
        (Status status, uint64 until,) = s.court.statusOf(played.accusation);
        if (status < Status.InCourt && choice % 5 == 0) clock_ = until;
        if (status < Status.InCourt && choice % 5 == 0) {
            this.advance(which);
        } else if (status == Status.Open) {
            this.dispute(which, choice % 2 == 0);
        } else if (status == Status.Disputed) {
            this.publish(which);
        } else if (status == Status.Evidence) {
            this.summon(which);
        } else if (status == Status.InCourt) {
            _moveRound(which, choice);
        } else if (status == Status.Ruled && choice % 2 == 0) {
            this.appeal(which, choice % 3 == 0, choice % 4 == 0);
        } else if (status == Status.Ruled) {
            _moveAt(until, which, this.advance);
        } else if (status == Status.Escrow) {
            _moveEscrow(which, choice, until);
        }
    }

    function checkCases() external {
        uint256 held = s.court.totalOwed();
        for (uint256 i = 0; i < cases.length; ++i) {
            held += cases[i].held;
        }
        if (address(s.court).balance != held) _break("the court's ether is not that of its cases");
    }

    /// Whatever state cases are in, anybody brings them to an end by waiting; then nothing is held any more.
    function endAll() external now_ {
        for (uint256 i = 0; i < cases.length; ++i) {
            _end(cases[i]);
        }
        for (uint256 p = 0; p < POOLS; ++p) {
            _use(p);
            _expectFree(operator, Kind.Operator);
            for (uint256 w = 0; w < WORKERS; ++w) {
                _expectFree(_worker(w), Kind.Transcoder);
                (, uint256 frozen,,) = s.fees.accountOf(pool, _worker(w));
                if (frozen != 0) _break("pay is frozen and no case runs");
            }
        }
        if (address(s.court).balance != s.court.totalOwed()) _break("the court has kept something");
    }

    function _moveRound(uint256 which, uint256 choice) private {
        (bytes32 caseId, uint8 round) = _roundOf(_case(which));
        (uint64 drawUntil, uint64 commitUntil, uint64 revealUntil) = s.jury.deadlinesOf(caseId, round);
        if (commitUntil == 0 && block.timestamp < drawUntil && choice % 7 != 0) {
            return this.sit(which, choice >> 8, choice >> 16);
        }
        clock_ = revealUntil == 0 ? drawUntil : revealUntil;
        vm.warp(clock_);
        if (s.jury.canRetry(caseId, round)) this.retry(which);
        else this.takeVerdict(which);
    }

    function _moveEscrow(uint256 which, uint256 choice, uint64 until) private {
        if (choice % 4 == 0) return this.cancel(which);
        clock_ = until;
        if (choice % 4 == 1) return _moveAt(until + 7 days, which, this.executeWithoutPay);
        this.execute(which, choice >> 8);
    }

    function _moveAt(uint64 time, uint256 which, function(uint256) external step) private {
        if (clock_ < time) clock_ = time;
        step(which);
    }

    function _end(Played storage played) private {
        _use(played.inPool);
        Accusation memory a = played.accusation;
        for (uint256 step = 0; step < 20; ++step) {
            (Status status, uint64 until, uint8 round) = s.court.statusOf(a);
            if (status >= Status.Executed) {
                played.held = 0;
                return;
            }
            if (status == Status.InCourt) {
                _endRound(a, s.court.idOf(a), round);
            } else if (status == Status.Escrow) {
                _waitUntil(until + 7 days);
                s.court.executeWithoutPay(a);
            } else {
                _waitUntil(until);
                s.court.advance(a);
            }
        }
        _break("a case hangs");
    }

    function _endRound(Accusation memory a, bytes32 caseId, uint8 round) private {
        (uint64 drawUntil,, uint64 revealUntil) = s.jury.deadlinesOf(caseId, round);
        _waitUntil(revealUntil == 0 ? drawUntil : revealUntil);
        if (s.jury.canRetry(caseId, round)) s.jury.retry(caseId, round);
        else s.court.takeVerdict(a);
    }

    function _expectFree(address who, Kind kind) private {
        (,, uint256 locked) = s.bonds.bonded(_bondOf(who, kind));
        if (locked != 0) _break("a bond is locked and no case runs");
    }

    function _waitUntil(uint256 time) private {
        if (block.timestamp < time) vm.warp(time);
    }

    function _roundOf(Played storage played) private view returns (bytes32 caseId, uint8 round) {
        (,, round) = s.court.statusOf(played.accusation);
        return (s.court.idOf(played.accusation), round);
    }

    function _attemptOf(bytes32 caseId, uint8 round) private view returns (uint8) {
        return s.jury.jurorOf(caseId, round, 1, 0) == address(0) ? 0 : 1;
    }

    /// One of the last cases, and its pool taken in use.
    function _case(uint256 which) private returns (Played storage played) {
        uint256 recent = cases.length < 4 ? cases.length : 4;
        played = cases[cases.length - 1 - which % recent];
        _use(played.inPool);
    }

    function _statusOf(Played storage played) private view returns (Status status) {
        (status,,) = s.court.statusOf(played.accusation);
    }
}
