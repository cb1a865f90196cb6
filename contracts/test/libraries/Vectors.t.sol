// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import "../../src/libraries/Receipts.sol";
import {Leaf, SumNode, SumProof, SumTree} from "../../src/libraries/SumTree.sol";
import {Test} from "../support/Test.sol";
import {TreeBuilder} from "../support/TreeBuilder.sol";

contract DomainProbe is EIP712("Millpond", "1") {
    function separator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }
}

/// The same files that hold the programs' hashes, signatures, roots and proofs.
contract VectorsTest is Test {
    function test_receipts_areTheProgramsBytes() external {
        string memory file = vm.readFile("../schema/vectors/receipts.json");
        bytes32 domain = _domain(file);
        assertEq(domain, vm.parseJsonBytes32(file, ".domain.separator"));
        address signer = vm.parseJsonAddress(file, ".address");
        uint256 count = 0;
        for (; vm.keyExistsJson(file, _object(count, "")); ++count) {
            bytes32 structHash = _hash(
                vm.parseJsonString(file, _object(count, ".type")),
                vm.parseJsonBytes(file, _object(count, ".words"))
            );
            assertEq(structHash, vm.parseJsonBytes32(file, _object(count, ".structHash")));
            bytes32 digest = MessageHashUtils.toTypedDataHash(domain, structHash);
            assertEq(digest, vm.parseJsonBytes32(file, _object(count, ".digest")));
            assertEq(ECDSA.recover(digest, vm.parseJsonBytes(file, _object(count, ".signature"))), signer);
        }
        assertEq(count, 30);
    }

    function test_sumTrees_areTheProgramsBytes() external view {
        string memory file = vm.readFile("../schema/vectors/sum_trees.json");
        uint256 count = 0;
        for (; vm.keyExistsJson(file, string.concat(".trees[", vm.toString(count), "]")); ++count) {
            string memory tree = string.concat(".trees[", vm.toString(count), "]");
            Leaf[] memory leaves = _leaves(file, tree);
            SumNode memory root = TreeBuilder.root(leaves);
            assertEq(root.hash, vm.parseJsonBytes32(file, string.concat(tree, ".root.hash")));
            assertEq(root.sum, vm.parseJsonUint(file, string.concat(tree, ".root.sum")));
            SumProof memory proof = _proof(file, string.concat(tree, ".proof"));
            (bytes32 node, uint256 sum) = this.walk(
                _of(leaves, vm.parseJsonAddress(file, string.concat(tree, ".proof.account"))), proof
            );
            assertEq(node, root.hash);
            assertEq(sum, root.sum);
        }
        assertGt(count, 3);
    }

    function walk(Leaf memory leaf, SumProof calldata proof) external pure returns (bytes32, uint256) {
        return SumTree.root(leaf, proof);
    }

    function _domain(string memory file) private returns (bytes32) {
        vm.chainId(vm.parseJsonUint(file, ".domain.chainId"));
        address registry = vm.parseJsonAddress(file, ".domain.verifyingContract");
        vm.etch(registry, address(new DomainProbe()).code);
        return DomainProbe(registry).separator();
    }

    function _object(uint256 index, string memory key) private pure returns (string memory) {
        return string.concat(".objects[", vm.toString(index), "]", key);
    }

    function _hash(string memory kind, bytes memory words) private pure returns (bytes32) {
        bytes32 k = keccak256(bytes(kind));
        if (k == keccak256("SessionGrant")) return Receipts.hash(abi.decode(words, (SessionGrant)));
        if (k == keccak256("TaskOffer")) return Receipts.hash(abi.decode(words, (TaskOffer)));
        if (k == keccak256("SealedCommit")) return Receipts.hash(abi.decode(words, (SealedCommit)));
        if (k == keccak256("ResultCommit")) return Receipts.hash(abi.decode(words, (ResultCommit)));
        if (k == keccak256("Voucher")) return Receipts.hash(abi.decode(words, (Voucher)));
        if (k == keccak256("Correction")) return Receipts.hash(abi.decode(words, (Correction)));
        if (k == keccak256("Reject")) return Receipts.hash(abi.decode(words, (Reject)));
        if (k == keccak256("EpochRoot")) return Receipts.hash(abi.decode(words, (EpochRoot)));
        if (k == keccak256("CheckReport")) return Receipts.hash(abi.decode(words, (CheckReport)));
        if (k == keccak256("SeedDisclosure")) return Receipts.hash(abi.decode(words, (SeedDisclosure)));
        revert(kind);
    }

    function _leaves(string memory file, string memory tree) private view returns (Leaf[] memory leaves) {
        uint256 count = 0;
        while (vm.keyExistsJson(file, _item(tree, ".leaves", count))) ++count;
        leaves = new Leaf[](count);
        for (uint256 i = 0; i < count; ++i) {
            string memory path = _item(tree, ".leaves", i);
            leaves[i] = Leaf({
                poolId: vm.parseJsonBytes32(file, string.concat(path, ".poolId")),
                epoch: uint64(vm.parseJsonUint(file, string.concat(path, ".epoch"))),
                account: vm.parseJsonAddress(file, string.concat(path, ".account")),
                earned: vm.parseJsonUint(file, string.concat(path, ".earned")),
                holdSeconds: uint64(vm.parseJsonUint(file, string.concat(path, ".holdSeconds"))),
                segments: uint64(vm.parseJsonUint(file, string.concat(path, ".segments"))),
                flags: uint64(vm.parseJsonUint(file, string.concat(path, ".flags")))
            });
        }
    }

    function _proof(string memory file, string memory path) private view returns (SumProof memory proof) {
        proof.path = uint64(vm.parseJsonUint(file, string.concat(path, ".path")));
        uint256 count = 0;
        while (vm.keyExistsJson(file, _item(path, ".siblings", count))) ++count;
        proof.siblings = new SumNode[](count);
        for (uint256 i = 0; i < count; ++i) {
            string memory sibling = _item(path, ".siblings", i);
            proof.siblings[i] = SumNode(
                vm.parseJsonBytes32(file, string.concat(sibling, ".hash")),
                vm.parseJsonUint(file, string.concat(sibling, ".sum"))
            );
        }
    }

    function _item(string memory base, string memory list, uint256 index)
        private
        pure
        returns (string memory)
    {
        return string.concat(base, list, "[", vm.toString(index), "]");
    }

    function _of(Leaf[] memory leaves, address account) private pure returns (Leaf memory) {
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (leaves[i].account == account) return leaves[i];
        }
        revert("not in the tree");
    }
}
