#include "edge/media/internal/muxer.hpp"

namespace millpond::media {

Muxer::Muxer(Container container, const std::string& service_provider) : container_(container)
{
    const bool mp4 = container == Container::mp4;
    avformat_alloc_output_context2(&format_, nullptr, mp4 ? "mp4" : "mpegts", "memory");
    output_.attach(format_);
    // What MP4 has before zero, players leave out. MPEG-TS counts modulo 2^33 anyway.
    format_->avoid_negative_ts =
        mp4 ? AVFMT_AVOID_NEG_TS_MAKE_NON_NEGATIVE : AVFMT_AVOID_NEG_TS_DISABLED;
    format_->max_delay = 0;
    format_->flush_packets = 0;
    if (service_provider.empty()) return;
    if (mp4) {
        av_dict_set(&format_->metadata, "comment", ("Processed by " + service_provider).c_str(), 0);
    } else {
        av_dict_set(&format_->metadata, "service_provider", service_provider.c_str(), 0);
    }
}

Muxer::~Muxer()
{
    format_->pb = nullptr;
    avformat_free_context(format_);
}

int Muxer::add_stream(const AVCodecParameters* parameters)
{
    AVStream* stream = avformat_new_stream(format_, nullptr);
    avcodec_parameters_copy(stream->codecpar, parameters);
    stream->codecpar->codec_tag = 0;
    stream->time_base = ticks;
    last_dts_.push_back(AV_NOPTS_VALUE);
    return stream->index;
}

int Muxer::add_stream(const AVCodecContext* encoder)
{
    AVStream* stream = avformat_new_stream(format_, nullptr);
    avcodec_parameters_from_context(stream->codecpar, encoder);
    stream->time_base = ticks;
    stream->avg_frame_rate = encoder->framerate;
    last_dts_.push_back(AV_NOPTS_VALUE);
    return stream->index;
}

void Muxer::set_rotation(int stream, int degrees)
{
    auto* matrix = reinterpret_cast<std::int32_t*>(av_stream_new_side_data(
        format_->streams[stream], AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(std::int32_t)
    ));
    if (matrix != nullptr) av_display_rotation_set(matrix, -degrees);
}

Result<void, Fault> Muxer::start()
{
    AVDictionary* options = nullptr;
    if (container_ == Container::mp4) {
        av_dict_set(&options, "movflags", "+faststart", 0);
    } else {
        av_dict_set(&options, "mpegts_copyts", "1", 0);
    }
    const int error = avformat_write_header(format_, &options);
    av_dict_free(&options);
    if (error < 0) return because(Fault{.what = "cannot begin the output: " + error_text(error)});
    started_ = true;
    return {};
}

Result<void, Fault> Muxer::write(AVPacket* packet, int stream, AVRational time_base)
{
    const AVRational to = format_->streams[stream]->time_base;
    av_packet_rescale_ts(packet, time_base, to);
    packet->stream_index = stream;
    packet->pos = -1;
    // A packet that had no time at all stays without one: a made-up one would be a wrong one.
    const bool untimed = packet->pts == AV_NOPTS_VALUE && packet->dts == AV_NOPTS_VALUE &&
                         container_ == Container::mpegts;
    // Real streams repeat or lack decode times; the muxer wants them to grow, the payload stays.
    auto& last = last_dts_[static_cast<std::size_t>(stream)];
    if (packet->dts == AV_NOPTS_VALUE) packet->dts = packet->pts;
    if (packet->dts == AV_NOPTS_VALUE) packet->dts = last == AV_NOPTS_VALUE ? 0 : last + 1;
    if (last != AV_NOPTS_VALUE && packet->dts <= last) packet->dts = last + 1;
    const bool early = packet->pts == AV_NOPTS_VALUE || packet->pts < packet->dts;
    if (early && !untimed) packet->pts = packet->dts;
    last = packet->dts;
    const int error = av_interleaved_write_frame(format_, packet);
    if (error < 0) return because(Fault{.what = "cannot write a packet: " + error_text(error)});
    return {};
}

Result<Bytes, Fault> Muxer::finish()
{
    const int error = started_ ? av_write_trailer(format_) : AVERROR(EINVAL);
    if (error < 0) return because(Fault{.what = "cannot end the output: " + error_text(error)});
    return output_.take();
}

}  // namespace millpond::media
