#include "edge/media/internal/frame_memory.hpp"

extern "C" {
#include <libavutil/imgutils.h>
}

#include <algorithm>
#include <array>

#include <sys/mman.h>

namespace millpond::media {
namespace {

constexpr std::size_t large_page = 2U << 20U;
constexpr std::size_t slab_bytes = 4 * large_page;
/// Between planes: as far as libavcodec's own allocator lets decoders write beyond them.
constexpr std::size_t slack = 128;

constexpr std::size_t rounded(std::size_t size, std::size_t to)
{
    return (size + to - 1) / to * to;
}

struct Layout {
    std::array<int, 4> strides{};
    std::array<std::size_t, 4> offsets{};
    std::size_t bytes = 0;  ///< 0: it has none
};

/// As libavcodec's own allocator lays a picture out.
Layout layout_of(AVCodecContext* codec, const AVFrame& frame)
{
    Layout layout;
    const auto format = static_cast<AVPixelFormat>(frame.format);
    int width = frame.width;
    int height = frame.height;
    std::array<int, AV_NUM_DATA_POINTERS> aligns{};
    avcodec_align_dimensions2(codec, &width, &height, aligns.data());
    bool aligned = false;
    while (!aligned) {
        if (av_image_fill_linesizes(layout.strides.data(), format, width) < 0) return {};
        width += width & ~(width - 1);  // its lowest bit, until every stride is a multiple
        aligned = true;
        for (std::size_t i = 0; i < 3; ++i)
            aligned = aligned && layout.strides[i] % aligns[i] == 0;
    }
    std::array<std::size_t, 4> sizes{};
    std::array<std::ptrdiff_t, 4> strides{};
    std::ranges::copy(layout.strides, strides.begin());
    if (av_image_fill_plane_sizes(sizes.data(), format, height, strides.data()) < 0) return {};
    for (std::size_t i = 0; i < 3; ++i) {
        layout.offsets[i] = layout.bytes;
        layout.bytes += rounded(sizes[i] + slack, 64);
    }
    return layout;
}

}  // namespace

struct FrameMemory::Slab {
    std::uint8_t* mapped = nullptr;
    std::size_t mapped_bytes = 0;
    std::uint8_t* begin = nullptr;  ///< on a large page's edge
    std::size_t bytes = 0;

    Slab() = default;
    Slab(const Slab&) = delete;
    Slab& operator=(const Slab&) = delete;

    ~Slab()
    {
        if (mapped != nullptr) ::munmap(mapped, mapped_bytes);
    }

    bool map(std::size_t wanted)
    {
        bytes = rounded(wanted, large_page);
        mapped_bytes = bytes + large_page;
        void* got = ::mmap(
            nullptr, mapped_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0
        );
        if (got == MAP_FAILED) return false;
        mapped = static_cast<std::uint8_t*>(got);
        const auto at = reinterpret_cast<std::uintptr_t>(mapped);
        begin = mapped + (rounded(at, large_page) - at);
        // Where there are no large pages, small ones do.
        ::madvise(begin, bytes, MADV_HUGEPAGE);
        return true;
    }
};

FrameMemory::~FrameMemory()
{
    av_buffer_pool_uninit(&pool_);
}

void FrameMemory::serve(AVCodecContext& codec)
{
    codec.opaque = this;
    codec.get_buffer2 = give;
}

int FrameMemory::give(AVCodecContext* codec, AVFrame* frame, int flags)
{
    const bool plain = frame->format == AV_PIX_FMT_YUV420P || frame->format == AV_PIX_FMT_YUVJ420P;
    const bool direct = (codec->codec->capabilities & AV_CODEC_CAP_DR1) != 0;
    if (!plain || !direct) return avcodec_default_get_buffer2(codec, frame, flags);
    const Layout layout = layout_of(codec, *frame);
    if (layout.bytes == 0) return AVERROR(EINVAL);
    AVBufferRef* buffer = static_cast<FrameMemory*>(codec->opaque)->take(layout.bytes);
    if (buffer == nullptr) return AVERROR(ENOMEM);
    frame->buf[0] = buffer;
    for (std::size_t i = 0; i < 3; ++i) {
        frame->data[i] = buffer->data + layout.offsets[i];
        frame->linesize[i] = layout.strides[i];
    }
    frame->extended_data = frame->data;
    return 0;
}

AVBufferRef* FrameMemory::take(std::size_t size)
{
    if (size != pool_size_) {
        av_buffer_pool_uninit(&pool_);
        pool_ = av_buffer_pool_init2(size, this, carve, nullptr);
        pool_size_ = size;
    }
    return pool_ == nullptr ? nullptr : av_buffer_pool_get(pool_);
}

AVBufferRef* FrameMemory::carve(void* self, std::size_t size)
{
    auto& memory = *static_cast<FrameMemory*>(self);
    if (memory.slab_ == nullptr || memory.used_ + size > memory.slab_->bytes) {
        auto slab = std::make_shared<Slab>();
        if (!slab->map(std::max(slab_bytes, size))) return nullptr;
        memory.slab_ = std::move(slab);
        memory.used_ = 0;
    }
    std::uint8_t* at = memory.slab_->begin + memory.used_;
    memory.used_ += size;
    const auto release = [](void* held, std::uint8_t*) {
        delete static_cast<std::shared_ptr<Slab>*>(held);
    };
    auto* held = new std::shared_ptr<Slab>(memory.slab_);
    AVBufferRef* buffer = av_buffer_create(at, size, release, held, 0);
    if (buffer == nullptr) delete held;
    return buffer;
}

}  // namespace millpond::media
