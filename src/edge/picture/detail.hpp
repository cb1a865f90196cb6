#pragma once

#include "edge/picture/blocks.hpp"
#include "model/picture.hpp"

#include <cstdint>
#include <vector>

namespace millpond::picture {

/// One frame's blocks judged against what quantiser and scaler explain.
struct BlockScores {
    std::vector<std::uint32_t> block;  ///< ratio of square error; /256
    std::vector<std::int32_t> mean;    ///< signed error of the mean; /16
    std::vector<std::int32_t> mean_allowed;
    std::vector<std::int32_t> u;  ///< signed error of the mean; /16
    std::vector<std::int32_t> v;
    std::vector<std::int32_t> uv_allowed;
};

struct Examined {
    Detail detail;
    BlockScores scores;
};

/// What the sums of a frame's blocks say. `qp` is that of each macroblock of a picture `across`
/// macroblocks wide.
[[nodiscard]] Examined examine(
    const std::vector<BlockSums>& blocks,
    const BlockGrid& grid,
    const std::vector<std::uint8_t>& qp,
    int across
);

/// Finds blocks that are wrong in frame after frame.
class Persisting {
public:
    void add(const BlockScores& scores);
    [[nodiscard]] Persistence result() const;

    [[nodiscard]] bool empty() const { return frames_ == 0; }

private:
    int frames_ = 0;
    std::vector<std::uint32_t> least_;
    BlockScores sums_;
};

}  // namespace millpond::picture
