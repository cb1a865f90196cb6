#pragma once

#include "edge/picture/plane.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace millpond::picture {

enum class Kernel : std::uint8_t {
    bicubic,   ///< Keys' cubic with a = -0.6
    bilinear,  ///< a triangle
};

/// Scales planes of one size to another. The pinned scaler of all judgements: integers only, the
/// same numbers on every machine. Kernels widen with the ratio when shrinking.
class Scaler {
public:
    Scaler(Kernel kernel, int from_width, int from_height, int width, int height);

    [[nodiscard]] Plane scale(const PlaneView& from) const;

    /// For each output sample along one axis: where its taps begin, and their weights, which sum
    /// to 1 << 14.
    struct Axis {
        int taps = 0;  ///< a multiple of 4 across, of 2 down; the last may have no weight
        std::vector<std::int32_t> first;
        std::vector<std::int16_t> weights;  ///< `taps` for each output sample

        /// The same for sixteen samples at a time, by two taps: where each sample's taps lie
        /// behind the first one's, and their weights side by side. Empty if sixteen reach too far.
        std::vector<std::int16_t> places;
        std::vector<std::int16_t> grouped;
        bool near = false;  ///< half a group's reach is enough

        /// The same for eight samples by four taps, two samples to half a register: where each two
        /// begin, which bytes from there are theirs, and their weights. Empty if two lie too far
        /// apart.
        std::vector<std::int32_t> pair_first;
        std::vector<std::uint8_t> pair_shuffles;
        std::vector<std::int16_t> paired;
    };

private:
    int from_width_;
    int from_height_;
    int width_;
    int height_;
    Axis across_;
    Axis down_;
};

/// "avx512", "avx2" or "portable": the same numbers.
[[nodiscard]] std::string_view scaler_backend();
/// For tests. False if this machine cannot.
bool use_scaler_backend(std::string_view name);

}  // namespace millpond::picture
