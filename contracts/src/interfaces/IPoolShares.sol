// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// The members of a pool: shares for tokens they have bought in with. Shares cannot be given away or
/// delegated; a vote counts in full once its share is 30 days old. Nobody can change the contract.
interface IPoolShares {
    error NotGovernor();
    error NotFund();
    error NotAdmitted();
    error BuyInTooSmall();
    error NotThatMany();
    error CaseRunning();
    error NotReady();
    error NothingToDo();
    error NotQueued();
    error VotedFor();
    error NoDelegation();

    event Joined(address indexed member, uint256 tokens, uint256 shares);
    event LeaveRequested(address indexed member, uint256 id, uint256 shares, uint256 tokens, uint64 readyAt);
    event Left(address indexed member, uint256 id, uint256 tokens);
    event Expelled(address indexed member);
    event Ragequit(address indexed member, uint256 indexed proposalId, uint256 shares, uint256 tokens);
    event Assessed(uint256 tokens, address indexed to);
    event AdmissionChanged(bool open);
    event Admitted(address indexed candidate, bool admitted);
    event Distributed(uint256 amount);
    event DividendTaken(address indexed member, uint256 amount);

    /// Buys shares with `tokens`, 20 at least in all, at what a share is worth. By whoever the members'
    /// admission rule lets in.
    function join(uint256 tokens) external;

    /// Gives up shares; the tokens are paid out 10 days later. Not with a case against the member running.
    function requestLeave(uint256 shares) external returns (uint256 id);

    function withdraw(uint256 id) external;

    /// Leaves at once, with a part of the fund's contributions, because of a proposal that is about to be
    /// executed and that the member has voted against.
    function ragequit(uint256 proposalId) external;

    /// Takes what dividends have come since. By anybody.
    function takeDividend(address member) external;

    /// Makes a member leave; its tokens are its own, 10 days later. By the pool's governor.
    function expel(address member) external;

    function setOpen(bool open) external;
    function setAdmitted(address candidate, bool admitted) external;

    /// Takes up to `tokens` of all shares alike: a twentieth at once, a fifth a year at most. By the fund.
    function assess(uint256 tokens, address to) external returns (uint256 taken);

    /// Adds a dividend. By the fund.
    function distribute() external payable;

    function sharesOf(address member) external view returns (uint256);
    function totalShares() external view returns (uint128);

    /// Of votes at a time, those that count for their age: all after 30 days, in proportion before.
    function aged(address member, uint256 votes, uint256 time) external view returns (uint256);
}
