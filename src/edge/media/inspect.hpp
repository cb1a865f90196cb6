#pragma once

#include "base/bytes.hpp"
#include "model/facts.hpp"

namespace millpond::media {

enum class Depth : std::uint8_t {
    packets,  ///< container, parameter sets and packets: cheap
    frames,   ///< every frame decoded as well
};

/// Reads the structure of a video file in memory. Never fails: what cannot be read is a fact.
[[nodiscard]] MediaFacts inspect(ByteView file, Depth depth);

}  // namespace millpond::media
