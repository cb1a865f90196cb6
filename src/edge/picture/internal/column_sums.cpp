#include "edge/picture/internal/column_sums.hpp"

#include <algorithm>
#include <array>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace millpond::picture {
namespace {

constexpr int part_bits = 8;

void sum_from(std::size_t x, const Rows& rows, std::span<std::uint32_t> columns)
{
    for (; x < columns.size(); ++x) {
        std::uint32_t whole = 0;
        const std::uint8_t* at = rows.first + x;
        for (int y = 0; y < rows.rows; ++y, at += rows.stride)
            whole += *at;
        columns[x] =
            (whole << part_bits) + rows.before * rows.above[x] + rows.after * rows.below[x];
    }
}

}  // namespace

void column_sums_portable(const Rows& rows, std::span<std::uint32_t> columns)
{
    sum_from(0, rows, columns);
}

#if defined(__x86_64__)

namespace {

#define MILLPOND_AVX2 __attribute__((target("avx2")))

constexpr std::size_t step = 16;  ///< columns in a register
constexpr std::size_t columns_most = 8'192;
constexpr int rows_most = 65'535 / 255;  ///< whose sum fits in a word

/// Sixteen samples as words.
MILLPOND_AVX2 inline __m256i load(const std::uint8_t* from)
{
    return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

/// The whole rows' sums in parts, with the parts of the rows above and below. Words are unsigned:
/// a part of a sample is below 256 * 255.
MILLPOND_AVX2 inline void store(
    __m256i whole, const Rows& rows, std::size_t x, std::uint32_t* columns
)
{
    const __m256i before = _mm256_set1_epi16(static_cast<std::int16_t>(rows.before));
    const __m256i after = _mm256_set1_epi16(static_cast<std::int16_t>(rows.after));
    const __m256i above = _mm256_mullo_epi16(load(rows.above + x), before);
    const __m256i below = _mm256_mullo_epi16(load(rows.below + x), after);
    const auto half = [&](__m128i sums, __m128i first, __m128i second, std::uint32_t* to
                      ) MILLPOND_AVX2 {
        __m256i all = _mm256_slli_epi32(_mm256_cvtepu16_epi32(sums), part_bits);
        all = _mm256_add_epi32(all, _mm256_cvtepu16_epi32(first));
        all = _mm256_add_epi32(all, _mm256_cvtepu16_epi32(second));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), all);
    };
    half(
        _mm256_castsi256_si128(whole),
        _mm256_castsi256_si128(above),
        _mm256_castsi256_si128(below),
        columns
    );
    half(
        _mm256_extracti128_si256(whole, 1),
        _mm256_extracti128_si256(above, 1),
        _mm256_extracti128_si256(below, 1),
        columns + 8
    );
}

/// Adds `count` rows to the words. Along the rows, as they lie in memory: what was decoded a moment
/// ago is no longer near the processor, and only what is read in order is fetched ahead.
template <int count>
MILLPOND_AVX2 void add(
    const std::uint8_t* from, std::ptrdiff_t stride, std::span<std::uint16_t> words
)
{
    for (std::size_t x = 0; x < words.size(); x += step) {
        auto* sums = reinterpret_cast<__m256i*>(words.data() + x);
        __m256i sum = _mm256_loadu_si256(sums);
        for (int y = 0; y < count; ++y)
            sum = _mm256_add_epi16(sum, load(from + y * stride + x));
        _mm256_storeu_si256(sums, sum);
    }
}

MILLPOND_AVX2 void sum_wide(const Rows& rows, std::span<std::uint32_t> columns)
{
    std::array<std::uint16_t, columns_most> sums;  // NOLINT(*-member-init): filled below, and large
    const std::size_t whole = columns.size() / step * step;
    if (rows.rows > rows_most || whole > sums.size()) {
        sum_from(0, rows, columns);
        return;
    }
    const std::span words{sums.data(), whole};
    std::ranges::fill(words, std::uint16_t{0});
    int y = 0;
    for (; y + 4 <= rows.rows; y += 4)
        add<4>(rows.first + y * rows.stride, rows.stride, words);
    for (; y < rows.rows; ++y)
        add<1>(rows.first + y * rows.stride, rows.stride, words);
    for (std::size_t x = 0; x < whole; x += step)
        store(
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words.data() + x)),
            rows,
            x,
            columns.data() + x
        );
    sum_from(whole, rows, columns);
}

}  // namespace

ColumnSums column_sums_wide()
{
    return __builtin_cpu_supports("avx2") ? sum_wide : nullptr;
}

#else

ColumnSums column_sums_wide()
{
    return nullptr;
}

#endif

ColumnSums column_sums()
{
    static const ColumnSums wide = column_sums_wide();
    return wide == nullptr ? column_sums_portable : wide;
}

}  // namespace millpond::picture
