#pragma once

#include "edge/picture/plane.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace millpond::picture {

/// A plane as the mean values of a small grid, in sixteenths of a level.
struct Cells {
    int across = 0;
    int down = 0;
    std::vector<std::uint16_t> values;  ///< row by row
};

/// The mean of every cell; samples that two cells share count for each by their area.
[[nodiscard]] Cells pool(const PlaneView& plane, int across, int down);

/// A frame as a small picture: as many cells for every size, so that they can be compared.
struct Thumbnail {
    Cells luma;  ///< 64 x 36, or 36 x 64 of a picture that is higher than wide
    Cells u;     ///< half as many each way
    Cells v;
};

[[nodiscard]] Thumbnail make_thumbnail(const std::array<PlaneView, 3>& planes);

}  // namespace millpond::picture
