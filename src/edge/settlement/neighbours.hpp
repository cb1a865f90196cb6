#pragma once

#include "core/chain/court.hpp"
#include "core/settle/sum_tree.hpp"

#include <optional>
#include <utility>

namespace millpond {

/// The leaves between which an account would stand that is not in the tree: what shows that it is
/// not.
[[nodiscard]] std::pair<std::optional<chain::PostedLeaf>, std::optional<chain::PostedLeaf>>
neighbours_of(const settle::SumTree& tree, const Address& account);

}  // namespace millpond
