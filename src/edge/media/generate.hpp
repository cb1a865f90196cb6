#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "model/profile.hpp"

#include <string>

namespace millpond::media {

/// A moving, textured picture with camera noise and, if asked, a tone: real video for tests,
/// benchmarks, the capacity measurement and a demo without a network.
struct ClipSpec {
    FrameSize size{1280, 720};
    int fps_num = 30;
    int fps_den = 1;
    double seconds = 2;
    bool video = true;
    bool audio = true;
    int gop_frames = 60;
    int b_frames = 2;
    int bitrate = 3'000'000;
    int seed = 1;
    std::string pixel_format = "yuv420p";  ///< yuv420p10le and the like
    std::string picture = "testsrc2";      ///< a libavfilter source: mandelbrot, life, testsrc2
    bool interlaced = false;
    int rotation = 0;  ///< degrees, as display matrix; MP4 only
    Container container = Container::mpegts;
};

[[nodiscard]] Result<Bytes, Fault> generate_clip(const ClipSpec& spec);

}  // namespace millpond::media
