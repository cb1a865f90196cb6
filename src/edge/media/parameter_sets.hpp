#pragma once

#include "base/bytes.hpp"
#include "model/profile.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace millpond::media {

/// What an H.264 sequence parameter set says about the picture and the cost of decoding it.
struct SequenceParameters {
    int profile = 0;           ///< profile_idc
    bool constrained = false;  ///< constraint_set1_flag
    int chroma_format = 1;     ///< 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4
    int bit_depth = 8;         ///< the larger of luma's and chroma's
    int reference_frames = 0;
    std::int64_t coded_pixels = 0;  ///< of a whole frame, before cropping
    FrameSize size;                 ///< after cropping
    bool full_range = false;        ///< video_full_range_flag
    bool tells_reordering = false;  ///< bitstream_restriction_flag

    bool operator==(const SequenceParameters&) const = default;
};

/// Reads a NAL unit of type 7, header included. Nothing for one that breaks the standard's ranges.
[[nodiscard]] std::optional<SequenceParameters> parse_sequence_parameters(ByteView nal);

/// How the NAL units of a packet are told apart.
struct NalFraming {
    int length_bytes = 0;  ///< before each unit, as in MP4; 0: start codes, as in MPEG-TS
};

/// Calls `take` for each NAL unit, without start code or length. Stops at one that is cut off.
void for_each_nal(
    ByteView packet, NalFraming framing, const std::function<void(ByteView nal)>& take
);

/// An MP4's decoder configuration ("avcC"): its framing, and its parameter sets to `take`.
[[nodiscard]] std::optional<NalFraming> parse_avc_configuration(
    ByteView configuration, const std::function<void(ByteView nal)>& take
);

/// What a file may ask of a decoder.
struct DecodeLimits {
    std::int64_t pixels =
        std::int64_t{36'864} * 256;  ///< the largest frame of level 5.2, such as 4096x2304
    int side = 8'192;
    int bit_depth = 10;
    int chroma_format = 3;
    int reference_frames = 16;
    int slices_per_frame = 128;
    std::int64_t bytes_per_frame = 8 << 20;
    int frames = 20'000;  ///< reading stops behind the first that is too many

    bool operator==(const DecodeLimits&) const = default;
};

/// Why a decoder shall not see a stream with these parameters; empty when it may.
[[nodiscard]] std::string too_costly(
    const SequenceParameters& parameters, const DecodeLimits& limits
);

}  // namespace millpond::media
