#include "edge/picture/scaler.hpp"

#include "edge/picture/internal/scale_kernels.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace millpond::picture {
namespace {

constexpr std::int64_t one = 1 << 16;  ///< distances and kernel values

/// The kernel's value at a distance of `d` / 65536, in units of 1 / (5 * 65536).
std::int64_t value_at(Kernel kernel, std::int64_t d)
{
    if (kernel == Kernel::bilinear) return d < one ? 5 * (one - d) : 0;
    const std::int64_t d2 = d * d / one;
    const std::int64_t d3 = d2 * d / one;
    if (d < one) return 7 * d3 - 12 * d2 + 5 * one;                 // 1.4 d3 - 2.4 d2 + 1
    if (d < 2 * one) return -3 * d3 + 15 * d2 - 24 * d + 12 * one;  // -.6 d3 + 3 d2 - 4.8 d + 2.4
    return 0;
}

/// Rounds weights so that they sum to 1 << 14; what is left over goes to the largest.
void normalise(const std::vector<std::int64_t>& values, std::int16_t* weights)
{
    std::int64_t sum = 0;
    for (const std::int64_t each : values)
        sum += each;
    std::int64_t left = scale_one;
    std::size_t largest = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::int64_t scaled = values[i] * scale_one * 2;
        const std::int64_t rounded = (scaled >= 0 ? scaled + sum : scaled - sum) / (2 * sum);
        weights[i] = static_cast<std::int16_t>(rounded);
        left -= rounded;
        if (values[i] > values[largest]) largest = i;
    }
    weights[largest] = static_cast<std::int16_t>(weights[largest] + left);
}

/// Where the weights of one output sample lie, before their number is the same for all.
struct Reach {
    std::int64_t first = 0;
    std::vector<std::int64_t> values;
};

/// The kernel around output sample `x`. Beyond the edge stands the edge's own sample.
Reach reach_of(Kernel kernel, std::int64_t from, std::int64_t to, std::int64_t x)
{
    const std::int64_t radius = kernel == Kernel::bicubic ? 2 : 1;
    const std::int64_t wide = std::max(from, to);
    const std::int64_t centre2 = (2 * x + 1) * from;  // in halves of 1 / to
    const std::int64_t left = (centre2 - 2 * radius * wide) / (2 * to) - 1;
    const std::int64_t right = (centre2 + 2 * radius * wide) / (2 * to) + 1;
    Reach reach{.first = -1, .values = {}};
    for (std::int64_t s = left; s <= right; ++s) {
        const std::int64_t distance = std::abs((2 * s + 1) * to - centre2) * one / (2 * wide);
        const std::int64_t value = value_at(kernel, distance);
        if (value == 0) continue;
        const std::int64_t sample = std::clamp<std::int64_t>(s, 0, from - 1);
        if (reach.first < 0) reach.first = sample;
        const auto at = static_cast<std::size_t>(sample - reach.first);
        if (at >= reach.values.size()) reach.values.resize(at + 1);
        reach.values[at] += value;
    }
    return reach;
}

Scaler::Axis make_axis(Kernel kernel, int from, int to, int multiple)
{
    std::vector<Reach> all;
    std::size_t longest = 0;
    for (int x = 0; x < to; ++x) {
        all.push_back(reach_of(kernel, from, to, x));
        longest = std::max(longest, all.back().values.size());
    }
    Scaler::Axis axis;
    axis.taps = (static_cast<int>(longest) + multiple - 1) / multiple * multiple;
    for (Reach& reach : all) {
        reach.values.resize(static_cast<std::size_t>(axis.taps));
        axis.first.push_back(static_cast<std::int32_t>(reach.first));
        const std::size_t at = axis.weights.size();
        axis.weights.resize(at + reach.values.size());
        normalise(reach.values, axis.weights.data() + at);
    }
    return axis;
}

}  // namespace

Scaler::Scaler(Kernel kernel, int from_width, int from_height, int width, int height)
    : from_width_(from_width),
      from_height_(from_height),
      width_(width),
      height_(height),
      across_(make_axis(kernel, from_width, width, 4)),
      down_(make_axis(kernel, from_height, height, 2))
{
    group_weights(across_);
    pair_weights(across_);
}

Plane Scaler::scale(const PlaneView& from) const
{
    Plane to{width_, height_};
    // Rows first: that pass runs along the rows whatever the ratio is.
    const int padded = from_width_ + across_.taps + row_spare;
    std::vector<std::int16_t> row(static_cast<std::size_t>(padded));
    std::vector<const std::uint8_t*> lines(static_cast<std::size_t>(down_.taps));
    const ScaleKernels& kernels = scale_kernels();
    for (int y = 0; y < height_; ++y) {
        const auto at = static_cast<std::size_t>(y);
        const auto taps = static_cast<std::size_t>(down_.taps);
        for (std::size_t t = 0; t < taps; ++t) {
            const int line = std::min(down_.first[at] + static_cast<int>(t), from_height_ - 1);
            lines[t] = from.data + line * from.stride;
        }
        kernels.down(
            lines.data(), down_.weights.data() + at * taps, down_.taps, from_width_, row.data()
        );
        kernels.across(row.data(), across_, to.row(y));
    }
    to.repeat_edges();
    return to;
}

}  // namespace millpond::picture
