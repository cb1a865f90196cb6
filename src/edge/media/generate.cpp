#include "edge/media/generate.hpp"

#include "edge/media/internal/encoder.hpp"
#include "edge/media/internal/muxer.hpp"

namespace millpond::media {
namespace {

/// A libavfilter source that is read frame by frame.
class Lavfi {
public:
    bool open(const std::string& chain, const char* sink)
    {
        graph_.reset(avfilter_graph_alloc());
        const AVFilter* kind = avfilter_get_by_name(sink);
        if (avfilter_graph_create_filter(&out_, kind, "out", nullptr, nullptr, graph_.get()) < 0) {
            return false;
        }
        AVFilterInOut* in = nullptr;
        AVFilterInOut* open_end = avfilter_inout_alloc();
        *open_end = {.name = av_strdup("out"), .filter_ctx = out_, .pad_idx = 0, .next = nullptr};
        const int parsed =
            avfilter_graph_parse_ptr(graph_.get(), chain.c_str(), &open_end, &in, nullptr);
        avfilter_inout_free(&in);
        avfilter_inout_free(&open_end);
        return parsed >= 0 && avfilter_graph_config(graph_.get(), nullptr) >= 0;
    }

    bool next(AVFrame* frame, AVRational time_base)
    {
        if (av_buffersink_get_frame(out_, frame) < 0) return false;
        frame->pts = av_rescale_q(frame->pts, av_buffersink_get_time_base(out_), time_base);
        frame->pict_type = AV_PICTURE_TYPE_NONE;
        return true;
    }

    [[nodiscard]] AVFilterContext* sink() const { return out_; }

private:
    Graph graph_;
    AVFilterContext* out_ = nullptr;
};

/// One encoded track: a source, its encoder and its stream in the file.
struct Track {
    Lavfi source;
    Codec codec;
    AVRational time_base{};
    int stream = -1;
    std::int64_t at = 0;  ///< ticks of the next frame
    bool ended = false;
};

Result<void, Fault> open_video(Track& track, const ClipSpec& spec)
{
    const std::string rate = std::to_string(spec.fps_num) + "/" + std::to_string(spec.fps_den);
    const std::string chain = spec.picture + "=size=" + std::to_string(spec.size.width) + "x" +
                              std::to_string(spec.size.height) + ":rate=" + rate +
                              ",trim=duration=" + std::to_string(spec.seconds) +
                              ",noise=alls=6:allf=t:all_seed=" + std::to_string(spec.seed) +
                              (spec.interlaced ? ",setfield=tff" : "") +
                              ",format=" + spec.pixel_format;
    if (!track.source.open(chain, "buffersink")) {
        return because(Fault{.what = "cannot make the picture " + chain});
    }
    track.time_base = av_inv_q({spec.fps_num, spec.fps_den});
    auto codec = open_encoder("libx264", [&](AVCodecContext* context, AVDictionary** options) {
        context->width = spec.size.width;
        context->height = spec.size.height;
        context->pix_fmt =
            static_cast<AVPixelFormat>(av_buffersink_get_format(track.source.sink()));
        context->time_base = track.time_base;
        context->framerate = {spec.fps_num, spec.fps_den};
        context->gop_size = spec.gop_frames;
        context->max_b_frames = spec.b_frames;
        context->bit_rate = spec.bitrate;
        context->thread_count = 2;
        context->flags |= AV_CODEC_FLAG_CLOSED_GOP;
        if (spec.interlaced) context->flags |= AV_CODEC_FLAG_INTERLACED_DCT;
        if (spec.container == Container::mp4) context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
        av_dict_set(options, "preset", "superfast", 0);
        av_dict_set(options, "x264-params", "scenecut=0", 0);
    });
    if (!codec) return because(codec.error());
    track.codec = std::move(*codec);
    return {};
}

Result<void, Fault> open_audio(Track& track, const ClipSpec& spec)
{
    const std::string chain =
        "sine=frequency=440:sample_rate=48000:duration=" + std::to_string(spec.seconds) +
        ",aformat=sample_fmts=fltp:channel_layouts=stereo,asetnsamples=1024:p=0";
    if (!track.source.open(chain, "abuffersink")) {
        return because(Fault{.what = "cannot make the tone"});
    }
    track.time_base = {1, 48'000};
    auto codec = open_encoder("aac", [&](AVCodecContext* context, AVDictionary**) {
        context->sample_fmt = AV_SAMPLE_FMT_FLTP;
        context->sample_rate = 48'000;
        av_channel_layout_default(&context->ch_layout, 2);
        context->time_base = track.time_base;
        context->bit_rate = 96'000;
        if (spec.container == Container::mp4) context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    });
    if (!codec) return because(codec.error());
    track.codec = std::move(*codec);
    return {};
}

Result<void, Fault> step(Track& track, Muxer& muxer)
{
    const Frame frame = make_frame();
    const Packet packet = make_packet();
    const bool more = track.source.next(frame.get(), track.time_base);
    if (more) track.at = av_rescale_q(frame->pts, track.time_base, ticks);
    track.ended = !more;
    avcodec_send_frame(track.codec.get(), more ? frame.get() : nullptr);
    while (avcodec_receive_packet(track.codec.get(), packet.get()) >= 0) {
        // A little above zero, so that decode times of B-frames stay positive.
        const std::int64_t shift = av_rescale_q(126'000, ticks, track.time_base);
        packet->pts += shift;
        packet->dts += shift;
        if (auto written = muxer.write(packet.get(), track.stream, track.time_base); !written) {
            return written;
        }
    }
    return {};
}

}  // namespace

Result<Bytes, Fault> generate_clip(const ClipSpec& spec)
{
    Muxer muxer{spec.container, "Millpond test picture"};
    std::vector<Track> tracks;
    if (spec.video) {
        Track track;
        if (auto opened = open_video(track, spec); !opened) return because(opened.error());
        track.stream = muxer.add_stream(track.codec.get());
        if (spec.rotation != 0) muxer.set_rotation(track.stream, spec.rotation);
        tracks.push_back(std::move(track));
    }
    if (spec.audio) {
        Track track;
        if (auto opened = open_audio(track, spec); !opened) return because(opened.error());
        track.stream = muxer.add_stream(track.codec.get());
        tracks.push_back(std::move(track));
    }
    if (auto started = muxer.start(); !started) return because(started.error());
    while (true) {
        Track* behind = nullptr;
        for (auto& track : tracks) {
            if (!track.ended && (behind == nullptr || track.at < behind->at)) behind = &track;
        }
        if (behind == nullptr) break;
        if (auto stepped = step(*behind, muxer); !stepped) return because(stepped.error());
    }
    return muxer.finish();
}

}  // namespace millpond::media
