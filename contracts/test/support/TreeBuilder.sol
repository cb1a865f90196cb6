// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Leaf, SumNode, SumProof, SumTree} from "../../src/libraries/SumTree.sol";

/// Builds an epoch's tree as the pool does: leaves in the order they are given, the last node of a level of
/// odd length moves up as it is.
library TreeBuilder {
    function root(Leaf[] memory leaves) internal pure returns (SumNode memory) {
        SumNode[] memory level = _bottom(leaves);
        while (level.length > 1) level = _above(level);
        return level.length == 0 ? SumNode(0, 0) : level[0];
    }

    function prove(Leaf[] memory leaves, uint256 index) internal pure returns (SumProof memory proof) {
        SumNode[] memory level = _bottom(leaves);
        SumNode[] memory siblings = new SumNode[](64);
        uint256 count = 0;
        while (level.length > 1) {
            uint256 sibling = index ^ 1;
            if (sibling < level.length) {
                if (index % 2 == 1) proof.path |= uint64(1) << uint64(count);
                siblings[count++] = level[sibling];
            }
            index /= 2;
            level = _above(level);
        }
        proof.siblings = new SumNode[](count);
        for (uint256 i = 0; i < count; ++i) {
            proof.siblings[i] = siblings[i];
        }
    }

    function _bottom(Leaf[] memory leaves) private pure returns (SumNode[] memory level) {
        level = new SumNode[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            level[i] = SumNode(SumTree.hash(leaves[i]), leaves[i].earned);
        }
    }

    function _above(SumNode[] memory level) private pure returns (SumNode[] memory above) {
        above = new SumNode[]((level.length + 1) / 2);
        for (uint256 i = 0; i + 1 < level.length; i += 2) {
            above[i / 2] = SumNode(
                SumTree.parent(level[i].hash, level[i].sum, level[i + 1].hash, level[i + 1].sum),
                level[i].sum + level[i + 1].sum
            );
        }
        if (level.length % 2 == 1) above[above.length - 1] = level[level.length - 1];
    }
}
