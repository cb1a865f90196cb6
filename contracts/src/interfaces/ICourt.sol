// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ResultCommit, TaskOffer} from "../libraries/Receipts.sol";
import {PostedLeaf} from "./IChallenges.sol";
import {EpochStamp} from "./IFeeVault.sol";
import {Proof} from "./IPoolRegistry.sol";

enum Fault {
    Fraud, // the verdict function says fraud
    Substandard, // repeated work below the mark
    Copying // byte-identical outputs of two identities
}

enum Status {
    None,
    Open, // the accused may answer
    Disputed, // the claimant must show its evidence
    Evidence, // the accused must open its seed
    InCourt, // a jury sits
    Ruled, // either side may go to the next round
    Escrow, // convicted; nothing has moved yet
    Executed,
    Acquitted,
    Dismissed,
    Cancelled
}

/// All of a case that never changes; its hash is the case's id. Whoever moves a case on hands it in again.
struct Accusation {
    bytes32 poolId;
    address accused;
    Fault fault;
    bytes32 taskId;
    uint64 epoch;
    uint256 penaltyTokens; // asked of the bond
    uint256 penaltyEther; // asked of the pay that is held back
    uint256 damage; // the claimant's documented loss, wei
    uint16 damageBp; // of the penalty, asked as part of it for that loss
    bytes32 evidenceRoot;
    bytes32 seedCommit; // keccak of the claimant's half of the jury's seed
}

/// Claims against transcoders. A claim is believed unless it is answered; answered, it is judged by drawn
/// jurors, up to three rounds; and nothing moves before seven days more have passed. Both sides put up bonds,
/// the loser's pay the jurors. Each step has a time after which anybody may take the next one, at the cost of
/// who was silent. Nobody can change the contract.
interface ICourt {
    error NotAllowed();
    error NotOperator();
    error OpeningsPaused();
    error NotRegistered();
    error OtherTask();
    error BadSignature();
    error UnknownVerdictFunction();
    error TooOld();
    error TaskTaken();
    error CaseRunning();
    error PenaltyOutOfBounds();
    error WrongBond();
    error WrongStatus();
    error WrongSeed();
    error TooLate();
    error TooEarly();
    error NotALoser();
    error NoPenaltyInPay();
    error NotDisproven();

    event CaseOpened(
        bytes32 indexed caseId, bytes32 indexed poolId, address indexed accused, Accusation accusation
    );
    event CaseDisputed(bytes32 indexed caseId, bytes32 seedCommit, uint64 until);
    event EvidencePublished(bytes32 indexed caseId, string uri, bytes32 dataRoot, uint64 until);
    event CaseWentToJury(bytes32 indexed caseId, uint8 round);
    event CaseRuled(bytes32 indexed caseId, uint8 round, uint8 outcome, uint64 until);
    event CaseAppealed(bytes32 indexed caseId, address indexed by, uint8 round, uint256 bond);
    event CaseConvicted(bytes32 indexed caseId, bool bySilence, uint64 executableFrom);
    event CaseExecuted(bytes32 indexed caseId, uint256 tokens, uint256 amount);
    event CaseClosed(bytes32 indexed caseId, Status status);

    /// Opens a case on a task of the last seven days that the accused has signed for. Sends the claim bond in
    /// ether (openingBond), and locks 35 % of the tokens asked for of the operator's own bond. By the
    /// operator, one case a transcoder at a time, one case a task ever.
    function open(
        Accusation calldata accusation,
        TaskOffer calldata offer,
        ResultCommit calldata commit,
        Proof calldata proof
    ) external payable returns (bytes32 caseId);

    /// Answers within 72 hours, with the commitment to the accused's half of the jury's seed and a bond:
    /// sent with the call, or frozen out of the accused's own pay. By the accused, its payout address or the
    /// watcher it has named; out of its pay by the first two only.
    function dispute(Accusation calldata accusation, bytes32 seedCommit, bool fromPay) external payable;

    /// Tells where the evidence is and opens the claimant's half of the seed, within 48 hours. By the
    /// operator.
    function publishEvidence(
        Accusation calldata accusation,
        string calldata uri,
        bytes32 dataRoot,
        bytes32 seed
    ) external;

    /// Opens the accused's half of the seed within 48 hours; the jury is drawn. By anybody who knows it.
    function summon(Accusation calldata accusation, bytes32 seed) external;

    /// Takes over what the jury has said. By anybody.
    function takeVerdict(Accusation calldata accusation) external;

    /// Goes to the next round within 72 hours: the loser for twice its fees, either side of a hung jury for
    /// its fees.
    function appeal(Accusation calldata accusation) external payable;

    /// Takes the step that somebody's silence or a ruling has left. By anybody.
    function advance(Accusation calldata accusation) external;

    /// Moves the penalty once the escrow is over. What is taken of the pay needs the accused's leaf in a root
    /// of the escrow's time, or the newest, that has stood its challenge. By anybody.
    function execute(Accusation calldata accusation, EpochStamp calldata stamp, PostedLeaf calldata posted)
        external;

    /// The same without touching the pay: where none was asked for, or nobody brought the leaf for seven days.
    function executeWithoutPay(Accusation calldata accusation) external;

    /// Ends a case in escrow without a penalty. By the pool's guardian, with a reason for all to read.
    function cancel(Accusation calldata accusation, string calldata reason) external;

    /// Ends a case whose task's offer or seeds were proven false. By anybody.
    function disprove(Accusation calldata accusation) external;

    function idOf(Accusation calldata accusation) external pure returns (bytes32);
    function statusOf(Accusation calldata accusation)
        external
        view
        returns (Status status, uint64 until, uint8 round);
    function hasOpenCase(bytes32 poolId, address accused) external view returns (bool);
    function caseOfTask(bytes32 poolId, bytes32 taskId) external view returns (bytes32);
    function convictionsOf(bytes32 poolId, address accused) external view returns (uint256);
    function openingBond(Accusation calldata accusation) external pure returns (uint256);
    function defenceBond(Accusation calldata accusation) external pure returns (uint256);

    /// What a jury found that the operator lost by the executed case and did not get back.
    function uncoveredLossOf(bytes32 caseId) external view returns (uint256);
}
