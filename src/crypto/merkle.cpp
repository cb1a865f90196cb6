#include "crypto/merkle.hpp"

#include "base/assert.hpp"
#include "crypto/keccak.hpp"

#include <algorithm>
#include <array>

namespace millpond::crypto {
namespace {

using Pair = std::array<std::uint8_t, 64>;

Hash32 parent_of(const Hash32& left, const Hash32& right)
{
    Pair pair{};
    std::ranges::copy(left, pair.begin());
    std::ranges::copy(right, pair.begin() + 32);
    return keccak256(pair);
}

/// Replaces a level by the one above it.
void raise(std::vector<Hash32>& level)
{
    const std::size_t pairs = level.size() / 2;
    for (std::size_t i = 0; i < pairs; ++i)
        level[i] = parent_of(level[2 * i], level[2 * i + 1]);
    if (level.size() % 2 == 1) {
        level[pairs] = level.back();
        level.resize(pairs + 1);
        return;
    }
    level.resize(pairs);
}

}  // namespace

Hash32 merkle_root(std::vector<Hash32> leaves)
{
    if (leaves.empty()) return {};
    while (leaves.size() > 1)
        raise(leaves);
    return leaves.front();
}

MerkleProof merkle_proof(std::vector<Hash32> leaves, std::size_t index)
{
    MILLPOND_ASSERT(index < leaves.size());
    MerkleProof proof{.index = index, .leaves = leaves.size()};
    for (; leaves.size() > 1; raise(leaves), index /= 2) {
        const std::size_t sibling = index ^ 1U;
        if (sibling < leaves.size()) proof.siblings.push_back(leaves[sibling]);
    }
    return proof;
}

std::optional<Hash32> root_of(const MerkleProof& proof, const Hash32& leaf)
{
    if (proof.index >= proof.leaves) return std::nullopt;
    Hash32 node = leaf;
    std::size_t used = 0;
    std::uint64_t index = proof.index;
    for (std::uint64_t size = proof.leaves; size > 1; size = (size + 1) / 2, index /= 2) {
        if ((index ^ 1U) >= size) continue;
        if (used == proof.siblings.size()) return std::nullopt;
        const Hash32& sibling = proof.siblings[used++];
        node = index % 2 == 0 ? parent_of(node, sibling) : parent_of(sibling, node);
    }
    if (used != proof.siblings.size()) return std::nullopt;
    return node;
}

void MerkleFrontier::add(const Hash32& leaf)
{
    Hash32 node = leaf;
    std::size_t level = 0;
    for (; level < levels_.size() && levels_[level]; ++level) {
        node = parent_of(*levels_[level], node);
        levels_[level].reset();
    }
    if (level == levels_.size()) levels_.emplace_back();
    levels_[level] = node;
    ++leaves_;
}

Hash32 MerkleFrontier::root() const
{
    std::optional<Hash32> right;
    for (const auto& left : levels_) {
        if (!left) continue;
        right = right ? parent_of(*left, *right) : *left;
    }
    return right.value_or(Hash32{});
}

}  // namespace millpond::crypto
