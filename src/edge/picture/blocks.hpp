#pragma once

#include "edge/picture/plane.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace millpond::picture {

constexpr int block_side = 16;
constexpr int block_pixels = block_side * block_side;

/// Sums over one 16 x 16 block of luma and the 8 x 8 of chroma that lie on it. `r` is the
/// reference, `s` its soft sister, `p` the rendition; `lap` is their Laplacian, `third` their third
/// differences along both axes.
struct BlockSums {
    std::int32_t r = 0;
    std::int32_t r2 = 0;
    std::int32_t error = 0;  ///< p - r
    std::int32_t error2 = 0;
    std::int32_t soft = 0;  ///< s - r
    std::int32_t soft2 = 0;
    std::int32_t error_soft = 0;
    std::int32_t lap_rr = 0;
    std::int32_t lap_rs = 0;
    std::int32_t lap_ss = 0;
    std::int32_t lap_rp = 0;
    std::int32_t lap_sp = 0;
    std::int32_t lap_pp = 0;
    std::int64_t third_rr = 0;
    std::int64_t third_rs = 0;
    std::int64_t third_ss = 0;
    std::int64_t third_rp = 0;
    std::int64_t third_sp = 0;
    std::int32_t u = 0;  ///< of the reference
    std::int32_t v = 0;
    std::int32_t u_error = 0;
    std::int32_t v_error = 0;
    std::int32_t uv_error2 = 0;
};

/// The planes that are compared, all of the rendition's size.
struct Compared {
    const Plane& reference;
    const Plane& soft;
    const Plane& rendition;
    const Plane& reference_u;
    const Plane& reference_v;
    const Plane& rendition_u;
    const Plane& rendition_v;
};

/// The blocks of a picture. Where its sides are no multiples of 16, the last blocks lie flush with
/// its edge, over their neighbours.
struct BlockGrid {
    int across = 0;
    int down = 0;
    std::vector<int> x;  ///< left edges
    std::vector<int> y;  ///< top edges

    BlockGrid(int width, int height);
};

/// Row by row.
[[nodiscard]] std::vector<BlockSums> sum_blocks(const Compared& planes, const BlockGrid& grid);

/// "avx2" or "portable": the same numbers.
[[nodiscard]] std::string_view blocks_backend();
/// For tests. False if this machine cannot.
bool use_blocks_backend(std::string_view name);

}  // namespace millpond::picture
