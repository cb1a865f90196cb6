#include "edge/picture/blocks.hpp"

#include "edge/picture/internal/block_kernels.hpp"

#include <algorithm>
#include <array>

namespace millpond::picture {
namespace {

using Samples = std::array<std::int16_t, block_pixels>;

template <std::size_t Size>
std::int32_t dot(const std::array<std::int16_t, Size>& a, const std::array<std::int16_t, Size>& b)
{
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < Size; ++i)
        sum += std::int32_t{a[i]} * b[i];
    return sum;
}

std::int32_t sum_of(const Samples& a)
{
    std::int32_t sum = 0;
    for (const std::int16_t each : a)
        sum += each;
    return sum;
}

struct Place {
    const std::uint8_t* at;
    std::ptrdiff_t stride;
};

Place place(const Plane& plane, int x, int y)
{
    return {plane.row(y) + x, plane.stride()};
}

constexpr std::size_t sample_index(int x, int y)
{
    return static_cast<std::size_t>(y) * block_side + static_cast<std::size_t>(x);
}

void load(Place from, Samples& to)
{
    for (int y = 0; y < block_side; ++y)
        for (int x = 0; x < block_side; ++x)
            to[sample_index(x, y)] = from.at[y * from.stride + x];
}

void laplacian(Place from, Samples& to)
{
    for (int y = 0; y < block_side; ++y) {
        const std::uint8_t* row = from.at + y * from.stride;
        const std::uint8_t* above = row - from.stride;
        const std::uint8_t* below = row + from.stride;
        for (int x = 0; x < block_side; ++x) {
            to[sample_index(x, y)] = static_cast<std::int16_t>(
                4 * row[x] - row[x - 1] - row[x + 1] - above[x] - below[x]
            );
        }
    }
}

/// Third differences along the rows, or down the columns.
void third(Place from, std::ptrdiff_t step, Samples& to)
{
    for (int y = 0; y < block_side; ++y) {
        const std::uint8_t* row = from.at + y * from.stride;
        for (int x = 0; x < block_side; ++x) {
            const std::uint8_t* at = row + x;
            to[sample_index(x, y)] =
                static_cast<std::int16_t>(at[2 * step] - 3 * at[step] + 3 * at[0] - at[-step]);
        }
    }
}

void sum_luma(Place r, Place s, Place p, BlockSums& sums)
{
    Samples a;
    Samples b;
    Samples c;
    load(r, a);
    load(s, b);
    load(p, c);
    sums.r = sum_of(a);
    sums.r2 = dot(a, a);
    for (std::size_t i = 0; i < a.size(); ++i) {
        c[i] = static_cast<std::int16_t>(c[i] - a[i]);
        b[i] = static_cast<std::int16_t>(b[i] - a[i]);
    }
    sums.error = sum_of(c);
    sums.error2 = dot(c, c);
    sums.soft = sum_of(b);
    sums.soft2 = dot(b, b);
    sums.error_soft = dot(c, b);
    laplacian(r, a);
    laplacian(s, b);
    laplacian(p, c);
    sums.lap_rr = dot(a, a);
    sums.lap_rs = dot(a, b);
    sums.lap_ss = dot(b, b);
    sums.lap_rp = dot(a, c);
    sums.lap_sp = dot(b, c);
    sums.lap_pp = dot(c, c);
    const std::array<std::array<std::ptrdiff_t, 3>, 2> steps = {
        {{1, 1, 1}, {r.stride, s.stride, p.stride}}
    };
    for (const auto& step : steps) {
        third(r, step[0], a);
        third(s, step[1], b);
        third(p, step[2], c);
        sums.third_rr += dot(a, a);
        sums.third_rs += dot(a, b);
        sums.third_ss += dot(b, b);
        sums.third_rp += dot(a, c);
        sums.third_sp += dot(b, c);
    }
}

void sum_chroma(Place r, Place p, std::int32_t& level, std::int32_t& error, std::int32_t& error2)
{
    std::int32_t whole = 0;
    std::int32_t first = 0;
    std::int32_t second = 0;
    for (int y = 0; y < block_side / 2; ++y) {
        for (int x = 0; x < block_side / 2; ++x) {
            const std::int32_t reference = r.at[y * r.stride + x];
            const std::int32_t d = p.at[y * p.stride + x] - reference;
            whole += reference;
            first += d;
            second += d * d;
        }
    }
    level = whole;
    error = first;
    error2 += second;
}

void sum_all(const Compared& planes, const BlockGrid& grid, std::vector<BlockSums>& all)
{
    auto* next = all.data();
    for (const int y : grid.y) {
        for (const int x : grid.x) {
            BlockSums& sums = *next++;
            sum_luma(
                place(planes.reference, x, y),
                place(planes.soft, x, y),
                place(planes.rendition, x, y),
                sums
            );
            sum_chroma(
                place(planes.reference_u, x / 2, y / 2),
                place(planes.rendition_u, x / 2, y / 2),
                sums.u,
                sums.u_error,
                sums.uv_error2
            );
            sum_chroma(
                place(planes.reference_v, x / 2, y / 2),
                place(planes.rendition_v, x / 2, y / 2),
                sums.v,
                sums.v_error,
                sums.uv_error2
            );
        }
    }
}

void sum_portable(const Compared& planes, const BlockGrid& grid, std::vector<BlockSums>& all)
{
    sum_all(planes, grid, all);
}

SumAll fastest()
{
    const SumAll wide = sum_blocks_wide();
    return wide == nullptr ? sum_portable : wide;
}

SumAll chosen = fastest();

std::vector<int> edges(int length)
{
    std::vector<int> all;
    for (int at = 0; at + block_side <= length; at += block_side)
        all.push_back(at);
    // Flush with the end, on an even sample so that chroma lies under it.
    if (length % block_side >= 2) all.push_back((length - block_side) / 2 * 2);
    return all;
}

}  // namespace

BlockGrid::BlockGrid(int width, int height) : x(edges(width)), y(edges(height))
{
    across = static_cast<int>(x.size());
    down = static_cast<int>(y.size());
}

std::vector<BlockSums> sum_blocks(const Compared& planes, const BlockGrid& grid)
{
    std::vector<BlockSums> all(grid.x.size() * grid.y.size());
    chosen(planes, grid, all);
    return all;
}

std::string_view blocks_backend()
{
    return chosen == sum_portable ? "portable" : "avx2";
}

bool use_blocks_backend(std::string_view name)
{
    if (name != "portable" && fastest() == sum_portable) return false;
    chosen = name == "portable" ? sum_portable : fastest();
    return true;
}

}  // namespace millpond::picture
