#include "edge/picture/pair.hpp"

#include "edge/media/pictures.hpp"
#include "edge/media/png.hpp"
#include "edge/picture/align.hpp"
#include "edge/picture/scaler.hpp"

#include <algorithm>
#include <cstring>

namespace millpond::picture {
namespace {

constexpr int frames_max = 4'096;

/// The picture with this number, or the last before the end.
Result<media::DecodedPicture, Fault> picture_at(media::Pictures& pictures, int number)
{
    media::DecodedPicture found;
    for (int i = 0; i <= number; ++i) {
        const media::DecodedPicture* next = pictures.next();
        if (next == nullptr) break;
        found = *next;
    }
    if (found.owner == nullptr) return because(Fault{.what = "no frame decodes"});
    return found;
}

void put(Plane& to, const PlaneView& from, int x)
{
    for (int y = 0; y < std::min(to.height(), from.height); ++y) {
        std::memcpy(
            to.row(y) + x, from.data + y * from.stride, static_cast<std::size_t>(from.width)
        );
    }
}

}  // namespace

Result<Bytes, Fault> picture_pair(ByteView source, ByteView rendition, int frame)
{
    MILLPOND_TRY(auto sources, media::Pictures::open(source, {.frames_max = frames_max}));
    MILLPOND_TRY(auto renditions, media::Pictures::open(rendition, {.frames_max = frames_max}));
    const auto matches = align(sources.pts(), renditions.pts(), renditions.mp4());
    if (matches.empty()) return because(Fault{.what = "no frames to show"});
    const int shown = std::clamp(frame, 0, static_cast<int>(matches.size()) - 1);
    const int match = matches[static_cast<std::size_t>(shown)].first;
    MILLPOND_TRY(const auto left, picture_at(sources, match));
    MILLPOND_TRY(const auto right, picture_at(renditions, shown));
    std::array<Plane, 3> pair;
    for (std::size_t p = 0; p < 3; ++p) {
        const PlaneView& to = right.planes[p];
        const PlaneView& from = left.planes[p];
        const Scaler scaler{Kernel::bicubic, from.width, from.height, to.width, to.height};
        pair[p] = Plane{2 * to.width, to.height};
        put(pair[p], scaler.scale(from).view(), 0);
        put(pair[p], to, to.width);
    }
    return media::encode_png({pair[0].view(), pair[1].view(), pair[2].view()});
}

}  // namespace millpond::picture
