#include "edge/picture/internal/reference.hpp"

#include "edge/picture/internal/integer.hpp"

namespace millpond::picture {

const References::Scalers& References::scalers(
    const std::array<PlaneView, 3>& source, FrameSize size
)
{
    auto& found = scalers_[{size.width, size.height}];
    if (!found) {
        const int width = source[0].width;
        const int height = source[0].height;
        const int half_width = (size.width + 1) / 2;
        const int half_height = (size.height + 1) / 2;
        found = std::make_unique<Scalers>(Scalers{
            .luma{Kernel::bicubic, width, height, size.width, size.height},
            .soft{Kernel::bilinear, width, height, size.width, size.height},
            .chroma{Kernel::bicubic, source[1].width, source[1].height, half_width, half_height},
        });
    }
    return *found;
}

const Reference& References::of(int index, const std::array<PlaneView, 3>& source, FrameSize size)
{
    auto& same_frame = made_[index];
    const std::pair key{size.width, size.height};
    const auto found = same_frame.find(key);
    if (found != same_frame.end()) return found->second;
    if (source[0].width == size.width && source[0].height == size.height) {
        Reference same{
            .luma = Plane{source[0]}, .soft = {}, .u = Plane{source[1]}, .v = Plane{source[2]}
        };
        return same_frame.emplace(key, std::move(same)).first->second;
    }
    const Scalers& by = scalers(source, size);
    Reference made{
        .luma = by.luma.scale(source[0]),
        .soft = by.soft.scale(source[0]),
        .u = by.chroma.scale(source[1]),
        .v = by.chroma.scale(source[2]),
    };
    return same_frame.emplace(key, std::move(made)).first->second;
}

void References::forget_before(int index)
{
    made_.erase(made_.begin(), made_.lower_bound(index));
}

Plane limited_range(const PlaneView& plane, bool luma)
{
    std::array<std::uint8_t, 256> table{};
    for (std::int64_t i = 0; i < 256; ++i) {
        const std::int64_t value =
            luma ? 16 + divided(i * 219, 255) : 128 + divided((i - 128) * 224, 255);
        table[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value);
    }
    Plane mapped{plane};
    for (int y = 0; y < plane.height; ++y) {
        std::uint8_t* row = mapped.row(y);
        for (int x = 0; x < plane.width; ++x)
            row[x] = table[row[x]];
    }
    return mapped;
}

}  // namespace millpond::picture
