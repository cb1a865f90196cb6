#pragma once

#include "model/picture.hpp"
#include "model/profile.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace millpond::verify {

/// What is scored, each by one number: 256 is what quantiser and scaler explain, or a natural unit
/// that the comment names. Features of a frame are taken at the worst frame and at the median one.
enum class Feature : std::uint8_t {
    // Of the small pictures of all frames.
    small_error,   ///< square error
    small_cell,    ///< error of the worst cell
    small_level,   ///< mean error of luma
    small_colour,  ///< mean error of chroma
    small_patch,   ///< error of the worst chroma cell
    unlike,        ///< how far from correlated with the source, in 1/256
    late,          ///< frames of delay, in 1/256, where the source moves
    // Of the frames looked at in full.
    residual,     ///< square error
    soft,         ///< lean to the bilinear reference
    crisp,        ///< lean away from it
    loss,         ///< detail lost beyond what the quantiser explains, in octaves / 256
    strong_loss,  ///< the same of detail that stands above the quantiser
    finest_loss,  ///< the same of the finest detail
    added,        ///< detail that is not the source's
    grain,        ///< detail where the source is flat
    level,        ///< mean error of luma
    colour,       ///< mean error of chroma
    gain,         ///< contrast
    saturation,
    hue,
    block_level,  ///< mean error of the worst block
    block_level_99,
    block_colour,
    block_colour_99,
    block,  ///< square error of the worst block
    block_99,
    // Of the rendition.
    stays,  ///< square error of the block that is wrong in all frames
    stays_level,
    stays_colour,
    underspent,  ///< bits left unspent while the quantiser is coarse, in octaves / 256
    key_gap,     ///< other frames' quantiser beyond the keyframes', in QP * 256 / 6
    coarse,  ///< square of the quantiser's step over the source's detail, in octaves / 256: of the
             ///< mean square, and of that of most frames
};
constexpr std::size_t features = static_cast<std::size_t>(Feature::coarse) + 1;
[[nodiscard]] std::string_view name_of(Feature feature);

enum class Taken : std::uint8_t { worst, median };

/// The scores of one rendition, and where the worst was seen.
struct Scores {
    std::array<std::int64_t, features> worst{};
    std::array<std::int64_t, features> median{};
    std::array<std::int32_t, features> frame{};  ///< of the worst; -1 where it is of no frame

    [[nodiscard]] std::int64_t of(Feature feature, Taken taken) const
    {
        const auto at = static_cast<std::size_t>(feature);
        return taken == Taken::worst ? worst[at] : median[at];
    }

    bool operator==(const Scores&) const = default;
};

/// Pure arithmetic on a report.
[[nodiscard]] Scores score(const VideoProfile& profile, const RungReport& report);

}  // namespace millpond::verify
