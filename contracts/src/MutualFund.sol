// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Accusation, ICourt} from "./interfaces/ICourt.sol";
import {IMutualFund} from "./interfaces/IMutualFund.sol";
import {IPoolRegistry} from "./interfaces/IPoolRegistry.sol";
import {IPoolShares} from "./interfaces/IPoolShares.sol";
import {Payouts} from "./Payouts.sol";

/// See IMutualFund.
contract MutualFund is IMutualFund, Payouts, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint256 public constant COVERED_BP = 8000; // the rest is the operator's own
    uint256 public constant MOST_AN_INCIDENT_BP = 2000;
    uint256 public constant PRICE_STEP_BP = 2000;
    uint64 public constant PRICE_PERIOD = 7 days;
    uint256 public constant TARGET_LOSSES = 4;

    struct Fund {
        IPoolShares shares;
        uint64 pricedAt;
        uint256 penalties;
        uint256 contributions;
        uint256 tokens;
        uint256 tokenPrice;
        uint256 largestLoss;
    }

    IPoolRegistry public immutable registry;
    ICourt public immutable court;
    IERC20 public immutable token;
    bool public immutable hasBeacon;

    mapping(bytes32 poolId => Fund) private _funds;
    mapping(bytes32 caseId => bool) public isCovered;

    constructor(IPoolRegistry registry_, ICourt court_, IERC20 token_, bool hasBeacon_) {
        registry = registry_;
        court = court_;
        token = token_;
        hasBeacon = hasBeacon_;
    }

    modifier onlyGovernor(bytes32 poolId) {
        if (msg.sender != registry.governorOf(poolId)) revert NotGovernor();
        _;
    }

    modifier onlyCourt() {
        if (msg.sender != address(court)) revert NotAllowed();
        _;
    }

    function attach(bytes32 poolId, IPoolShares shares) external onlyGovernor(poolId) {
        if (isAttached(poolId)) revert AlreadyAttached();
        _funds[poolId].shares = shares;
        emit MembersAttached(poolId, address(shares));
    }

    function contribute(bytes32 poolId) external payable {
        if (!isAttached(poolId)) revert NotAttached();
        if (msg.value == 0) revert NothingToDo();
        _funds[poolId].contributions += msg.value;
        emit Contributed(poolId, msg.sender, msg.value);
    }

    function addPenalty(bytes32 poolId) external payable onlyCourt {
        _funds[poolId].penalties += msg.value;
        emit PenaltyAdded(poolId, msg.value, 0);
    }

    function noteTokens(bytes32 poolId, uint256 tokens) external onlyCourt {
        _funds[poolId].tokens += tokens;
        emit PenaltyAdded(poolId, 0, tokens);
    }

    function setTokenPrice(bytes32 poolId, uint256 price) external onlyGovernor(poolId) {
        Fund storage fund = _funds[poolId];
        uint256 before = fund.tokenPrice;
        if (before != 0) {
            uint256 step = before * PRICE_STEP_BP / 10_000;
            bool soon = block.timestamp < fund.pricedAt + PRICE_PERIOD;
            if (soon || price > before + step || price < before - step) revert PriceMovesTooFast();
        }
        fund.tokenPrice = price;
        fund.pricedAt = uint64(block.timestamp);
        emit TokenPriceSet(poolId, price);
    }

    function cover(Accusation calldata accusation) external nonReentrant {
        if (!hasBeacon) revert NoBeacon();
        bytes32 poolId = accusation.poolId;
        bytes32 caseId = court.idOf(accusation);
        uint256 loss = court.uncoveredLossOf(caseId);
        if (loss == 0 || isCovered[caseId] || !isAttached(poolId)) revert NoLoss();
        isCovered[caseId] = true;
        Fund storage fund = _funds[poolId];
        fund.largestLoss = Math.max(fund.largestLoss, loss);
        uint256 open = loss * COVERED_BP / 10_000;
        uint256 paid = Math.min(open, (fund.penalties + fund.contributions) * MOST_AN_INCIDENT_BP / 10_000);
        uint256 fromPenalties = Math.min(paid, fund.penalties);
        fund.penalties -= fromPenalties;
        fund.contributions -= paid - fromPenalties;
        (uint256 own, uint256 members) = _coverInTokens(fund, open - paid, registry.operatorOf(poolId));
        emit LossCovered(poolId, caseId, loss, paid, own, members);
        _send(registry.operatorOf(poolId), paid);
    }

    function payDividend(bytes32 poolId) external onlyGovernor(poolId) nonReentrant {
        Fund storage fund = _funds[poolId];
        uint256 target = Math.saturatingSub(fund.largestLoss * TARGET_LOSSES, fund.penalties);
        if (!isAttached(poolId) || fund.contributions <= target) revert BelowTarget();
        uint256 amount = fund.contributions - target;
        fund.contributions = target;
        emit DividendPaid(poolId, amount);
        fund.shares.distribute{value: amount}();
    }

    function payLeaver(bytes32 poolId, address member, uint256 shares, uint256 ofShares)
        external
        nonReentrant
    {
        Fund storage fund = _funds[poolId];
        if (msg.sender != address(fund.shares)) revert NotAllowed();
        uint256 amount = Math.mulDiv(fund.contributions, shares, ofShares);
        fund.contributions -= amount;
        emit LeaverPaid(poolId, member, amount);
        _send(member, amount);
    }

    function isAttached(bytes32 poolId) public view returns (bool) {
        return address(_funds[poolId].shares) != address(0);
    }

    function fundOf(bytes32 poolId)
        external
        view
        returns (uint256 penalties, uint256 contributions, uint256 tokens)
    {
        Fund storage fund = _funds[poolId];
        return (fund.penalties, fund.contributions, fund.tokens);
    }

    function _coverInTokens(Fund storage fund, uint256 open, address operator)
        private
        returns (uint256 own, uint256 members)
    {
        if (open == 0 || fund.tokenPrice == 0) return (0, 0);
        uint256 tokens = Math.mulDiv(open, 1 ether, fund.tokenPrice);
        own = Math.min(tokens, fund.tokens * MOST_AN_INCIDENT_BP / 10_000);
        fund.tokens -= own;
        if (own > 0) token.safeTransfer(operator, own);
        if (tokens > own) members = fund.shares.assess(tokens - own, operator);
    }
}
