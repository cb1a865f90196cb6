// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Bond, Kind} from "../../src/interfaces/IBondVault.sol";
import {Objective, PostedLeaf} from "../../src/interfaces/IChallenges.sol";
import {EpochStamp} from "../../src/interfaces/IFeeVault.sol";
import {Proof} from "../../src/interfaces/IPoolRegistry.sol";
import {IRandomness} from "../../src/interfaces/IRandomness.sol";
import {Receipts, Voucher} from "../../src/libraries/Receipts.sol";
import {Leaf} from "../../src/libraries/SumTree.sol";
import {PoolFixture} from "../support/PoolFixture.sol";
import {PlainToken} from "../support/Tokens.sol";

/// Random calls on the money of two pools, and a note of the first thing that should not have happened.
contract PoolHandler is PoolFixture {
    uint256 internal constant WORKERS = 4;
    uint256 internal constant POOLS = 2;

    string public broken; // empty while all is well
    uint256 internal clock_ = START;
    bytes32[POOLS] internal pools;
    string[POOLS] internal operators = ["operator", "second operator"];
    string[WORKERS] internal workers = ["worker a", "worker b", "worker c", "worker d"];
    uint256 internal using_; // the pool that `pool` and `operator` stand for
    mapping(bytes32 poolId => mapping(uint64 epoch => EpochStamp)) internal stamps;
    mapping(bytes32 poolId => mapping(uint64 epoch => Leaf[])) internal leavesOf;
    mapping(bytes32 poolId => uint64) public lastEpoch;
    mapping(bytes32 poolId => uint64) internal seqOf;
    mapping(bytes32 poolId => mapping(address => uint256)) internal mostClaimed;
    mapping(string action => uint256) public done;

    /// Time goes on from where the last call left it.
    modifier now_() {
        vm.warp(clock_);
        _;
        clock_ = block.timestamp;
    }

    /// Whoever's bond or pay this took, it was without a case.
    modifier takesNothing() {
        uint256 tokens = _allBonds();
        uint256 pay = _allForfeited();
        _;
        if (_allBonds() < tokens) _break("a bond fell without a case");
        if (_allForfeited() > pay) _break("pay was forfeited without a case");
        _noteClaims();
    }

    constructor() {
        vm.warp(START);
        _deploy(new PlainToken(), IRandomness(address(0)));
        _sortWorkers();
        for (uint256 i = 0; i < POOLS; ++i) {
            operator = named(operators[i]);
            pool = pools[i] = _openPool(operators[i]);
            vm.prank(operator);
            s.registry.activateVerdictFunction(pool, VERDICTS);
            _bond(operator, pool, Kind.Operator, 1000 ether);
            for (uint256 w = 0; w < WORKERS; ++w) {
                _transcoder(workers[w], 50 ether);
            }
            _addBond(2 ether);
        }
        _enrolJurors(17, 4);
        clock_ = block.timestamp;
    }

    function pass(uint256 time) external {
        clock_ += bound(time, 1 minutes, 60 hours);
        ++done["pass"];
    }

    // Bonds

    function bondMore(uint256 p, uint256 w, uint256 amount) external now_ takesNothing {
        _use(p);
        _bond(_worker(w), pool, Kind.Transcoder, bound(amount, 1, 40 ether));
        ++done["bond"];
    }

    function unbond(uint256 p, uint256 w, uint256 amount) external now_ takesNothing {
        _use(p);
        address who = _worker(w);
        uint256 active = _activeOf(who, Kind.Transcoder);
        vm.prank(who);
        s.bonds.requestUnbond(pool, Kind.Transcoder, bound(amount, 1, active));
        ++done["unbond"];
    }

    function withdraw(uint256 p, uint256 w, uint256 id) external now_ {
        _use(p);
        address who = _worker(w);
        (uint256 active,, uint256 locked) = s.bonds.bonded(_bondOf(who, Kind.Transcoder));
        vm.prank(who);
        s.bonds.withdraw(pool, Kind.Transcoder, id % 4);
        (uint256 after_, uint256 unbonding, uint256 still) = s.bonds.bonded(_bondOf(who, Kind.Transcoder));
        if (after_ != active || still != locked) _break("a withdrawal touched what is bonded");
        if (after_ + unbonding < locked) _break("what was locked has left");
        ++done["withdraw"];
    }

    // Fees

    function fund(uint256 p, uint256 amount) external now_ takesNothing {
        _use(p);
        _fund(bound(amount, 1, 3 ether));
        ++done["fund"];
    }

    function withdrawFree(uint256 p, uint256 amount) external now_ takesNothing {
        _use(p);
        (uint256 balance, uint256 reserved) = s.fees.poolOf(pool);
        amount = bound(amount, 1, balance);
        vm.prank(operator);
        s.fees.withdrawFree(pool, amount);
        if (amount > balance - reserved) _break("reserved ether left to the operator");
        ++done["withdrawFree"];
    }

    /// A root that adds to every account; one in eight takes from one of them instead.
    function post(uint256 p, uint256[WORKERS] calldata earned, uint256 cheat) external now_ takesNothing {
        _use(p);
        uint64 epoch = lastEpoch[pool] + 1;
        Leaf[] memory made = new Leaf[](WORKERS);
        uint256 total = 0;
        for (uint256 w = 0; w < WORKERS; ++w) {
            made[w] = _leaf(_worker(w), epoch, _earnedBefore(w) + bound(earned[w], 0, 0.5 ether));
            total += made[w].earned;
        }
        if (cheat % 8 == 0) {
            uint256 from = cheat % WORKERS;
            made[(from + 1) % WORKERS].earned += made[from].earned;
            made[from].earned = 0;
        }
        (uint256 balance, uint256 reserved) = s.fees.poolOf(pool);
        (,, uint256 before) = s.fees.lastEpochOf(pool);
        uint256 needed = reserved + total - before;
        if (needed > balance) _fund(needed - balance);
        EpochStamp memory stamp = _post(epoch, made);
        (stamps[pool][epoch], lastEpoch[pool]) = (stamp, epoch);
        for (uint256 w = 0; w < WORKERS; ++w) {
            leavesOf[pool][epoch].push(made[w]);
        }
        ++done["post"];
    }

    function claim(uint256 p, uint256 w, uint256 epochSeed) external now_ takesNothing {
        _use(p);
        uint64 epoch = _someEpoch(epochSeed);
        _claim(stamps[pool][epoch], leavesOf[pool][epoch], _worker(w));
        ++done["claim"];
    }

    function claimCredit(uint256 p, uint256 w) external now_ takesNothing {
        _use(p);
        s.fees.claimCredit(pool, _worker(w));
        ++done["claimCredit"];
    }

    // Challenges

    function proveDecrease(uint256 p, uint256 w, bool newest) external now_ {
        _use(p);
        uint64 epoch = lastEpoch[pool];
        while (!newest && epoch > 1 && s.fees.rootCommitOf(pool, epoch) != 0 && !_falls(w, epoch)) --epoch;
        PostedLeaf memory had = _posted(leavesOf[pool][epoch - 1], _worker(w));
        PostedLeaf memory has = _posted(leavesOf[pool][epoch], _worker(w));
        s.challenges.proveDecrease(stamps[pool][epoch - 1], had, stamps[pool][epoch], has);
        if (has.leaf.earned >= had.leaf.earned) _break("a root that gave more was voided");
        ++done["proveDecrease"];
    }

    function proveShortfall(uint256 p, uint256 w, uint256 more) external now_ takesNothing {
        _use(p);
        uint64 epoch = lastEpoch[pool];
        PostedLeaf memory posted = _posted(leavesOf[pool][epoch], _worker(w));
        Voucher memory voucher =
            _voucher(_worker(w), ++seqOf[pool], posted.leaf.earned + bound(more, 1, 0.1 ether), epoch);
        Proof memory proof = _signed(Receipts.hash(voucher), operators[using_]);
        s.challenges.proveUnderInclusion(voucher, proof, stamps[pool][epoch], posted);
        ++done["proveShortfall"];
    }

    function addBond(uint256 p, uint256 amount) external now_ takesNothing {
        _use(p);
        _addBond(bound(amount, 1, 1 ether));
        ++done["addBond"];
    }

    // The second pool may stop posting

    function openSettlement(uint256 w, uint256 more) external now_ takesNothing {
        _use(1);
        (Voucher memory voucher, Proof memory proof) = _overdue(w, more);
        s.settlement.open(voucher, proof);
        ++done["openSettlement"];
    }

    function submitVoucher(uint256 w, uint256 more) external now_ takesNothing {
        _use(1);
        (Voucher memory voucher, Proof memory proof) = _overdue(w, more);
        s.settlement.submitVoucher(voucher, proof);
        ++done["submitVoucher"];
    }

    function submitLeaf(uint256 w, uint256 epochSeed) external now_ takesNothing {
        _use(1);
        uint64 epoch = _someEpoch(epochSeed);
        s.settlement.submitLeaf(stamps[pool][epoch], _posted(leavesOf[pool][epoch], _worker(w)));
        ++done["submitLeaf"];
    }

    function finishSettlement() external now_ takesNothing {
        _use(1);
        s.settlement.finish(pool);
        ++done["finishSettlement"];
    }

    function settle(uint256 w) external now_ takesNothing {
        _use(1);
        s.settlement.settle(pool, _worker(w));
        ++done["settle"];
    }

    // What must hold

    function checkMoney() external {
        uint256 inFees = s.fees.totalOwed();
        uint256 inBonds = s.operatorBond.totalOwed();
        for (uint256 p = 0; p < POOLS; ++p) {
            (uint256 balance, uint256 reserved) = s.fees.poolOf(pools[p]);
            if (reserved > balance) _break("more is reserved than is there");
            inFees += balance;
            inBonds += s.operatorBond.bondOf(pools[p]);
        }
        if (address(s.fees).balance != inFees) _break("the vault's ether is not what it says");
        if (address(s.operatorBond).balance != inBonds) _break("operators' bonds are not what they say");
        if (lpt.balanceOf(address(s.bonds)) != _allBonds()) {
            _break("the bonds' tokens are not what they say");
        }
    }

    /// All tokens of all bonds, seen from outside.
    function _allBonds() internal view returns (uint256 tokens) {
        for (uint256 p = 0; p < POOLS; ++p) {
            tokens += _tokensOf(Bond(pools[p], named(operators[p]), Kind.Operator));
            for (uint256 w = 0; w < WORKERS; ++w) {
                tokens += _tokensOf(Bond(pools[p], named(workers[w]), Kind.Transcoder));
            }
        }
        for (uint256 i = 0; i < 17; ++i) {
            tokens += _tokensOf(Bond(0, named(_juror(i)), Kind.Juror));
        }
    }

    function _tokensOf(Bond memory bond) internal view returns (uint256) {
        (uint256 active, uint256 unbonding,) = s.bonds.bonded(bond);
        return active + unbonding;
    }

    function _allForfeited() internal view returns (uint256 sum) {
        for (uint256 p = 0; p < POOLS; ++p) {
            for (uint256 w = 0; w < WORKERS; ++w) {
                (,, uint256 forfeited,) = s.fees.accountOf(pools[p], named(workers[w]));
                sum += forfeited;
            }
        }
    }

    function _noteClaims() internal {
        for (uint256 w = 0; w < WORKERS; ++w) {
            (uint256 claimed,,,) = s.fees.accountOf(pool, _worker(w));
            if (claimed < mostClaimed[pool][_worker(w)]) _break("what was paid has become less");
            mostClaimed[pool][_worker(w)] = claimed;
        }
    }

    function _overdue(uint256 w, uint256 more) private returns (Voucher memory voucher, Proof memory proof) {
        uint64 epoch = lastEpoch[pool];
        uint256 earned = epoch == 0 ? 0 : leavesOf[pool][epoch][w % WORKERS].earned;
        voucher = _voucher(_worker(w), ++seqOf[pool], earned + bound(more, 1, 4 ether), epoch + 1);
        proof = _signed(Receipts.hash(voucher), operators[using_]);
    }

    function _use(uint256 p) internal {
        using_ = p % POOLS;
        (pool, operator) = (pools[using_], named(operators[using_]));
    }

    function _worker(uint256 w) internal view returns (address) {
        return named(workers[w % WORKERS]);
    }

    function _falls(uint256 w, uint64 epoch) private view returns (bool) {
        Leaf[] storage before = leavesOf[pool][epoch - 1];
        return leavesOf[pool][epoch][w % WORKERS].earned < before[w % WORKERS].earned;
    }

    function _earnedBefore(uint256 w) private view returns (uint256) {
        uint64 epoch = lastEpoch[pool];
        if (epoch == 0) return 0;
        bool cheated = epoch > 1 && s.fees.rootCommitOf(pool, epoch) == 0;
        return leavesOf[pool][cheated ? epoch - 1 : epoch][w].earned;
    }

    function _someEpoch(uint256 seed) internal view returns (uint64) {
        return uint64(1 + seed % lastEpoch[pool]);
    }

    function _fund(uint256 amount) private {
        _give(operator, amount);
        vm.prank(operator);
        s.fees.fund{value: amount}(pool);
    }

    function _addBond(uint256 amount) private {
        _give(operator, amount);
        vm.prank(operator);
        s.operatorBond.deposit{value: amount}(pool);
    }

    /// Into the order of their addresses, which is that of the leaves.
    function _sortWorkers() private {
        for (uint256 i = 0; i < WORKERS; ++i) {
            for (uint256 j = i + 1; j < WORKERS; ++j) {
                if (named(workers[j]) < named(workers[i])) {
                    string memory later = workers[i];
                    workers[i] = workers[j];
                    workers[j] = later;
                }
            }
        }
    }

    function _break(string memory what) internal {
        if (bytes(broken).length == 0) broken = what;
    }
}
