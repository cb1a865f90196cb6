// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICourt} from "../interfaces/ICourt.sol";
import {IMutualFund} from "../interfaces/IMutualFund.sol";
import {IPoolGovernor} from "../interfaces/IPoolGovernor.sol";
import {IPoolRegistry} from "../interfaces/IPoolRegistry.sol";
import {IPoolShares} from "../interfaces/IPoolShares.sol";
import {Payouts} from "../Payouts.sol";

/// The contracts around a pool's shares.
struct SharesParts {
    bytes32 poolId;
    IERC20 token;
    IPoolRegistry registry;
    ICourt court;
    IMutualFund fund;
    IPoolGovernor voting;
}

/// See IPoolShares.
contract PoolShares is IPoolShares, Votes, Payouts, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint256 public constant LEAST_BUY_IN = 20 ether;
    uint64 public constant UNBONDING = 10 days;
    uint64 public constant FULL_AGE = 30 days;
    uint256 public constant INCIDENT_BP = 500;
    uint256 public constant YEAR_BP = 2000;
    uint256 private constant SCALE = 2 ** 96;

    struct Member {
        uint128 shares;
        uint64 since; // mean time at which its shares were bought
        uint64 requests;
        uint256 paidPerShare;
        uint256 dividend;
    }

    struct Request {
        uint128 tokens;
        uint64 readyAt;
    }

    bytes32 public immutable poolId;
    IERC20 public immutable token;
    IPoolRegistry public immutable registry;
    ICourt public immutable court;
    IMutualFund public immutable fund;
    IPoolGovernor public immutable voting;

    bool public isOpen = true;
    uint128 public totalShares;
    uint128 public pot; // tokens that stand behind all shares
    uint64 private _yearStart;
    uint128 private _yearPot;
    uint128 private _yearTaken;
    uint256 private _perShare;
    mapping(address member => Member) private _members;
    mapping(address member => mapping(uint256 id => Request)) private _requests;
    mapping(address candidate => bool) public isAdmitted;

    constructor(SharesParts memory parts) EIP712("MillpondShares", "1") {
        poolId = parts.poolId;
        token = parts.token;
        registry = parts.registry;
        court = parts.court;
        fund = parts.fund;
        voting = parts.voting;
    }

    modifier onlyGovernor() {
        if (msg.sender != registry.governorOf(poolId)) revert NotGovernor();
        _;
    }

    modifier onlyFund() {
        if (msg.sender != address(fund)) revert NotFund();
        _;
    }

    function join(uint256 tokens) external nonReentrant {
        if (!isOpen && !isAdmitted[msg.sender]) revert NotAdmitted();
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), tokens);
        uint256 arrived = token.balanceOf(address(this)) - before;
        uint256 shares = totalShares == 0 ? arrived : Math.mulDiv(arrived, totalShares, pot);
        Member storage member = _members[msg.sender];
        if (_worth(member.shares + shares, totalShares + shares, pot + arrived) + 1 < LEAST_BUY_IN) {
            revert BuyInTooSmall();
        }
        _bank(member);
        uint256 old = member.shares;
        member.since = uint64((old * member.since + shares * block.timestamp) / (old + shares));
        member.shares += uint128(shares);
        totalShares += uint128(shares);
        pot += uint128(arrived);
        emit Joined(msg.sender, arrived, shares);
        _transferVotingUnits(address(0), msg.sender, shares);
    }

    function requestLeave(uint256 shares) external returns (uint256 id) {
        if (court.hasOpenCase(poolId, msg.sender)) revert CaseRunning();
        if (shares == 0) revert NothingToDo();
        return _requestLeave(msg.sender, shares);
    }

    function withdraw(uint256 id) external nonReentrant {
        Request memory request = _requests[msg.sender][id];
        if (request.tokens == 0) revert NothingToDo();
        if (block.timestamp < request.readyAt) revert NotReady();
        delete _requests[msg.sender][id];
        emit Left(msg.sender, id, request.tokens);
        token.safeTransfer(msg.sender, request.tokens);
    }

    function ragequit(uint256 proposalId) external nonReentrant {
        if (court.hasOpenCase(poolId, msg.sender)) revert CaseRunning();
        IGovernor.ProposalState state = IGovernor(address(voting)).state(proposalId);
        bool about = state == IGovernor.ProposalState.Succeeded || state == IGovernor.ProposalState.Queued;
        if (!about) revert NotQueued();
        if (!voting.votedAgainst(proposalId, msg.sender)) revert VotedFor();
        uint256 shares = _members[msg.sender].shares;
        if (shares == 0) revert NothingToDo();
        uint256 all = totalShares;
        uint256 tokens = _burn(msg.sender, shares);
        emit Ragequit(msg.sender, proposalId, shares, tokens);
        fund.payLeaver(poolId, msg.sender, shares, all);
        token.safeTransfer(msg.sender, tokens);
    }

    function takeDividend(address who) external nonReentrant {
        Member storage member = _members[who];
        _bank(member);
        uint256 amount = member.dividend;
        if (amount == 0) revert NothingToDo();
        member.dividend = 0;
        emit DividendTaken(who, amount);
        _send(who, amount);
    }

    function expel(address who) external onlyGovernor {
        uint256 shares = _members[who].shares;
        if (shares == 0) revert NothingToDo();
        isAdmitted[who] = false;
        emit Expelled(who);
        _requestLeave(who, shares);
    }

    function setOpen(bool open) external onlyGovernor {
        isOpen = open;
        emit AdmissionChanged(open);
    }

    function setAdmitted(address candidate, bool admitted) external onlyGovernor {
        isAdmitted[candidate] = admitted;
        emit Admitted(candidate, admitted);
    }

    function assess(uint256 tokens, address to) external onlyFund nonReentrant returns (uint256 taken) {
        if (block.timestamp >= _yearStart + 365 days) {
            (_yearStart, _yearPot, _yearTaken) = (uint64(block.timestamp), pot, 0);
        }
        uint256 leftThisYear = Math.saturatingSub(uint256(_yearPot) * YEAR_BP / 10_000, _yearTaken);
        taken = Math.min(tokens, Math.min(uint256(pot) * INCIDENT_BP / 10_000, leftThisYear));
        _yearTaken += uint128(taken);
        pot -= uint128(taken);
        emit Assessed(taken, to);
        if (taken > 0) token.safeTransfer(to, taken);
    }

    function distribute() external payable onlyFund {
        if (totalShares == 0) revert NothingToDo();
        _perShare += msg.value * SCALE / totalShares;
        emit Distributed(msg.value);
    }

    function sharesOf(address member) external view returns (uint256) {
        return _members[member].shares;
    }

    function aged(address member, uint256 votes, uint256 time) external view returns (uint256) {
        uint256 age = Math.saturatingSub(time, _members[member].since);
        return age >= FULL_AGE ? votes : votes * age / FULL_AGE;
    }

    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// Everybody votes for itself.
    function delegates(address account) public pure override returns (address) {
        return account;
    }

    function delegate(address) public pure override {
        revert NoDelegation();
    }

    function delegateBySig(address, uint256, uint256, uint8, bytes32, bytes32) public pure override {
        revert NoDelegation();
    }

    function _requestLeave(address who, uint256 shares) private returns (uint256 id) {
        uint256 tokens = _burn(who, shares);
        id = _members[who].requests++;
        uint64 readyAt = uint64(block.timestamp) + UNBONDING;
        _requests[who][id] = Request(uint128(tokens), readyAt);
        emit LeaveRequested(who, id, shares, tokens, readyAt);
    }

    function _burn(address who, uint256 shares) private returns (uint256 tokens) {
        Member storage member = _members[who];
        if (shares > member.shares) revert NotThatMany();
        _bank(member);
        tokens = _worth(shares, totalShares, pot);
        member.shares -= uint128(shares);
        totalShares -= uint128(shares);
        pot -= uint128(tokens);
        _transferVotingUnits(who, address(0), shares);
    }

    /// Puts aside what dividends have come since the member's shares last changed.
    function _bank(Member storage member) private {
        member.dividend += (_perShare - member.paidPerShare) * member.shares / SCALE;
        member.paidPerShare = _perShare;
    }

    function _worth(uint256 shares, uint256 ofShares, uint256 ofTokens) private pure returns (uint256) {
        return Math.mulDiv(shares, ofTokens, ofShares);
    }

    function _getVotingUnits(address account) internal view override returns (uint256) {
        return _members[account].shares;
    }
}
