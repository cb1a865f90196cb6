#pragma once

#include "corpus/internal/film.hpp"

#include <string>

namespace millpond::corpus {

/// How to encode; what is not set here is the encoder's own default.
struct Encoding {
    std::string encoder = "libx264";
    std::string preset = "veryfast";
    std::string tune;
    std::string profile;
    std::string parameters;  ///< x264-params or x265-params
    int bitrate = 0;         ///< bit/s; 0 leaves it to crf or qp
    int rate_max = 0;        ///< bit/s; 0 for no limit
    int rate_buffer = 0;     ///< bits
    int crf = -1;
    int qp = -1;
    int gop = 250;
    int b_frames = -1;        ///< -1 is the preset's choice
    bool full_range = false;  ///< as said in the bitstream
    int threads = 1;          ///< of x264, which gives the same packets with more of them too
};

[[nodiscard]] Result<Track, Fault> encoded(const Clip& clip, const Encoding& how);

}  // namespace millpond::corpus
