#include "edge/picture/detail.hpp"

#include "edge/picture/glance.hpp"
#include "edge/picture/internal/integer.hpp"

#include <algorithm>
#include <cstdlib>

namespace millpond::picture {
namespace {

// Which blocks count as what, by the mean square of their Laplacian or third differences. White
// quantisation noise of a step s has s^2 / 12, its Laplacian 20 / 12 and its third differences
// 40 / 12 of s^2.
constexpr std::int64_t strong_ratio = 6;
constexpr std::int64_t finest_ratio = 8;
constexpr std::int64_t detail_floor = 48;  ///< what film grain and rounding make of nothing
constexpr std::int64_t flat_most = 40;

/// How far a lean may go, in 1/256: scalers sharper than the reference to those as soft as a
/// triangle.
constexpr std::int64_t lean_least = -192;
constexpr std::int64_t lean_most = 288;

/// Quantised coefficients are off by less than a step; what is dropped by rate control reaches this
/// share of its square: 36 / 100.
constexpr std::int64_t explained_percent = 36;
constexpr std::int64_t block_floor = 4;
constexpr std::int64_t grey_16 = 2'048;  ///< no colour, in sixteenths

/// A sum along the line from reference (0) to soft (256): (1 - t)^2 rr + 2 t (1 - t) rs + t^2 ss.
std::int64_t leaned2(std::int64_t rr, std::int64_t rs, std::int64_t ss, std::int64_t lean)
{
    const std::int64_t rest = 256 - lean;
    return (rest * rest * rr + 2 * lean * rest * rs + lean * lean * ss) / 65'536;
}

std::int64_t leaned(std::int64_t r, std::int64_t s, std::int64_t lean)
{
    return ((256 - lean) * r + lean * s) / 256;
}

/// Σ(e - t d)^2 with t = lean / 256.
std::int64_t residual(const BlockSums& b, std::int64_t lean)
{
    const std::int64_t value =
        std::int64_t{b.error2} - 2 * lean * b.error_soft / 256 + lean * lean * b.soft2 / 65'536;
    return std::max<std::int64_t>(0, value);
}

/// A block's own step, within what its picture's mean makes believable.
std::int64_t believable(std::int64_t own, std::int64_t mean)
{
    return std::clamp(own, mean / 2, mean * 2);
}

template <typename T>
T percentile_99(std::vector<T> values)
{
    if (values.empty()) return 0;
    const auto at = static_cast<std::ptrdiff_t>((values.size() - 1) * 99 / 100);
    std::ranges::nth_element(values, values.begin() + at);
    return values[static_cast<std::size_t>(at)];
}

struct Frame {
    const std::vector<BlockSums>& blocks;
    const BlockGrid& grid;
    std::vector<std::int64_t> step2;  ///< of each block; /16
    std::int64_t lean = 0;
};

std::vector<std::int64_t> steps_of(
    const BlockGrid& grid, const std::vector<std::uint8_t>& qp, int across, std::int64_t mean
)
{
    std::vector<std::int64_t> steps;
    for (const int y : grid.y) {
        for (const int x : grid.x) {
            const int block = (y + 8) / 16 * across + (x + 8) / 16;
            const auto at = static_cast<std::size_t>(block);
            steps.push_back(at < qp.size() ? believable(step2_of(qp[at]), mean) : mean);
        }
    }
    return steps;
}

void sum_frame(Frame& frame, Detail& detail)
{
    for (const BlockSums& b : frame.blocks) {
        detail.pixels += block_pixels;
        detail.error2 += b.error2;
        detail.scaler2 += b.soft2;
        detail.error_scaler += b.error_soft;
        detail.error2_uv += b.uv_error2;
    }
    if (detail.scaler2 > 0) {
        const std::int64_t lean = detail.error_scaler * 256 / detail.scaler2;
        detail.lean = static_cast<std::int32_t>(std::clamp<std::int64_t>(lean, -65'536, 65'536));
    }
    frame.lean = std::clamp<std::int64_t>(detail.lean, lean_least, lean_most);
    for (const BlockSums& b : frame.blocks)
        detail.residual2 += residual(b, frame.lean);
}

void sum_detail(const Frame& frame, Detail& detail)
{
    for (std::size_t i = 0; i < frame.blocks.size(); ++i) {
        const BlockSums& b = frame.blocks[i];
        const std::int64_t step2 = frame.step2[i] / 16;
        const std::int64_t reference = leaned2(b.lap_rr, b.lap_rs, b.lap_ss, frame.lean);
        const std::int64_t both = leaned(b.lap_rp, b.lap_sp, frame.lean);
        detail.detail_reference2 += reference;
        detail.detail_both += both;
        detail.detail_rendition2 += b.lap_pp;
        if (reference > block_pixels * (strong_ratio * step2 + detail_floor)) {
            ++detail.strong_blocks;
            detail.strong_reference2 += reference;
            detail.strong_both += both;
            detail.strong_rendition2 += b.lap_pp;
        }
        const std::int64_t finest = leaned2(b.third_rr, b.third_rs, b.third_ss, frame.lean);
        if (finest > block_pixels * (finest_ratio * step2 + detail_floor)) {
            ++detail.finest_blocks;
            detail.finest_reference2 += finest;
            detail.finest_both += leaned(b.third_rp, b.third_sp, frame.lean);
        }
        if (b.lap_rr < block_pixels * flat_most) {
            ++detail.flat_blocks;
            detail.flat_reference2 += b.lap_rr;
            detail.flat_rendition2 += b.lap_pp;
        }
    }
}

/// Slope of the rendition's luma over the reference's, by block means; scale and turn of colour.
void sum_levels(const Frame& frame, Detail& detail)
{
    std::int64_t error = 0;
    std::int64_t u_error = 0;
    std::int64_t v_error = 0;
    std::int64_t level = 0;
    std::int64_t level2 = 0;
    std::int64_t level_error = 0;
    std::int64_t colour2 = 0;
    std::int64_t along = 0;
    std::int64_t turned = 0;
    for (const BlockSums& b : frame.blocks) {
        const std::int64_t r = divided(b.r, 16);  // /16
        const std::int64_t e = divided(b.error, 16);
        error += b.error;
        u_error += b.u_error;
        v_error += b.v_error;
        level += r;
        level2 += r * r;
        level_error += r * e;
        const std::int64_t u = divided(b.u, 4) - grey_16;
        const std::int64_t v = divided(b.v, 4) - grey_16;
        colour2 += u * u + v * v;
        along += u * divided(b.u_error, 4) + v * divided(b.v_error, 4);
        turned += u * divided(b.v_error, 4) - v * divided(b.u_error, 4);
    }
    const auto count = static_cast<std::int64_t>(frame.blocks.size());
    const std::int64_t variance = level2 - level * level / count;
    const std::int64_t slope = level_error - level * divided(error, 16) / count;
    detail.mean = static_cast<std::int32_t>(divided(error, count));
    detail.mean_u = static_cast<std::int32_t>(divided(u_error * 4, count));
    detail.mean_v = static_cast<std::int32_t>(divided(v_error * 4, count));
    detail.gain = 4'096;
    if (variance > 0) detail.gain += static_cast<std::int32_t>(divided(slope * 4'096, variance));
    detail.contrast2 =
        static_cast<std::uint32_t>(divided(std::max<std::int64_t>(0, variance), 16 * count));
    detail.saturation = 4'096;
    if (colour2 > 0) {
        detail.saturation += static_cast<std::int32_t>(divided(along * 4'096, colour2));
        detail.hue = static_cast<std::int32_t>(divided(turned * 4'096, colour2));
    }
    detail.colour2 = static_cast<std::uint32_t>(divided(colour2, 16 * count));
}

/// Errors of a block's means and what quantiser and scaler allow, all in sixteenths.
void score_means(const BlockSums& b, std::int64_t step2, std::int64_t lean, BlockScores& scores)
{
    const auto step = static_cast<std::int64_t>(root(static_cast<std::uint64_t>(step2 * 16)));
    const auto scaler = static_cast<std::int64_t>(root(static_cast<std::uint64_t>(b.soft2)));
    const std::int64_t error = b.error - lean * b.soft / 256;
    scores.mean.push_back(static_cast<std::int32_t>(divided(error, 16)));
    scores.mean_allowed.push_back(static_cast<std::int32_t>(48 + 3 * step / 10 + scaler / 2));
    scores.u.push_back(static_cast<std::int32_t>(divided(b.u_error, 4)));
    scores.v.push_back(static_cast<std::int32_t>(divided(b.v_error, 4)));
    scores.uv_allowed.push_back(static_cast<std::int32_t>(48 + step / 4 + scaler / 2));
}

std::uint32_t ratio(std::int64_t value, std::int64_t allowed)
{
    return static_cast<std::uint32_t>(std::min<std::int64_t>(value * 256 / allowed, 1 << 24));
}

void score_blocks(const Frame& frame, Detail& detail, BlockScores& scores)
{
    std::vector<std::uint32_t> means;
    std::vector<std::uint32_t> colours;
    for (std::size_t i = 0; i < frame.blocks.size(); ++i) {
        const BlockSums& b = frame.blocks[i];
        const std::int64_t wrong = residual(b, frame.lean);
        const std::int64_t allowed = b.soft2 + block_pixels * block_floor +
                                     block_pixels * frame.step2[i] * explained_percent / 1'600;
        scores.block.push_back(ratio(wrong, allowed));
        score_means(b, frame.step2[i], frame.lean, scores);
        means.push_back(ratio(std::abs(scores.mean[i]), scores.mean_allowed[i]));
        const std::int32_t colour = std::max(std::abs(scores.u[i]), std::abs(scores.v[i]));
        colours.push_back(ratio(colour, scores.uv_allowed[i]));
        if (scores.block[i] > detail.worst_block) {
            detail.worst_block = scores.block[i];
            detail.worst_at = static_cast<std::int32_t>(i);
        }
        detail.peak_error2 = std::max(detail.peak_error2, static_cast<std::int32_t>(wrong / 16));
        detail.worst_mean = std::max(detail.worst_mean, means[i]);
        detail.worst_uv = std::max(detail.worst_uv, colours[i]);
    }
    detail.p99_mean = percentile_99(std::move(means));
    detail.p99_uv = percentile_99(std::move(colours));
    detail.p99_block = percentile_99(scores.block);
}

}  // namespace

Examined examine(
    const std::vector<BlockSums>& blocks,
    const BlockGrid& grid,
    const std::vector<std::uint8_t>& qp,
    int across
)
{
    Examined examined;
    Detail& detail = examined.detail;
    if (blocks.empty()) return examined;
    detail.step2 = mean_step2(qp);
    Frame frame{blocks, grid, steps_of(grid, qp, across, detail.step2)};
    sum_frame(frame, detail);
    sum_detail(frame, detail);
    sum_levels(frame, detail);
    score_blocks(frame, detail, examined.scores);
    return examined;
}

void Persisting::add(const BlockScores& scores)
{
    if (frames_++ == 0) {
        least_ = scores.block;
        sums_ = scores;
        return;
    }
    for (std::size_t i = 0; i < least_.size() && i < scores.block.size(); ++i) {
        least_[i] = std::min(least_[i], scores.block[i]);
        sums_.mean[i] += scores.mean[i];
        sums_.mean_allowed[i] += scores.mean_allowed[i];
        sums_.u[i] += scores.u[i];
        sums_.v[i] += scores.v[i];
        sums_.uv_allowed[i] += scores.uv_allowed[i];
    }
}

Persistence Persisting::result() const
{
    Persistence found{.frames = frames_};
    for (std::size_t i = 0; i < least_.size(); ++i) {
        if (least_[i] > found.block) {
            found.block = least_[i];
            found.at = static_cast<std::int32_t>(i);
        }
        const std::int32_t colour = std::max(std::abs(sums_.u[i]), std::abs(sums_.v[i]));
        found.mean = std::max(found.mean, ratio(std::abs(sums_.mean[i]), sums_.mean_allowed[i]));
        found.uv = std::max(found.uv, ratio(colour, sums_.uv_allowed[i]));
    }
    return found;
}

}  // namespace millpond::picture
