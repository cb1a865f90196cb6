#include "edge/media/cut.hpp"

#include "edge/media/internal/decoder.hpp"
#include "edge/media/internal/encoder.hpp"
#include "edge/media/internal/muxer.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>

namespace millpond::media {
namespace {

// So that decode times stay positive in the first segment, as MPEG-TS muxers commonly do.
constexpr std::int64_t start_ticks = 126'000;
constexpr std::array carried_audio = {
    AV_CODEC_ID_AAC, AV_CODEC_ID_MP3, AV_CODEC_ID_AC3, AV_CODEC_ID_MP2, AV_CODEC_ID_OPUS
};

/// The format itself where the encoder takes it, else the one that every player knows.
AVPixelFormat taken_by(const AVCodec& codec, AVPixelFormat format)
{
    for (const auto* each = codec.pix_fmts; each != nullptr && *each != AV_PIX_FMT_NONE; ++each) {
        if (*each == format) return format;
    }
    return AV_PIX_FMT_YUV420P;
}

}  // namespace

/// Reads packets, makes H.264 of other codecs, and closes a segment before each keyframe that
/// comes after the target length.
struct Cutter::Inside {
    CutSettings settings;
    Input input;
    AVStream* video = nullptr;
    std::map<int, int> out_stream;  ///< of the input's index
    std::optional<Decoder> decoder;
    Codec encoder;
    Scaler scaler;
    bool encoder_failed = false;
    Parameters video_parameters;
    std::unique_ptr<Muxer> muxer;
    std::deque<CutSegment> done;
    std::optional<std::int64_t> offset;
    std::int64_t segment_start = 0;
    std::int64_t last_end = 0;
    std::int64_t next_key = 0;  ///< for the encoder
    bool ended = false;
    std::optional<Fault> fault;

    [[nodiscard]] std::int64_t target() const
    {
        return std::chrono::duration_cast<std::chrono::microseconds>(settings.target).count() * 9 /
               100;
    }

    void open_muxer()
    {
        muxer = std::make_unique<Muxer>(Container::mpegts, "");
        out_stream.clear();
        if (video != nullptr) {
            out_stream[video->index] =
                encoder ? muxer->add_stream(encoder.get()) : muxer->add_stream(video->codecpar);
        }
        for (unsigned i = 0; i < input->nb_streams; ++i) {
            const AVCodecParameters* codec = input->streams[i]->codecpar;
            if (codec->codec_type != AVMEDIA_TYPE_AUDIO) continue;
            if (std::ranges::find(carried_audio, codec->codec_id) == carried_audio.end()) continue;
            out_stream[static_cast<int>(i)] = muxer->add_stream(codec);
        }
        if (auto started = muxer->start(); !started) fault = started.error();
    }

    void close_segment(std::int64_t end)
    {
        if (!muxer) return;
        auto bytes = muxer->finish();
        muxer.reset();
        if (!bytes) {
            fault = bytes.error();
            return;
        }
        const FrameSize size = video == nullptr
                                   ? FrameSize{}
                                   : FrameSize{video->codecpar->width, video->codecpar->height};
        done.push_back({
            .bytes = make_blob(std::move(*bytes)),
            .duration = Duration{(end - segment_start) * 100 / 9},
            .size = size,
        });
    }

    void write(AVPacket* packet, int from, AVRational time_base)
    {
        const std::int64_t raw = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
        if (raw != AV_NOPTS_VALUE) {
            const std::int64_t time = av_rescale_q(raw, time_base, ticks);
            if (!offset) offset = start_ticks - time;
            const std::int64_t at = time + *offset;
            const bool leads = video == nullptr || from == video->index;
            const bool key = (packet->flags & AV_PKT_FLAG_KEY) != 0;
            if (muxer && leads && key && at - segment_start >= target()) close_segment(at);
            if (!muxer && leads) segment_start = at;
            if (leads) {
                const std::int64_t length = av_rescale_q(packet->duration, time_base, ticks);
                last_end = std::max(last_end, at + std::max<std::int64_t>(length, 1));
            }
        }
        if (!muxer) open_muxer();
        if (fault) return;
        const std::int64_t shift = av_rescale_q(offset.value_or(0), ticks, time_base);
        if (packet->pts != AV_NOPTS_VALUE) packet->pts += shift;
        if (packet->dts != AV_NOPTS_VALUE) packet->dts += shift;
        if (auto written = muxer->write(packet, out_stream.at(from), time_base); !written) {
            fault = written.error();
        }
    }

    void encode(AVFrame* frame)
    {
        if (!encoder && (frame == nullptr || !open_encoder_for(*frame))) return;
        Frame converted;
        if (frame != nullptr) {
            converted = fitted(*frame);
            frame = converted.get();
            frame->pict_type = AV_PICTURE_TYPE_NONE;
            if (frame->pts >= next_key) {
                frame->pict_type = AV_PICTURE_TYPE_I;
                next_key = frame->pts + target();
            }
        }
        if (fault) return;
        avcodec_send_frame(encoder.get(), frame);
        const Packet packet = make_packet();
        while (!fault && avcodec_receive_packet(encoder.get(), packet.get()) >= 0) {
            packet->duration = av_rescale_q(1, av_inv_q(encoder->framerate), ticks);
            write(packet.get(), video->index, ticks);
            av_packet_unref(packet.get());
        }
    }

    bool open_encoder_for(const AVFrame& frame)
    {
        if (encoder_failed) return false;
        AVRational rate = av_guess_frame_rate(input.get(), video, nullptr);
        if (rate.num <= 0) rate = {25, 1};
        auto opened = open_encoder("libx264", [&](AVCodecContext* context, AVDictionary** options) {
            context->width = frame.width / 2 * 2;
            context->height = frame.height / 2 * 2;
            context->pix_fmt = taken_by(*context->codec, static_cast<AVPixelFormat>(frame.format));
            context->time_base = ticks;
            context->framerate = rate;
            context->gop_size = 1'000;
            context->flags |= AV_CODEC_FLAG_CLOSED_GOP;
            av_dict_set(options, "preset", "superfast", 0);
            av_dict_set(options, "crf", "20", 0);
            av_dict_set(options, "forced-idr", "1", 0);
        });
        next_key = frame.pts;
        encoder_failed = !opened;
        if (!opened) fault = opened.error();
        if (opened) encoder = std::move(*opened);
        return static_cast<bool>(encoder);
    }

    /// The frame in the encoder's size and format: not every decoder's is one H.264 has.
    Frame fitted(const AVFrame& frame)
    {
        Frame out{av_frame_clone(&frame)};
        const AVCodecContext& to = *encoder;
        const bool fits =
            frame.format == to.pix_fmt && frame.width == to.width && frame.height == to.height;
        if (fits) return out;
        const auto from = static_cast<AVPixelFormat>(frame.format);
        scaler.reset(sws_getCachedContext(
            scaler.release(),
            frame.width,
            frame.height,
            from,
            to.width,
            to.height,
            to.pix_fmt,
            SWS_BICUBIC,
            nullptr,
            nullptr,
            nullptr
        ));
        out = make_frame();
        out->format = to.pix_fmt;
        out->width = to.width;
        out->height = to.height;
        out->pts = frame.pts;
        if (!scaler || sws_scale_frame(scaler.get(), out.get(), &frame) < 0)
            fault = Fault{.what = "cannot convert the input's pictures"};
        return out;
    }

    void step()
    {
        const Packet packet = make_packet();
        const int error = av_read_frame(input.get(), packet.get());
        if (error < 0) {
            if (error != AVERROR_EOF) fault = Fault{.what = "input: " + error_text(error)};
            if (decoder && !fault)
                decoder->feed(nullptr, [this](AVFrame* frame) { encode(frame); });
            if (encoder && !fault) encode(nullptr);
            close_segment(last_end);
            ended = true;
            return;
        }
        const AVStream* stream = input->streams[packet->stream_index];
        if (decoder && stream == video) {
            decoder->feed(packet.get(), [this](AVFrame* frame) { encode(frame); });
            return;
        }
        const auto type = stream->codecpar->codec_type;
        const bool carried = stream == video || (type == AVMEDIA_TYPE_AUDIO && carries(stream));
        // Sound before the first picture belongs to no segment.
        if (!carried || (video != nullptr && stream != video && !muxer)) return;
        write(packet.get(), packet->stream_index, stream->time_base);
    }

    [[nodiscard]] static bool carries(const AVStream* stream)
    {
        return std::ranges::find(carried_audio, stream->codecpar->codec_id) != carried_audio.end();
    }
};

Result<Cutter, Fault> Cutter::open(const std::string& input, CutSettings settings)
{
    avformat_network_init();
    AVFormatContext* format = nullptr;
    int error = avformat_open_input(&format, input.c_str(), nullptr, nullptr);
    if (error < 0) return because(Fault{.what = input + ": " + error_text(error)});
    auto inside = std::make_unique<Inside>();
    inside->settings = settings;
    inside->input.reset(format);
    error = avformat_find_stream_info(format, nullptr);
    if (error < 0) return because(Fault{.what = input + ": " + error_text(error)});
    const int best = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    // A stream that is announced and has no picture so far: then the sound leads.
    if (best >= 0 && format->streams[best]->codecpar->width > 0) {
        inside->video = format->streams[best];
        const auto codec = inside->video->codecpar->codec_id;
        if (codec != AV_CODEC_ID_H264 && codec != AV_CODEC_ID_HEVC) {
            auto decoder = Decoder::open(
                inside->video, av_guess_frame_rate(format, inside->video, nullptr), 2
            );
            if (!decoder) return because(Fault{.what = input + ": " + decoder.error().what});
            inside->decoder = std::move(*decoder);
            inside->decoder->set_endless();
        }
    } else if (format->nb_streams == 0) {
        return because(Fault{.what = input + ": neither picture nor sound"});
    }
    return Cutter{std::move(inside)};
}

Cutter::Cutter(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Cutter::~Cutter() = default;
Cutter::Cutter(Cutter&&) noexcept = default;
Cutter& Cutter::operator=(Cutter&&) noexcept = default;

Result<std::optional<CutSegment>, Fault> Cutter::next()
{
    while (inside_->done.empty() && !inside_->ended && !inside_->fault)
        inside_->step();
    if (!inside_->done.empty()) {
        CutSegment segment = std::move(inside_->done.front());
        inside_->done.pop_front();
        return std::optional{std::move(segment)};
    }
    if (inside_->fault) return because(*inside_->fault);
    return std::optional<CutSegment>{};
}

}  // namespace millpond::media
