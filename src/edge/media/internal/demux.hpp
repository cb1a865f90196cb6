#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "edge/media/internal/av.hpp"
#include "model/profile.hpp"

namespace millpond::media {

/// One stream with all its packets; times in ticks, no_time where the file gives none.
struct Track {
    ParametersPtr parameters;
    Packets packets;
};

/// A whole file in memory, taken apart.
struct Demuxed {
    Container container = Container::mpegts;
    std::int64_t trailing_bytes = 0;
    Track video;  ///< without parameters if there is no video stream
    std::vector<Track> audio;
    std::vector<std::int32_t> display_matrix;  ///< nine numbers, or none
};

/// How much is asked of the streams' parameters. `probed` fills them from decoded frames where the
/// container does not say, `declared` runs no decoder.
enum class Parameters : std::uint8_t { declared, probed };

/// Reads MPEG-TS or MP4. The fault's text is for people.
[[nodiscard]] Result<Demuxed, Fault> demux(ByteView file, Parameters parameters);

/// The times of a packet, from the units of its stream to ticks.
void to_ticks(AVPacket& packet, AVRational time_base);

}  // namespace millpond::media
