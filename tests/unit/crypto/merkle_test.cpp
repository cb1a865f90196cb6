#include "crypto/merkle.hpp"

#include "crypto/keccak.hpp"

#include <gtest/gtest.h>

namespace millpond::crypto {
namespace {

std::vector<Hash32> some_leaves(std::size_t count)
{
    std::vector<Hash32> leaves;
    for (std::size_t i = 0; i < count; ++i) {
        const Bytes text{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8U)};
        leaves.push_back(keccak256(text));
    }
    return leaves;
}

TEST(Merkle, proves_every_leaf_of_trees_of_any_size)
{
    for (std::size_t count = 1; count <= 40; ++count) {
        const auto leaves = some_leaves(count);
        const Hash32 root = merkle_root(leaves);
        for (std::size_t i = 0; i < count; ++i) {
            const MerkleProof proof = merkle_proof(leaves, i);
            EXPECT_EQ(root_of(proof, leaves[i]), root) << i << " of " << count;
            if (count == 1) continue;
            EXPECT_NE(root_of(proof, leaves[(i + 1) % count]), root);
            MerkleProof elsewhere = proof;
            elsewhere.index ^= 1U;
            EXPECT_NE(root_of(elsewhere, leaves[i]), root);
        }
    }
}

TEST(Merkle, refuses_proofs_of_the_wrong_length)
{
    const auto leaves = some_leaves(5);
    MerkleProof proof = merkle_proof(leaves, 2);
    proof.siblings.emplace_back();
    EXPECT_EQ(root_of(proof, leaves[2]), std::nullopt);
    proof.siblings.resize(2);
    EXPECT_EQ(root_of(proof, leaves[2]), std::nullopt);
    proof.index = 5;
    EXPECT_EQ(root_of(proof, leaves[2]), std::nullopt);
}

TEST(Merkle, has_the_same_root_leaf_by_leaf)
{
    MerkleFrontier frontier;
    EXPECT_EQ(frontier.root(), merkle_root({}));
    for (std::size_t count = 1; count <= 70; ++count) {
        frontier.add(some_leaves(count).back());
        EXPECT_EQ(frontier.root(), merkle_root(some_leaves(count))) << count;
    }
    EXPECT_EQ(frontier.leaves(), 70U);
}

}  // namespace
}  // namespace millpond::crypto
