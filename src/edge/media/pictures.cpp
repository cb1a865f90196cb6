#include "edge/media/pictures.hpp"

extern "C" {
#include <libavutil/video_enc_params.h>
}

#include "edge/media/internal/decoder.hpp"
#include "edge/media/internal/memory_io.hpp"
#include "edge/media/internal/slices.hpp"
#include "edge/media/internal/upright.hpp"
#include "edge/media/parameter_sets.hpp"

#include <algorithm>
#include <deque>
#include <optional>

namespace millpond::media {
namespace {

/// Each macroblock's QP as the decoder met it.
std::vector<std::uint8_t> quantisers_of(const AVFrame& frame)
{
    std::vector<std::uint8_t> all;
    const AVFrameSideData* side = av_frame_get_side_data(&frame, AV_FRAME_DATA_VIDEO_ENC_PARAMS);
    if (side == nullptr) return all;
    auto* params = reinterpret_cast<AVVideoEncParams*>(side->data);
    if (params->type != AV_VIDEO_ENC_PARAMS_H264) return all;
    all.resize(params->nb_blocks);
    for (unsigned i = 0; i < params->nb_blocks; ++i) {
        const int qp = params->qp + av_video_enc_params_block(params, i)->delta_qp;
        all[i] = static_cast<std::uint8_t>(std::clamp(qp, 0, 51));
    }
    return all;
}

bool is_full_range(const AVCodecParameters& codec)
{
    return codec.color_range == AVCOL_RANGE_JPEG || codec.format == AV_PIX_FMT_YUVJ420P;
}

bool is_transport_stream(const AVFormatContext* format)
{
    return std::string_view{format->iformat->name}.starts_with("mpegts");
}

/// What the first packet says before its first slice, if that is all a decoder has to know.
std::optional<SequenceParameters> announced_in(ByteView packet)
{
    std::optional<SequenceParameters> sequence;
    bool picture = false;
    bool late = false;
    for_each_nal(packet, {}, [&](ByteView unit) {
        const unsigned kind = unit[0] & 0x1fU;
        if (kind >= 1 && kind <= 5) late = late || !sequence || !picture;
        if (kind == 7) sequence = parse_sequence_parameters(unit);
        if (kind == 8) picture = true;
    });
    if (late || !sequence || !sequence->tells_reordering) return std::nullopt;
    return sequence;
}

}  // namespace

struct Pictures::Inside {
    std::unique_ptr<MemoryInput> input;
    AVStream* video = nullptr;
    std::optional<Decoder> decoder;
    PictureOptions options;
    int rotation = 0;
    FrameSize size;
    bool full_range = false;
    std::deque<Packet> packets;
    std::deque<DecodedPicture> ready;
    DecodedPicture current;
    std::vector<std::int64_t> pts;
    std::int64_t slice_bytes = 0;
    bool ended = false;
    std::string problem;

    /// Without a decoder that looks ahead: it would decode the costliest pictures of the file
    /// twice. False if only that tells what there is.
    bool describe_from_packets()
    {
        const AVFormatContext* format = input->format();
        const std::span streams{format->streams, format->nb_streams};
        const auto pictures = std::ranges::count_if(streams, [](const AVStream* each) {
            return each->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
        });
        if (pictures != 1 || !is_transport_stream(format)) return false;
        if (video->codecpar->codec_id != AV_CODEC_ID_H264) return false;
        read_packets();
        if (!problem.empty() || packets.empty() || pts.size() != packets.size()) return false;
        const AVPacket& first = *packets.front();
        const auto announced = announced_in({first.data, static_cast<std::size_t>(first.size)});
        if (!announced) return false;
        size = announced->size;
        full_range = announced->full_range;
        return true;
    }

    void describe_from_container()
    {
        const AVCodecParameters& codec = *video->codecpar;
        rotation = rotation_of(video);
        const bool turned = rotation % 180 != 0;
        size = turned ? FrameSize{codec.height, codec.width} : FrameSize{codec.width, codec.height};
        full_range = is_full_range(codec);
    }

    void read_packets()
    {
        AVFormatContext* format = input->format();
        const AVCodecParameters& codec = *video->codecpar;
        const NalFraming framing = framing_of(
            {codec.extradata, static_cast<std::size_t>(std::max(0, codec.extradata_size))}
        );
        Packet packet = make_packet();
        while (av_read_frame(format, packet.get()) >= 0) {
            if (packet->stream_index != video->index) {
                av_packet_unref(packet.get());
                continue;
            }
            if (packets.size() >= static_cast<std::size_t>(options.frames_max)) {
                problem = "more than " + std::to_string(options.frames_max) + " frames";
                return;
            }
            if (packet->pts != AV_NOPTS_VALUE)
                pts.push_back(av_rescale_q(packet->pts, video->time_base, ticks));
            if (codec.codec_id == AV_CODEC_ID_H264) {
                visit_slices(
                    {packet->data, static_cast<std::size_t>(packet->size)},
                    framing,
                    [this](ByteView slice) {
                        slice_bytes += static_cast<std::int64_t>(slice.size());
                    }
                );
            }
            packets.push_back(std::move(packet));
            packet = make_packet();
        }
        std::ranges::sort(pts);
    }

    void take(AVFrame* frame)
    {
        if (!problem.empty()) return;
        DecodedPicture picture{
            .pts = frame->pts,
            .key = frame->key_frame != 0,
            .interlaced = frame->interlaced_frame != 0,
        };
        if (options.quantisers) picture.qp = quantisers_of(*frame);
        if (auto made = make_upright(frame, rotation, picture); !made) {
            problem = made.error().what;
            return;
        }
        const FrameSize got{picture.planes[0].width, picture.planes[0].height};
        if (got != size) {
            problem = "the picture's size changes";
            return;
        }
        ready.push_back(std::move(picture));
    }
};

Pictures::Pictures(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Pictures::~Pictures() = default;
Pictures::Pictures(Pictures&&) noexcept = default;
Pictures& Pictures::operator=(Pictures&&) noexcept = default;

Result<Pictures, Fault> Pictures::open(ByteView file, PictureOptions options)
{
    const auto opened = [&](Probe probe) -> Result<std::unique_ptr<Inside>, Fault> {
        auto inside = std::make_unique<Inside>();
        inside->options = options;
        MILLPOND_TRY(inside->input, MemoryInput::open(file, probe));
        inside->video = inside->input->video();
        if (inside->video == nullptr) return because(Fault{.what = "no video"});
        return inside;
    };
    MILLPOND_TRY(auto inside, opened(Probe::container));
    if (!inside->describe_from_packets()) {
        MILLPOND_TRY(inside, opened(Probe::decoders));
        inside->describe_from_container();
    }
    const FrameSize size = inside->size;
    if (size.width > side_max || size.height > side_max || size.width < 2 || size.height < 2)
        return because(Fault{.what = "a picture of this size is not decoded"});
    const AVRational rate = av_guess_frame_rate(inside->input->format(), inside->video, nullptr);
    MILLPOND_TRY(inside->decoder, Decoder::open(inside->video, rate, 1));
    inside->decoder->use_large_pages();
    if (options.quantisers) inside->decoder->export_quantisers();
    if (inside->packets.empty()) inside->read_packets();
    if (!inside->problem.empty()) return because(Fault{.what = inside->problem});
    return Pictures{std::move(inside)};
}

const DecodedPicture* Pictures::next()
{
    Inside& in = *inside_;
    const auto take = [&in](AVFrame* frame) { in.take(frame); };
    while (in.ready.empty() && in.problem.empty() && !in.ended) {
        if (in.packets.empty()) {
            in.decoder->feed(nullptr, take);
            in.ended = true;
        } else {
            in.decoder->feed(in.packets.front().get(), take);
            in.packets.pop_front();
        }
    }
    if (in.ready.empty() || !in.problem.empty()) return nullptr;
    in.current = std::move(in.ready.front());
    in.ready.pop_front();
    return &in.current;
}

FrameSize Pictures::size() const
{
    return inside_->size;
}

const std::vector<std::int64_t>& Pictures::pts() const
{
    return inside_->pts;
}

std::int64_t Pictures::slice_bytes() const
{
    return inside_->slice_bytes;
}

bool Pictures::full_range() const
{
    return inside_->full_range;
}

bool Pictures::mp4() const
{
    return !is_transport_stream(inside_->input->format());
}

bool Pictures::damaged() const
{
    return inside_->decoder->errors() > 0;
}

const std::string& Pictures::problem() const
{
    return inside_->problem;
}

}  // namespace millpond::media
