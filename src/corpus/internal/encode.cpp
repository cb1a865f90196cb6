#include "corpus/internal/encode.hpp"

extern "C" {
#include <libavutil/cpu.h>
}

namespace millpond::corpus {
namespace {

void set_options(AVDictionary** options, const Encoding& how)
{
    const auto set = [&](const char* key, const std::string& value) {
        if (!value.empty()) av_dict_set(options, key, value.c_str(), 0);
    };
    set("preset", how.preset);
    set("tune", how.tune);
    set("profile", how.profile);
    if (how.crf >= 0) av_dict_set_int(options, "crf", how.crf, 0);
    if (how.qp >= 0) av_dict_set_int(options, "qp", how.qp, 0);
    std::string parameters = how.parameters;
    const auto add = [&](const std::string& more) {
        parameters += (parameters.empty() ? "" : ":") + more;
    };
    if (how.encoder == "libx265") {
        add("pools=none:frame-threads=1:log-level=none");
        set("x265-params", parameters);
    } else {
        // x264's AVX-512 code for the macroblock tree does not give the same bits twice.
        if ((static_cast<unsigned>(av_get_cpu_flags()) & AV_CPU_FLAG_AVX512) != 0) add("asm=avx2");
        set("x264-params", parameters);
    }
}

Result<Codec, Fault> open_encoder(const Clip& clip, const Encoding& how)
{
    const AVCodec* kind = avcodec_find_encoder_by_name(how.encoder.c_str());
    if (kind == nullptr) return because(fault_of("find the encoder " + how.encoder));
    Codec codec{avcodec_alloc_context3(kind)};
    codec->width = clip.width();
    codec->height = clip.height();
    codec->pix_fmt = static_cast<AVPixelFormat>(clip.pictures.front()->format);
    codec->time_base = ticks;
    codec->framerate = clip.rate;
    codec->gop_size = how.gop;
    codec->thread_count = how.threads;
    codec->flags |= AV_CODEC_FLAG_CLOSED_GOP;
    codec->bit_rate = how.bitrate;
    codec->rc_max_rate = how.rate_max;
    codec->rc_buffer_size = how.rate_buffer;
    if (how.b_frames >= 0) codec->max_b_frames = how.b_frames;
    if (how.full_range) codec->color_range = AVCOL_RANGE_JPEG;
    AVDictionary* options = nullptr;
    set_options(&options, how);
    const int error = avcodec_open2(codec.get(), kind, &options);
    av_dict_free(&options);
    if (error < 0) return because(fault_of("open the encoder " + how.encoder, error));
    return codec;
}

}  // namespace

Result<Track, Fault> encoded(const Clip& clip, const Encoding& how)
{
    if (clip.pictures.empty()) return because(fault_of("encode no picture at all"));
    MILLPOND_TRY(const Codec codec, open_encoder(clip, how));
    Track track{.parameters = {avcodec_parameters_alloc(), FreeParameters{}}, .packets = {}};
    avcodec_parameters_from_context(track.parameters.get(), codec.get());
    const auto drain = [&] {
        while (true) {
            Packet packet = hold(av_packet_alloc());
            if (avcodec_receive_packet(codec.get(), packet.get()) < 0) return;
            track.packets.push_back(std::move(packet));
        }
    };
    for (int i = 0; i < clip.size(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        const Picture picture = hold(av_frame_clone(clip.pictures[at].get()));
        picture->pts = clip.times[at];
        picture->pict_type = i == 0 ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
        const int error = avcodec_send_frame(codec.get(), picture.get());
        if (error < 0) return because(fault_of("encode a picture", error));
        drain();
    }
    avcodec_send_frame(codec.get(), nullptr);
    drain();
    return track;
}

}  // namespace millpond::corpus
