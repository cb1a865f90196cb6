#include "corpus/internal/film.hpp"

#include <algorithm>
#include <tuple>

namespace millpond::corpus {
namespace {

/// A packet on its way into the file.
struct Ready {
    std::int64_t dts;
    std::size_t order;  ///< among those of the same time
    Packet packet;
};

/// Adds a stream to the file and its packets, on one clock, to those that wait.
void add_track(AVFormatContext* format, const Track& track, std::vector<Ready>& waiting)
{
    AVStream* stream = avformat_new_stream(format, nullptr);
    avcodec_parameters_copy(stream->codecpar, track.parameters.get());
    stream->codecpar->codec_tag = 0;
    stream->time_base = ticks;
    std::int64_t last = AV_NOPTS_VALUE;
    for (const Packet& original : track.packets) {
        Packet packet = hold(av_packet_clone(original.get()));
        av_packet_rescale_ts(packet.get(), track.time_base, ticks);
        packet->stream_index = stream->index;
        // Real streams repeat or lack decode times; a muxer wants them to grow.
        if (packet->dts == AV_NOPTS_VALUE) packet->dts = packet->pts;
        if (packet->dts == AV_NOPTS_VALUE) packet->dts = last == AV_NOPTS_VALUE ? 0 : last + 1;
        if (last != AV_NOPTS_VALUE) packet->dts = std::max(packet->dts, last + 1);
        if (packet->pts == AV_NOPTS_VALUE) packet->pts = packet->dts;
        packet->pts = std::max(packet->pts, packet->dts);
        last = packet->dts;
        waiting.push_back({.dts = last, .order = waiting.size(), .packet = std::move(packet)});
    }
}

int write_packets(AVFormatContext* format, const std::vector<Ready>& packets)
{
    AVDictionary* options = nullptr;
    av_dict_set(&options, "mpegts_copyts", "1", 0);
    int error = avformat_write_header(format, &options);
    av_dict_free(&options);
    for (const Ready& each : packets) {
        if (error >= 0) error = av_write_frame(format, each.packet.get());
    }
    return error >= 0 ? av_write_trailer(format) : error;
}

}  // namespace

Result<Bytes, Fault> write_file(const Track& video, const std::vector<Track>& sound)
{
    AVFormatContext* format = nullptr;
    avformat_alloc_output_context2(&format, nullptr, "mpegts", nullptr);
    avio_open_dyn_buf(&format->pb);
    format->max_delay = 0;
    format->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
    std::vector<Ready> packets;
    add_track(format, video, packets);
    for (const Track& track : sound)
        add_track(format, track, packets);
    std::ranges::sort(packets, {}, [](const Ready& each) {
        return std::tie(each.dts, each.order);
    });
    const int error = write_packets(format, packets);
    std::uint8_t* data = nullptr;
    const int size = avio_close_dyn_buf(format->pb, &data);
    Bytes bytes{data, data + size};
    av_free(data);
    format->pb = nullptr;
    avformat_free_context(format);
    if (error < 0) return because(fault_of("write the file", error));
    return bytes;
}

}  // namespace millpond::corpus
