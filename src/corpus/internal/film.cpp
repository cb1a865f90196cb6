#include "corpus/internal/film.hpp"

#include <algorithm>
#include <cstring>

namespace millpond::corpus {
namespace {

constexpr int buffer_bytes = 64 << 10;
constexpr std::size_t pictures_max = 2'000;

/// A file in memory, open for libavformat.
class Input {
public:
    explicit Input(ByteView file) : file_(file)
    {
        auto* buffer = static_cast<unsigned char*>(av_malloc(buffer_bytes));
        io_ = avio_alloc_context(buffer, buffer_bytes, 0, this, read, nullptr, nullptr);
        format_ = avformat_alloc_context();
        format_->pb = io_;
        format_->probesize = std::max<std::int64_t>(static_cast<std::int64_t>(file.size()), 4'096);
        // The state of a failed opening is freed by libavformat.
        if (avformat_open_input(&format_, nullptr, nullptr, nullptr) < 0) return;
        opened_ = avformat_find_stream_info(format_, nullptr) >= 0;
    }

    ~Input()
    {
        avformat_close_input(&format_);
        av_freep(static_cast<void*>(&io_->buffer));
        avio_context_free(&io_);
    }

    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    [[nodiscard]] bool opened() const { return opened_; }

    [[nodiscard]] AVFormatContext* format() const { return format_; }

private:
    static int read(void* self, std::uint8_t* buffer, int size)
    {
        auto& input = *static_cast<Input*>(self);
        const auto now = std::min(static_cast<std::size_t>(size), input.file_.size() - input.at_);
        if (now == 0) return AVERROR_EOF;
        std::memcpy(buffer, input.file_.data() + input.at_, now);
        input.at_ += now;
        return static_cast<int>(now);
    }

    ByteView file_;
    std::size_t at_ = 0;
    AVIOContext* io_ = nullptr;
    AVFormatContext* format_ = nullptr;
    bool opened_ = false;
};

Track track_of(const AVStream* stream)
{
    const Parameters parameters{avcodec_parameters_alloc(), FreeParameters{}};
    avcodec_parameters_copy(parameters.get(), stream->codecpar);
    return {.parameters = parameters, .time_base = stream->time_base, .packets = {}};
}

Result<Codec, Fault> open_decoder(const AVStream* stream)
{
    const AVCodec* kind = avcodec_find_decoder(stream->codecpar->codec_id);
    if (kind == nullptr) return because(fault_of("find a decoder"));
    Codec codec{avcodec_alloc_context3(kind)};
    avcodec_parameters_to_context(codec.get(), stream->codecpar);
    codec->thread_count = 1;
    codec->pkt_timebase = stream->time_base;
    const int error = avcodec_open2(codec.get(), kind, nullptr);
    if (error < 0) return because(fault_of("open a decoder", error));
    return codec;
}

void decode(Clip& clip, AVCodecContext* codec, const AVPacket* packet)
{
    avcodec_send_packet(codec, packet);
    const std::int64_t step =
        std::max<std::int64_t>(1, av_rescale_q(1, av_inv_q(clip.rate), ticks));
    while (clip.pictures.size() < pictures_max) {
        Picture picture = hold(av_frame_alloc());
        if (avcodec_receive_frame(codec, picture.get()) < 0) return;
        std::int64_t time = clip.times.empty() ? 0 : clip.times.back() + step;
        if (picture->best_effort_timestamp != AV_NOPTS_VALUE) {
            time = av_rescale_q(picture->best_effort_timestamp, codec->pkt_timebase, ticks);
        }
        if (!clip.times.empty()) time = std::max(time, clip.times.back() + 1);
        const std::int64_t own = av_rescale_q(picture->pkt_duration, codec->pkt_timebase, ticks);
        clip.end = time + (own > 0 && own < 10 * step ? own : step);
        picture->pts = time;
        picture->pict_type = AV_PICTURE_TYPE_NONE;
        clip.times.push_back(time);
        clip.pictures.push_back(std::move(picture));
    }
}

}  // namespace

Result<Film, Fault> read_film(ByteView file)
{
    const Input input{file};
    if (!input.opened()) return because(fault_of("read the file"));
    AVFormatContext* format = input.format();
    const int best = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (best < 0) return because(fault_of("find a picture"));
    AVStream* video = format->streams[best];
    Film film;
    film.video = track_of(video);
    const AVRational rate = av_guess_frame_rate(format, video, nullptr);
    if (rate.num > 0 && rate.den > 0) film.clip.rate = rate;
    std::vector<int> sound_of(format->nb_streams, -1);
    for (unsigned i = 0; i < format->nb_streams; ++i) {
        const AVCodecParameters& codec = *format->streams[i]->codecpar;
        if (codec.codec_type != AVMEDIA_TYPE_AUDIO || codec.sample_rate == 0) continue;
        sound_of[i] = static_cast<int>(film.sound.size());
        film.sound.push_back(track_of(format->streams[i]));
    }
    MILLPOND_TRY(const Codec codec, open_decoder(video));
    while (true) {
        Packet packet = hold(av_packet_alloc());
        if (av_read_frame(format, packet.get()) < 0) break;
        const auto index = static_cast<std::size_t>(packet->stream_index);
        if (packet->stream_index == best) {
            decode(film.clip, codec.get(), packet.get());
            film.video.packets.push_back(std::move(packet));
        } else if (index < sound_of.size() && sound_of[index] >= 0) {
            film.sound[static_cast<std::size_t>(sound_of[index])].packets.push_back(packet);
        }
    }
    decode(film.clip, codec.get(), nullptr);
    if (film.clip.pictures.empty()) return because(fault_of("decode a single picture"));
    return film;
}

}  // namespace millpond::corpus
