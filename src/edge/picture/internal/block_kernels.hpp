#pragma once

#include "edge/picture/blocks.hpp"

namespace millpond::picture {

using SumAll = void (*)(const Compared&, const BlockGrid&, std::vector<BlockSums>&);

/// The sums by 256-bit registers; null on a machine without them.
[[nodiscard]] SumAll sum_blocks_wide();

}  // namespace millpond::picture
