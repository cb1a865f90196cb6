#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "edge/wire/messages.hpp"

#include <cstdint>

namespace millpond::wire {

/// What an MPEG-7 video signature (ISO/IEC 15938-3) says of itself: the perceptual hash of a
/// rendition, as transcoders send it (livepeer-wire 3.8, 4.3).
struct VideoSignature {
    int width = 0;
    int height = 0;
    std::uint32_t frames = 0;
    std::uint32_t segments = 0;
    bool operator==(const VideoSignature&) const = default;
};

/// Reads its outline and refuses what is no signature: one region, uncompressed, exactly as long as
/// the frames and segments it names take, and every segment within the frames.
[[nodiscard]] Result<VideoSignature, Malformed> parse_video_signature(ByteView bytes);

/// No honest signature of so much video is longer.
[[nodiscard]] std::size_t video_signature_bytes_max(Duration duration);

}  // namespace millpond::wire
