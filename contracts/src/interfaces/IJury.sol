// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// What a round of jurors says. `Failed`: too few could be drawn or showed their votes.
enum Outcome {
    Pending,
    Convicted,
    Acquitted,
    Hung,
    Failed
}

/// What one juror says.
enum Vote {
    None,
    Convict,
    Acquit
}

/// Rounds of 7, 15 and 31 jurors: drawn by bond without replacement, voting under seal for 48 hours and
/// opening their votes for 48 hours more. Who does not open loses a fifth of what his seat holds. Nobody can
/// change the contract.
interface IJury {
    error NotCourt();
    error NoSuchRound();
    error DrawOver();
    error NotSeated();
    error NotCommitting();
    error NotRevealing();
    error AlreadyCommitted();
    error AlreadyRevealed();
    error OtherVote();
    error NotOver();
    error AlreadyCollected();
    error NothingToCollect();
    error NotFailed();

    event RoundStarted(bytes32 indexed caseId, uint8 round, uint8 attempt, bytes32 seed, uint64 rosterAt);
    event Drawn(bytes32 indexed caseId, uint8 round, uint8 attempt, address indexed juror, uint8 seat);
    event DrawFinished(bytes32 indexed caseId, uint8 round, uint64 commitUntil, uint64 revealUntil);
    event Committed(bytes32 indexed caseId, uint8 round, address indexed juror, bytes32 commitment);
    event Revealed(bytes32 indexed caseId, uint8 round, address indexed juror, Vote vote, bytes32 scoreHash);
    event SeatReleased(bytes32 indexed caseId, uint8 round, address indexed juror, uint256 slashed);
    event FeesFunded(bytes32 indexed caseId, uint256 amount);
    event FeePaid(bytes32 indexed caseId, address indexed juror, uint256 amount);

    /// Begins a round; `rosterAt` is a time before anybody knew the seed. By the court.
    function start(bytes32 caseId, uint8 round, bytes32 seed, uint64 rosterAt, address[3] calldata parties)
        external;

    /// Begins a round that failed for a second and last time. By anybody.
    function retry(bytes32 caseId, uint8 round) external;

    /// Makes up to `tries` draws. Seats go by weight, to nobody twice, to no party, and only to who has 20
    /// tokens of bond that hold no other seat. By anybody.
    function draw(bytes32 caseId, uint8 round, uint256 tries) external;

    /// keccak(abi.encode(caseId, round, juror, vote, scoreHash, salt)).
    function commitVote(bytes32 caseId, uint8 round, bytes32 commitment) external;

    function revealVote(bytes32 caseId, uint8 round, Vote vote, bytes32 scoreHash, bytes32 salt) external;

    /// Gives a seat's bond free once its round is over, less a fifth for a vote that was not shown.
    function release(bytes32 caseId, uint8 round, uint8 attempt, uint8 seat) external;

    /// Takes the fees of all votes of a case. By the court.
    function fundFees(bytes32 caseId) external payable;

    /// Pays one seat's fee, once the case is over. By anybody.
    function payFee(bytes32 caseId, uint8 round, uint8 attempt, uint8 seat) external;

    function outcomeOf(bytes32 caseId, uint8 round) external view returns (Outcome);
    function canRetry(bytes32 caseId, uint8 round) external view returns (bool);

    /// Mixed from the seed and every vote's salt: the seed of the next round.
    function entropyOf(bytes32 caseId, uint8 round) external view returns (bytes32);

    /// How many votes were shown in all rounds of a case.
    function votesOf(bytes32 caseId) external view returns (uint256);

    function seatsOf(uint8 round) external pure returns (uint8);
    function deadlinesOf(bytes32 caseId, uint8 round)
        external
        view
        returns (uint64 drawUntil, uint64 commitUntil, uint64 revealUntil);
    function jurorOf(bytes32 caseId, uint8 round, uint8 attempt, uint8 seat) external view returns (address);
}
