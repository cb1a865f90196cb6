#include "core/settle/sum_tree.hpp"

#include "crypto/keccak.hpp"
#include "crypto/typed_data.hpp"

#include <algorithm>

namespace millpond::settle {

Hash32 hash_of(const Leaf& leaf)
{
    Bytes words;
    const auto add = [&](const Hash32& word) {
        words.insert(words.end(), word.begin(), word.end());
    };
    const auto number = [&](std::uint64_t value) { add(to_big_endian(Wei{value})); };
    add(leaf.pool.value());
    number(leaf.epoch);
    Hash32 account{};
    std::ranges::copy(leaf.account.value(), account.begin() + 12);
    add(account);
    add(to_big_endian(leaf.earned));
    number(leaf.hold_seconds);
    number(leaf.segments);
    number(leaf.flags);
    return crypto::keccak256(crypto::keccak256(words));
}

std::optional<SumNode> parent_of(const SumNode& left, const SumNode& right)
{
    const auto sum = millpond::add(left.sum, right.sum);
    if (!sum) return std::nullopt;
    std::array<std::uint8_t, 128> bytes{};
    auto out = std::ranges::copy(left.hash, bytes.begin()).out;
    out = std::ranges::copy(to_big_endian(left.sum), out).out;
    out = std::ranges::copy(right.hash, out).out;
    std::ranges::copy(to_big_endian(right.sum), out);
    return SumNode{.hash = crypto::keccak256(bytes), .sum = *sum};
}

std::optional<SumNode> root_of(const SumProof& proof, const Leaf& leaf)
{
    if (proof.siblings.size() > 64) return std::nullopt;
    std::optional<SumNode> node = SumNode{.hash = hash_of(leaf), .sum = leaf.earned};
    for (std::size_t level = 0; level < proof.siblings.size() && node; ++level) {
        const SumNode& sibling = proof.siblings[level];
        const bool right = (proof.path >> level & 1U) != 0;
        node = right ? parent_of(sibling, *node) : parent_of(*node, sibling);
    }
    return node;
}

std::optional<SumTree> SumTree::build(std::vector<Leaf> leaves)
{
    SumTree tree;
    std::ranges::sort(leaves, {}, &Leaf::account);
    tree.leaves_ = std::move(leaves);
    std::vector<SumNode> level;
    level.reserve(tree.leaves_.size());
    for (const Leaf& leaf : tree.leaves_)
        level.push_back({.hash = hash_of(leaf), .sum = leaf.earned});
    while (level.size() > 1) {
        std::vector<SumNode> above;
        above.reserve((level.size() + 1) / 2);
        for (std::size_t i = 0; i + 1 < level.size(); i += 2) {
            const auto parent = parent_of(level[i], level[i + 1]);
            if (!parent) return std::nullopt;
            above.push_back(*parent);
        }
        if (level.size() % 2 == 1) above.push_back(level.back());
        tree.levels_.push_back(std::exchange(level, std::move(above)));
    }
    tree.levels_.push_back(std::move(level));
    return tree;
}

SumNode SumTree::root() const
{
    return levels_.back().empty() ? SumNode{} : levels_.back().front();
}

std::optional<std::pair<Leaf, SumProof>> SumTree::prove(const Address& account) const
{
    const auto found = std::ranges::lower_bound(leaves_, account, {}, &Leaf::account);
    if (found == leaves_.end() || found->account != account) return std::nullopt;
    SumProof proof;
    auto index = static_cast<std::size_t>(found - leaves_.begin());
    for (const auto& level : levels_) {
        const std::size_t sibling = index ^ 1U;
        if (sibling < level.size()) {
            if (index % 2 == 1) proof.path |= std::uint64_t{1} << proof.siblings.size();
            proof.siblings.push_back(level[sibling]);
        }
        index /= 2;
    }
    return std::pair{*found, std::move(proof)};
}

}  // namespace millpond::settle
