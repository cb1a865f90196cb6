#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "edge/media/pictures.hpp"
#include "model/profile.hpp"

#include <array>
#include <memory>

class ISVCEncoder;

namespace millpond::media {

struct OpenH264Settings {
    FrameSize size;
    double frames_per_second = 30;
    int bitrate = 0;     ///< bit/s
    int gop_frames = 0;  ///< between keyframes
    bool cabac = false;
    bool thorough = false;  ///< its highest complexity instead of its lowest
    int slices = 1;
    bool adaptive = true;  ///< quantiser
    bool deblocking = true;
    bool background = true;      ///< looks for what stands still
    bool quality_first = false;  ///< its rate control for quality instead of the one for bits
};

/// Cisco's encoder: real, and no relative of x264. libav of Debian has no door to it.
class OpenH264 {
public:
    [[nodiscard]] static Result<OpenH264, Fault> open(const OpenH264Settings& as);

    struct Coded {
        Bytes bytes;  ///< Annex B
        bool key = false;
    };

    /// One picture in, one out, in the same order. Planes are Y, U and V in 4:2:0.
    [[nodiscard]] Result<Coded, Fault> encode(
        const std::array<PlaneView, 3>& planes, std::int64_t pts, bool key = false
    );

private:
    struct Destroy {
        void operator()(ISVCEncoder* encoder) const;
    };

    explicit OpenH264(ISVCEncoder* encoder) : encoder_(encoder) {}

    std::unique_ptr<ISVCEncoder, Destroy> encoder_;
};

}  // namespace millpond::media
