#include "model/profile.hpp"

#include <algorithm>

namespace millpond {
namespace {

// The limits of hardware encoders that the reference transcoder clamps to.
constexpr int width_min = 146;
constexpr int height_min = 50;
constexpr int side_max = 4096;

int in_proportion(int side, int numerator, int denominator)
{
    const auto scaled = static_cast<std::int64_t>(side) * numerator;
    const auto half = (scaled + denominator) / (2 * static_cast<std::int64_t>(denominator));
    return static_cast<int>(half) * 2;
}

}  // namespace

FrameSize rendition_size(const VideoProfile& profile, FrameSize source)
{
    if (source.width <= 0 || source.height <= 0) return {};
    const int larger = std::max(
        std::clamp(profile.width, width_min, side_max),
        std::clamp(profile.height, height_min, side_max)
    );
    const int even = larger / 2 * 2;
    if (source.width >= source.height) {
        return {even, std::max(height_min, in_proportion(even, source.height, source.width))};
    }
    return {std::max(width_min, in_proportion(even, source.width, source.height)), even};
}

}  // namespace millpond
