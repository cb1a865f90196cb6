#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// What is looked at of a rendition's picture, and what was seen there. All integers: the judgement
/// of a report must be the same on every machine. "/16" after a unit means sixteenths of it.
namespace millpond {

/// How closely a claim is looked at.
enum class CheckTier : std::uint8_t {
    structure,  ///< containers and packets of every rendition; no pixels
    sample,     ///< one rendition: a few drawn frames in full, a small picture of all others
    whole,      ///< every frame of every rendition
    control,    ///< as `whole`, beside an encode of the pool's own
};

/// One rendition to look at.
struct RungPlan {
    int rung = 0;             ///< index in the ladder
    std::vector<int> frames;  ///< to look at in full, ascending; empty: all

    bool operator==(const RungPlan&) const = default;
};

/// What of a claim is looked at. Drawn after the claim is in.
struct CheckPlan {
    CheckTier tier = CheckTier::structure;
    std::vector<RungPlan> rungs;

    bool operator==(const CheckPlan&) const = default;
};

/// A frame's small picture (64 x 36 cells of luma, 32 x 18 of chroma) beside that of the source
/// frame it should show.
struct Glance {
    std::int32_t source = 0;      ///< the source frame it was compared with
    bool key = false;             ///< a keyframe
    std::uint32_t step2 = 0;      ///< mean square of the quantiser's step, as of its QP; /16
    std::uint32_t error2 = 0;     ///< mean square error of the luma cells; /16
    std::uint32_t worst = 0;      ///< error of the worst luma cell; /16
    std::int32_t mean = 0;        ///< mean error of luma; /16
    std::int32_t mean_u = 0;      ///< mean error of U; /16
    std::int32_t mean_v = 0;      ///< mean error of V; /16
    std::uint32_t worst_uv = 0;   ///< error of the worst chroma cell; /16
    std::uint32_t contrast2 = 0;  ///< variance of the source's luma cells; /16
    std::int32_t likeness = 0;    ///< correlation of both sides' luma cells; /1024
    std::uint32_t motion2 = 0;    ///< mean square of half the change from the frame before to the
                                  ///< frame after in the source; /16
    std::int32_t shift = 0;       ///< how many frames late it looks, by that change; /256
    std::uint32_t nearest2 = 0;   ///< error2 to the best source frame within 3 frames; /16

    bool operator==(const Glance&) const = default;
};

/// One frame in full. The reference is the source frame, scaled by the pinned bicubic scaler;
/// `soft` is the same by the bilinear one, and their difference says what a scaler may change.
struct Detail {
    std::int32_t frame = 0;   ///< of the rendition
    std::int64_t pixels = 0;  ///< counted below
    std::uint32_t step2 = 0;  ///< as in Glance; /16
    // Sums over luma pixels.
    std::int64_t error2 = 0;        ///< square error against the reference
    std::int64_t scaler2 = 0;       ///< square of soft minus reference
    std::int64_t error_scaler = 0;  ///< error times (soft minus reference)
    std::int32_t lean = 0;  ///< how far the rendition leans to soft: 0 reference, 256 soft; /256
    std::int64_t residual2 = 0;  ///< square error after leaning
    std::int64_t error2_uv = 0;  ///< square error of U and V together, over pixels / 2
    // Fine detail by the Laplacian: of the leaned reference, with the rendition's, of the
    // rendition.
    std::int64_t detail_reference2 = 0;
    std::int64_t detail_both = 0;
    std::int64_t detail_rendition2 = 0;
    // The same over blocks whose detail stands well above the quantiser: there it must be kept.
    std::int32_t strong_blocks = 0;
    std::int64_t strong_reference2 = 0;
    std::int64_t strong_both = 0;
    std::int64_t strong_rendition2 = 0;
    // Finest detail, by the fourth difference, over blocks where it stands above the quantiser.
    std::int32_t finest_blocks = 0;
    std::int64_t finest_reference2 = 0;
    std::int64_t finest_both = 0;
    // Detail in blocks that are flat in the source: what is there has been added.
    std::int32_t flat_blocks = 0;
    std::int64_t flat_reference2 = 0;
    std::int64_t flat_rendition2 = 0;
    // Levels and colours, from the means of 16 x 16 blocks.
    std::int32_t mean = 0;        ///< mean error of luma; /256
    std::int32_t mean_u = 0;      ///< /256
    std::int32_t mean_v = 0;      ///< /256
    std::int32_t gain = 0;        ///< slope of luma, 4096 for none
    std::uint32_t contrast2 = 0;  ///< variance of the reference's block means; /16
    std::int32_t saturation = 0;  ///< scale of colour, 4096 for none
    std::int32_t hue = 0;         ///< rotation of colour, radians / 4096
    std::uint32_t colour2 = 0;    ///< mean square of the reference's colour; /16
    // Worst blocks, as ratios to what quantiser and scaler explain; /256.
    std::uint32_t worst_mean = 0;  ///< error of a luma block's mean
    std::uint32_t p99_mean = 0;    ///< of the 99th of a hundred
    std::uint32_t worst_uv = 0;    ///< error of a chroma block's mean
    std::uint32_t p99_uv = 0;
    std::uint32_t worst_block = 0;  ///< square error of a luma block
    std::uint32_t p99_block = 0;
    std::int32_t worst_at = 0;     ///< which block worst_block is, row by row
    std::int32_t peak_error2 = 0;  ///< the largest mean square error of a block; /16

    bool operator==(const Detail&) const = default;
};

/// The same block wrong in all frames looked at, within a quarter of the segment or over the
/// sample.
struct Persistence {
    std::uint32_t block = 0;  ///< the largest of the blocks' least ratios of square error; /256
    std::uint32_t mean = 0;   ///< the largest ratio of a block's mean error over all frames; /256
    std::uint32_t uv = 0;     ///< the same of chroma; /256
    std::int32_t at = 0;      ///< which block, row by row
    std::int32_t frames = 0;  ///< how many were looked at

    bool operator==(const Persistence&) const = default;
};

/// What was seen of one rendition.
struct RungReport {
    std::int32_t rung = 0;
    std::int32_t width = 0;
    std::int32_t height = 0;
    bool measured = false;  ///< false: `problem` says why not
    bool damaged = false;   ///< a frame did not decode whole
    bool full_range = false;
    std::int64_t slice_bytes = 0;  ///< of pictures alone, without container, filler and messages
    std::int64_t duration = 0;     ///< in 1/90000 s
    std::vector<Glance> glances;   ///< of every frame
    std::vector<Detail> details;   ///< of the frames looked at in full
    std::vector<Persistence> persistence;
    std::string problem;

    bool operator==(const RungReport&) const = default;
};

/// What was seen of a claim.
struct PictureReport {
    bool source_usable = false;  ///< false: `problem` says why not
    bool source_full_range = false;
    std::string problem;
    std::vector<RungReport> rungs;
    /// Where planned: encodes of the same rungs by the pool's own encoder, then by others that an
    /// honest transcoder may use.
    std::vector<RungReport> controls;

    bool operator==(const PictureReport&) const = default;
};

}  // namespace millpond
