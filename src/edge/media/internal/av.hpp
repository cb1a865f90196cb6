#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <string>

/// libav's objects with owners, and its errors as text.
namespace millpond::media {

/// What libav would print to stderr is told by return values, or does not matter.
inline const bool libav_is_quiet = (av_log_set_level(AV_LOG_QUIET), true);

struct FreeFrame {
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};

struct FreePacket {
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

struct FreeCodec {
    void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
};

struct FreeGraph {
    void operator()(AVFilterGraph* graph) const { avfilter_graph_free(&graph); }
};

struct CloseInput {
    void operator()(AVFormatContext* input) const { avformat_close_input(&input); }
};

struct FreeParameters {
    void operator()(AVCodecParameters* parameters) const { avcodec_parameters_free(&parameters); }
};

struct FreeScaler {
    void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};

using Frame = std::unique_ptr<AVFrame, FreeFrame>;
using Packet = std::unique_ptr<AVPacket, FreePacket>;
using Codec = std::unique_ptr<AVCodecContext, FreeCodec>;
using Graph = std::unique_ptr<AVFilterGraph, FreeGraph>;
using Input = std::unique_ptr<AVFormatContext, CloseInput>;
using Scaler = std::unique_ptr<SwsContext, FreeScaler>;
using Parameters = std::unique_ptr<AVCodecParameters, FreeParameters>;

inline Frame make_frame()
{
    return Frame{av_frame_alloc()};
}

inline Packet make_packet()
{
    return Packet{av_packet_alloc()};
}

inline std::string error_text(int error)
{
    char text[AV_ERROR_MAX_STRING_SIZE] = {};  // NOLINT(modernize-avoid-c-arrays): libav's shape
    av_strerror(error, text, sizeof text);
    return text;
}

/// The clock of MPEG-TS and of all times this module hands out.
constexpr AVRational ticks{1, 90'000};

constexpr int side_max = 8'192;
constexpr std::int64_t pixels_max =
    std::int64_t{36'864} * 256;  ///< the largest frame of H.264's level 5.2
constexpr unsigned streams_max = 16;
constexpr int frames_max = 20'000;

}  // namespace millpond::media
