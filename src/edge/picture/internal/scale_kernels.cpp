#include "edge/picture/internal/scale_kernels.hpp"

#include "edge/picture/scaler.hpp"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace millpond::picture {
namespace {

void down_portable(
    const std::uint8_t* const* lines,
    const std::int16_t* weights,
    int taps,
    int width,
    std::int16_t* row
)
{
    constexpr int shift = scale_bits - row_bits;
    for (int x = 0; x < width; ++x) {
        std::int32_t sum = 1 << (shift - 1);
        for (int t = 0; t < taps; ++t)
            sum += weights[t] * lines[t][x];
        row[x] = static_cast<std::int16_t>(sum >> shift);
    }
}

// NOLINTNEXTLINE(readability-function-size): what every kernel of this step is given
void across_portable(
    const std::int16_t* row,
    const std::int32_t* first,
    const std::int16_t* weights,
    int taps,
    int width,
    std::uint8_t* out
)
{
    constexpr int shift = scale_bits + row_bits;
    for (int x = 0; x < width; ++x, weights += taps) {
        std::int32_t sum = 1 << (shift - 1);
        for (int t = 0; t < taps; ++t)
            sum += weights[t] * row[first[x] + t];
        out[x] = static_cast<std::uint8_t>(std::clamp(sum >> shift, 0, 255));
    }
}

constexpr ScaleKernels portable{down_portable, across_portable};

#if defined(__x86_64__)

__attribute__((target("avx2"))) void down_avx2(
    const std::uint8_t* const* lines,
    const std::int16_t* weights,
    int taps,
    int width,
    std::int16_t* row
)
{
    constexpr int shift = scale_bits - row_bits;
    const __m256i half = _mm256_set1_epi32(1 << (shift - 1));
    int x = 0;
    for (; x + 16 <= width; x += 16) {
        __m256i low = half;
        __m256i high = half;
        for (int t = 0; t < taps; t += 2) {
            const __m256i a =
                _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(lines[t] + x))
                );
            const __m256i b = _mm256_cvtepu8_epi16(
                _mm_loadu_si128(reinterpret_cast<const __m128i*>(lines[t + 1] + x))
            );
            const __m256i pair = _mm256_set1_epi32(
                (static_cast<std::int32_t>(weights[t + 1]) * 65536) | (weights[t] & 0xffff)
            );
            low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), pair));
            high = _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), pair));
        }
        // Both unpack and pack work within halves of the register, so the order is whole again.
        const __m256i packed =
            _mm256_packs_epi32(_mm256_srai_epi32(low, shift), _mm256_srai_epi32(high, shift));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(row + x), packed);
    }
    for (; x < width; ++x) {
        std::int32_t sum = 1 << (shift - 1);
        for (int t = 0; t < taps; ++t)
            sum += weights[t] * lines[t][x];
        row[x] = static_cast<std::int16_t>(sum >> shift);
    }
}

/// The sum of one output sample's products in four parts.
__attribute__((target("avx2"), always_inline)) inline __m128i products(
    const std::int16_t* row, const std::int16_t* weights, int taps
)
{
    __m128i sum = _mm_setzero_si128();
    int t = 0;
    for (; t + 8 <= taps; t += 8) {
        const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + t));
        const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(weights + t));
        sum = _mm_add_epi32(sum, _mm_madd_epi16(a, b));
    }
    if (t < taps) {
        const __m128i a = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(row + t));
        const __m128i b = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(weights + t));
        sum = _mm_add_epi32(sum, _mm_madd_epi16(a, b));
    }
    return sum;
}

// NOLINTNEXTLINE(readability-function-size): what every kernel of this step is given
__attribute__((target("avx2"))) void across_avx2(
    const std::int16_t* row,
    const std::int32_t* first,
    const std::int16_t* weights,
    int taps,
    int width,
    std::uint8_t* out
)
{
    constexpr int shift = scale_bits + row_bits;
    const __m128i half = _mm_set1_epi32(1 << (shift - 1));
    int x = 0;
    for (; x + 4 <= width; x += 4, weights += std::ptrdiff_t{4} * taps) {
        const __m128i a = products(row + first[x], weights, taps);
        const __m128i b = products(row + first[x + 1], weights + taps, taps);
        const __m128i c = products(row + first[x + 2], weights + std::ptrdiff_t{2} * taps, taps);
        const __m128i d = products(row + first[x + 3], weights + std::ptrdiff_t{3} * taps, taps);
        __m128i sums = _mm_hadd_epi32(_mm_hadd_epi32(a, b), _mm_hadd_epi32(c, d));
        sums = _mm_srai_epi32(_mm_add_epi32(sums, half), shift);
        const __m128i words = _mm_packs_epi32(sums, sums);
        const int bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&bytes), 4, out + x);
    }
    across_portable(row, first + x, weights, taps, width - x, out + x);
}

constexpr ScaleKernels avx2{down_avx2, across_avx2};

#endif

const ScaleKernels* fastest()
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return &avx2;
#endif
    return &portable;
}

const ScaleKernels* chosen = fastest();

}  // namespace

const ScaleKernels& scale_kernels()
{
    return *chosen;
}

std::string_view scaler_backend()
{
    return chosen == &portable ? "portable" : "avx2";
}

bool use_scaler_backend(std::string_view name)
{
    if (name != "portable" && fastest() == &portable) return false;
    chosen = name == "portable" ? &portable : fastest();
    return true;
}

}  // namespace millpond::picture
