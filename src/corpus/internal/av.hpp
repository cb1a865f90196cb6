#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
}

#include "base/result.hpp"

#include <memory>
#include <string>

/// libav's objects with owners. The corpus keeps its own, apart from edge/media: what cheats and
/// what judges the cheat share no code, so that no error of one hides in the other.
namespace millpond::corpus {

/// The clock of MPEG-TS and of all times in this module.
constexpr AVRational ticks{1, 90'000};

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

struct FreeParameters {
    void operator()(AVCodecParameters* parameters) const { avcodec_parameters_free(&parameters); }
};

/// A frame that many clips may hold; whoever changes one makes a copy first.
using Picture = std::shared_ptr<AVFrame>;
using Frame = std::unique_ptr<AVFrame, FreeFrame>;
using Packet = std::shared_ptr<AVPacket>;
using Codec = std::unique_ptr<AVCodecContext, FreeCodec>;
using Graph = std::unique_ptr<AVFilterGraph, FreeGraph>;
using Parameters = std::shared_ptr<AVCodecParameters>;

inline Picture hold(AVFrame* frame)
{
    return {frame, FreeFrame{}};
}

inline Packet hold(AVPacket* packet)
{
    return {packet, FreePacket{}};
}

inline Fault fault_of(const std::string& doing, int error = 0)
{
    if (error == 0) return {.what = "corpus: cannot " + doing};
    char text[AV_ERROR_MAX_STRING_SIZE] = {};  // NOLINT(modernize-avoid-c-arrays): libav's shape
    av_strerror(error, text, sizeof text);
    return {.what = "corpus: cannot " + doing + ": " + text};
}

}  // namespace millpond::corpus
