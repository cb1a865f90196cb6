#pragma once

#include "corpus/internal/encode.hpp"

namespace millpond::corpus {

/// Cisco's encoder: real, and no relative of x264. libav of Debian has no door to it.
struct OpenH264 {
    bool cabac = false;
    bool thorough = false;  ///< its highest complexity instead of its lowest
    int slices = 1;
    bool adaptive = true;  ///< quantiser
    bool deblocking = true;
    bool background = true;      ///< looks for what stands still
    bool quality_first = false;  ///< its rate control for quality instead of the one for bits
};

/// Takes rate, GOP and nothing else from `how`.
[[nodiscard]] Result<Track, Fault> encoded(const Clip& clip, const Encoding& how, OpenH264 as);

}  // namespace millpond::corpus
