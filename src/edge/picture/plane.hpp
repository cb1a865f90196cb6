#pragma once

#include "edge/media/pictures.hpp"

#include <cstdint>
#include <cstring>
#include <memory>

namespace millpond::picture {

using media::PlaneView;

/// A plane of our own with its edges repeated outwards, so that filters need no special cases. What
/// is in a new one is for its maker to say.
class Plane {
public:
    static constexpr int border = 32;

    Plane() = default;

    Plane(int width, int height)
        : width_(width),
          height_(height),
          stride_(std::ptrdiff_t{(width + 2 * border + 31) / 32} * 32),
          data_(std::make_unique_for_overwrite<std::uint8_t[]>(  // NOLINT(*-avoid-c-arrays)
              static_cast<std::size_t>(stride_) * static_cast<std::size_t>(height + 2 * border)
          ))
    {
    }

    explicit Plane(const PlaneView& from) : Plane(from.width, from.height)
    {
        for (int y = 0; y < height_; ++y)
            std::memcpy(row(y), from.data + y * from.stride, static_cast<std::size_t>(width_));
        repeat_edges();
    }

    [[nodiscard]] int width() const { return width_; }

    [[nodiscard]] int height() const { return height_; }

    [[nodiscard]] std::ptrdiff_t stride() const { return stride_; }

    /// From -border to height + border.
    [[nodiscard]] std::uint8_t* row(int y)
    {
        return data_.get() + static_cast<std::ptrdiff_t>(y + border) * stride_ + border;
    }

    [[nodiscard]] const std::uint8_t* row(int y) const
    {
        return data_.get() + static_cast<std::ptrdiff_t>(y + border) * stride_ + border;
    }

    [[nodiscard]] PlaneView view() const { return {row(0), stride_, width_, height_}; }

    void repeat_edges()
    {
        for (int y = 0; y < height_; ++y) {
            std::memset(row(y) - border, row(y)[0], border);
            std::memset(row(y) + width_, row(y)[width_ - 1], border);
        }
        const int padded = width_ + 2 * border;
        const auto whole = static_cast<std::size_t>(padded);
        for (int y = 1; y <= border; ++y) {
            std::memcpy(row(-y) - border, row(0) - border, whole);
            std::memcpy(row(height_ - 1 + y) - border, row(height_ - 1) - border, whole);
        }
    }

private:
    int width_ = 0;
    int height_ = 0;
    std::ptrdiff_t stride_ = 0;
    std::unique_ptr<std::uint8_t[]> data_;  // NOLINT(*-avoid-c-arrays): of a size known late
};

}  // namespace millpond::picture
