#include "edge/media/internal/encoder.hpp"

#include <algorithm>

namespace millpond::media {
namespace {

const char* profile_name(H264Profile profile)
{
    switch (profile) {
        case H264Profile::encoder_default: return nullptr;
        case H264Profile::baseline: return "baseline";
        case H264Profile::main: return "main";
        case H264Profile::high:
        case H264Profile::constrained_high: return "high";
    }
    return nullptr;
}

std::string rotation_filter(int degrees)
{
    switch (degrees) {
        case 90: return "transpose=clock,";
        case 180: return "hflip,vflip,";
        case 270: return "transpose=cclock,";
        default: return "";
    }
}

/// Frames between keyframes; 250, the usual default of encoders, where the gateway does not say.
int gop_frames(const VideoProfile& profile, AVRational frame_rate)
{
    if (profile.gop_ms == -1) return 1;
    if (profile.gop_ms <= 0) return 250;
    const auto frames = av_rescale(profile.gop_ms, frame_rate.num, 1000LL * frame_rate.den);
    return static_cast<int>(std::clamp<std::int64_t>(frames, 1, 10'000));
}

}  // namespace

Result<Codec, Fault> open_encoder(
    const std::string& name, const std::function<void(AVCodecContext*, AVDictionary**)>& set
)
{
    const AVCodec* codec = avcodec_find_encoder_by_name(name.c_str());
    if (codec == nullptr) return because(Fault{.what = "Encoder not found"});
    Codec context{avcodec_alloc_context3(codec)};
    AVDictionary* options = nullptr;
    set(context.get(), &options);
    const int error = avcodec_open2(context.get(), codec, &options);
    av_dict_free(&options);
    if (error < 0) {
        return because(Fault{.what = "encoder " + name + " refuses a session: " + error_text(error)}
        );
    }
    return context;
}

Result<RungEncoder, Fault> RungEncoder::open(
    const TranscodeSettings& settings, const VideoProfile& profile, const Source& source
)
{
    RungEncoder rung;
    rung.size_ = rendition_size(profile, source.size);
    rung.gop_ticks_ = std::max<std::int64_t>(0, 90LL * profile.gop_ms);
    rung.filtered_ = make_frame();
    rung.packet_ = make_packet();
    AVRational frame_rate = source.frame_rate;
    if (profile.fps_num > 0) {
        frame_rate = {static_cast<int>(profile.fps_num), static_cast<int>(profile.fps_den)};
    }
    if (auto opened = rung.open_graph(settings, profile, source); !opened)
        return because(opened.error());
    const auto opened = settings.encoder == openh264_name
                            ? rung.open_openh264(profile, frame_rate)
                            : rung.open_codec(settings, profile, frame_rate);
    if (!opened) return because(opened.error());
    return rung;
}

Result<void, Fault> RungEncoder::open_graph(
    const TranscodeSettings& settings, const VideoProfile& profile, const Source& source
)
{
    graph_.reset(avfilter_graph_alloc());
    graph_->nb_threads = 1;
    const std::string input =
        "video_size=" + std::to_string(source.coded.width) + "x" +
        std::to_string(source.coded.height) + ":pix_fmt=" + std::to_string(source.format) +
        ":time_base=1/90000:pixel_aspect=" + std::to_string(source.aspect.num) + "/" +
        std::to_string(source.aspect.den) + ":frame_rate=" + std::to_string(source.frame_rate.num) +
        "/" + std::to_string(source.frame_rate.den);
    std::string chain = source.interlaced ? "yadif=deint=interlaced," : "";
    chain += rotation_filter(source.rotation);
    if (!settings.picture_filter.empty()) chain += settings.picture_filter + ",";
    // Fewer frames are scaled when the rate is converted first.
    if (profile.fps_num > 0) {
        chain +=
            "fps=" + std::to_string(profile.fps_num) + "/" + std::to_string(profile.fps_den) + ",";
    }
    chain += "scale=" + std::to_string(size_.width) + ":" + std::to_string(size_.height) +
             ":flags=bicubic,setsar=1,format=yuv420p";
    if (avfilter_graph_create_filter(
            &in_, avfilter_get_by_name("buffer"), "in", input.c_str(), nullptr, graph_.get()
        ) < 0 ||
        avfilter_graph_create_filter(
            &out_, avfilter_get_by_name("buffersink"), "out", nullptr, nullptr, graph_.get()
        ) < 0) {
        return because(Fault{.what = "Error initializing filtergraph"});
    }
    AVFilterInOut* from = avfilter_inout_alloc();
    AVFilterInOut* to = avfilter_inout_alloc();
    *from = {.name = av_strdup("in"), .filter_ctx = in_, .pad_idx = 0, .next = nullptr};
    *to = {.name = av_strdup("out"), .filter_ctx = out_, .pad_idx = 0, .next = nullptr};
    const int parsed = avfilter_graph_parse_ptr(graph_.get(), chain.c_str(), &to, &from, nullptr);
    avfilter_inout_free(&from);
    avfilter_inout_free(&to);
    if (parsed < 0 || avfilter_graph_config(graph_.get(), nullptr) < 0) {
        return because(Fault{.what = "Error initializing filtergraph"});
    }
    return {};
}

Result<void, Fault> RungEncoder::open_codec(
    const TranscodeSettings& settings, const VideoProfile& profile, AVRational frame_rate
)
{
    auto codec =
        open_encoder(settings.encoder, [&](AVCodecContext* context, AVDictionary** options) {
            context->width = size_.width;
            context->height = size_.height;
            context->pix_fmt = AV_PIX_FMT_YUV420P;
            context->time_base = ticks;
            context->framerate = frame_rate;
            context->gop_size = gop_frames(profile, frame_rate);
            context->thread_count = std::max(1, settings.threads);
            context->flags |= AV_CODEC_FLAG_CLOSED_GOP;
            if (profile.container == Container::mp4) context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
            context->rc_max_rate = profile.bitrate;
            context->rc_buffer_size = profile.bitrate;
            if (profile.quality > 0) {
                av_dict_set_int(options, "crf", profile.quality, 0);
            } else {
                context->bit_rate = profile.bitrate;
            }
            if (const char* name = profile_name(profile.encoder_profile)) {
                av_dict_set(options, "profile", name, 0);
            }
            const bool no_b_frames = profile.encoder_profile == H264Profile::baseline ||
                                     profile.encoder_profile == H264Profile::constrained_high;
            if (no_b_frames) context->max_b_frames = 0;
            if (settings.encoder == "libx264") {
                av_dict_set(options, "preset", settings.preset.c_str(), 0);
                if (settings.repeatable && __builtin_cpu_supports("avx512f"))
                    av_dict_set(options, "x264-params", "asm=avx2", 0);
            }
        });
    if (!codec) return because(codec.error());
    codec_ = std::move(*codec);
    return {};
}

Result<void, Fault> RungEncoder::open_openh264(const VideoProfile& profile, AVRational frame_rate)
{
    codec_.reset(avcodec_alloc_context3(nullptr));
    codec_->codec_type = AVMEDIA_TYPE_VIDEO;
    codec_->codec_id = AV_CODEC_ID_H264;
    codec_->width = size_.width;
    codec_->height = size_.height;
    codec_->framerate = frame_rate;
    MILLPOND_TRY(
        openh264_,
        OpenH264::open({
            .size = size_,
            .frames_per_second = av_q2d(frame_rate),
            .bitrate = static_cast<int>(profile.bitrate),
            .gop_frames = gop_frames(profile, frame_rate),
        })
    );
    return {};
}

Result<void, Fault> RungEncoder::feed(AVFrame* frame, const Take& take)
{
    const int error = av_buffersrc_add_frame_flags(in_, frame, AV_BUFFERSRC_FLAG_KEEP_REF);
    if (error < 0) return because(Fault{.what = "Unsupported input pixel format"});
    return drain_graph(take);
}

Result<void, Fault> RungEncoder::finish(std::int64_t end, const Take& take)
{
    // The end's time lets the frame-rate filter fill up exactly to where the next segment begins.
    av_buffersrc_close(in_, end, 0);
    if (auto drained = drain_graph(take); !drained) return drained;
    if (openh264_) return {};
    avcodec_send_frame(codec_.get(), nullptr);
    return drain_codec(take);
}

Result<void, Fault> RungEncoder::drain_graph(const Take& take)
{
    while (frames_ < frames_max) {
        const int got = av_buffersink_get_frame(out_, filtered_.get());
        if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
        if (got < 0) return because(Fault{.what = "Error initializing filtergraph"});
        AVFrame* frame = filtered_.get();
        frame->pts = av_rescale_q(frame->pts, av_buffersink_get_time_base(out_), ticks);
        frame->pict_type = key_due(frame->pts) ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
        ++frames_;
        auto encoded = encode(frame, take);
        av_frame_unref(frame);
        if (!encoded) return encoded;
    }
    return because(Fault{.what = "Encoded frames runaway"});
}

Result<void, Fault> RungEncoder::encode(AVFrame* frame, const Take& take)
{
    if (openh264_) return encode_openh264(*frame, take);
    const int sent = avcodec_send_frame(codec_.get(), frame);
    if (sent < 0) return because(Fault{.what = "cannot encode a frame: " + error_text(sent)});
    return drain_codec(take);
}

Result<void, Fault> RungEncoder::encode_openh264(const AVFrame& frame, const Take& take)
{
    std::array<PlaneView, 3> planes;
    for (std::size_t i = 0; i < planes.size(); ++i) {
        const int shift = i == 0 ? 0 : 1;
        planes[i] = {
            .data = frame.data[i],
            .stride = frame.linesize[i],
            .width = frame.width >> shift,
            .height = frame.height >> shift,
        };
    }
    const bool key = frame.pict_type == AV_PICTURE_TYPE_I;
    MILLPOND_TRY(const auto coded, openh264_->encode(planes, frame.pts, key));
    if (av_new_packet(packet_.get(), static_cast<int>(coded.bytes.size())) < 0)
        return because(Fault{.what = "Cannot allocate memory"});
    std::ranges::copy(coded.bytes, packet_->data);
    packet_->pts = packet_->dts = frame.pts;
    if (coded.key) packet_->flags |= AV_PKT_FLAG_KEY;
    auto taken = take(packet_.get());
    av_packet_unref(packet_.get());
    return taken;
}

/// By time, since a count of frames says nothing where they come irregularly.
bool RungEncoder::key_due(std::int64_t pts)
{
    const bool due = frames_ == 0 || (gop_ticks_ > 0 && pts - last_key_ >= gop_ticks_);
    if (due) last_key_ = pts;
    return due;
}

Result<void, Fault> RungEncoder::drain_codec(const Take& take)
{
    while (true) {
        const int got = avcodec_receive_packet(codec_.get(), packet_.get());
        if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
        if (got < 0) return because(Fault{.what = "cannot encode: " + error_text(got)});
        auto taken = take(packet_.get());
        av_packet_unref(packet_.get());
        if (!taken) return taken;
    }
}

}  // namespace millpond::media
