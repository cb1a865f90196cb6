// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Kind} from "../src/interfaces/IBondVault.sol";
import {PostedLeaf} from "../src/interfaces/IChallenges.sol";
import {Accusation} from "../src/interfaces/ICourt.sol";
import {EpochStamp} from "../src/interfaces/IFeeVault.sol";
import {Proof} from "../src/interfaces/IPoolRegistry.sol";
import {Receipts, ResultCommit, TaskOffer} from "../src/libraries/Receipts.sol";
import {Leaf, SumNode} from "../src/libraries/SumTree.sol";
import {PoolFixture} from "./support/PoolFixture.sol";
import {TreeBuilder} from "./support/TreeBuilder.sol";

/// What the common actions cost, written to snapshots/ and held to it. Each is one transaction of its own, so
/// that everything it touches is cold.
contract GasTest is PoolFixture {
    address internal worker;
    Leaf[] internal leaves;
    EpochStamp internal stamp;

    function setUp() public override {
        super.setUp();
        worker = _transcoder("worker", 100 ether);
        for (uint64 epoch = 1; epoch <= 2; ++epoch) {
            _post(epoch, _only(worker, epoch * 1 ether, epoch));
            vm.warp(block.timestamp + 1 days);
        }
        // a tree as high as that of 10,000 accounts
        for (uint160 i = 0; i < 256; ++i) {
            leaves.push(_leaf(i == 100 ? worker : address(i + 1), 3, i == 100 ? 2.5 ether : 0.001 ether));
        }
        stamp = _post(3, leaves);
        _give(worker, 1 ether);
        lpt.mint(worker, 10 ether);
        vm.prank(worker);
        lpt.approve(address(s.bonds), 10 ether);
        vm.warp(block.timestamp + 36 hours);
    }

    /// forge-config: default.isolate = true
    function test_postEpochRoot() external {
        SumNode memory root = TreeBuilder.root(leaves);
        vm.prank(operator);
        s.fees.postEpochRoot(pool, 4, root.hash, root.sum, keccak256("audit"), keccak256("anchor"));
        assertLe(vm.snapshotGasLastCall("epoch root"), 100_000);
    }

    /// forge-config: default.isolate = true
    function test_claim() external {
        PostedLeaf memory posted = PostedLeaf(true, leaves[100], TreeBuilder.prove(leaves, 100));
        vm.prank(worker);
        s.fees.claim(stamp, posted.leaf, posted.proof);
        assertLe(vm.snapshotGasLastCall("claim, tree of 256"), 100_000);
    }

    /// forge-config: default.isolate = true
    function test_bond() external {
        vm.prank(worker);
        s.bonds.deposit(pool, Kind.Transcoder, 10 ether);
        assertLe(vm.snapshotGasLastCall("bond"), 90_000);
    }

    /// forge-config: default.isolate = true
    function test_openCase() external {
        Accusation memory a = _accusation(worker, 1, 10 ether, 1 ether);
        TaskOffer memory offer = _offer(worker, 1);
        ResultCommit memory commit = _result(offer, "output");
        Proof memory proof = _signed(Receipts.hash(commit), "worker");
        uint256 bond = s.court.openingBond(a);
        vm.prank(operator);
        s.court.open{value: bond}(a, offer, commit, proof);
        assertLe(vm.snapshotGasLastCall("open a case"), 250_000);
    }
}
