#include "edge/settlement/neighbours.hpp"

namespace millpond {

std::pair<std::optional<chain::PostedLeaf>, std::optional<chain::PostedLeaf>> neighbours_of(
    const settle::SumTree& tree, const Address& account
)
{
    std::optional<Address> left;
    std::optional<Address> right;
    for (const settle::Leaf& leaf : tree.leaves()) {
        if (leaf.account < account) left = leaf.account;
        if (leaf.account > account && !right) right = leaf.account;
    }
    const auto posted = [&](const std::optional<Address>& of) -> std::optional<chain::PostedLeaf> {
        const auto proven = of ? tree.prove(*of) : std::nullopt;
        if (!proven) return std::nullopt;
        return chain::PostedLeaf{.leaf = proven->first, .proof = proven->second};
    };
    return {posted(left), posted(right)};
}

}  // namespace millpond
