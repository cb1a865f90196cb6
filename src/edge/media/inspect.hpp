#pragma once

#include "base/bytes.hpp"
#include "edge/media/parameter_sets.hpp"
#include "model/facts.hpp"

namespace millpond::media {

enum class Depth : std::uint8_t {
    packets,  ///< container, parameter sets and packets: cheap, nothing is decoded
    frames,   ///< every frame decoded as well
};

/// Reads the structure of a video file in memory. Never fails: what cannot be read is a fact. What
/// an H.264 stream asks beyond the limits is refused before a decoder sees a byte of it.
[[nodiscard]] MediaFacts inspect(ByteView file, Depth depth, const DecodeLimits& limits = {});

}  // namespace millpond::media
