// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Kind} from "../src/interfaces/IBondVault.sol";
import {Accusation} from "../src/interfaces/ICourt.sol";
import {EpochStamp} from "../src/interfaces/IFeeVault.sol";
import {Proof} from "../src/interfaces/IPoolRegistry.sol";
import {Receipts, ResultCommit, TaskOffer} from "../src/libraries/Receipts.sol";
import {Leaf, SumNode, SumProof, SumTree} from "../src/libraries/SumTree.sol";
import {PoolFixture} from "./support/PoolFixture.sol";

/// What the common actions cost, written to snapshots/ and bounded here. Each is one transaction of its own, so
/// that everything it touches is cold.
contract GasTest is PoolFixture {
    address internal worker;
    address internal unpaid;
    address internal newcomer = named("newcomer");
    Leaf internal leaf;
    SumProof internal proof;
    EpochStamp internal stamp;

    function setUp() public override {
        super.setUp();
        worker = _transcoder("worker", 100 ether);
        unpaid = _transcoder("unpaid", 100 ether);
        for (uint64 epoch = 1; epoch <= 2; ++epoch) {
            _post(epoch, _only(worker, epoch * 1 ether, epoch));
            vm.warp(block.timestamp + 1 days);
        }
        vm.warp(block.timestamp + 1 days);
        Leaf[] memory before = _only(worker, 2 ether, 2);
        _claim(EpochStamp(2, uint64(START + 1 days), 36 hours, keccak256("audit")), before, worker);
        leaf = _leaf(worker, 3, 2.5 ether);
        // as high as the tree of 10,000 accounts
        proof.path = 0x1234;
        for (uint256 i = 0; i < 14; ++i) {
            proof.siblings.push(SumNode(keccak256(abi.encode(i)), 0.123456789 ether));
        }
        stamp = EpochStamp(3, uint64(block.timestamp), 36 hours, keccak256("audit"));
        (bytes32 root, uint256 sum) = this.walk(leaf, proof);
        vm.prank(operator);
        s.fees.postEpochRoot(pool, 3, root, sum, stamp.auditRoot, keccak256("anchor"));
        _give(worker, 1 ether);
        lpt.mint(newcomer, 10 ether);
        vm.prank(newcomer);
        lpt.approve(address(s.bonds), 10 ether);
        vm.warp(block.timestamp + 36 hours);
    }

    function walk(Leaf calldata of_, SumProof calldata by) external pure returns (bytes32, uint256) {
        return SumTree.root(of_, by);
    }

    /// forge-config: default.isolate = true
    function test_postEpochRoot() external {
        vm.prank(operator);
        s.fees.postEpochRoot(pool, 4, keccak256("root"), 6 ether, keccak256("audit"), keccak256("anchor 5"));
        assertLe(vm.snapshotGasLastCall("epoch root"), 100_000);
    }

    /// forge-config: default.isolate = true
    function test_claim() external {
        vm.prank(worker);
        s.fees.claim(stamp, leaf, proof);
        assertLe(vm.snapshotGasLastCall("claim among 10,000"), 100_000);
    }

    /// forge-config: default.isolate = true
    function test_bond() external {
        vm.prank(newcomer);
        s.bonds.deposit(pool, Kind.Transcoder, 10 ether);
        assertLe(vm.snapshotGasLastCall("bond"), 90_000);
    }

    /// forge-config: default.isolate = true
    function test_openCase() external {
        _openCase(worker, "worker");
        assertLe(vm.snapshotGasLastCall("open a case"), 250_000);
    }

    /// forge-config: default.isolate = true
    function test_openCase_againstOneThatWasNeverPaid() external {
        _openCase(unpaid, "unpaid");
        assertLe(vm.snapshotGasLastCall("open a case against one never paid"), 250_000);
    }

    function _openCase(address accused, string memory name) private {
        Accusation memory a = _accusation(accused, 1, 10 ether, 1 ether);
        TaskOffer memory offer = _offer(accused, 1);
        ResultCommit memory commit = _result(offer, "output");
        Proof memory signed = _signed(Receipts.hash(commit), name);
        uint256 bond = s.court.openingBond(a);
        vm.prank(operator);
        s.court.open{value: bond}(a, offer, commit, signed);
    }
}
