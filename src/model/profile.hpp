#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millpond {

enum class Container : std::uint8_t { mpegts, mp4 };

enum class H264Profile : std::uint8_t {
    encoder_default,
    baseline,
    main,
    high,
    constrained_high,
};

/// One rung of the ladder a gateway asks for (livepeer-wire: VideoProfile).
struct VideoProfile {
    std::string name;
    int width = 0;  ///< as asked; the rendition keeps the source's aspect, see rendition_size
    int height = 0;
    int bitrate = 0;            ///< bit/s
    std::uint32_t fps_num = 0;  ///< 0 keeps the source's timing
    std::uint32_t fps_den = 1;
    Container container = Container::mpegts;
    H264Profile encoder_profile = H264Profile::encoder_default;
    int gop_ms = 0;        ///< 0 leaves it to the encoder, -1 asks for intra only
    unsigned quality = 0;  ///< 0 unset, 1 to 63 a CRF

    bool operator==(const VideoProfile&) const = default;
};

using Ladder = std::vector<VideoProfile>;

struct FrameSize {
    int width = 0;
    int height = 0;

    bool operator==(const FrameSize&) const = default;
};

/// The size a rendition must have: the larger side as asked and clamped to what H.264 encoders
/// take, the other in the source's proportion, both even (livepeer-wire 3.12).
[[nodiscard]] FrameSize rendition_size(const VideoProfile& profile, FrameSize source);

}  // namespace millpond
