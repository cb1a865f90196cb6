#pragma once

#include "base/result.hpp"
#include "edge/media/internal/av.hpp"
#include "edge/media/pictures.hpp"

namespace millpond::media {

/// Fills in the planes of a decoded frame as 8-bit 4:2:0, turned upright by `rotation` degrees
/// clockwise. What is in that form already is shared, not copied.
Result<void, Fault> make_upright(const AVFrame* frame, int rotation, DecodedPicture& picture);

}  // namespace millpond::media
