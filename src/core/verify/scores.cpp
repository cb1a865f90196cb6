#include "core/verify/scores.hpp"

#include "base/assert.hpp"
#include "core/verify/integer.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <vector>

namespace millpond::verify {
namespace {

constexpr std::int64_t in_16 = 16;    ///< one, where values are in sixteenths
constexpr std::int64_t octave = 256;  ///< a doubling, in log2_256

/// A quantiser coarser than this explains no more: the square of QP 42's step, in sixteenths.
constexpr std::int64_t step2_most = 104'032;

std::int64_t trusted(std::uint32_t step2)
{
    return std::min<std::int64_t>(step2, step2_most);
}

/// The step itself in sixteenths.
std::int64_t step_of(std::uint32_t step2)
{
    return root(trusted(step2) * 16);
}

/// Both parts of a score: `value` / `allowed` in 1/256.
struct Row {
    Feature feature;
    std::int64_t score = 0;
};

using Rows = std::vector<Row>;

Rows rows_of(const Glance& g)
{
    const std::int64_t step2 = trusted(g.step2);
    const std::int64_t step = step_of(g.step2);
    Rows rows;
    // Half a square level, 0.004 of the step's square, and what resampling makes of sharp edges: a
    // 2000th of the contrast. In 1/16000.
    rows.push_back(
        {Feature::small_error,
         ratio_256(std::int64_t{g.error2} * 2'000, 16'000 + 8 * step2 + g.contrast2)}
    );
    rows.push_back({Feature::small_cell, ratio_256(std::int64_t{g.worst} * 10, 480 + 3 * step)});
    rows.push_back(
        {Feature::small_level, ratio_256(std::abs(std::int64_t{g.mean}) * 100, 1'440 + 2 * step)}
    );
    const std::int64_t colour =
        std::max(std::abs(std::int64_t{g.mean_u}), std::abs(std::int64_t{g.mean_v}));
    rows.push_back({Feature::small_colour, ratio_256(colour * 100, 1'440 + 2 * step)});
    rows.push_back({Feature::small_patch, ratio_256(std::int64_t{g.worst_uv} * 10, 480 + 3 * step)}
    );
    // Only a picture with something on it can be unlike another.
    const std::int64_t noise2 = 256 + step2 / 16;
    const bool visible = g.contrast2 > 4 * noise2;
    rows.push_back({Feature::unlike, visible ? (1'024 - std::int64_t{g.likeness}) / 4 : 0});
    // Late by as much as the source's change stands out of the noise.
    const std::int64_t change = root(std::int64_t{g.motion2} * 16);
    const std::int64_t noise = root(std::int64_t{32} * 16 + step2 / 8);
    const std::int64_t late = std::abs(std::int64_t{g.shift});
    const std::int64_t sure = ratio_256(late * change / 256, 2 * noise);
    rows.push_back({Feature::late, std::min(late, sure)});
    return rows;
}

std::int64_t octaves_lost(std::int64_t both, std::int64_t reference)
{
    return log2_256(std::max<std::int64_t>(1, reference)) -
           log2_256(std::max<std::int64_t>(1, both));
}

/// How much of a feature counts that has only so much of the picture to stand on.
std::int64_t weighed(std::int64_t score, std::int64_t ground, std::int64_t whole)
{
    return score * std::min(ground, whole) / whole;
}

void add_detail_rows(const Detail& d, Rows& rows)
{
    const std::int64_t step2 = trusted(d.step2);
    const std::int64_t energy = d.detail_reference2 * 16 / d.pixels;  // /16
    // What the quantiser takes from weak detail: 0.9 log(1 + 0.35 step^2 / energy).
    const std::int64_t explained =
        9 *
        (log2_256(256 + ratio_256(step2 * 35, std::max<std::int64_t>(1, energy) * 100)) - 2'048) /
        10;
    const std::int64_t loss = octaves_lost(d.detail_both, d.detail_reference2) - explained;
    const std::int64_t ground = std::clamp<std::int64_t>(energy - 8 * in_16, 0, 24 * in_16);
    rows.push_back({Feature::loss, weighed(loss, ground, 24 * in_16)});
    const std::int64_t blocks = d.pixels / 256;
    const std::int64_t few = std::max<std::int64_t>(6, blocks / 50);
    rows.push_back(
        {Feature::strong_loss,
         weighed(octaves_lost(d.strong_both, d.strong_reference2), d.strong_blocks, few)}
    );
    rows.push_back(
        {Feature::finest_loss,
         weighed(octaves_lost(d.finest_both, d.finest_reference2), d.finest_blocks, few)}
    );
    // What is in the rendition's detail and not in the source's, against the quantiser's own noise.
    const std::int64_t kept =
        std::clamp<std::int64_t>(ratio_256(d.detail_both, d.detail_reference2), 0, 1'024);
    const std::int64_t shared = d.detail_both * kept / 256;
    const std::int64_t added = std::max<std::int64_t>(0, d.detail_rendition2 - shared);
    rows.push_back(
        {Feature::added,
         ratio_256(added * 16, d.pixels * (4 * in_16 + step2 / 2 + energy * 15 / 100))}
    );
    const std::int64_t flat = std::max<std::int64_t>(0, d.flat_rendition2 - d.flat_reference2);
    const std::int64_t flat_pixels = std::int64_t{d.flat_blocks} * 256;
    rows.push_back(
        {Feature::grain,
         flat_pixels == 0
             ? 0
             : weighed(
                   ratio_256(
                       flat * 16, flat_pixels * (6 * in_16 + step2 / 12) + d.flat_reference2 * 8
                   ),
                   d.flat_blocks,
                   few
               )}
    );
}

void add_level_rows(const Detail& d, Rows& rows)
{
    const std::int64_t step = step_of(d.step2);
    const std::int64_t mean_allowed = 16 * (1'440 + 2 * step);  // 0.9 + 0.02 step in 1/25600
    rows.push_back({Feature::level, ratio_256(std::abs(std::int64_t{d.mean}) * 100, mean_allowed)});
    const std::int64_t colour =
        std::max(std::abs(std::int64_t{d.mean_u}), std::abs(std::int64_t{d.mean_v}));
    rows.push_back({Feature::colour, ratio_256(colour * 100, mean_allowed)});
    // Slopes count by what they change at the picture's own contrast: in levels, against 0.9 + 0.02
    // step.
    const std::int64_t allowed = 90 * in_16 + 2 * step;  // /1600
    const std::int64_t contrast = root(std::int64_t{d.contrast2} * 16);
    const std::int64_t tint = root(std::int64_t{d.colour2} * 16);
    const auto swing = [&](std::int64_t slope, std::int64_t spread) {
        return ratio_256(std::abs(slope) * spread * 100 / 4'096, allowed);
    };
    rows.push_back({Feature::gain, swing(std::int64_t{d.gain} - 4'096, contrast)});
    rows.push_back({Feature::saturation, swing(std::int64_t{d.saturation} - 4'096, tint)});
    rows.push_back({Feature::hue, swing(d.hue, tint)});
}

Rows rows_of(const Detail& d)
{
    Rows rows;
    if (d.pixels <= 0) return rows;
    const std::int64_t step2 = trusted(d.step2);
    const std::int64_t spread = d.scaler2 * 16 / d.pixels;  // /16
    // 0.08 step^2, a third of what scalers differ by, and half a square level.
    rows.push_back(
        {Feature::residual,
         ratio_256(d.residual2 * 1'600, d.pixels * (8 * step2 + 35 * spread + 800))}
    );
    // A coarse quantiser softens by itself: then leaning counts as far as the scalers differ by
    // more.
    const std::int64_t lean = weighed(d.lean, spread, 16 + step2 / 64);
    rows.push_back({Feature::soft, std::max<std::int64_t>(0, lean)});
    rows.push_back({Feature::crisp, std::max<std::int64_t>(0, -lean)});
    add_detail_rows(d, rows);
    add_level_rows(d, rows);
    // A quantiser that is not believed allows less than the measured ratios assume.
    const std::int64_t doubt = d.step2 > step2 ? ratio_256(d.step2, step2) : 256;
    const auto doubted = [&](std::uint32_t score) { return std::int64_t{score} * doubt / 256; };
    rows.push_back({Feature::block_level, doubted(d.worst_mean)});
    rows.push_back({Feature::block_level_99, doubted(d.p99_mean)});
    rows.push_back({Feature::block_colour, doubted(d.worst_uv)});
    rows.push_back({Feature::block_colour_99, doubted(d.p99_uv)});
    rows.push_back({Feature::block, doubted(d.worst_block)});
    rows.push_back({Feature::block_99, doubted(d.p99_block)});
    // Beyond this much detail a source is noise, which no encoder keeps: all scores count for less.
    constexpr std::int64_t noisy = 1'500;
    const std::int64_t noise =
        std::max<std::int64_t>(256, ratio_256(d.detail_reference2 / d.pixels, noisy));
    for (Row& row : rows)
        row.score = row.score * 256 / noise;
    return rows;
}

/// Takes every feature at the worst and the median frame.
class Gather {
public:
    void add(const Rows& rows, std::int32_t frame)
    {
        for (const Row& row : rows)
            all_[static_cast<std::size_t>(row.feature)].emplace_back(row.score, frame);
    }

    void put(Scores& scores)
    {
        for (std::size_t i = 0; i < features; ++i) {
            auto& each = all_[i];
            if (each.empty()) continue;
            std::ranges::sort(each);
            scores.worst[i] = each.back().first;
            scores.frame[i] = each.back().second;
            // Of an even number the lower one: a feature must hold in most frames.
            scores.median[i] = each[(each.size() - 1) / 2].first;
        }
    }

private:
    std::array<std::vector<std::pair<std::int64_t, std::int32_t>>, features> all_;
};

std::int64_t mean_step2(const RungReport& report, bool keys)
{
    std::int64_t sum = 0;
    std::int64_t count = 0;
    for (const Glance& g : report.glances) {
        if (g.key != keys) continue;
        sum += g.step2;
        ++count;
    }
    return count == 0 ? 0 : sum / count;
}

/// A square step in sixteenths, in octaves above 1.
std::int64_t octaves_of(std::int64_t step2)
{
    return log2_256(std::max<std::int64_t>(16, step2)) - 4 * octave;
}

/// The quantiser's mean square step over all frames, in octaves above 1.
std::int64_t step_octaves(const RungReport& report)
{
    std::int64_t sum = 0;
    for (const Glance& g : report.glances)
        sum += g.step2;
    const auto count = static_cast<std::int64_t>(report.glances.size());
    return count == 0 ? 0 : octaves_of(sum / count);
}

/// The quantiser's square step in most frames, /16; of an even number the lower one.
std::int64_t usual_step2(const RungReport& report)
{
    std::vector<std::uint32_t> steps;
    steps.reserve(report.glances.size());
    for (const Glance& g : report.glances)
        steps.push_back(g.step2);
    if (steps.empty()) return 0;
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>((steps.size() - 1) / 2);
    std::ranges::nth_element(steps, middle);
    return *middle;
}

struct Coarse {
    std::int64_t mean = 0;
    std::int64_t usual = 0;
};

/// Octaves of the quantiser's square step above the detail that the source has to spend bits on: by
/// the mean step, and by that of most frames, which a rate control that runs short for a moment
/// does not raise. A source that asks for little gets a fine quantiser, unless the bits went into
/// something else.
Coarse coarse(const RungReport& report)
{
    std::int64_t energy = 0;  // /16
    std::int64_t count = 0;
    for (const Detail& d : report.details) {
        if (d.pixels <= 0) continue;
        energy += d.detail_reference2 * 16 / d.pixels;
        ++count;
    }
    if (count == 0) return {};
    const std::int64_t detail = std::max<std::int64_t>(0, energy / count) + 16 * in_16;
    const auto above = [&](std::int64_t step_octaves) {
        return std::max<std::int64_t>(0, step_octaves - log2_256(detail) + 4 * octave);
    };
    return {
        .mean = above(step_octaves(report)),
        .usual = above(octaves_of(usual_step2(report))),
    };
}

/// Octaves between what was asked and what was spent on pictures, where the quantiser shows that
/// more could have been bought: above QP 26, whose step's square is 161.
std::int64_t underspent(const VideoProfile& profile, const RungReport& report)
{
    if (profile.quality > 0 || report.duration <= 0 || report.slice_bytes <= 0) return 0;
    constexpr std::int64_t longest = 3'600LL * 90'000;
    const std::int64_t nominal =
        std::int64_t{profile.bitrate / 8} * std::min(report.duration, longest) / 90'000;
    const std::int64_t unspent =
        log2_256(std::max<std::int64_t>(1, nominal)) - log2_256(report.slice_bytes);
    const std::int64_t score = std::min(unspent, step_octaves(report) - log2_256(161));
    // Rate control needs two seconds to spend what it has, and sixteen frames to find out how: it
    // learns from each what the next one costs.
    const auto frames = static_cast<std::int64_t>(report.glances.size());
    return weighed(weighed(std::max<std::int64_t>(0, score), report.duration, 180'000), frames, 16);
}

void put(Scores& scores, Feature feature, std::int64_t value)
{
    const auto at = static_cast<std::size_t>(feature);
    scores.worst[at] = value;
    scores.median[at] = value;
    scores.frame[at] = -1;
}

}  // namespace

std::string_view name_of(Feature feature)
{
    static constexpr std::array<std::string_view, features> names = {
        "small_error",  "small_cell",     "small_level",  "small_colour",
        "small_patch",  "unlike",         "late",         "residual",
        "soft",         "crisp",          "loss",         "strong_loss",
        "finest_loss",  "added",          "grain",        "level",
        "colour",       "gain",           "saturation",   "hue",
        "block_level",  "block_level_99", "block_colour", "block_colour_99",
        "block",        "block_99",       "stays",        "stays_level",
        "stays_colour", "underspent",     "key_gap",      "coarse",
    };
    return names.at(static_cast<std::size_t>(feature));
}

Scores score(const VideoProfile& profile, const RungReport& report)
{
    Scores scores;
    Gather gather;
    for (std::size_t i = 0; i < report.glances.size(); ++i)
        gather.add(rows_of(report.glances[i]), static_cast<std::int32_t>(i));
    for (const Detail& detail : report.details)
        gather.add(rows_of(detail), detail.frame);
    gather.put(scores);
    Persistence most;
    for (const Persistence& each : report.persistence) {
        most.block = std::max(most.block, each.block);
        most.mean = std::max(most.mean, each.mean);
        most.uv = std::max(most.uv, each.uv);
    }
    put(scores, Feature::stays, most.block);
    put(scores, Feature::stays_level, most.mean);
    put(scores, Feature::stays_colour, most.uv);
    put(scores, Feature::underspent, underspent(profile, report));
    const Coarse step = coarse(report);
    put(scores, Feature::coarse, step.mean);
    scores.median[static_cast<std::size_t>(Feature::coarse)] = step.usual;
    const std::int64_t keys = mean_step2(report, true);
    const std::int64_t others = mean_step2(report, false);
    const bool both = keys > 0 && others > 0;
    // The step's square doubles with every 3 QP.
    put(scores, Feature::key_gap, both ? (log2_256(others) - log2_256(keys)) / 2 : 0);
    return scores;
}

}  // namespace millpond::verify
