#include "edge/media/internal/demux.hpp"

#include <algorithm>
#include <utility>

#include "edge/media/internal/layout.hpp"
#include "edge/media/internal/log.hpp"
#include "edge/media/internal/memory_io.hpp"

namespace millpond::media {
namespace {

constexpr std::size_t packets_max = 200'000;

using InputPtr = std::unique_ptr<AVFormatContext, AvDelete<avformat_close_input>>;

Result<InputPtr, Fault> open_input(const MemoryReader& reader, Container container)
{
    AVFormatContext* context = avformat_alloc_context();
    if (context == nullptr) return because(Fault{.what = "no memory"});
    context->pb = reader.io();
    context->max_streams = streams_max + 1;
    context->fps_probe_size = 0;
    const auto* const format = av_find_input_format(container == Container::mp4 ? "mov" : "mpegts");
    const int opened = avformat_open_input(&context, nullptr, format, nullptr);
    if (opened < 0) return because(Fault{.what = error_text(opened)});
    return InputPtr{context};
}

Result<void, Fault> probe(AVFormatContext& input)
{
    // Dimensions are refused before a decoder allocates a frame of them.
    std::vector<AVDictionary*> options(input.nb_streams, nullptr);
    for (auto*& option : options) {
        av_dict_set_int(&option, "max_pixels", std::int64_t{side_max} * side_max, 0);
        av_dict_set_int(&option, "threads", 1, 0);
    }
    const int found = avformat_find_stream_info(&input, options.data());
    for (auto*& option : options) av_dict_free(&option);
    if (found < 0) return because(Fault{.what = error_text(found)});
    return {};
}

bool is_wanted(const AVStream& stream)
{
    if ((stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) return false;
    const auto type = stream.codecpar->codec_type;
    return type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO;
}

Result<std::vector<Packets>, Fault> read_packets(AVFormatContext& input)
{
    std::vector<Packets> packets(streams_max);
    std::size_t count = 0;
    auto packet = make_packet();
    // An error in the middle is the end of what can be read: a truncated file is still a file.
    while (av_read_frame(&input, packet.get()) >= 0) {
        if (input.nb_streams > streams_max) return because(Fault{.what = "too many streams"});
        const auto index = static_cast<std::size_t>(packet->stream_index);
        const auto& stream = *input.streams[index];
        const bool shown = (packet->flags & AV_PKT_FLAG_DISCARD) == 0;
        if (is_wanted(stream) && packet->size > 0 && shown) {
            to_ticks(*packet, stream.time_base);
            packets[index].push_back(std::exchange(packet, make_packet()));
            if (++count > packets_max) return because(Fault{.what = "too many packets"});
        }
        av_packet_unref(packet.get());
    }
    return packets;
}

std::vector<std::int32_t> display_matrix(const AVStream& stream)
{
    std::size_t size = 0;
    const auto* const data = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    if (data == nullptr || size < 9 * sizeof(std::int32_t)) return {};
    const auto* const matrix = reinterpret_cast<const std::int32_t*>(data);
    return {matrix, matrix + 9};
}

}  // namespace

void to_ticks(AVPacket& packet, AVRational time_base)
{
    av_packet_rescale_ts(&packet, time_base, ticks);
    packet.time_base = ticks;
}

Result<Demuxed, Fault> demux(ByteView file, Parameters parameters)
{
    silence_log();
    const auto layout = read_layout(file);
    if (!layout) return because(Fault{.what = "neither MPEG-TS nor MP4"});
    if (!layout->sane) return because(Fault{.what = "index out of all proportion"});

    const MemoryReader reader{file};
    MILLPOND_TRY(const auto input, open_input(reader, layout->container));
    if (parameters == Parameters::probed) {
        MILLPOND_TRY([[maybe_unused]] const auto probed, probe(*input));
    }
    MILLPOND_TRY(auto packets, read_packets(*input));
    if (input->nb_streams > streams_max) return because(Fault{.what = "too many streams"});

    Demuxed demuxed{.container = layout->container, .trailing_bytes = layout->trailing_bytes};
    for (unsigned i = 0; i < input->nb_streams; ++i) {
        const auto& stream = *input->streams[i];
        if (!is_wanted(stream)) continue;
        Track track{.parameters = copy(*stream.codecpar), .packets = std::move(packets[i])};
        if (stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO) {
            demuxed.audio.push_back(std::move(track));
        } else if (demuxed.video.packets.empty()) {
            demuxed.video = std::move(track);
            demuxed.display_matrix = display_matrix(stream);
        }
    }
    if (demuxed.video.packets.size() > frames_max) return because(Fault{.what = "too many frames"});
    return demuxed;
}

}  // namespace millpond::media
