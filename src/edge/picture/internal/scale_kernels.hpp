#pragma once

#include "edge/picture/scaler.hpp"

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
    /// Weighs neighbours of a row into each sample of the axis. The row can be read for `row_spare`
    /// samples beyond its end.
    void (*across)(const std::int16_t* row, const Scaler::Axis& axis, std::uint8_t* out);
};

constexpr int group = 16;      ///< samples of an axis that are weighed at a time
constexpr int row_spare = 80;  ///< a group's window of 64, and then some

/// The weights of an axis for groups.
void group_weights(Scaler::Axis& axis);

constexpr int pairs = 8;  ///< samples of an axis that are weighed at a time, two by two

/// The weights of an axis for pairs.
void pair_weights(Scaler::Axis& axis);

[[nodiscard]] const ScaleKernels& scale_kernels();

/// For axes whose groups reach too far. Only where the machine has AVX2.
void across_avx2(const std::int16_t* row, const Scaler::Axis& axis, std::uint8_t* out);

/// Those with 512-bit registers; null on a machine without them.
[[nodiscard]] const ScaleKernels* scale_kernels_512();

}  // namespace millpond::picture
