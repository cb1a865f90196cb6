#pragma once

#include "core/verify/thresholds.hpp"
#include "model/picture.hpp"
#include "model/profile.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millpond::verify {

enum class Verdict : std::uint8_t {
    pass,
    substandard,  ///< worse than what was bought: not paid
    fraud,        ///< not a rendition of this source
    untestable,   ///< cannot be measured: nobody is at fault
    structural,   ///< cannot be measured, and the rendition is why: not paid, never more
};
[[nodiscard]] std::string_view name_of(Verdict verdict);

/// Why a report is not fit to be judged by its picture, in order of precedence.
enum class Unfit : std::uint8_t {
    none,
    source,         ///< the source cannot be measured
    control,        ///< the pool's own encode cannot be measured
    not_measured,   ///< the rendition cannot
    damaged,        ///< a frame did not decode whole
    range_differs,  ///< full range without the source being so
    nothing_seen,   ///< the source shows nothing: neither contrast nor motion
};
[[nodiscard]] std::string_view name_of(Unfit unfit);

/// A score at or above its threshold.
struct Alarm {
    Feature feature = Feature::small_error;
    Taken taken = Taken::worst;
    std::int64_t score = 0;
    std::int64_t threshold = 0;
    std::int64_t control = -1;  ///< the score of the pool's own encode; -1 without one
    std::int32_t rung = 0;
    std::int32_t frame = -1;  ///< of the worst; -1 where it is of none in particular
    bool hard = false;        ///< at or above the threshold of fraud

    bool operator==(const Alarm&) const = default;
};

struct Judgement {
    Verdict verdict = Verdict::pass;
    Unfit unfit = Unfit::none;
    std::vector<Alarm> alarms;  ///< that stand, the one that decided first

    bool operator==(const Judgement&) const = default;
};

/// What a report says of a claim. Below tier `control` a verdict other than pass is a suspicion: an
/// alarm stands only if the pool's own encode of the same source does not raise it as well.
[[nodiscard]] Judgement judge_picture(
    CheckTier tier, const Ladder& ladder, const PictureReport& report, const Thresholds& thresholds
);

/// What decided, in a line for people.
[[nodiscard]] std::string describe(const Judgement& judgement);

}  // namespace millpond::verify
