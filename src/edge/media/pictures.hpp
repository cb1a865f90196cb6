#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "model/profile.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace millpond::media {

/// One plane of a decoded picture; rows may be padded.
struct PlaneView {
    const std::uint8_t* data = nullptr;
    std::ptrdiff_t stride = 0;
    int width = 0;
    int height = 0;
};

/// A decoded picture in 8-bit 4:2:0, upright. Copies share the planes.
struct DecodedPicture {
    std::array<PlaneView, 3> planes;  ///< Y, U, V
    std::int64_t pts = 0;             ///< in 1/90000 s
    bool key = false;
    bool interlaced = false;
    std::vector<std::uint8_t> qp;  ///< of each macroblock, row by row; empty if not asked for
    std::shared_ptr<const void> owner;
};

struct PictureOptions {
    bool quantisers = false;  ///< tell each macroblock's QP
    int frames_max = 20'000;
};

/// The pictures of one video file in presentation order, decoded as they are asked for.
class Pictures {
public:
    static Result<Pictures, Fault> open(ByteView file, PictureOptions options);
    ~Pictures();
    Pictures(Pictures&&) noexcept;
    Pictures& operator=(Pictures&&) noexcept;

    /// Null at the end, and where `problem` says so.
    [[nodiscard]] const DecodedPicture* next();

    [[nodiscard]] FrameSize size() const;  ///< upright
    /// Presentation times of all packets, ascending.
    [[nodiscard]] const std::vector<std::int64_t>& pts() const;
    /// Of the coded pictures alone: no container, parameter sets, messages or filler.
    [[nodiscard]] std::int64_t slice_bytes() const;
    [[nodiscard]] bool full_range() const;
    [[nodiscard]] bool mp4() const;
    [[nodiscard]] bool damaged() const;  ///< a picture did not decode whole
    [[nodiscard]] const std::string& problem() const;

private:
    struct Inside;
    explicit Pictures(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace millpond::media
