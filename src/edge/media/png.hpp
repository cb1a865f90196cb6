#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "edge/media/pictures.hpp"

#include <array>

namespace millpond::media {

/// An 8-bit 4:2:0 picture as a PNG file.
[[nodiscard]] Result<Bytes, Fault> encode_png(const std::array<PlaneView, 3>& planes);

}  // namespace millpond::media
