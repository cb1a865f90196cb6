#include "edge/picture/internal/scale_kernels.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace millpond::picture {
namespace {

using Axis = Scaler::Axis;

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

void across_from(std::size_t x, const std::int16_t* row, const Axis& axis, std::uint8_t* out)
{
    constexpr int shift = scale_bits + row_bits;
    const auto taps = static_cast<std::size_t>(axis.taps);
    for (; x < axis.first.size(); ++x) {
        const std::int16_t* weights = axis.weights.data() + x * taps;
        const std::int16_t* from = row + axis.first[x];
        std::int32_t sum = 1 << (shift - 1);
        for (std::size_t t = 0; t < taps; ++t)
            sum += weights[t] * from[t];
        out[x] = static_cast<std::uint8_t>(std::clamp(sum >> shift, 0, 255));
    }
}

void across_portable(const std::int16_t* row, const Axis& axis, std::uint8_t* out)
{
    across_from(0, row, axis, out);
}

constexpr ScaleKernels portable{down_portable, across_portable};

constexpr std::int32_t apart =
    4;  ///< eight samples in a row hold four taps each of two so far apart

}  // namespace

void pair_weights(Axis& axis)
{
    const std::size_t width = axis.first.size();
    const auto taps = static_cast<std::size_t>(axis.taps);
    const auto first = [&](std::size_t x) { return axis.first[std::min(x, width - 1)]; };
    for (std::size_t x = 0; x < width; x += 2)
        if (first(x + 1) - first(x) > apart) return;
    for (std::size_t x = 0; x < width; x += pairs) {
        // What is summed across a register's halves comes out in order this way.
        for (const std::size_t registers : {x, x + 2}) {
            const std::array<std::size_t, 2> halves = {registers, registers + 4};
            for (const std::size_t at : halves) {
                axis.pair_first.push_back(first(at));
                const std::int32_t second = 2 * (first(at + 1) - first(at));
                for (const std::int32_t from : {0, second})
                    for (std::int32_t i = 0; i < 8; ++i)
                        axis.pair_shuffles.push_back(static_cast<std::uint8_t>(from + i));
            }
            for (std::size_t t = 0; t < taps; t += 4) {
                for (const std::size_t at : {halves[0], halves[0] + 1, halves[1], halves[1] + 1}) {
                    const std::int16_t* of =
                        axis.weights.data() + std::min(at, width - 1) * taps + t;
                    axis.paired.insert(axis.paired.end(), of, of + 4);
                }
            }
        }
    }
}

namespace {

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

/// Sample by sample, however far its neighbours' taps lie.
__attribute__((target("avx2"))) void across_singly(
    const std::int16_t* row, const Axis& axis, std::uint8_t* out
)
{
    constexpr int shift = scale_bits + row_bits;
    const __m128i half = _mm_set1_epi32(1 << (shift - 1));
    const int taps = axis.taps;
    const std::int16_t* weights = axis.weights.data();
    const std::size_t width = axis.first.size();
    std::size_t x = 0;
    for (; x + 4 <= width; x += 4, weights += std::ptrdiff_t{4} * taps) {
        const std::int32_t* first = axis.first.data() + x;
        const __m128i a = products(row + first[0], weights, taps);
        const __m128i b = products(row + first[1], weights + taps, taps);
        const __m128i c = products(row + first[2], weights + std::ptrdiff_t{2} * taps, taps);
        const __m128i d = products(row + first[3], weights + std::ptrdiff_t{3} * taps, taps);
        __m128i sums = _mm_hadd_epi32(_mm_hadd_epi32(a, b), _mm_hadd_epi32(c, d));
        sums = _mm_srai_epi32(_mm_add_epi32(sums, half), shift);
        const __m128i words = _mm_packs_epi32(sums, sums);
        const int bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&bytes), 4, out + x);
    }
    across_from(x, row, axis, out);
}

__attribute__((target("avx2"), always_inline)) inline __m256i load(const void* from)
{
    return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

/// Four taps of two samples in each half of the register; a sample's sum lies in two parts.
__attribute__((target("avx2"), always_inline)) inline __m256i pair_sums(
    const std::int16_t* low,
    const std::int16_t* high,
    __m256i shuffle,
    const std::int16_t* weights,
    int taps
)
{
    __m256i sums = _mm256_set1_epi64x(1 << (scale_bits + row_bits - 1));
    for (int t = 0; t < taps; t += 4, weights += std::ptrdiff_t{2} * pairs) {
        const __m256i near = _mm256_loadu2_m128i(
            reinterpret_cast<const __m128i*>(high + t), reinterpret_cast<const __m128i*>(low + t)
        );
        const __m256i taken = _mm256_shuffle_epi8(near, shuffle);
        sums = _mm256_add_epi32(sums, _mm256_madd_epi16(taken, load(weights)));
    }
    return sums;
}

/// Eight samples of the axis, as bytes.
__attribute__((target("avx2"), always_inline)) inline __m128i eight(
    const std::int16_t* row,
    const std::int32_t* first,
    const std::uint8_t* shuffles,
    const std::int16_t* weights,
    int taps
)
{
    const std::ptrdiff_t rest = std::ptrdiff_t{4} * taps;
    const __m256i a = pair_sums(row + first[0], row + first[1], load(shuffles), weights, taps);
    const __m256i b =
        pair_sums(row + first[2], row + first[3], load(shuffles + 32), weights + rest, taps);
    const __m256i sums = _mm256_srai_epi32(_mm256_hadd_epi32(a, b), scale_bits + row_bits);
    const __m128i words =
        _mm_packs_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    return _mm_packus_epi16(words, words);
}

__attribute__((target("avx2"))) void across_in_pairs(
    const std::int16_t* row, const Axis& axis, std::uint8_t* out
)
{
    const std::size_t width = axis.first.size();
    const std::int32_t* first = axis.pair_first.data();
    const std::uint8_t* shuffles = axis.pair_shuffles.data();
    const std::int16_t* weights = axis.paired.data();
    std::size_t x = 0;
    for (; x + pairs <= width; x += pairs) {
        const __m128i bytes = eight(row, first, shuffles, weights, axis.taps);
        _mm_storel_epi64(reinterpret_cast<__m128i*>(out + x), bytes);
        first += pairs / 2;
        shuffles += std::ptrdiff_t{8} * pairs;
        weights += std::ptrdiff_t{pairs} * axis.taps;
    }
    if (x == width) return;
    const std::int64_t last = _mm_cvtsi128_si64(eight(row, first, shuffles, weights, axis.taps));
    std::memcpy(out + x, &last, width - x);
}

}  // namespace

void across_avx2(const std::int16_t* row, const Axis& axis, std::uint8_t* out)
{
    if (axis.paired.empty()) {
        across_singly(row, axis, out);
    } else {
        across_in_pairs(row, axis, out);
    }
}

namespace {

constexpr ScaleKernels avx2{down_avx2, across_avx2};

#endif

/// Null if this machine cannot.
const ScaleKernels* named(std::string_view name)
{
#if defined(__x86_64__)
    if (name == "avx512") return scale_kernels_512();
    if (name == "avx2") return __builtin_cpu_supports("avx2") ? &avx2 : nullptr;
#endif
    return name == "portable" ? &portable : nullptr;
}

const ScaleKernels* fastest()
{
    for (const std::string_view each : {"avx512", "avx2"})
        if (const ScaleKernels* found = named(each)) return found;
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
    for (const std::string_view each : {"avx512", "avx2"})
        if (chosen == named(each)) return each;
    return "portable";
}

bool use_scaler_backend(std::string_view name)
{
    const ScaleKernels* found = named(name);
    if (found != nullptr) chosen = found;
    return found != nullptr;
}

}  // namespace millpond::picture
