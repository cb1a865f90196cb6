#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace millpond::crypto {

/// Merkle trees over 32-byte leaves. A parent is keccak(left ‖ right); the last node of a level
/// of odd length moves up as it is. Leaves are hashed twice by whoever makes them, so that no
/// inner node can be passed off as a leaf. The root of no leaves is all zero.
[[nodiscard]] Hash32 merkle_root(std::vector<Hash32> leaves);

/// The siblings from the leaf up; levels where the node has none are left out.
struct MerkleProof {
    std::uint64_t index = 0;
    std::uint64_t leaves = 0;  ///< of the whole tree
    std::vector<Hash32> siblings;

    bool operator==(const MerkleProof&) const = default;
};

[[nodiscard]] MerkleProof merkle_proof(std::vector<Hash32> leaves, std::size_t index);
/// The root that the proof leads to; nothing for a proof of the wrong length.
[[nodiscard]] std::optional<Hash32> root_of(const MerkleProof& proof, const Hash32& leaf);

/// The same root, leaf by leaf, in as much memory as the tree is high.
class MerkleFrontier {
public:
    void add(const Hash32& leaf);
    [[nodiscard]] Hash32 root() const;

    [[nodiscard]] std::uint64_t leaves() const { return leaves_; }

private:
    std::vector<std::optional<Hash32>> levels_;  ///< a whole subtree that waits for its sibling
    std::uint64_t leaves_ = 0;
};

}  // namespace millpond::crypto
