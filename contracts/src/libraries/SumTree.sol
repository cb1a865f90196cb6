// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// What one account has earned up to an epoch's end.
struct Leaf {
    bytes32 poolId;
    uint64 epoch;
    address account;
    uint256 earned; // cumulative
    uint64 holdSeconds;
    uint64 segments;
    uint64 flags;
}

struct SumNode {
    bytes32 hash;
    uint256 sum;
}

/// The siblings from the leaf up. Bit i of `path` is 1 where the node is the right one of level i.
struct SumProof {
    SumNode[] siblings;
    uint64 path;
}

/// Trees over the accounts of an epoch, in the order of their addresses, where each node carries the sum
/// below it. Both children's sums are hashed, so leaves that add up to more than the root's sum cannot all
/// be proven (schema/vectors/sum_trees.json).
library SumTree {
    error ProofTooLong();

    uint256 internal constant MAX_LEVELS = 64;

    /// Hashed twice, so that no inner node is anybody's leaf.
    function hash(Leaf memory leaf) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(keccak256(abi.encode(leaf))));
    }

    /// The node that the proof leads to. Reverts where sums overflow.
    function root(Leaf memory leaf, SumProof calldata proof)
        internal
        pure
        returns (bytes32 node, uint256 sum)
    {
        uint256 levels = proof.siblings.length;
        if (levels > MAX_LEVELS) revert ProofTooLong();
        node = hash(leaf);
        sum = leaf.earned;
        uint256 path = proof.path;
        for (uint256 level = 0; level < levels; ++level) {
            SumNode calldata sibling = proof.siblings[level];
            node = (path >> level) & 1 == 1
                ? parent(sibling.hash, sibling.sum, node, sum)
                : parent(node, sum, sibling.hash, sibling.sum);
            sum += sibling.sum;
        }
    }

    function parent(bytes32 left, uint256 leftSum, bytes32 right, uint256 rightSum)
        internal
        pure
        returns (bytes32 node)
    {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, left)
            mstore(add(free, 0x20), leftSum)
            mstore(add(free, 0x40), right)
            mstore(add(free, 0x60), rightSum)
            node := keccak256(free, 0x80)
        }
    }

    /// True where nobody stands left of the leaf.
    function isFirst(SumProof calldata proof) internal pure returns (bool) {
        return proof.path == 0;
    }

    /// True where nobody stands right of the leaf.
    function isLast(SumProof calldata proof) internal pure returns (bool) {
        return proof.path == _ones(proof.siblings.length);
    }

    /// True where two proofs of one root are those of neighbours: above the fork both go the same way,
    /// below it the left one keeps right and the right one keeps left.
    function areNeighbours(SumProof calldata left, SumProof calldata right) internal pure returns (bool) {
        uint256 l = left.siblings.length;
        uint256 r = right.siblings.length;
        while (l > 0 && r > 0 && (left.path >> (l - 1)) & 1 == (right.path >> (r - 1)) & 1) {
            --l;
            --r;
        }
        if (l == 0 || r == 0) return false;
        return uint256(left.path) & (2 ** l - 1) == 2 ** (l - 1) - 1
            && uint256(right.path) & (2 ** r - 1) == 2 ** (r - 1);
    }

    function _ones(uint256 count) private pure returns (uint256) {
        return 2 ** count - 1;
    }
}
