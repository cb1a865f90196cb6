#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/frame.h>
}

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millpond::media {

/// Every time inside this module is in 1/90000 s, whatever the container counts in.
inline constexpr AVRational ticks{1, 90000};
inline constexpr std::int64_t no_time = AV_NOPTS_VALUE;
/// Where the 33-bit times of MPEG-TS start again.
inline constexpr std::int64_t ts_wrap = std::int64_t{1} << 33;

/// One frame takes memory and time: a segment with more is not a segment.
inline constexpr int frames_max = 20'000;
inline constexpr int streams_max = 16;
inline constexpr int side_max = 8192;

template <auto free_by_address>
struct AvDelete {
    template <typename T>
    void operator()(T* thing) const
    {
        free_by_address(&thing);
    }
};

using PacketPtr = std::unique_ptr<AVPacket, AvDelete<av_packet_free>>;
using FramePtr = std::unique_ptr<AVFrame, AvDelete<av_frame_free>>;
using CodecPtr = std::unique_ptr<AVCodecContext, AvDelete<avcodec_free_context>>;
using ParametersPtr = std::unique_ptr<AVCodecParameters, AvDelete<avcodec_parameters_free>>;
using BufferPtr = std::unique_ptr<AVBufferRef, AvDelete<av_buffer_unref>>;

using Packets = std::vector<PacketPtr>;

/// They end the process when there is no memory, as everything in this house does.
[[nodiscard]] PacketPtr make_packet();
[[nodiscard]] FramePtr make_frame();
[[nodiscard]] PacketPtr share(const AVPacket& packet);
[[nodiscard]] FramePtr share(const AVFrame& frame);
[[nodiscard]] ParametersPtr copy(const AVCodecParameters& parameters);

/// The library's own words for one of its error numbers; the reference passes on the same.
[[nodiscard]] std::string error_text(int error);

}  // namespace millpond::media
