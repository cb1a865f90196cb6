#pragma once

#include "base/bytes.hpp"
#include "corpus/internal/av.hpp"

#include <vector>

namespace millpond::corpus {

/// Pictures and when each is shown. Temporal cheats move pictures and leave the times.
struct Clip {
    std::vector<Picture> pictures;
    std::vector<std::int64_t> times;  ///< in ticks, one for each picture
    std::int64_t end = 0;             ///< where the next picture would begin
    AVRational rate{30, 1};

    [[nodiscard]] int size() const { return static_cast<int>(pictures.size()); }

    [[nodiscard]] int width() const { return pictures.front()->width; }

    [[nodiscard]] int height() const { return pictures.front()->height; }
};

/// One track of packets as they stand in a file.
struct Track {
    Parameters parameters;
    AVRational time_base = ticks;
    std::vector<Packet> packets;
};

/// A file in the hand: its decoded picture, its picture packets and its sound.
struct Film {
    Clip clip;
    Track video;
    std::vector<Track> sound;
};

/// Decodes a whole segment. Fails when there is no picture in it.
[[nodiscard]] Result<Film, Fault> read_film(ByteView file);

/// One MPEG-TS file of these tracks, the picture first.
[[nodiscard]] Result<Bytes, Fault> write_file(const Track& video, const std::vector<Track>& sound);

}  // namespace millpond::corpus
