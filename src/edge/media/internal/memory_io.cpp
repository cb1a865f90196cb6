#include "edge/media/internal/memory_io.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace millpond::media {
namespace {

constexpr int buffer_bytes = 64 << 10;

std::int64_t moved(std::int64_t offset, int whence, std::size_t at, std::size_t size)
{
    if (whence == AVSEEK_SIZE) return static_cast<std::int64_t>(size);
    switch (whence & ~AVSEEK_FORCE) {
        case SEEK_SET: break;
        case SEEK_CUR: offset += static_cast<std::int64_t>(at); break;
        case SEEK_END: offset += static_cast<std::int64_t>(size); break;
        default: return AVERROR(EINVAL);
    }
    return offset < 0 ? AVERROR(EINVAL) : offset;
}

/// No decoder that looks for what the container leaves open may make a picture of any size.
int probe_decoders(AVFormatContext* format)
{
    std::vector<AVDictionary*> options(format->nb_streams);
    for (auto& each : options)
        av_dict_set_int(&each, "max_pixels", pixels_max, 0);
    const int error = avformat_find_stream_info(format, options.data());
    for (auto& each : options)
        av_dict_free(&each);
    return error;
}

}  // namespace

Result<std::unique_ptr<MemoryInput>, Fault> MemoryInput::open(ByteView file, Probe probe)
{
    std::unique_ptr<MemoryInput> input{new MemoryInput{file}};
    auto* buffer = static_cast<unsigned char*>(av_malloc(buffer_bytes));
    input->io_ = avio_alloc_context(buffer, buffer_bytes, 0, input.get(), read, nullptr, seek);
    AVFormatContext* format = avformat_alloc_context();
    format->pb = input->io_;
    format->probesize = std::max<std::int64_t>(static_cast<std::int64_t>(file.size()), 4'096);
    format->max_analyze_duration = 30LL * AV_TIME_BASE;
    format->max_streams = streams_max;
    // Only what a segment may be: no playlist or image reader of libavformat ever sees foreign
    // bytes.
    AVDictionary* options = nullptr;
    av_dict_set(&options, "format_whitelist", "mpegts,mov,mp4,mov,mp4,m4a,3gp,3g2,mj2", 0);
    int error = avformat_open_input(&format, nullptr, nullptr, &options);
    av_dict_free(&options);
    if (error < 0) return because(Fault{.what = error_text(error)});
    input->format_.reset(format);
    if (probe == Probe::container) return input;
    error = probe_decoders(format);
    if (error < 0) return because(Fault{.what = error_text(error)});
    return input;
}

MemoryInput::~MemoryInput()
{
    format_.reset();
    if (io_ == nullptr) return;
    av_freep(static_cast<void*>(&io_->buffer));
    avio_context_free(&io_);
}

AVStream* MemoryInput::video() const
{
    const int index = av_find_best_stream(format_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    return index < 0 ? nullptr : format_->streams[index];
}

int MemoryInput::read(void* self, std::uint8_t* buffer, int size)
{
    auto& input = *static_cast<MemoryInput*>(self);
    if (input.at_ >= input.file_.size()) return AVERROR_EOF;
    const std::size_t now =
        std::min(static_cast<std::size_t>(size), input.file_.size() - input.at_);
    std::memcpy(buffer, input.file_.data() + input.at_, now);
    input.at_ += now;
    return static_cast<int>(now);
}

std::int64_t MemoryInput::seek(void* self, std::int64_t offset, int whence)
{
    auto& input = *static_cast<MemoryInput*>(self);
    const std::int64_t to = moved(offset, whence, input.at_, input.file_.size());
    if (to >= 0 && whence != AVSEEK_SIZE) input.at_ = static_cast<std::size_t>(to);
    return to;
}

/// A second position in the same bytes, for the pass that moves MP4's index to the front.
struct MemoryOutput::Reader {
    MemoryOutput* output = nullptr;
    std::size_t at = 0;

    static int read(void* self, std::uint8_t* buffer, int size)
    {
        auto& reader = *static_cast<Reader*>(self);
        const Bytes& bytes = reader.output->bytes_;
        if (reader.at >= bytes.size()) return AVERROR_EOF;
        const std::size_t now = std::min(static_cast<std::size_t>(size), bytes.size() - reader.at);
        std::memcpy(buffer, bytes.data() + reader.at, now);
        reader.at += now;
        return static_cast<int>(now);
    }

    static std::int64_t seek(void* self, std::int64_t offset, int whence)
    {
        auto& reader = *static_cast<Reader*>(self);
        const std::int64_t to = moved(offset, whence, reader.at, reader.output->bytes_.size());
        if (to >= 0 && whence != AVSEEK_SIZE) reader.at = static_cast<std::size_t>(to);
        return to;
    }
};

MemoryOutput::MemoryOutput()
{
    auto* buffer = static_cast<unsigned char*>(av_malloc(buffer_bytes));
    io_ = avio_alloc_context(buffer, buffer_bytes, 1, this, nullptr, write, seek);
}

MemoryOutput::~MemoryOutput()
{
    av_freep(static_cast<void*>(&io_->buffer));
    avio_context_free(&io_);
}

void MemoryOutput::attach(AVFormatContext* format)
{
    format->pb = io_;
    format->flags |= AVFMT_FLAG_CUSTOM_IO;
    format->opaque = this;
    format->io_open = open_reader;
    format->io_close2 = close_reader;
}

Bytes MemoryOutput::take()
{
    avio_flush(io_);
    return std::move(bytes_);
}

int MemoryOutput::write(void* self, std::uint8_t* buffer, int size)
{
    auto& output = *static_cast<MemoryOutput*>(self);
    const auto count = static_cast<std::size_t>(size);
    if (output.at_ + count > output.bytes_.size()) output.bytes_.resize(output.at_ + count);
    std::memcpy(output.bytes_.data() + output.at_, buffer, count);
    output.at_ += count;
    return size;
}

std::int64_t MemoryOutput::seek(void* self, std::int64_t offset, int whence)
{
    auto& output = *static_cast<MemoryOutput*>(self);
    const std::int64_t to = moved(offset, whence, output.at_, output.bytes_.size());
    if (to >= 0 && whence != AVSEEK_SIZE) output.at_ = static_cast<std::size_t>(to);
    return to;
}

int MemoryOutput::open_reader(
    AVFormatContext* format,
    AVIOContext** io,
    const char* /*url*/,
    int flags,
    AVDictionary** /*options*/
)
{
    if ((flags & AVIO_FLAG_WRITE) != 0) return AVERROR(EPERM);
    auto* reader = new Reader{.output = static_cast<MemoryOutput*>(format->opaque)};
    auto* buffer = static_cast<unsigned char*>(av_malloc(buffer_bytes));
    *io = avio_alloc_context(buffer, buffer_bytes, 0, reader, Reader::read, nullptr, Reader::seek);
    return 0;
}

int MemoryOutput::close_reader(AVFormatContext* /*format*/, AVIOContext* io)
{
    delete static_cast<Reader*>(io->opaque);
    av_freep(static_cast<void*>(&io->buffer));
    avio_context_free(&io);
    return 0;
}

}  // namespace millpond::media
