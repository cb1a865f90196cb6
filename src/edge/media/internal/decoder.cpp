#include "edge/media/internal/decoder.hpp"

#include <algorithm>
#include <cmath>

namespace millpond::media {

Result<Decoder, Fault> Decoder::open(const AVStream* stream, AVRational frame_rate, int threads)
{
    const AVCodec* codec = avcodec_find_decoder(stream->codecpar->codec_id);
    if (codec == nullptr) return because(Fault{.what = "Unsupported input codec"});
    Decoder decoder;
    decoder.codec_.reset(avcodec_alloc_context3(codec));
    avcodec_parameters_to_context(decoder.codec_.get(), stream->codecpar);
    decoder.codec_->thread_count = threads;
    decoder.codec_->max_pixels = pixels_max;
    decoder.codec_->pkt_timebase = stream->time_base;
    const int error = avcodec_open2(decoder.codec_.get(), codec, nullptr);
    if (error < 0) return because(Fault{.what = "TranscoderInvalidVideo"});
    decoder.frame_ = make_frame();
    decoder.time_base_ = stream->time_base;
    if (frame_rate.num > 0 && frame_rate.den > 0) {
        decoder.frame_ticks_ =
            std::max<std::int64_t>(1, av_rescale_q(1, av_inv_q(frame_rate), ticks));
    }
    return decoder;
}

void Decoder::use_large_pages()
{
    memory_ = std::make_unique<FrameMemory>();
    memory_->serve(*codec_);
}

void Decoder::feed(const AVPacket* packet, const Take& take)
{
    const int sent = avcodec_send_packet(codec_.get(), packet);
    if (sent < 0 && sent != AVERROR_EOF) ++errors_;
    while (frames_ < frames_most_) {
        const int received = avcodec_receive_frame(codec_.get(), frame_.get());
        if (received == AVERROR(EAGAIN) || received == AVERROR_EOF) return;
        if (received < 0) {
            ++errors_;
            return;
        }
        AVFrame* frame = frame_.get();
        if ((frame->flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame->decode_error_flags != 0)
            ++errors_;
        std::int64_t pts = frame->best_effort_timestamp;
        if (pts != AV_NOPTS_VALUE) pts = av_rescale_q(pts, time_base_, ticks);
        if (pts == AV_NOPTS_VALUE) pts = last_ == AV_NOPTS_VALUE ? 0 : last_ + frame_ticks_;
        if (last_ != AV_NOPTS_VALUE && pts <= last_) pts = last_ + 1;
        frame->pts = pts;
        frame->pict_type = AV_PICTURE_TYPE_NONE;
        last_ = pts;
        const std::int64_t own = av_rescale_q(frame->pkt_duration, time_base_, ticks);
        end_ = pts + (own > 0 && own < 10 * frame_ticks_ ? own : frame_ticks_);
        ++frames_;
        pixels_ += static_cast<std::int64_t>(frame->width) * frame->height;
        take(frame);
        av_frame_unref(frame);
    }
}

int rotation_of(const AVStream* stream)
{
    const auto* matrix = reinterpret_cast<const std::int32_t*>(
        av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr)
    );
    if (matrix == nullptr) return 0;
    const double degrees = av_display_rotation_get(matrix);
    const int quarter = static_cast<int>(std::lround(-degrees / 90)) % 4;
    return (quarter + 4) % 4 * 90;
}

}  // namespace millpond::media
