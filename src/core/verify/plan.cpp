#include "core/verify/plan.hpp"

#include <algorithm>

namespace millpond::verify {
namespace {

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators"): spreads one
/// secret seed over all draws of a plan.
class Draws {
public:
    explicit Draws(std::uint64_t seed) : state_(seed) {}

    /// Below `limit`, which is positive. The bias is under limit / 2^32.
    std::int64_t below(std::int64_t limit)
    {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        z ^= z >> 31U;
        return static_cast<std::int64_t>(z % static_cast<std::uint64_t>(limit));
    }

private:
    std::uint64_t state_;
};

constexpr std::int64_t million = 1'000'000;

CheckTier draw_tier(Draws& draws, const Rates& rates)
{
    const std::int64_t drawn = draws.below(million);
    if (drawn < rates.whole_ppm) return CheckTier::whole;
    if (drawn < rates.whole_ppm + rates.sample_ppm) return CheckTier::sample;
    return CheckTier::structure;
}

int draw_rung(Draws& draws, const Measurement& measurement)
{
    std::int64_t pixels = 0;
    for (const MediaFacts& facts : measurement.renditions)
        pixels += std::max<std::int64_t>(0, facts.pixels);
    if (pixels == 0) return 0;
    std::int64_t drawn = draws.below(pixels);
    int rung = 0;
    for (const MediaFacts& facts : measurement.renditions) {
        drawn -= std::max<std::int64_t>(0, facts.pixels);
        if (drawn < 0) break;
        ++rung;
    }
    return rung;
}

std::vector<int> draw_frames(Draws& draws, std::int64_t count, std::int64_t wanted)
{
    std::vector<int> frames;
    const std::int64_t parts = std::min(count, wanted);
    for (std::int64_t part = 0; part < parts; ++part) {
        const std::int64_t from = part * count / parts;
        const std::int64_t to = (part + 1) * count / parts;
        frames.push_back(static_cast<int>(from + draws.below(to - from)));
    }
    return frames;
}

}  // namespace

CheckPlan plan(
    std::uint64_t seed, const Rates& rates, const Ladder& ladder, const Measurement& measurement
)
{
    Draws draws{seed};
    CheckPlan plan{.tier = draw_tier(draws, rates), .rungs = {}};
    if (measurement.source.pts.empty() || measurement.renditions.size() != ladder.size()) {
        plan.tier = CheckTier::structure;  // sound alone shows nothing
    }
    if (plan.tier == CheckTier::whole) {
        for (std::size_t i = 0; i < ladder.size(); ++i)
            plan.rungs.push_back({.rung = static_cast<int>(i), .frames = {}});
    }
    if (plan.tier == CheckTier::sample) {
        const int rung = draw_rung(draws, measurement);
        const auto& facts = measurement.renditions[static_cast<std::size_t>(rung)];
        const auto count = static_cast<std::int64_t>(facts.pts.size());
        plan.rungs.push_back({.rung = rung, .frames = draw_frames(draws, count, rates.frames)});
    }
    return plan;
}

CheckPlan looked_at_again(std::uint64_t seed, const CheckPlan& plan, const Measurement& measurement)
{
    constexpr std::uint64_t another = 0xa5a5a5a55a5a5a5aU;
    constexpr std::int64_t wanted = 8;
    Draws draws{seed ^ another};
    CheckPlan again{.tier = CheckTier::sample, .rungs = plan.rungs};
    for (RungPlan& rung : again.rungs) {
        const auto& facts = measurement.renditions.at(static_cast<std::size_t>(rung.rung));
        rung.frames = draw_frames(draws, static_cast<std::int64_t>(facts.pts.size()), wanted);
    }
    return again;
}

CheckPlan escalated(const CheckPlan& plan)
{
    CheckPlan closer{.tier = CheckTier::control, .rungs = plan.rungs};
    for (RungPlan& rung : closer.rungs)
        rung.frames.clear();
    return closer;
}

}  // namespace millpond::verify
