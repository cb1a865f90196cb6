#pragma once

#include <cstdint>

namespace millpond::picture {

constexpr int scale_bits = 14;  ///< weights sum to 1 << scale_bits
constexpr std::int64_t scale_one = 1 << scale_bits;
constexpr int row_bits = 6;  ///< a row between the two passes has so many fraction bits

/// The two passes of the pinned scaler. All sums are exact in 32 bits, so their order is free.
struct ScaleKernels {
    /// Weighs `taps` lines into one row of `width` samples.
    void (*down)(
        const std::uint8_t* const* lines,
        const std::int16_t* weights,
        int taps,
        int width,
        std::int16_t* row
    );
    /// Weighs `taps` neighbours of a row into each of `width` samples.
    void (*across)(
        const std::int16_t* row,
        const std::int32_t* first,
        const std::int16_t* weights,
        int taps,
        int width,
        std::uint8_t* out
    );
};

[[nodiscard]] const ScaleKernels& scale_kernels();

}  // namespace millpond::picture
