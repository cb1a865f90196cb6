#pragma once

#include "base/result.hpp"
#include "model/facts.hpp"
#include "model/profile.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace millpond::verify {

/// What is wrong with a result's structure, in order of precedence.
enum class Refusal : std::uint8_t {
    source_unjudgeable,  ///< the source itself cannot be read: nobody is to blame
    rendition_count,
    too_small,
    breaks_reader,  ///< reading it crashed, hung or overran a limit: no proof of bad intent
    unreadable,
    wrong_container,
    wrong_codec,
    source_returned,  ///< the source's own pictures, whatever stands around them
    wrong_profile,
    wrong_pixel_format,
    range_differs,  ///< full range without the source being so
    wrong_dimensions,
    dimensions_change,
    does_not_decode,
    wrong_frame_count,
    wrong_times,
    wrong_duration,
    first_frame_not_key,
    gop_too_long,
    bitrate_too_high,
    slices_too_large,  ///< more coded picture than was bought
    audio_differs,
    audio_shifted,  ///< against the picture
    trailing_bytes,
};
[[nodiscard]] std::string_view name_of(Refusal refusal);

struct Limits {
    int frames_off = 1;                   ///< after frame-rate conversion; 0 without
    std::int64_t ticks_off = 0;           ///< of the first frame's time; 0 stands for one frame
    double bitrate_factor = 2.5;          ///< of what was asked, over a segment
    std::int64_t bitrate_slack = 60'000;  ///< bytes: container, audio and a first keyframe
    double slice_factor = 1.8;            ///< of what was asked, coded pictures alone
    std::int64_t slice_slack = 30'000;    ///< bytes: a first keyframe of a short segment
    std::int64_t audio_shift = 5'400;     ///< of sound against picture; 60 ms
    std::int64_t trailing_bytes = 0;
    std::int64_t bytes_min = 25;  ///< gateways take less for no segment at all
};

struct Mismatch {
    Refusal refusal = Refusal::unreadable;
    int rendition = -1;  ///< index in the ladder; -1 where it is none in particular

    bool operator==(const Mismatch&) const = default;
};

/// Pixels per rendition, counted by the pool.
struct Accepted {
    std::vector<std::int64_t> pixels;
};

/// How many frames a rendition of that source should have.
[[nodiscard]] std::int64_t frames_expected(const VideoProfile& profile, const MediaFacts& source);

/// Compares what came back with what was asked and with the source, by structure alone.
[[nodiscard]] Result<Accepted, Mismatch> judge_structure(
    const Ladder& ladder, const Measurement& measurement, const Limits& limits
);

}  // namespace millpond::verify
