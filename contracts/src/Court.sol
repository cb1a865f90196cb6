// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Bond, IBondVault, Kind} from "./interfaces/IBondVault.sol";
import {IChallenges, PostedLeaf} from "./interfaces/IChallenges.sol";
import {Accusation, Fault, ICourt, Status} from "./interfaces/ICourt.sol";
import {EpochStamp, IFeeVault} from "./interfaces/IFeeVault.sol";
import {IJury, Outcome} from "./interfaces/IJury.sol";
import {IMutualFund} from "./interfaces/IMutualFund.sol";
import {IPoolRegistry, Proof} from "./interfaces/IPoolRegistry.sol";
import {IRandomness} from "./interfaces/IRandomness.sol";
import {Receipts, ResultCommit, SCOPE_COMMIT, TaskOffer} from "./libraries/Receipts.sol";
import {Payouts} from "./Payouts.sol";

/// The contracts that the court works with.
struct CourtParts {
    IPoolRegistry registry;
    IBondVault bonds;
    IFeeVault fees;
    IChallenges challenges;
    IJury jury;
    IMutualFund fund;
    IRandomness randomness; // zero for none
}

/// See ICourt.
contract Court is ICourt, Payouts, ReentrancyGuardTransient {
    using SafeCast for uint256;

    uint64 public constant LOOK_BACK = 7 days;
    uint64 public constant ANSWER_TIME = 72 hours;
    uint64 public constant EVIDENCE_TIME = 48 hours;
    uint64 public constant SEED_TIME = 48 hours;
    uint64 public constant APPEAL_TIME = 72 hours;
    uint64 public constant ESCROW_TIME = 7 days;
    uint64 public constant LEAF_TIME = 7 days;
    uint8 public constant LAST_ROUND = 3;
    uint256 public constant JUROR_FEE = 0.0005 ether;
    uint256 public constant CLAIM_BOND_BP = 3500;
    uint256 public constant DEFENCE_BOND_BP = 1000;
    uint256 public constant FINDER_BP = 500;
    uint256 public constant MOST_DAMAGE_BP = 2500;
    address public constant BURNED = 0x000000000000000000000000000000000000dEaD;

    struct Case {
        Status status;
        uint8 round;
        Outcome ruling;
        bool bySilence;
        bool defendedFromPay;
        uint64 until; // of the step that is due
        uint64 answeredAt;
        uint128 claimantAppeals; // on top of the opening bond
        uint128 accusedDeposit;
        address defender; // who gets the accused's deposit back
        bytes32 accusedSeedCommit;
        bytes32 claimantSeed;
    }

    IPoolRegistry public immutable registry;
    IBondVault public immutable bonds;
    IFeeVault public immutable fees;
    IChallenges public immutable challenges;
    IJury public immutable jury;
    IMutualFund public immutable fund;
    IRandomness public immutable randomness;

    mapping(bytes32 poolId => mapping(address accused => Case)) private _running;
    mapping(bytes32 caseId => Status) private _ended;
    mapping(bytes32 poolId => mapping(bytes32 taskId => bytes32)) public caseOfTask;
    mapping(bytes32 poolId => mapping(address accused => uint256)) public convictionsOf;
    mapping(bytes32 caseId => uint256) public uncoveredLossOf;

    constructor(CourtParts memory parts) {
        registry = parts.registry;
        bonds = parts.bonds;
        fees = parts.fees;
        challenges = parts.challenges;
        jury = parts.jury;
        fund = parts.fund;
        randomness = parts.randomness;
    }

    /// Forfeited pay on its way.
    receive() external payable {
        if (msg.sender != address(fees)) revert NotAllowed();
    }

    function open(
        Accusation calldata a,
        TaskOffer calldata offer,
        ResultCommit calldata commit,
        Proof calldata proof
    ) external payable returns (bytes32 caseId) {
        (address operator, bool paused, uint16 firstFraudBp, uint16 softFaultBp) =
            registry.caseTermsOf(a.poolId);
        if (msg.sender != operator) revert NotOperator();
        if (paused) revert OpeningsPaused();
        if (msg.value != openingBond(a)) revert WrongBond();
        _requireSigned(a, offer, commit, proof);
        caseId = idOf(a);
        if (caseOfTask[a.poolId][a.taskId] != 0) revert TaskTaken();
        Case storage c = _running[a.poolId][a.accused];
        if (c.status != Status.None) revert CaseRunning();
        caseOfTask[a.poolId][a.taskId] = caseId;
        c.status = Status.Open;
        c.until = uint64(block.timestamp) + ANSWER_TIME;
        emit CaseOpened(caseId, a.poolId, a.accused, a);
        uint256 mostBp = a.fault == Fault.Substandard ? softFaultBp : firstFraudBp;
        if (a.fault == Fault.Fraud && convictionsOf[a.poolId][a.accused] > 0) mostBp = 10_000;
        _lockPenalty(caseId, a, operator, mostBp);
    }

    function dispute(Accusation calldata a, bytes32 seedCommit, bool fromPay) external payable {
        (bytes32 caseId, Case storage c) = _at(a, Status.Open);
        if (block.timestamp >= c.until) revert TooLate();
        (address payout,) = registry.payoutOf(a.poolId, a.accused);
        bool own = msg.sender == a.accused || msg.sender == payout;
        bool watching = !fromPay && msg.sender == registry.watcherOf(a.poolId, a.accused);
        if (!own && !watching) revert NotAllowed();
        if (msg.value != (fromPay ? 0 : defenceBond(a))) revert WrongBond();
        if (seedCommit == 0) revert WrongSeed();
        c.status = Status.Disputed;
        c.until = uint64(block.timestamp) + EVIDENCE_TIME;
        c.answeredAt = uint64(block.timestamp);
        c.accusedDeposit = uint128(msg.value);
        c.defender = msg.sender;
        c.accusedSeedCommit = seedCommit;
        emit CaseDisputed(caseId, seedCommit, c.until);
        if (fromPay) {
            c.defendedFromPay = true;
            fees.freeze(_defenceOf(caseId), a.poolId, a.accused, defenceBond(a));
        }
    }

    function publishEvidence(Accusation calldata a, string calldata uri, bytes32 dataRoot, bytes32 seed)
        external
    {
        (bytes32 caseId, Case storage c) = _at(a, Status.Disputed);
        if (msg.sender != registry.operatorOf(a.poolId)) revert NotOperator();
        if (block.timestamp >= c.until) revert TooLate();
        if (keccak256(abi.encodePacked(seed)) != a.seedCommit) revert WrongSeed();
        c.status = Status.Evidence;
        c.until = uint64(block.timestamp) + SEED_TIME;
        c.claimantSeed = seed;
        emit EvidencePublished(caseId, uri, dataRoot, c.until);
    }

    function summon(Accusation calldata a, bytes32 seed) external {
        (bytes32 caseId, Case storage c) = _at(a, Status.Evidence);
        if (block.timestamp >= c.until) revert TooLate();
        if (keccak256(abi.encodePacked(seed)) != c.accusedSeedCommit) revert WrongSeed();
        bytes32 beacon;
        if (address(randomness) != address(0)) beacon = randomness.valueAfter(c.answeredAt);
        _toJury(caseId, a, c, keccak256(abi.encode(caseId, c.claimantSeed, seed, beacon)));
    }

    function takeVerdict(Accusation calldata a) external nonReentrant {
        (bytes32 caseId, Case storage c) = _at(a, Status.InCourt);
        Outcome ruling = jury.outcomeOf(caseId, c.round);
        if (ruling == Outcome.Pending || jury.canRetry(caseId, c.round)) revert TooEarly();
        c.ruling = ruling;
        c.status = Status.Ruled;
        bool last = c.round == LAST_ROUND || ruling == Outcome.Failed;
        c.until = uint64(block.timestamp) + (last ? 0 : APPEAL_TIME);
        emit CaseRuled(caseId, c.round, uint8(ruling), c.until);
        if (last) _followRuling(caseId, a, c);
    }

    function appeal(Accusation calldata a) external payable {
        (bytes32 caseId, Case storage c) = _at(a, Status.Ruled);
        if (block.timestamp >= c.until) revert TooLate();
        bool byClaimant = msg.sender == registry.operatorOf(a.poolId);
        bool byAccused = msg.sender == a.accused || msg.sender == c.defender;
        bool hung = c.ruling == Outcome.Hung;
        bool may = byClaimant
            ? hung || c.ruling == Outcome.Acquitted
            : byAccused && (hung || c.ruling == Outcome.Convicted);
        if (!may) revert NotALoser();
        uint256 bond = jury.seatsOf(c.round + 1) * JUROR_FEE * (hung ? 1 : 2);
        if (msg.value != bond) revert WrongBond();
        if (byClaimant) c.claimantAppeals += uint128(bond);
        else c.accusedDeposit += uint128(bond);
        emit CaseAppealed(caseId, msg.sender, c.round + 1, bond);
        _toJury(caseId, a, c, jury.entropyOf(caseId, c.round));
    }

    function advance(Accusation calldata a) external nonReentrant {
        (bytes32 caseId, Case storage c) = _runningOf(a);
        Status status = c.status;
        bool waiting = status == Status.Open || status == Status.Disputed || status == Status.Evidence
            || status == Status.Ruled;
        if (!waiting) revert WrongStatus();
        if (block.timestamp < c.until) revert TooEarly();
        if (status == Status.Disputed) _close(caseId, a, c, Status.Dismissed);
        else if (status == Status.Ruled) _followRuling(caseId, a, c);
        // an accused that cannot be summoned for want of the beacon is not silent
        else if (status == Status.Evidence && !_beaconSpoke(c)) _close(caseId, a, c, Status.Cancelled);
        else _convict(caseId, a, c, true);
    }

    function execute(Accusation calldata a, EpochStamp calldata stamp, PostedLeaf calldata posted)
        external
        nonReentrant
    {
        (bytes32 caseId, Case storage c) = _at(a, Status.Escrow);
        if (block.timestamp < c.until) revert TooEarly();
        if (posted.leaf.poolId != a.poolId || posted.leaf.account != a.accused) revert OtherTask();
        uint64 since = c.until - ESCROW_TIME;
        uint256 amount = fees.forfeitable(caseId, since, stamp, posted.leaf, posted.proof);
        uint256 defence;
        if (c.defendedFromPay) {
            // both freezes stand on the same pay: the defence gets what the penalty leaves
            uint256 all = fees.forfeitable(_defenceOf(caseId), since, stamp, posted.leaf, posted.proof);
            (uint256 claimed,, uint256 forfeited, uint256 creditedTo) = fees.accountOf(a.poolId, a.accused);
            uint256 earned = Math.max(posted.leaf.earned, creditedTo);
            defence = Math.min(all, Math.saturatingSub(earned, claimed + forfeited + amount));
        }
        _execute(caseId, a, c, amount, defence);
    }

    function executeWithoutPay(Accusation calldata a) external nonReentrant {
        (bytes32 caseId, Case storage c) = _at(a, Status.Escrow);
        bool asked = a.penaltyEther > 0 || c.defendedFromPay;
        if (block.timestamp < c.until + (asked ? LEAF_TIME : 0)) revert TooEarly();
        _execute(caseId, a, c, 0, 0);
    }

    function cancel(Accusation calldata a, string calldata) external nonReentrant {
        (bytes32 caseId, Case storage c) = _at(a, Status.Escrow);
        if (msg.sender != registry.termsOf(a.poolId).guardian) revert NotAllowed();
        _close(caseId, a, c, Status.Cancelled);
    }

    function disprove(Accusation calldata a) external nonReentrant {
        (bytes32 caseId, Case storage c) = _runningOf(a);
        if (!challenges.isDisproven(a.poolId, a.taskId, a.epoch)) revert NotDisproven();
        _close(caseId, a, c, Status.Dismissed);
    }

    function statusOf(Accusation calldata a)
        external
        view
        returns (Status status, uint64 until, uint8 round)
    {
        bytes32 caseId = idOf(a);
        if (caseOfTask[a.poolId][a.taskId] != caseId) return (Status.None, 0, 0);
        if (_ended[caseId] != Status.None) return (_ended[caseId], 0, 0);
        Case storage c = _running[a.poolId][a.accused];
        return (c.status, c.until, c.round);
    }

    function hasOpenCase(bytes32 poolId, address accused) external view returns (bool) {
        return _running[poolId][accused].status != Status.None;
    }

    function idOf(Accusation calldata a) public pure returns (bytes32) {
        return keccak256(abi.encode(a));
    }

    function openingBond(Accusation calldata a) public pure returns (uint256) {
        return Math.max(a.penaltyEther * CLAIM_BOND_BP / 10_000, 7 * JUROR_FEE);
    }

    function defenceBond(Accusation calldata a) public pure returns (uint256) {
        return Math.max(a.penaltyEther * DEFENCE_BOND_BP / 10_000, 7 * JUROR_FEE);
    }

    function _requireSigned(
        Accusation calldata a,
        TaskOffer calldata offer,
        ResultCommit calldata commit,
        Proof calldata proof
    ) private view {
        if (!registry.isRegistered(a.poolId, a.accused)) revert NotRegistered();
        bool same = offer.poolId == a.poolId && offer.transcoder == a.accused && offer.taskId == a.taskId
            && offer.epoch == a.epoch && commit.offerHash == Receipts.hash(offer);
        if (!same) revert OtherTask();
        if (block.timestamp > offer.issuedAt + LOOK_BACK) revert TooOld();
        uint64 from = registry.verdictFunctionFrom(a.poolId, offer.verdictFunction);
        if (from == 0 || from > offer.issuedAt) revert UnknownVerdictFunction();
        bool by = registry.isSignedBy(
            a.poolId, a.accused, Receipts.hash(commit), SCOPE_COMMIT, commit.finishedAt, proof
        );
        if (!by) revert BadSignature();
    }

    function _lockPenalty(bytes32 caseId, Accusation calldata a, address operator, uint256 mostBp) private {
        if (a.damageBp > MOST_DAMAGE_BP) revert PenaltyOutOfBounds();
        if (a.penaltyTokens > 0) {
            (uint256 locked, uint256 whole) = bonds.lock(caseId, _bondOf(a), a.penaltyTokens);
            bool within = locked == a.penaltyTokens && locked <= whole * mostBp / 10_000;
            if (!within) revert PenaltyOutOfBounds();
            uint256 own = a.penaltyTokens * CLAIM_BOND_BP / 10_000;
            (locked,) = bonds.lock(_claimOf(caseId), Bond(a.poolId, operator, Kind.Operator), own);
            if (locked < own) revert WrongBond();
        }
        if (a.penaltyEther > 0) fees.freeze(caseId, a.poolId, a.accused, a.penaltyEther);
    }

    function _toJury(bytes32 caseId, Accusation calldata a, Case storage c, bytes32 seed) private {
        c.status = Status.InCourt;
        uint8 round = ++c.round;
        emit CaseWentToJury(caseId, round);
        // nobody knew both halves of the seed when the roster stood like this
        address[3] memory parties = [registry.operatorOf(a.poolId), a.accused, c.defender];
        jury.start(caseId, round, seed, c.answeredAt - 1, parties);
    }

    function _followRuling(bytes32 caseId, Accusation calldata a, Case storage c) private {
        if (c.ruling == Outcome.Convicted) _convict(caseId, a, c, false);
        else if (c.ruling == Outcome.Acquitted) _close(caseId, a, c, Status.Acquitted);
        else _close(caseId, a, c, Status.Cancelled);
    }

    function _convict(bytes32 caseId, Accusation calldata a, Case storage c, bool bySilence) private {
        c.status = Status.Escrow;
        c.bySilence = bySilence;
        c.until = uint64(block.timestamp) + ESCROW_TIME;
        ++convictionsOf[a.poolId][a.accused];
        emit CaseConvicted(caseId, bySilence, c.until);
    }

    function _execute(bytes32 caseId, Accusation calldata a, Case storage c, uint256 amount, uint256 defence)
        private
    {
        uint256 claimantBp =
            c.bySilence ? 0 : Math.min(FINDER_BP + a.damageBp, registry.termsOf(a.poolId).claimantBp);
        address operator = registry.operatorOf(a.poolId);
        uint256 tokens = _slashPenalty(caseId, a, c.bySilence, claimantBp, operator);
        uint256 toClaimant = amount * claimantBp / 10_000;
        if (amount > 0) fees.forfeit(caseId, a.poolId, a.accused, address(this), amount);
        uint256 rest = amount - toClaimant;
        if (defence > 0) {
            // what the claimant has to lay out for the jurors comes back from the loser's pay
            uint256 laidOut = Math.min(defence, _feesOf(caseId));
            fees.forfeit(_defenceOf(caseId), a.poolId, a.accused, address(this), defence);
            c.claimantAppeals += uint128(laidOut);
            rest += defence - laidOut;
        }
        if (!c.bySilence && a.damage > toClaimant) uncoveredLossOf[caseId] = a.damage - toClaimant;
        emit CaseExecuted(caseId, tokens, amount);
        _toCommon(a.poolId, rest);
        _send(operator, toClaimant);
        _close(caseId, a, c, Status.Executed);
    }

    function _slashPenalty(
        bytes32 caseId,
        Accusation calldata a,
        bool bySilence,
        uint256 claimantBp,
        address operator
    ) private returns (uint256 tokens) {
        if (a.penaltyTokens == 0) return 0;
        Bond memory bond = _bondOf(a);
        tokens = a.penaltyTokens;
        if (bySilence) {
            (uint256 active, uint256 unbonding,) = bonds.bonded(bond);
            uint256 most = (active + unbonding) * registry.termsOf(a.poolId).softFaultBp / 10_000;
            tokens = Math.min(tokens, most);
        }
        uint256 toClaimant = tokens * claimantBp / 10_000;
        if (toClaimant > 0) bonds.slash(caseId, bond, operator, toClaimant);
        bonds.slash(caseId, bond, _commonOf(a.poolId), tokens - toClaimant);
        _noteTokens(a.poolId, tokens - toClaimant);
    }

    /// Ends a case: the jurors' fees out of the deposits, the loser's first; what is left of them to whom it
    /// belongs; everything locked and not taken is free again.
    function _close(bytes32 caseId, Accusation calldata a, Case storage c, Status status) private {
        if (c.status == Status.Escrow && status != Status.Executed) --convictionsOf[a.poolId][a.accused];
        Case memory ended = c;
        delete _running[a.poolId][a.accused];
        _ended[caseId] = status;
        emit CaseClosed(caseId, status);
        uint256 claimant = openingBond(a) + ended.claimantAppeals;
        uint256 accused = ended.accusedDeposit;
        bool convicted = status == Status.Executed;
        uint256 jurorFees = Math.min(_feesOf(caseId), claimant + accused);
        uint256 fromAccused = convicted ? Math.min(jurorFees, accused) : 0;
        uint256 fromClaimant = Math.min(jurorFees - fromAccused, claimant);
        claimant -= fromClaimant;
        accused -= jurorFees - fromClaimant;
        if (jurorFees > 0) jury.fundFees{value: jurorFees}(caseId);
        bool lost = status == Status.Acquitted || status == Status.Dismissed;
        _unlock(caseId, a, ended.defendedFromPay, lost);
        if (lost) {
            (address payout,) = registry.payoutOf(a.poolId, a.accused);
            _send(payout, claimant / 2);
            _toCommon(a.poolId, claimant - claimant / 2);
        } else {
            _send(registry.operatorOf(a.poolId), claimant);
        }
        if (convicted) _toCommon(a.poolId, accused);
        else _send(ended.defender, accused);
    }

    function _unlock(bytes32 caseId, Accusation calldata a, bool defendedFromPay, bool claimantLost) private {
        if (a.penaltyTokens > 0) {
            bonds.unlock(caseId, _bondOf(a));
            Bond memory own = Bond(a.poolId, registry.operatorOf(a.poolId), Kind.Operator);
            if (claimantLost) {
                uint256 tokens = a.penaltyTokens * CLAIM_BOND_BP / 10_000;
                bonds.slash(_claimOf(caseId), own, a.accused, tokens / 2);
                bonds.slash(_claimOf(caseId), own, _commonOf(a.poolId), tokens - tokens / 2);
                _noteTokens(a.poolId, tokens - tokens / 2);
            }
            bonds.unlock(_claimOf(caseId), own);
        }
        if (a.penaltyEther > 0) fees.unfreeze(caseId, a.poolId, a.accused);
        if (defendedFromPay) fees.unfreeze(_defenceOf(caseId), a.poolId, a.accused);
    }

    /// A caller cannot make it seem mute by leaving it little gas: what follows needs more than a 64th of what
    /// the beacon does.
    function _beaconSpoke(Case storage c) private view returns (bool) {
        if (address(randomness) == address(0)) return true;
        try randomness.valueAfter(c.answeredAt) returns (bytes32) {
            return true;
        } catch {
            return false;
        }
    }

    /// To the pool's mutual fund; burned where it has none, so that no operator gains by it.
    function _toCommon(bytes32 poolId, uint256 amount) private {
        if (amount == 0) return;
        if (_commonOf(poolId) == BURNED) _send(BURNED, amount);
        else fund.addPenalty{value: amount}(poolId);
    }

    function _noteTokens(bytes32 poolId, uint256 tokens) private {
        if (tokens > 0 && fund.isAttached(poolId)) fund.noteTokens(poolId, tokens);
    }

    function _commonOf(bytes32 poolId) private view returns (address) {
        return fund.isAttached(poolId) ? address(fund) : BURNED;
    }

    function _feesOf(bytes32 caseId) private view returns (uint256) {
        return jury.votesOf(caseId) * JUROR_FEE;
    }

    function _at(Accusation calldata a, Status status) private view returns (bytes32 caseId, Case storage c) {
        (caseId, c) = _runningOf(a);
        if (c.status != status) revert WrongStatus();
    }

    /// An accused has one running case: the one of this accusation, unless that has ended.
    function _runningOf(Accusation calldata a) private view returns (bytes32 caseId, Case storage c) {
        caseId = idOf(a);
        c = _running[a.poolId][a.accused];
        bool known = caseOfTask[a.poolId][a.taskId] == caseId && _ended[caseId] == Status.None;
        if (!known) revert WrongStatus();
    }

    function _bondOf(Accusation calldata a) private pure returns (Bond memory) {
        return Bond(a.poolId, a.accused, Kind.Transcoder);
    }

    function _claimOf(bytes32 caseId) private pure returns (bytes32) {
        return keccak256(abi.encode(caseId, "claim"));
    }

    function _defenceOf(bytes32 caseId) private pure returns (bytes32) {
        return keccak256(abi.encode(caseId, "defence"));
    }
}
