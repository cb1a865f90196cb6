#include "edge/picture/internal/block_kernels.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace millpond::picture {

#if defined(__x86_64__)

namespace {

#define MILLPOND_AVX2 __attribute__((target("avx2")))

struct Place {
    const std::uint8_t* at;
    std::ptrdiff_t stride;
};

Place place(const Plane& plane, int x, int y)
{
    return {plane.row(y) + x, plane.stride()};
}

/// Sixteen samples as words.
MILLPOND_AVX2 inline __m256i load(const std::uint8_t* from)
{
    return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

/// Adds the products of two rows of sixteen words.
MILLPOND_AVX2 inline __m256i multiply_add(__m256i sum, __m256i a, __m256i b)
{
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
}

MILLPOND_AVX2 inline std::int32_t total(__m256i sums)
{
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
    return _mm_cvtsi128_si32(half);
}

MILLPOND_AVX2 void sum_samples(Place r, Place s, Place p, BlockSums& sums)
{
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i level = _mm256_setzero_si256();
    __m256i level2 = level;
    __m256i error = level;
    __m256i error2 = level;
    __m256i soft = level;
    __m256i soft2 = level;
    __m256i both = level;
    for (int y = 0; y < block_side; ++y) {
        const __m256i a = load(r.at + y * r.stride);
        const __m256i d = _mm256_sub_epi16(load(s.at + y * s.stride), a);
        const __m256i e = _mm256_sub_epi16(load(p.at + y * p.stride), a);
        level = multiply_add(level, a, ones);
        level2 = multiply_add(level2, a, a);
        error = multiply_add(error, e, ones);
        error2 = multiply_add(error2, e, e);
        soft = multiply_add(soft, d, ones);
        soft2 = multiply_add(soft2, d, d);
        both = multiply_add(both, d, e);
    }
    sums.r = total(level);
    sums.r2 = total(level2);
    sums.error = total(error);
    sums.error2 = total(error2);
    sums.soft = total(soft);
    sums.soft2 = total(soft2);
    sums.error_soft = total(both);
}

/// Four rows below each other around the one at hand, so that each is loaded once.
struct Column {
    __m256i above;
    __m256i here;
    __m256i below;
    __m256i beyond;
};

MILLPOND_AVX2 inline Column column(Place place)
{
    return {load(place.at - place.stride), load(place.at), load(place.at + place.stride), {}};
}

MILLPOND_AVX2 inline __m256i third(__m256i before, __m256i first, __m256i second, __m256i after)
{
    const __m256i inner = _mm256_sub_epi16(first, second);
    const __m256i outer = _mm256_sub_epi16(after, before);
    return _mm256_add_epi16(outer, _mm256_add_epi16(inner, _mm256_slli_epi16(inner, 1)));
}

struct Differences {
    __m256i laplacian;
    __m256i across;
    __m256i down;
};

/// Of row `y`; moves the column on to the next.
MILLPOND_AVX2 inline Differences differences(Place place, int y, Column& column)
{
    const std::uint8_t* at = place.at + y * place.stride;
    column.beyond = load(at + 2 * place.stride);
    const __m256i left = load(at - 1);
    const __m256i right = load(at + 1);
    const __m256i sides = _mm256_add_epi16(left, right);
    const __m256i ends = _mm256_add_epi16(column.above, column.below);
    const __m256i centre = _mm256_slli_epi16(column.here, 2);
    const Differences found{
        .laplacian = _mm256_sub_epi16(centre, _mm256_add_epi16(sides, ends)),
        .across = third(left, column.here, right, load(at + 2)),
        .down = third(column.above, column.here, column.below, column.beyond),
    };
    column = {column.here, column.below, column.beyond, {}};
    return found;
}

MILLPOND_AVX2 void sum_differences(Place r, Place s, Place p, BlockSums& sums)
{
    const __m256i zero = _mm256_setzero_si256();
    __m256i lap_rr = zero;
    __m256i lap_rs = zero;
    __m256i lap_ss = zero;
    __m256i lap_rp = zero;
    __m256i lap_sp = zero;
    __m256i lap_pp = zero;
    // Both axes together stay far within 32 bits: 512 squares of at most 1020.
    __m256i rr = zero;
    __m256i rs = zero;
    __m256i ss = zero;
    __m256i rp = zero;
    __m256i sp = zero;
    Column r_column = column(r);
    Column s_column = column(s);
    Column p_column = column(p);
    for (int y = 0; y < block_side; ++y) {
        const Differences a = differences(r, y, r_column);
        const Differences b = differences(s, y, s_column);
        const Differences c = differences(p, y, p_column);
        lap_rr = multiply_add(lap_rr, a.laplacian, a.laplacian);
        lap_rs = multiply_add(lap_rs, a.laplacian, b.laplacian);
        lap_ss = multiply_add(lap_ss, b.laplacian, b.laplacian);
        lap_rp = multiply_add(lap_rp, a.laplacian, c.laplacian);
        lap_sp = multiply_add(lap_sp, b.laplacian, c.laplacian);
        lap_pp = multiply_add(lap_pp, c.laplacian, c.laplacian);
        rr = multiply_add(multiply_add(rr, a.across, a.across), a.down, a.down);
        rs = multiply_add(multiply_add(rs, a.across, b.across), a.down, b.down);
        ss = multiply_add(multiply_add(ss, b.across, b.across), b.down, b.down);
        rp = multiply_add(multiply_add(rp, a.across, c.across), a.down, c.down);
        sp = multiply_add(multiply_add(sp, b.across, c.across), b.down, c.down);
    }
    sums.lap_rr = total(lap_rr);
    sums.lap_rs = total(lap_rs);
    sums.lap_ss = total(lap_ss);
    sums.lap_rp = total(lap_rp);
    sums.lap_sp = total(lap_sp);
    sums.lap_pp = total(lap_pp);
    sums.third_rr = total(rr);
    sums.third_rs = total(rs);
    sums.third_ss = total(ss);
    sums.third_rp = total(rp);
    sums.third_sp = total(sp);
}

/// Two rows of eight samples as words.
MILLPOND_AVX2 inline __m256i load_pair(const std::uint8_t* from, std::ptrdiff_t stride)
{
    const __m128i first = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
    const __m128i second = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + stride));
    return _mm256_cvtepu8_epi16(_mm_unpacklo_epi64(first, second));
}

MILLPOND_AVX2 void sum_chroma(
    Place r, Place p, std::int32_t& level, std::int32_t& error, std::int32_t& error2
)
{
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i levels = _mm256_setzero_si256();
    __m256i errors = levels;
    __m256i squares = levels;
    for (int y = 0; y < block_side / 2; y += 2) {
        const __m256i a = load_pair(r.at + y * r.stride, r.stride);
        const __m256i e = _mm256_sub_epi16(load_pair(p.at + y * p.stride, p.stride), a);
        levels = multiply_add(levels, a, ones);
        errors = multiply_add(errors, e, ones);
        squares = multiply_add(squares, e, e);
    }
    level = total(levels);
    error = total(errors);
    error2 += total(squares);
}

void sum_wide(const Compared& planes, const BlockGrid& grid, std::vector<BlockSums>& all)
{
    auto* next = all.data();
    for (const int y : grid.y) {
        for (const int x : grid.x) {
            BlockSums& sums = *next++;
            const Place r = place(planes.reference, x, y);
            const Place s = place(planes.soft, x, y);
            const Place p = place(planes.rendition, x, y);
            sum_samples(r, s, p, sums);
            sum_differences(r, s, p, sums);
            const int u = x / 2;
            const int v = y / 2;
            sum_chroma(
                place(planes.reference_u, u, v),
                place(planes.rendition_u, u, v),
                sums.u,
                sums.u_error,
                sums.uv_error2
            );
            sum_chroma(
                place(planes.reference_v, u, v),
                place(planes.rendition_v, u, v),
                sums.v,
                sums.v_error,
                sums.uv_error2
            );
        }
    }
}

}  // namespace

SumAll sum_blocks_wide()
{
    return __builtin_cpu_supports("avx2") ? sum_wide : nullptr;
}

#else

SumAll sum_blocks_wide()
{
    return nullptr;
}

#endif

}  // namespace millpond::picture
