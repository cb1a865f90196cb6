#pragma once

#include "model/facts.hpp"
#include "model/picture.hpp"
#include "model/profile.hpp"

#include <cstdint>

namespace millpond::verify {

/// How often and how closely accepted claims are looked into.
struct Rates {
    std::int64_t sample_ppm = 100'000;  ///< of a million claims: one rendition, a few frames
    std::int64_t whole_ppm = 5'000;     ///< all frames of all renditions
    int frames = 4;                     ///< drawn for a sample

    [[nodiscard]] static Rates always_whole() { return {.sample_ppm = 0, .whole_ppm = 1'000'000}; }
};

/// Draws what to look at from a seed that nobody could know when the claim was made. `measurement`
/// is of an accepted claim. A rendition is drawn by its share of the pixels, frames one from each
/// equal part of the segment.
[[nodiscard]] CheckPlan plan(
    std::uint64_t seed, const Rates& rates, const Ladder& ladder, const Measurement& measurement
);

/// The planned renditions looked at a second time, at frames drawn anew: what one look found must
/// be found by another that shares neither its frames nor its process.
[[nodiscard]] CheckPlan looked_at_again(
    std::uint64_t seed, const CheckPlan& plan, const Measurement& measurement
);

/// The same claim looked at closely enough to judge it: every frame of the planned renditions
/// beside the pool's own encode.
[[nodiscard]] CheckPlan escalated(const CheckPlan& plan);

}  // namespace millpond::verify
