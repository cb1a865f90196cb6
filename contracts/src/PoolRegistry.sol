// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IPoolRegistry, Proof, Terms} from "./interfaces/IPoolRegistry.sol";
import {Receipts, SessionGrant} from "./libraries/Receipts.sol";

/// See IPoolRegistry.
contract PoolRegistry is IPoolRegistry, EIP712("Millpond", "1") {
    uint64 public constant TERMS_NOTICE = 48 hours;
    uint64 public constant PAYOUT_DELAY = 72 hours;
    uint64 public constant VERDICT_NOTICE = 7 days;
    uint64 public constant EVIDENCE_LIFE = 14 days;
    uint32 public constant MAX_PAUSE = 14 days;
    uint32 public constant MAX_HOLD = 7 days;
    uint32 public constant MIN_CHALLENGE = 36 hours;

    struct Pool {
        address operator;
        uint64 createdAt;
        bool winding;
        bool judged; // has a verdict function
        address governor;
        uint64 nextFrom; // when `next` takes the place of `terms`; 0 without
        uint64 pausedUntil;
        bytes32 firstAnchor;
        Terms terms;
        Terms next;
    }

    struct Member {
        address payout;
        uint32 maxHold;
        uint64 nextFrom;
        address nextPayout;
        address watcher;
    }

    mapping(bytes32 poolId => Pool) private _pools;
    mapping(bytes32 poolId => mapping(address owner => Member)) private _members;
    mapping(address owner => mapping(address sessionKey => uint64)) public revokedAt;
    mapping(bytes32 poolId => mapping(bytes32 verdictFunction => uint64)) public verdictFunctionFrom;

    modifier onlyGovernor(bytes32 poolId) {
        _onlyGovernor(poolId);
        _;
    }

    function createPool(Terms calldata terms, bytes32 firstAnchor) external returns (bytes32 poolId) {
        poolId = Receipts.poolId(block.chainid, address(this), msg.sender);
        Pool storage pool = _pools[poolId];
        if (pool.operator != address(0)) revert AlreadyExists();
        _requireBounds(terms);
        pool.operator = msg.sender;
        pool.createdAt = uint64(block.timestamp);
        pool.governor = msg.sender;
        pool.firstAnchor = firstAnchor;
        pool.terms = terms;
        emit PoolCreated(poolId, msg.sender, terms, firstAnchor);
    }

    function scheduleTerms(bytes32 poolId, Terms calldata terms) external onlyGovernor(poolId) {
        _requireBounds(terms);
        Pool storage pool = _pools[poolId];
        if (_nextHolds(pool)) pool.terms = pool.next;
        pool.next = terms;
        pool.nextFrom = uint64(block.timestamp) + TERMS_NOTICE;
        emit TermsScheduled(poolId, pool.nextFrom, terms);
    }

    function changeGovernor(bytes32 poolId, address governor) external onlyGovernor(poolId) {
        _pools[poolId].governor = governor;
        emit GovernorChanged(poolId, governor);
    }

    function wind(bytes32 poolId, bytes32 successor) external onlyGovernor(poolId) {
        _pools[poolId].winding = true;
        emit PoolWinding(poolId, successor);
    }

    function activateVerdictFunction(bytes32 poolId, bytes32 verdictFunction) external onlyGovernor(poolId) {
        if (verdictFunctionFrom[poolId][verdictFunction] != 0) revert AlreadyExists();
        Pool storage pool = _pools[poolId];
        uint64 from = uint64(block.timestamp) + (pool.judged ? VERDICT_NOTICE : 0);
        pool.judged = true;
        verdictFunctionFrom[poolId][verdictFunction] = from;
        emit VerdictFunctionActivated(poolId, verdictFunction, from);
    }

    function pauseOpenings(bytes32 poolId, uint32 duration) external {
        Pool storage pool = _pools[poolId];
        if (msg.sender != termsOf(poolId).guardian) revert NotGuardian();
        if (duration > MAX_PAUSE) revert TermsOutOfBounds();
        if (pool.pausedUntil != 0 && block.timestamp < pool.pausedUntil + MAX_PAUSE) {
            revert PausedTooRecently();
        }
        pool.pausedUntil = uint64(block.timestamp) + duration;
        emit OpeningsPaused(poolId, pool.pausedUntil);
    }

    function register(bytes32 poolId, address payout, uint32 maxHold) external {
        if (_pools[poolId].operator == address(0)) revert UnknownPool();
        Member storage member = _members[poolId][msg.sender];
        if (member.payout != address(0)) revert AlreadyExists();
        if (payout == address(0)) revert NoPayout();
        if (maxHold > termsOf(poolId).maxHold) revert HoldTooLong();
        member.payout = payout;
        member.maxHold = maxHold;
        emit TranscoderRegistered(poolId, msg.sender, payout, maxHold);
    }

    function schedulePayout(bytes32 poolId, address payout) external {
        Member storage member = _member(poolId);
        if (payout == address(0)) revert NoPayout();
        if (member.nextFrom != 0 && block.timestamp >= member.nextFrom) member.payout = member.nextPayout;
        member.nextPayout = payout;
        member.nextFrom = uint64(block.timestamp) + PAYOUT_DELAY;
        emit PayoutScheduled(poolId, msg.sender, payout, member.nextFrom);
    }

    function nameWatcher(bytes32 poolId, address watcher) external {
        _member(poolId).watcher = watcher;
        emit WatcherNamed(poolId, msg.sender, watcher);
    }

    function revokeGrant(address sessionKey) external {
        if (revokedAt[msg.sender][sessionKey] != 0) revert AlreadyExists();
        revokedAt[msg.sender][sessionKey] = uint64(block.timestamp);
        emit GrantRevoked(msg.sender, sessionKey);
    }

    function operatorOf(bytes32 poolId) external view returns (address) {
        return _pools[poolId].operator;
    }

    function rootTermsOf(bytes32 poolId) external view returns (address operator, uint32 challenge) {
        Pool storage pool = _pools[poolId];
        return (pool.operator, _nextHolds(pool) ? pool.next.challenge : pool.terms.challenge);
    }

    function caseTermsOf(bytes32 poolId)
        external
        view
        returns (address operator, bool paused, uint16 firstFraudBp, uint16 softFaultBp)
    {
        Pool storage pool = _pools[poolId];
        Terms storage terms = _nextHolds(pool) ? pool.next : pool.terms;
        paused = block.timestamp < pool.pausedUntil;
        return (pool.operator, paused, terms.firstFraudBp, terms.softFaultBp);
    }

    function governorOf(bytes32 poolId) external view returns (address) {
        return _pools[poolId].governor;
    }

    function firstAnchorOf(bytes32 poolId) external view returns (bytes32) {
        return _pools[poolId].firstAnchor;
    }

    function createdAt(bytes32 poolId) external view returns (uint64) {
        return _pools[poolId].createdAt;
    }

    function isPaused(bytes32 poolId) external view returns (bool) {
        return block.timestamp < _pools[poolId].pausedUntil;
    }

    function isWinding(bytes32 poolId) external view returns (bool) {
        return _pools[poolId].winding;
    }

    function isRegistered(bytes32 poolId, address owner) external view returns (bool) {
        return _members[poolId][owner].payout != address(0);
    }

    function watcherOf(bytes32 poolId, address owner) external view returns (address) {
        return _members[poolId][owner].watcher;
    }

    function termsOf(bytes32 poolId) public view returns (Terms memory) {
        Pool storage pool = _pools[poolId];
        return _nextHolds(pool) ? pool.next : pool.terms;
    }

    function payoutOf(bytes32 poolId, address owner) external view returns (address payout, uint32 maxHold) {
        Member storage member = _members[poolId][owner];
        payout = member.payout;
        if (payout == address(0)) return (owner, MAX_HOLD);
        maxHold = member.maxHold;
        if (member.nextFrom != 0 && block.timestamp >= member.nextFrom) payout = member.nextPayout;
    }

    function isSignedBy(
        bytes32 poolId,
        address owner,
        bytes32 structHash,
        uint64 scope,
        uint64 signedAt,
        Proof calldata proof
    ) external view returns (bool) {
        address signer = owner;
        if (proof.grant.sessionKey != address(0)) {
            if (!_allows(poolId, owner, scope, signedAt, proof)) return false;
            signer = proof.grant.sessionKey;
        }
        return
            SignatureChecker.isValidSignatureNowCalldata(
                signer, _hashTypedDataV4(structHash), proof.signature
            );
    }

    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    function _allows(bytes32 poolId, address owner, uint64 scope, uint64 signedAt, Proof calldata proof)
        private
        view
        returns (bool)
    {
        SessionGrant calldata grant = proof.grant;
        if (grant.poolId != poolId || grant.owner != owner || grant.scope & scope == 0) return false;
        uint64 end = grant.notAfter;
        uint64 revoked = revokedAt[owner][grant.sessionKey];
        if (revoked != 0 && revoked < end) end = revoked;
        uint256 time = signedAt;
        uint256 until = end;
        if (signedAt == 0) {
            time = block.timestamp;
            until += EVIDENCE_LIFE;
        }
        if (time < grant.notBefore || time >= until) return false;
        return SignatureChecker.isValidSignatureNowCalldata(
            owner, _hashTypedDataV4(Receipts.hash(grant)), proof.grantSignature
        );
    }

    function _member(bytes32 poolId) private view returns (Member storage member) {
        member = _members[poolId][msg.sender];
        if (member.payout == address(0)) revert NotRegistered();
    }

    function _nextHolds(Pool storage pool) private view returns (bool) {
        return pool.nextFrom != 0 && block.timestamp >= pool.nextFrom;
    }

    function _onlyGovernor(bytes32 poolId) private view {
        if (msg.sender != _pools[poolId].governor) revert NotGovernor();
    }

    function _requireBounds(Terms calldata terms) private pure {
        bool sound = terms.maxHold <= MAX_HOLD && terms.challenge >= MIN_CHALLENGE
            && terms.challenge <= MAX_HOLD && terms.epochSeconds >= 1 hours && terms.epochSeconds <= 7 days
            && terms.payShareBp >= 5000 && terms.payShareBp <= 9500 && terms.probationShareBp >= 4500
            && terms.probationShareBp <= terms.payShareBp && terms.firstFraudBp <= 10_000
            && terms.softFaultBp <= 1000 && terms.claimantBp <= 5000;
        if (!sound) revert TermsOutOfBounds();
    }
}
