// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Bond, IBondVault, Kind} from "./interfaces/IBondVault.sol";
import {IJurorRegistry} from "./interfaces/IJurorRegistry.sol";
import {IJury, Outcome, Vote} from "./interfaces/IJury.sol";
import {Payouts} from "./Payouts.sol";

/// See IJury.
contract Jury is IJury, Payouts, ReentrancyGuardTransient {
    uint64 public constant DRAW_TIME = 48 hours;
    uint64 public constant COMMIT_TIME = 48 hours;
    uint64 public constant REVEAL_TIME = 48 hours;
    uint256 public constant SEAT_BOND = 20 ether;
    uint256 public constant NO_SHOW_BP = 2000;
    uint8 public constant LAST_ROUND = 3;
    address public constant BURNED = 0x000000000000000000000000000000000000dEaD;

    struct Round {
        uint64 rosterAt;
        uint64 drawUntil; // 0 before it is started
        uint64 commitUntil; // 0 before all seats are drawn
        uint64 draws;
        bytes32 seed;
        bytes32 entropy;
        address[3] parties;
        uint8 drawn;
        uint8 revealed;
        uint8 convict;
    }

    struct Seat {
        address juror;
        Vote vote;
        bool released;
        bool paid;
        bytes32 commitment;
    }

    IBondVault public immutable bonds;
    IJurorRegistry public immutable jurors;
    address public immutable court;

    mapping(bytes32 roundKey => Round) private _rounds;
    mapping(bytes32 roundKey => mapping(uint8 seat => Seat)) private _seats;
    mapping(bytes32 roundKey => mapping(address juror => uint8)) private _seatOf; // plus one
    mapping(bytes32 caseId => mapping(uint8 round => uint8)) private _attempts;
    mapping(bytes32 caseId => uint256) public votesOf;
    mapping(bytes32 caseId => uint256) private _feePerVote;

    constructor(IBondVault bonds_, IJurorRegistry jurors_, address court_) {
        bonds = bonds_;
        jurors = jurors_;
        court = court_;
    }

    function start(bytes32 caseId, uint8 round, bytes32 seed, uint64 rosterAt, address[3] calldata parties)
        external
    {
        if (msg.sender != court) revert NotCourt();
        _start(caseId, round, 0, seed, rosterAt, parties);
    }

    function retry(bytes32 caseId, uint8 round) external {
        if (!canRetry(caseId, round)) revert NotFailed();
        Round storage failed = _current(caseId, round);
        bytes32 seed = keccak256(abi.encode(failed.seed, failed.entropy));
        _attempts[caseId][round] = 1;
        _start(caseId, round, 1, seed, failed.rosterAt, failed.parties);
    }

    function draw(bytes32 caseId, uint8 round, uint256 tries) external {
        Round storage sitting = _current(caseId, round);
        if (sitting.commitUntil != 0 || block.timestamp >= sitting.drawUntil) revert DrawOver();
        uint48 time = uint48(sitting.rosterAt);
        uint256 total = jurors.totalAt(time);
        if (total == 0) revert IJurorRegistry.NobodyEnrolled();
        uint8 seats = seatsOf(round);
        for (uint256 i = 0; i < tries && sitting.drawn < seats; ++i) {
            uint256 ticket = uint256(keccak256(abi.encode(sitting.seed, sitting.draws++))) % total;
            _seat(caseId, round, sitting, jurors.jurorAt(time, ticket));
        }
        if (sitting.drawn < seats) return;
        sitting.commitUntil = uint64(block.timestamp) + COMMIT_TIME;
        emit DrawFinished(caseId, round, sitting.commitUntil, sitting.commitUntil + REVEAL_TIME);
    }

    function commitVote(bytes32 caseId, uint8 round, bytes32 commitment) external {
        Round storage sitting = _current(caseId, round);
        if (sitting.commitUntil == 0 || block.timestamp >= sitting.commitUntil) revert NotCommitting();
        Seat storage seat = _mySeat(caseId, round);
        if (seat.commitment != 0) revert AlreadyCommitted();
        seat.commitment = commitment;
        emit Committed(caseId, round, msg.sender, commitment);
    }

    function revealVote(bytes32 caseId, uint8 round, Vote vote, bytes32 scoreHash, bytes32 salt) external {
        Round storage sitting = _current(caseId, round);
        bool open = sitting.commitUntil != 0 && block.timestamp >= sitting.commitUntil
            && block.timestamp < sitting.commitUntil + REVEAL_TIME;
        if (!open) revert NotRevealing();
        Seat storage seat = _mySeat(caseId, round);
        if (seat.vote != Vote.None) revert AlreadyRevealed();
        bytes32 commitment = keccak256(abi.encode(caseId, round, msg.sender, vote, scoreHash, salt));
        if (vote == Vote.None || commitment != seat.commitment) revert OtherVote();
        seat.vote = vote;
        sitting.entropy = keccak256(abi.encode(sitting.entropy, salt));
        ++sitting.revealed;
        if (vote == Vote.Convict) ++sitting.convict;
        ++votesOf[caseId];
        emit Revealed(caseId, round, msg.sender, vote, scoreHash);
    }

    function release(bytes32 caseId, uint8 round, uint8 attempt, uint8 number) external {
        bytes32 key = _key(caseId, round, attempt);
        Round storage sitting = _rounds[key];
        Seat storage seat = _seats[key][number];
        if (seat.juror == address(0)) revert NotSeated();
        if (!_isOver(sitting)) revert NotOver();
        if (seat.released) revert AlreadyCollected();
        seat.released = true;
        Bond memory bond = Bond(0, seat.juror, Kind.Juror);
        bytes32 lockId = keccak256(abi.encode(key, number));
        // a seat that could not vote because others were missing at the draw is no fault
        uint256 slashed =
            seat.vote == Vote.None && sitting.commitUntil != 0 ? SEAT_BOND * NO_SHOW_BP / 10_000 : 0;
        emit SeatReleased(caseId, round, seat.juror, slashed);
        if (slashed > 0) bonds.slash(lockId, bond, BURNED, slashed);
        bonds.unlock(lockId, bond);
    }

    function fundFees(bytes32 caseId) external payable {
        if (msg.sender != court) revert NotCourt();
        uint256 votes = votesOf[caseId];
        if (votes > 0) _feePerVote[caseId] = msg.value / votes;
        emit FeesFunded(caseId, msg.value);
    }

    function payFee(bytes32 caseId, uint8 round, uint8 attempt, uint8 number) external nonReentrant {
        Seat storage seat = _seats[_key(caseId, round, attempt)][number];
        uint256 fee = _feePerVote[caseId];
        if (seat.vote == Vote.None || fee == 0) revert NothingToCollect();
        if (seat.paid) revert AlreadyCollected();
        seat.paid = true;
        emit FeePaid(caseId, seat.juror, fee);
        _send(seat.juror, fee);
    }

    function outcomeOf(bytes32 caseId, uint8 round) public view returns (Outcome) {
        Round storage sitting = _current(caseId, round);
        if (!_isOver(sitting)) return Outcome.Pending;
        uint8 seats = seatsOf(round);
        (uint8 toConvict, uint8 quorum) = _thresholds(round);
        if (sitting.commitUntil == 0 || sitting.revealed < quorum) return Outcome.Failed;
        if (sitting.convict >= toConvict) return Outcome.Convicted;
        return sitting.convict <= seats - toConvict ? Outcome.Acquitted : Outcome.Hung;
    }

    function canRetry(bytes32 caseId, uint8 round) public view returns (bool) {
        return _attempts[caseId][round] == 0 && outcomeOf(caseId, round) == Outcome.Failed;
    }

    function entropyOf(bytes32 caseId, uint8 round) external view returns (bytes32) {
        return _current(caseId, round).entropy;
    }

    function deadlinesOf(bytes32 caseId, uint8 round)
        external
        view
        returns (uint64 drawUntil, uint64 commitUntil, uint64 revealUntil)
    {
        Round storage sitting = _current(caseId, round);
        if (sitting.commitUntil != 0) revealUntil = sitting.commitUntil + REVEAL_TIME;
        return (sitting.drawUntil, sitting.commitUntil, revealUntil);
    }

    function jurorOf(bytes32 caseId, uint8 round, uint8 attempt, uint8 seat) external view returns (address) {
        return _seats[_key(caseId, round, attempt)][seat].juror;
    }

    function seatsOf(uint8 round) public pure returns (uint8) {
        if (round == 1) return 7;
        return round == 2 ? 15 : 31;
    }

    function _start(
        bytes32 caseId,
        uint8 round,
        uint8 attempt,
        bytes32 seed,
        uint64 rosterAt,
        address[3] memory parties
    ) private {
        Round storage sitting = _rounds[_key(caseId, round, attempt)];
        sitting.rosterAt = rosterAt;
        sitting.drawUntil = uint64(block.timestamp) + DRAW_TIME;
        (sitting.seed, sitting.entropy) = (seed, seed);
        sitting.parties = parties;
        emit RoundStarted(caseId, round, attempt, seed, rosterAt);
    }

    function _seat(bytes32 caseId, uint8 round, Round storage sitting, address juror) private {
        if (juror == sitting.parties[0] || juror == sitting.parties[1] || juror == sitting.parties[2]) {
            return;
        }
        uint8 attempt = _attempts[caseId][round];
        bytes32 key = _key(caseId, round, attempt);
        if (_seatOf[key][juror] != 0) return;
        Bond memory bond = Bond(0, juror, Kind.Juror);
        (uint256 active, uint256 unbonding, uint256 locked) = bonds.bonded(bond);
        if (active + unbonding < locked + SEAT_BOND) return;
        uint8 number = sitting.drawn++;
        _seats[key][number].juror = juror;
        _seatOf[key][juror] = number + 1;
        emit Drawn(caseId, round, attempt, juror, number);
        bonds.lock(keccak256(abi.encode(key, number)), bond, SEAT_BOND);
    }

    function _mySeat(bytes32 caseId, uint8 round) private view returns (Seat storage) {
        bytes32 key = _key(caseId, round, _attempts[caseId][round]);
        uint8 number = _seatOf[key][msg.sender];
        if (number == 0) revert NotSeated();
        return _seats[key][number - 1];
    }

    function _current(bytes32 caseId, uint8 round) private view returns (Round storage sitting) {
        sitting = _rounds[_key(caseId, round, _attempts[caseId][round])];
        if (sitting.drawUntil == 0) revert NoSuchRound();
    }

    function _isOver(Round storage sitting) private view returns (bool) {
        if (sitting.commitUntil == 0) return block.timestamp >= sitting.drawUntil;
        return block.timestamp >= sitting.commitUntil + REVEAL_TIME;
    }

    /// Votes that convict, and votes that must be shown at least.
    function _thresholds(uint8 round) private pure returns (uint8 toConvict, uint8 quorum) {
        if (round == 1) return (5, 5);
        if (round == 2) return (10, 11);
        return (16, 23);
    }

    function _key(bytes32 caseId, uint8 round, uint8 attempt) private pure returns (bytes32) {
        return keccak256(abi.encode(caseId, round, attempt));
    }
}
