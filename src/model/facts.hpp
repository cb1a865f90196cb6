#pragma once

#include "base/bytes.hpp"
#include "model/profile.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millpond {

/// What the audio packets of one stream are: the judge compares them, it does not decode them.
struct AudioFacts {
    std::string codec;
    int packets = 0;
    Hash32 digest{};         ///< SHA-256 over every packet's length and bytes, in order
    std::int64_t start = 0;  ///< of the first packet, in 1/90000 s

    bool operator==(const AudioFacts&) const = default;
};

/// The structure of one video file, read from container, parameter sets and packets.
/// Times are in units of 1/90000 s.
struct MediaFacts {
    bool readable = false;          ///< false: no demuxer or decoder makes sense of it
    bool breaks_reader = false;     ///< reading it crashed, hung or overran a limit
    std::string problem;            ///< why not, for people
    std::string container;          ///< "mpegts", "mp4"
    std::string video_codec;        ///< "h264", empty without video
    int h264_profile = 0;           ///< profile_idc
    bool h264_constrained = false;  ///< constraint_set1_flag
    FrameSize size;
    std::string pixel_format;       ///< libav's name, "yuv420p"; empty where it is not known
    bool full_range = false;        ///< luma from 0 to 255 instead of 16 to 235
    bool rotated = false;           ///< players turn the picture by a quarter
    bool size_changes = false;      ///< a later frame has another size
    bool decodes = true;            ///< false: a frame did not decode
    std::vector<std::int64_t> pts;  ///< of every frame, ascending
    std::vector<int> keyframes;     ///< indices into pts
    std::int64_t pixels = 0;        ///< frames times coded size
    std::int64_t bytes = 0;
    std::int64_t slice_bytes = 0;     ///< of coded pictures: no container, filler or messages
    Hash32 slices{};                  ///< SHA-256 of those; all zero where there are none
    std::int64_t trailing_bytes = 0;  ///< that belong to no packet of the container
    std::vector<AudioFacts> audio;

    bool operator==(const MediaFacts&) const = default;
};

/// No honest segment has times beyond: MPEG-TS counts to 2^33.
constexpr std::int64_t pts_max = std::int64_t{1} << 40U;

/// The source and what came back, in the ladder's order.
struct Measurement {
    MediaFacts source;
    std::vector<MediaFacts> renditions;
};

}  // namespace millpond
