// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Deployment, System} from "../../script/Deployment.sol";
import {Bond, Kind} from "../../src/interfaces/IBondVault.sol";
import {PostedLeaf} from "../../src/interfaces/IChallenges.sol";
import {Accusation, Fault} from "../../src/interfaces/ICourt.sol";
import {EpochStamp} from "../../src/interfaces/IFeeVault.sol";
import {Vote} from "../../src/interfaces/IJury.sol";
import {Proof, Terms} from "../../src/interfaces/IPoolRegistry.sol";
import {IRandomness} from "../../src/interfaces/IRandomness.sol";
import "../../src/libraries/Receipts.sol";
import {Leaf, SumNode, SumProof} from "../../src/libraries/SumTree.sol";
import {Test} from "./Test.sol";
import {PlainToken} from "./Tokens.sol";
import {TreeBuilder} from "./TreeBuilder.sol";

/// A pool with its operator, money and bonds on freshly deployed contracts, and hands to work them with.
abstract contract PoolFixture is Test {
    uint256 internal constant START = 1_800_000_000;
    bytes32 internal constant VERDICTS = keccak256("verdict function 1");
    bytes32 internal constant SEED = keccak256("the first epoch's secret");
    uint64 internal constant TICKS = 5;
    address internal constant BURNED = 0x000000000000000000000000000000000000dEaD;

    System internal s;
    PlainToken internal lpt;
    address internal operator = named("operator");
    address internal guardian = named("guardian");
    bytes32 internal pool;

    function setUp() public virtual {
        vm.warp(START);
        _deploy(_token(), _randomness());
        pool = _openPool("operator");
        vm.prank(operator);
        s.registry.activateVerdictFunction(pool, VERDICTS);
        _bond(operator, pool, Kind.Operator, 1000 ether);
        _give(operator, 100 ether);
        vm.startPrank(operator);
        s.fees.fund{value: 10 ether}(pool);
        s.operatorBond.deposit{value: 5 ether}(pool);
        vm.stopPrank();
    }

    function _token() internal virtual returns (PlainToken) {
        return new PlainToken();
    }

    /// None.
    function _randomness() internal virtual returns (IRandomness) {}

    function _deploy(PlainToken token, IRandomness randomness) internal {
        lpt = token;
        s = Deployment.deploy(IERC20(address(token)), randomness, address(this), vm.getNonce(address(this)));
    }

    function _openPool(string memory name) internal returns (bytes32) {
        vm.prank(named(name));
        return s.registry.createPool(_terms(), _anchor(SEED, TICKS));
    }

    function _terms() internal view returns (Terms memory) {
        return Terms({
            guardian: guardian,
            maxHold: 7 days,
            challenge: 36 hours,
            epochSeconds: 24 hours,
            payShareBp: 8000,
            probationShareBp: 6000,
            firstFraudBp: 3000,
            softFaultBp: 1000,
            claimantBp: 3000,
            parameters: keccak256("parameters")
        });
    }

    function _give(address who, uint256 amount) internal {
        vm.deal(who, who.balance + amount);
    }

    function _bond(address who, bytes32 poolId, Kind kind, uint256 amount) internal {
        lpt.mint(who, amount);
        vm.startPrank(who);
        lpt.approve(address(s.bonds), amount);
        s.bonds.deposit(poolId, kind, amount);
        vm.stopPrank();
    }

    /// A registered transcoder, with a bond where `tokens` is more than 0.
    function _transcoder(string memory name, uint256 tokens) internal returns (address who) {
        who = named(name);
        vm.prank(who);
        s.registry.register(pool, who, 72 hours);
        if (tokens > 0) _bond(who, pool, Kind.Transcoder, tokens);
    }

    function _activeOf(address who, Kind kind) internal view returns (uint256 active) {
        (active,,) = s.bonds.bonded(_bondOf(who, kind));
    }

    function _bondOf(address who, Kind kind) internal view returns (Bond memory) {
        return Bond(kind == Kind.Juror ? bytes32(0) : pool, who, kind);
    }

    // What is signed

    function _signature(bytes32 structHash, uint256 key) internal view returns (bytes memory) {
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", s.registry.domainSeparator(), structHash));
        (uint8 v, bytes32 r, bytes32 t) = vm.sign(key, digest);
        return abi.encodePacked(r, t, v);
    }

    function _signed(bytes32 structHash, string memory by) internal view returns (Proof memory proof) {
        proof.signature = _signature(structHash, keyOf(by));
    }

    function _grant(string memory owner, string memory key, uint64 scope)
        internal
        view
        returns (SessionGrant memory)
    {
        return SessionGrant({
            poolId: pool,
            owner: named(owner),
            sessionKey: named(key),
            scope: scope,
            valueCap: 1 ether,
            notBefore: uint64(block.timestamp),
            notAfter: uint64(block.timestamp) + 7 days,
            nonce: 1
        });
    }

    /// Signed by a session key.
    function _signedWith(
        bytes32 structHash,
        string memory key,
        SessionGrant memory grant,
        string memory owner
    ) internal view returns (Proof memory) {
        return Proof(
            _signature(structHash, keyOf(key)), grant, _signature(Receipts.hash(grant), keyOf(owner))
        );
    }

    function _voucher(address who, uint64 seq, uint256 earned, uint64 epoch)
        internal
        view
        returns (Voucher memory)
    {
        return Voucher(pool, who, seq, earned, seq, epoch, keccak256("commit"));
    }

    function _byOperator(Voucher memory voucher) internal view returns (Proof memory) {
        return _signed(Receipts.hash(voucher), "operator");
    }

    function _offer(address who, uint256 task) internal view returns (TaskOffer memory offer) {
        offer.poolId = pool;
        offer.epoch = 1;
        offer.taskId = keccak256(abi.encode("task", who, task));
        offer.transcoder = who;
        offer.sourceHash = keccak256("source");
        offer.profileHash = keccak256("profile");
        offer.fee = 0.001 ether;
        offer.maxPixels = 1e9;
        offer.issuedAt = uint64(block.timestamp);
        offer.deadline = uint64(block.timestamp) + 10;
        offer.verdictFunction = VERDICTS;
    }

    function _result(TaskOffer memory offer, string memory output)
        internal
        pure
        returns (ResultCommit memory)
    {
        return ResultCommit(Receipts.hash(offer), keccak256(bytes(output)), 1e6, offer.issuedAt, 0);
    }

    // Epochs

    function _leaf(address who, uint64 epoch, uint256 earned) internal view returns (Leaf memory) {
        return Leaf(pool, epoch, who, earned, 0, 1, 0);
    }

    function _leaves(address a, uint256 ofA, address b, uint256 ofB, uint64 epoch)
        internal
        view
        returns (Leaf[] memory leaves)
    {
        leaves = new Leaf[](2);
        (leaves[0], leaves[1]) = a < b
            ? (_leaf(a, epoch, ofA), _leaf(b, epoch, ofB))
            : (_leaf(b, epoch, ofB), _leaf(a, epoch, ofA));
    }

    function _only(address a, uint256 ofA, uint64 epoch) internal view returns (Leaf[] memory leaves) {
        leaves = new Leaf[](1);
        leaves[0] = _leaf(a, epoch, ofA);
    }

    function _post(uint64 epoch, Leaf[] memory leaves) internal returns (EpochStamp memory stamp) {
        SumNode memory root = TreeBuilder.root(leaves);
        stamp = EpochStamp(epoch, uint64(block.timestamp), 36 hours, keccak256("audit"));
        vm.prank(operator);
        s.fees.postEpochRoot(pool, epoch, root.hash, root.sum, stamp.auditRoot, _anchor(SEED, TICKS));
    }

    function _posted(Leaf[] memory leaves, address who) internal pure returns (PostedLeaf memory posted) {
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (leaves[i].account == who) {
                return PostedLeaf(true, leaves[i], TreeBuilder.prove(leaves, i));
            }
        }
    }

    function _nothing() internal pure returns (PostedLeaf memory) {}

    function _claim(EpochStamp memory stamp, Leaf[] memory leaves, address who) internal {
        PostedLeaf memory posted = _posted(leaves, who);
        s.fees.claim(stamp, posted.leaf, posted.proof);
    }

    function _anchor(bytes32 seed, uint64 ticks) internal pure returns (bytes32 node) {
        node = seed;
        for (uint64 i = 0; i < ticks; ++i) {
            node = keccak256(abi.encodePacked(node));
        }
    }

    // Cases

    function _accusation(address who, uint256 task, uint256 tokens, uint256 amount)
        internal
        view
        returns (Accusation memory)
    {
        return Accusation({
            poolId: pool,
            accused: who,
            fault: Fault.Fraud,
            taskId: _offer(who, task).taskId,
            epoch: 1,
            penaltyTokens: tokens,
            penaltyEther: amount,
            damage: 0,
            damageBp: 0,
            evidenceRoot: keccak256("evidence"),
            seedCommit: keccak256(abi.encodePacked(keccak256("claimant's half")))
        });
    }

    function _openCase(Accusation memory a, string memory accused, uint256 task) internal returns (bytes32) {
        TaskOffer memory offer = _offer(a.accused, task);
        ResultCommit memory commit = _result(offer, "output");
        Proof memory proof = _signed(Receipts.hash(commit), accused);
        uint256 bond = s.court.openingBond(a);
        vm.prank(operator);
        return s.court.open{value: bond}(a, offer, commit, proof);
    }

    function _dispute(Accusation memory a) internal {
        uint256 bond = s.court.defenceBond(a);
        _give(a.accused, bond);
        vm.prank(a.accused);
        s.court.dispute{value: bond}(a, keccak256(abi.encodePacked(keccak256("accused's half"))), false);
    }

    function _publish(Accusation memory a) internal {
        vm.prank(operator);
        s.court.publishEvidence(a, "ipfs://evidence", keccak256("data"), keccak256("claimant's half"));
    }

    function _summon(Accusation memory a) internal {
        s.court.summon(a, keccak256("accused's half"));
    }

    function _toCourt(Accusation memory a) internal {
        _dispute(a);
        _publish(a);
        _summon(a);
    }

    // Juries

    function _juror(uint256 number) internal pure returns (string memory) {
        return string.concat("juror ", vm.toString(number));
    }

    /// So many jurors on the roster, each with seats' worth of bond.
    function _enrolJurors(uint256 count, uint256 seats) internal {
        for (uint256 i = 0; i < count; ++i) {
            address who = named(_juror(i));
            _bond(who, 0, Kind.Juror, seats * 20 ether);
            vm.prank(who);
            s.jurors.join();
        }
        vm.warp(block.timestamp + 14 days);
        for (uint256 i = 0; i < count; ++i) {
            s.jurors.enrol(named(_juror(i)));
        }
        vm.warp(block.timestamp + 1);
    }

    function _drawAll(bytes32 caseId, uint8 round) internal {
        s.jury.draw(caseId, round, 2000);
    }

    /// All seats vote; the first so many to convict.
    function _voteAll(bytes32 caseId, uint8 round, uint8 attempt, uint8 convict, uint8 voters) internal {
        for (uint8 i = 0; i < voters; ++i) {
            address juror = s.jury.jurorOf(caseId, round, attempt, i);
            Vote vote = i < convict ? Vote.Convict : Vote.Acquit;
            vm.prank(juror);
            s.jury.commitVote(caseId, round, _ballot(caseId, round, juror, vote));
        }
        (, uint64 commitUntil,) = s.jury.deadlinesOf(caseId, round);
        vm.warp(commitUntil);
        for (uint8 i = 0; i < voters; ++i) {
            address juror = s.jury.jurorOf(caseId, round, attempt, i);
            vm.prank(juror);
            s.jury
                .revealVote(
                    caseId, round, i < convict ? Vote.Convict : Vote.Acquit, keccak256("scores"), _salt(juror)
                );
        }
        vm.warp(commitUntil + 48 hours);
    }

    function _ballot(bytes32 caseId, uint8 round, address juror, Vote vote) internal pure returns (bytes32) {
        return keccak256(abi.encode(caseId, round, juror, vote, keccak256("scores"), _salt(juror)));
    }

    function _salt(address juror) internal pure returns (bytes32) {
        return keccak256(abi.encode("salt", juror));
    }

    /// A whole round with so many votes to convict, up to the court's ruling.
    function _judge(Accusation memory a, uint8 round, uint8 convict) internal {
        bytes32 caseId = s.court.idOf(a);
        _drawAll(caseId, round);
        _voteAll(caseId, round, 0, convict, s.jury.seatsOf(round));
        s.court.takeVerdict(a);
    }
}
