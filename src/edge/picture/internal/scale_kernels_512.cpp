#include "edge/picture/internal/scale_kernels.hpp"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace millpond::picture {
namespace {

constexpr std::int32_t window = 64;  ///< samples that one permutation can choose from

}  // namespace

void group_weights(Scaler::Axis& axis)
{
    const std::size_t width = axis.first.size();
    for (std::size_t x = 0; x < width; x += group) {
        const std::size_t last = std::min(x + group, width) - 1;
        if (axis.first[last] - axis.first[x] + 2 > window) return;
    }
    const auto taps = static_cast<std::size_t>(axis.taps);
    axis.near = true;
    for (std::size_t x = 0; x < width; x += group) {
        const std::size_t count = std::min<std::size_t>(group, width - x);
        for (std::size_t i = 0; i < group; ++i) {
            const std::size_t sample = x + std::min(i, count - 1);
            const auto place = static_cast<std::int16_t>(axis.first[sample] - axis.first[x]);
            axis.places.push_back(place);
            axis.places.push_back(static_cast<std::int16_t>(place + 1));
            axis.near = axis.near && place + 1 < window / 2;
        }
        for (std::size_t t = 0; t < taps; t += 2) {
            for (std::size_t i = 0; i < group; ++i) {
                const std::int16_t* of = axis.weights.data() + (x + std::min(i, count - 1)) * taps;
                axis.grouped.push_back(of[t]);
                axis.grouped.push_back(of[t + 1]);
            }
        }
    }
}

#if defined(__x86_64__)

namespace {

#define MILLPOND_AVX512 __attribute__((target("avx512bw,avx512vl,avx512vnni")))

MILLPOND_AVX512 inline __m512i load(const void* from)
{
    return _mm512_loadu_si512(from);
}

/// 32 samples as words.
MILLPOND_AVX512 inline __m512i widened(const std::uint8_t* from)
{
    return _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}

MILLPOND_AVX512 inline __m512i pair_of(const std::int16_t* weights)
{
    std::int32_t both = 0;
    std::memcpy(&both, weights, sizeof both);
    return _mm512_set1_epi32(both);
}

MILLPOND_AVX512 void down_512(
    const std::uint8_t* const* lines,
    const std::int16_t* weights,
    int taps,
    int width,
    std::int16_t* row
)
{
    constexpr int shift = scale_bits - row_bits;
    const __m512i half = _mm512_set1_epi32(1 << (shift - 1));
    int x = 0;
    for (; x + 32 <= width; x += 32) {
        __m512i low = half;
        __m512i high = half;
        for (int t = 0; t < taps; t += 2) {
            const __m512i a = widened(lines[t] + x);
            const __m512i b = widened(lines[t + 1] + x);
            const __m512i pair = pair_of(weights + t);
            low = _mm512_dpwssd_epi32(low, _mm512_unpacklo_epi16(a, b), pair);
            high = _mm512_dpwssd_epi32(high, _mm512_unpackhi_epi16(a, b), pair);
        }
        // Both unpack and pack work within quarters of the register, so the order is whole again.
        const __m512i packed =
            _mm512_packs_epi32(_mm512_srai_epi32(low, shift), _mm512_srai_epi32(high, shift));
        _mm512_storeu_si512(row + x, packed);
    }
    for (; x < width; ++x) {
        std::int32_t sum = 1 << (shift - 1);
        for (int t = 0; t < taps; ++t)
            sum += weights[t] * lines[t][x];
        row[x] = static_cast<std::int16_t>(sum >> shift);
    }
}

/// The sums of a group whose taps all lie within one register from `from` on, or within two.
template <bool narrow>
MILLPOND_AVX512 inline __m512i group_sums(
    const std::int16_t* from, __m512i places, const std::int16_t* weights, int taps
)
{
    __m512i sums = _mm512_set1_epi32(1 << (scale_bits + row_bits - 1));
    for (int t = 0; t < taps; t += 2, from += 2, weights += std::ptrdiff_t{2} * group) {
        const __m512i near = load(from);
        const __m512i taken = narrow ? _mm512_permutexvar_epi16(places, near)
                                     : _mm512_permutex2var_epi16(near, places, load(from + 32));
        sums = _mm512_dpwssd_epi32(sums, taken, load(weights));
    }
    return sums;
}

template <bool narrow>
MILLPOND_AVX512 void across_groups(
    const std::int16_t* row, const Scaler::Axis& axis, std::uint8_t* out
)
{
    const std::size_t width = axis.first.size();
    const std::int16_t* places = axis.places.data();
    const std::int16_t* weights = axis.grouped.data();
    for (std::size_t x = 0; x < width; x += group) {
        __m512i sums = group_sums<narrow>(row + axis.first[x], load(places), weights, axis.taps);
        sums = _mm512_srai_epi32(sums, scale_bits + row_bits);
        sums = _mm512_max_epi32(sums, _mm512_setzero_si512());
        const __m128i bytes = _mm512_cvtusepi32_epi8(sums);
        const std::size_t count = std::min<std::size_t>(group, width - x);
        _mm_mask_storeu_epi8(out + x, static_cast<__mmask16>((1U << count) - 1), bytes);
        places += std::ptrdiff_t{2} * group;
        weights += std::ptrdiff_t{group} * axis.taps;
    }
}

void across_512(const std::int16_t* row, const Scaler::Axis& axis, std::uint8_t* out)
{
    if (axis.grouped.empty()) {
        across_avx2(row, axis, out);
    } else if (axis.near) {
        across_groups<true>(row, axis, out);
    } else {
        across_groups<false>(row, axis, out);
    }
}

constexpr ScaleKernels avx512{down_512, across_512};

}  // namespace

const ScaleKernels* scale_kernels_512()
{
    const bool can = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                     __builtin_cpu_supports("avx512vnni");
    return can ? &avx512 : nullptr;
}

#else

const ScaleKernels* scale_kernels_512()
{
    return nullptr;
}

#endif

}  // namespace millpond::picture
