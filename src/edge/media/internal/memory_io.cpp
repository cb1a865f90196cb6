#include "edge/media/internal/memory_io.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/assert.hpp"

namespace millpond::media {
namespace {

constexpr int buffer_size = 64 * 1024;

std::uint8_t* make_buffer()
{
    auto* const buffer = static_cast<std::uint8_t*>(av_malloc(buffer_size));
    MILLPOND_ASSERT(buffer != nullptr);
    return buffer;
}

/// Where a seek ends, or a negative error; AVSEEK_SIZE asks for the size.
std::int64_t place_after(std::int64_t offset, int whence, std::size_t at, std::size_t size)
{
    const auto end = static_cast<std::int64_t>(size);
    whence &= ~AVSEEK_FORCE;
    if (whence == AVSEEK_SIZE) return end;
    if (whence == SEEK_CUR) offset += static_cast<std::int64_t>(at);
    if (whence == SEEK_END) offset += end;
    return offset < 0 ? AVERROR(EINVAL) : offset;
}

}  // namespace

void IoDelete::operator()(AVIOContext* io) const
{
    av_freep(static_cast<void*>(&io->buffer));
    avio_context_free(&io);
}

MemoryReader::MemoryReader(ByteView bytes)
    : place_(std::make_unique<Place>(bytes)),
      io_(avio_alloc_context(make_buffer(), buffer_size, 0, place_.get(), read, nullptr, seek))
{
    MILLPOND_ASSERT(io_);
}

int MemoryReader::read(void* opaque, std::uint8_t* to, int size)
{
    auto& place = *static_cast<Place*>(opaque);
    if (place.at >= place.bytes.size()) return AVERROR_EOF;
    const auto rest = place.bytes.subspan(place.at);
    const auto count = std::min(rest.size(), static_cast<std::size_t>(std::max(size, 0)));
    std::copy_n(rest.data(), count, to);
    place.at += count;
    return static_cast<int>(count);
}

std::int64_t MemoryReader::seek(void* opaque, std::int64_t offset, int whence)
{
    auto& place = *static_cast<Place*>(opaque);
    const auto to = place_after(offset, whence, place.at, place.bytes.size());
    if (to >= 0 && (whence & AVSEEK_SIZE) == 0) place.at = static_cast<std::size_t>(to);
    return to;
}

MemoryWriter::MemoryWriter()
    : bytes_(std::make_unique<Bytes>()), place_(std::make_unique<Place>(bytes_.get())),
      io_(avio_alloc_context(make_buffer(), buffer_size, 1, place_.get(), read, write, seek))
{
    MILLPOND_ASSERT(io_);
}

void MemoryWriter::let_read_back(AVFormatContext& muxer)
{
    muxer.opaque = bytes_.get();
    muxer.io_open = open_again;
    muxer.io_close2 = close_again;
}

Bytes MemoryWriter::take()
{
    avio_flush(io_.get());
    place_->at = 0;
    return std::exchange(*bytes_, {});
}

int MemoryWriter::read(void* opaque, std::uint8_t* to, int size)
{
    auto& place = *static_cast<Place*>(opaque);
    if (place.at >= place.bytes->size()) return AVERROR_EOF;
    const auto rest = ByteView{*place.bytes}.subspan(place.at);
    const auto count = std::min(rest.size(), static_cast<std::size_t>(std::max(size, 0)));
    std::copy_n(rest.data(), count, to);
    place.at += count;
    return static_cast<int>(count);
}

int MemoryWriter::write(void* opaque, std::uint8_t* from, int size)
{
    auto& place = *static_cast<Place*>(opaque);
    const auto count = static_cast<std::size_t>(size);
    if (place.bytes->size() < place.at + count) place.bytes->resize(place.at + count);
    std::copy_n(from, count, place.bytes->data() + place.at);
    place.at += count;
    return size;
}

std::int64_t MemoryWriter::seek(void* opaque, std::int64_t offset, int whence)
{
    auto& place = *static_cast<Place*>(opaque);
    const auto to = place_after(offset, whence, place.at, place.bytes->size());
    if (to >= 0 && (whence & AVSEEK_SIZE) == 0) place.at = static_cast<std::size_t>(to);
    return to;
}

int MemoryWriter::open_again(
    AVFormatContext* muxer,
    AVIOContext** io,
    const char* /*url*/,
    int flags,
    AVDictionary** /*options*/
)
{
    if ((flags & AVIO_FLAG_WRITE) != 0) return AVERROR(EPERM);
    auto place = std::make_unique<Place>(static_cast<Bytes*>(muxer->opaque));
    *io = avio_alloc_context(make_buffer(), buffer_size, 0, place.get(), read, nullptr, seek);
    MILLPOND_ASSERT(*io != nullptr);
    place.release();  // close_again takes it back
    return 0;
}

int MemoryWriter::close_again(AVFormatContext* /*muxer*/, AVIOContext* io)
{
    const std::unique_ptr<Place> place{static_cast<Place*>(io->opaque)};
    IoDelete{}(io);
    return 0;
}

}  // namespace millpond::media
