#include "core/verify/agreement.hpp"

#include "core/verify/scores.hpp"

#include <array>

namespace millpond::verify {
namespace {

// Both sides were compressed, each with its own scaler and encoder: two honest ones stay below
// twice of what is allowed between a rendition and its source in what is measured here. The other
// features say how fine detail was kept, in which honest encoders differ by more.
constexpr std::int64_t allowance = 2;
constexpr std::array compared = {
    Feature::small_error,
    Feature::small_cell,
    Feature::small_level,
    Feature::small_colour,
    Feature::small_patch,
    Feature::unlike,
    Feature::late,
    Feature::block_level,
    Feature::block_colour,
};

Agreement differ(std::string why)
{
    return {.agrees = false, .why = std::move(why)};
}

}  // namespace

Agreement agreement(const Ladder& ladder, const PictureReport& report, const Thresholds& thresholds)
{
    if (!report.source_usable || report.rungs.size() != ladder.size())
        return differ("one cannot be measured: " + report.problem);
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        const RungReport& rung = report.rungs[i];
        if (!rung.measured || rung.damaged)
            return differ("rendition " + std::to_string(i) + " cannot be measured");
        const Scores scores = score(ladder[i], rung);
        for (const Feature feature : compared) {
            for (const Taken taken : {Taken::worst, Taken::median}) {
                const std::int64_t most = allowance * thresholds.sample.of(feature, taken).alarm;
                const std::int64_t value = scores.of(feature, taken);
                if (most <= 0 || value < most) continue;
                return differ(
                    std::string{name_of(feature)} + " " + std::to_string(value) +
                    ", allowed below " + std::to_string(most) + ", rendition " + std::to_string(i)
                );
            }
        }
    }
    return {.agrees = true, .why = "they show the same"};
}

}  // namespace millpond::verify
