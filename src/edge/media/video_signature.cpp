#include "edge/media/video_signature.hpp"

#include "edge/media/internal/decoder.hpp"
#include "edge/media/internal/memory_io.hpp"
#include "model/profile.hpp"

#include <array>
#include <optional>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

namespace millpond::media {
namespace {

/// Where the filter writes, which knows files by their names only: memory with a name.
class NamedMemory {
public:
    NamedMemory() : descriptor_(::memfd_create("signature", MFD_CLOEXEC)) {}

    ~NamedMemory()
    {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    NamedMemory(const NamedMemory&) = delete;
    NamedMemory& operator=(const NamedMemory&) = delete;

    [[nodiscard]] std::string name() const
    {
        return "/proc/self/fd/" + std::to_string(descriptor_);
    }

    [[nodiscard]] Bytes contents() const
    {
        Bytes all;
        std::array<std::uint8_t, 1U << 14U> some{};
        while (true) {
            const ssize_t got =
                ::pread(descriptor_, some.data(), some.size(), static_cast<off_t>(all.size()));
            if (got <= 0) return all;
            all.insert(all.end(), some.begin(), some.begin() + got);
        }
    }

private:
    int descriptor_;
};

/// The filter between where frames go in and where they are thrown away.
class SignatureGraph {
public:
    /// For frames like this one, with times in `time_base`.
    Result<void, Fault> open(const AVFrame& like, AVRational time_base, const std::string& file)
    {
        graph_.reset(avfilter_graph_alloc());
        graph_->nb_threads = 1;
        const std::string input =
            "video_size=" + std::to_string(like.width) + "x" + std::to_string(like.height) +
            ":pix_fmt=" + std::to_string(like.format) +
            ":time_base=" + std::to_string(time_base.num) + "/" + std::to_string(time_base.den);
        const std::string signature = "format=binary:filename=" + file;
        AVFilterContext* filter = nullptr;
        const bool made = add("buffer", input, &in_) && add("signature", signature, &filter) &&
                          add("buffersink", {}, &out_) && avfilter_link(in_, 0, filter, 0) >= 0 &&
                          avfilter_link(filter, 0, out_, 0) >= 0 &&
                          avfilter_graph_config(graph_.get(), nullptr) >= 0;
        if (!made) return because(Fault{.what = "no signature filter"});
        return {};
    }

    /// Null ends the picture; only then the signature is written.
    Result<void, Fault> feed(AVFrame* frame)
    {
        int error = av_buffersrc_add_frame_flags(in_, frame, AV_BUFFERSRC_FLAG_KEEP_REF);
        const Frame through = make_frame();
        while (error >= 0) {
            error = av_buffersink_get_frame(out_, through.get());
            av_frame_unref(through.get());
        }
        if (error == AVERROR(EAGAIN) || error == AVERROR_EOF) return {};
        return because(Fault{.what = "signature: " + error_text(error)});
    }

private:
    bool add(const char* name, const std::string& options, AVFilterContext** to)
    {
        return avfilter_graph_create_filter(
                   to, avfilter_get_by_name(name), name, options.c_str(), nullptr, graph_.get()
               ) >= 0;
    }

    Graph graph_;
    AVFilterContext* in_ = nullptr;
    AVFilterContext* out_ = nullptr;
};

/// Where a signature's times begin, in the stream's own: with the picture, or with the whole file
/// where a format's times are not broken by themselves. So does the command line.
std::int64_t origin_of(const AVFormatContext& format, const AVStream& video)
{
    std::int64_t start = video.start_time;
    if ((format.iformat->flags & AVFMT_TS_DISCONT) == 0 && format.start_time != AV_NOPTS_VALUE)
        start = av_rescale_q(format.start_time, {1, AV_TIME_BASE}, video.time_base);
    return start == AV_NOPTS_VALUE ? 0 : start;
}

}  // namespace

Result<Bytes, Fault> video_signature(ByteView file)
{
    MILLPOND_TRY(const auto input, MemoryInput::open(file));
    const AVStream* video = input->video();
    if (video == nullptr) return because(Fault{.what = "no picture"});
    MILLPOND_TRY(Decoder decoder, Decoder::open(video, video->avg_frame_rate, 1));
    const std::int64_t origin = origin_of(*input->format(), *video);
    const NamedMemory memory;
    std::optional<SignatureGraph> graph;
    FrameSize size;
    Result<void, Fault> fed;
    const auto take = [&](AVFrame* frame) {
        if (!fed) return;
        if (!graph) {
            size = {frame->width, frame->height};
            fed = graph.emplace().open(*frame, video->time_base, memory.name());
        }
        if (fed && size != FrameSize{frame->width, frame->height})
            fed = because(Fault{.what = "the picture's size changes"});
        if (!fed) return;
        frame->pts = av_rescale_q(frame->pts, ticks, video->time_base) - origin;
        fed = graph->feed(frame);
    };
    const Packet packet = make_packet();
    while (fed && av_read_frame(input->format(), packet.get()) >= 0) {
        if (packet->stream_index == video->index) decoder.feed(packet.get(), take);
        av_packet_unref(packet.get());
    }
    if (fed) decoder.feed(nullptr, take);
    if (fed && !graph) fed = because(Fault{.what = "no picture"});
    if (fed) fed = graph->feed(nullptr);
    if (!fed) return because(fed.error());
    Bytes signature = memory.contents();
    if (signature.empty()) return because(Fault{.what = "signature: nothing was written"});
    return signature;
}

}  // namespace millpond::media
