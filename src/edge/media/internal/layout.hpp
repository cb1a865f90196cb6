#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "model/profile.hpp"

namespace millpond::media {

/// A container's outer shape, read before any demuxer sees it.
struct Layout {
    Container container = Container::mpegts;
    std::int64_t trailing_bytes = 0;  ///< in no whole TS packet, in no whole top-level MP4 box
    bool sane = true;  ///< false: an index so large that reading it would cost all our memory
};

/// Nothing for bytes that are neither MPEG-TS nor MP4.
[[nodiscard]] std::optional<Layout> read_layout(ByteView file);

}  // namespace millpond::media
