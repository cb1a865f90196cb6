#include "edge/media/internal/upright.hpp"

#include <algorithm>

namespace millpond::media {
namespace {

/// A plane of our own.
struct OwnPlane {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> data;

    OwnPlane(int w, int h)
        : width(w),
          height(h),
          data(static_cast<std::size_t>(w) * static_cast<std::size_t>(h))
    {
    }

    std::uint8_t& at(int x, int y)
    {
        return data
            [static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
             static_cast<std::size_t>(x)];
    }
};

using OwnPlanes = std::vector<OwnPlane>;

/// A sample in 8 bits, rounded.
int sample(const AVFrame& frame, std::size_t plane, int depth, int x, int y)
{
    const std::uint8_t* row =
        frame.data[plane] + static_cast<std::ptrdiff_t>(y) * frame.linesize[plane];
    if (depth == 8) return row[x];
    const std::ptrdiff_t at = std::ptrdiff_t{x} * 2;
    const int value = row[at] | (row[at + 1] << 8U);
    return std::min(255, (value + (1 << (depth - 9))) >> (depth - 8));
}

/// Rounds the mean of the samples that fall together.
std::uint8_t pooled(const AVFrame& frame, std::size_t plane, int depth, std::array<int, 4> box)
{
    const auto [x, y, across, down] = box;
    int sum = 0;
    for (int j = 0; j < down; ++j)
        for (int i = 0; i < across; ++i)
            sum += sample(frame, plane, depth, x * across + i, y * down + j);
    const int count = across * down;
    return static_cast<std::uint8_t>((sum + count / 2) / count);
}

OwnPlanes to_420(const AVFrame& frame, const AVPixFmtDescriptor& format)
{
    OwnPlanes planes;
    const int depth = format.comp[0].depth;
    const int across = format.log2_chroma_w == 1 ? 1 : 2;
    const int down = format.log2_chroma_h == 1 ? 1 : 2;
    for (std::size_t p = 0; p < 3; ++p) {
        const int width = p == 0 ? frame.width : frame.width / 2;
        const int height = p == 0 ? frame.height : frame.height / 2;
        OwnPlane plane{width, height};
        const std::array<int, 2> pool = p == 0 ? std::array{1, 1} : std::array{across, down};
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                plane.at(x, y) = pooled(frame, p, depth, {x, y, pool[0], pool[1]});
        planes.push_back(std::move(plane));
    }
    return planes;
}

OwnPlane turned(const PlaneView& from, int rotation)
{
    const bool swaps = rotation % 180 != 0;
    OwnPlane to{swaps ? from.height : from.width, swaps ? from.width : from.height};
    for (int y = 0; y < to.height; ++y) {
        for (int x = 0; x < to.width; ++x) {
            int sx = to.width - 1 - x;
            int sy = to.height - 1 - y;
            if (rotation == 90) {
                sx = y;
                sy = to.width - 1 - x;
            } else if (rotation == 270) {
                sx = to.height - 1 - y;
                sy = x;
            }
            to.at(x, y) = from.data[sy * from.stride + sx];
        }
    }
    return to;
}

void adopt(OwnPlanes planes, DecodedPicture& picture)
{
    auto owner = std::make_shared<const OwnPlanes>(std::move(planes));
    for (std::size_t p = 0; p < 3; ++p) {
        const OwnPlane& own = (*owner)[p];
        picture.planes[p] = {own.data.data(), own.width, own.width, own.height};
    }
    picture.owner = std::move(owner);
}

bool is_convertible(const AVPixFmtDescriptor& format)
{
    const bool planar_yuv =
        (format.flags & AV_PIX_FMT_FLAG_PLANAR) != 0 &&
        (format.flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_HWACCEL)) ==
            0 &&
        format.nb_components == 3;
    return planar_yuv && format.comp[0].depth >= 8 && format.comp[0].depth <= 12 &&
           format.log2_chroma_w <= 1 && format.log2_chroma_h <= 1;
}

}  // namespace

Result<void, Fault> make_upright(const AVFrame* frame, int rotation, DecodedPicture& picture)
{
    const AVPixFmtDescriptor* format =
        av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame->format));
    if (format == nullptr || !is_convertible(*format)) {
        return because(Fault{.what = "pixel format not supported"});
    }
    const bool plain = frame->format == AV_PIX_FMT_YUV420P || frame->format == AV_PIX_FMT_YUVJ420P;
    if (plain) {
        // The frame's buffers live as long as this reference to them.
        const std::shared_ptr<AVFrame> held{av_frame_clone(frame), FreeFrame{}};
        for (std::size_t p = 0; p < 3; ++p) {
            const int half = p == 0 ? 1 : 2;
            picture.planes[p] = {
                held->data[p],
                held->linesize[p],
                (held->width + half - 1) / half,
                (held->height + half - 1) / half,
            };
        }
        picture.owner = held;
    } else {
        adopt(to_420(*frame, *format), picture);
    }
    if (rotation == 0) return {};
    OwnPlanes planes;
    for (const PlaneView& plane : picture.planes)
        planes.push_back(turned(plane, rotation));
    adopt(std::move(planes), picture);
    return {};
}

}  // namespace millpond::media
