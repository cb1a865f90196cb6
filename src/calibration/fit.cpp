#include "calibration/fit.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

namespace millpond::calibration {
namespace {

using verify::Feature;
using verify::Taken;
using verify::Threshold;
using verify::ThresholdTable;

constexpr double margin = 1.2;          ///< beyond the largest score of an honest encode
constexpr double budget = 0.005;        ///< of the honest, to be cleared by a control encode
constexpr double visible_error2 = 5.2;  ///< 41 dB

/// No threshold below these, whatever the clips say: a natural unit where there is one.
struct Least {
    std::int64_t worst;
    std::int64_t median;
    std::int64_t fraud_times;  ///< times the threshold; 0 where it is never a fraud
};

/// Set, not fitted: a quantiser whose step is twice the source's detail (two octaves of its square)
/// in most frames must be looked into. Honest encodes of what moves as a whole reach it too, and so
/// do the controls of it.
constexpr std::int64_t usual_coarseness = 512;

Least least_of(Feature feature)
{
    switch (feature) {
        case Feature::small_error: return {512, 384, 12};
        case Feature::small_cell: return {640, 512, 4};
        case Feature::small_level: return {256, 128, 6};
        case Feature::small_colour: return {256, 160, 6};
        case Feature::small_patch: return {512, 320, 5};
        case Feature::unlike: return {6, 3, 12};
        case Feature::late: return {110, 40, 0};
        case Feature::residual: return {640, 400, 16};
        case Feature::soft: return {560, 440, 0};
        case Feature::crisp: return {110, 90, 0};
        case Feature::loss: return {110, 50, 0};
        case Feature::strong_loss: return {125, 50, 0};
        case Feature::finest_loss: return {170, 80, 0};
        case Feature::added: return {420, 330, 0};
        case Feature::grain: return {650, 400, 0};
        case Feature::level: return {256, 128, 6};
        case Feature::colour: return {256, 160, 6};
        case Feature::gain: return {128, 96, 12};
        case Feature::saturation: return {128, 90, 12};
        case Feature::hue: return {300, 260, 12};
        case Feature::block_level: return {320, 140, 5};
        case Feature::block_level_99: return {220, 110, 5};
        case Feature::block_colour: return {190, 128, 5};
        case Feature::block_colour_99: return {160, 110, 5};
        case Feature::block: return {640, 380, 12};
        case Feature::block_99: return {450, 300, 12};
        case Feature::stays: return {330, 330, 16};
        case Feature::stays_level:
        case Feature::stays_colour: return {128, 128, 8};
        case Feature::underspent: return {256, 0, 0};
        case Feature::key_gap: return {760, 0, 0};
        case Feature::coarse: return {1'150, usual_coarseness, 0};
    }
    return {};
}

struct Rule {
    Feature feature;
    Taken taken;
    std::int64_t least;
    std::int64_t fraud_times;
};

std::vector<Rule> all_rules()
{
    std::vector<Rule> rules;
    for (std::size_t i = 0; i < verify::features; ++i) {
        const auto feature = static_cast<Feature>(i);
        const Least least = least_of(feature);
        // What is one number for the whole rendition has no median.
        const bool one = feature >= Feature::stays;
        rules.push_back({feature, Taken::worst, least.worst, least.fraud_times});
        if (!one) rules.push_back({feature, Taken::median, least.median, least.fraud_times});
    }
    return rules;
}

using Column = verify::Scores Scored::*;

/// Lowers thresholds one by one where that catches most for each honest alarm it costs.
class Fit {
public:
    Fit(const std::vector<const Scored*>& samples, Column column) : column_(column)
    {
        for (const Scored* each : samples) {
            if (each->structure) continue;
            if (each->honest && !is_grey(each->group)) honest_.push_back(each);
            if (!each->honest && !each->invisible) attacks_.push_back(each);
        }
    }

    ThresholdTable run()
    {
        for (const Rule& rule : rules_)
            table_.of(rule.feature, rule.taken).alarm = beyond(rule, 0);
        table_.of(Feature::coarse, Taken::median).alarm = usual_coarseness;
        while (lower_one()) {
        }
        for (const Rule& rule : rules_) {
            Threshold& threshold = table_.of(rule.feature, rule.taken);
            threshold.fraud = threshold.alarm * rule.fraud_times;
        }
        return table_;
    }

private:
    struct Step {
        double worth = 0;
        const Rule* rule = nullptr;
        std::int64_t threshold = 0;
        std::set<const Scored*> alarmed;
    };

    [[nodiscard]] std::int64_t value(const Scored& of, const Rule& rule) const
    {
        return (of.*column_).of(rule.feature, rule.taken);
    }

    /// Beyond all honest scores but the largest `spared`.
    [[nodiscard]] std::int64_t beyond(const Rule& rule, std::size_t spared) const
    {
        std::vector<std::int64_t> values;
        values.reserve(honest_.size());
        for (const Scored* each : honest_)
            values.push_back(value(*each, rule));
        std::ranges::sort(values, std::greater{});
        const std::int64_t largest = spared < values.size() ? values[spared] : 0;
        return std::max(
            rule.least, static_cast<std::int64_t>(std::ceil(static_cast<double>(largest) * margin))
        );
    }

    [[nodiscard]] std::optional<Step> consider(
        const Rule& rule, std::size_t spared, const std::vector<const Scored*>& missed
    ) const
    {
        Step step{.rule = &rule, .threshold = beyond(rule, spared), .alarmed = alarmed_};
        if (step.threshold >= table_.of(rule.feature, rule.taken).alarm) return std::nullopt;
        for (const Scored* each : honest_)
            if (value(*each, rule) >= step.threshold) step.alarmed.insert(each);
        if (static_cast<double>(step.alarmed.size()) > budget * static_cast<double>(honest_.size()))
            return std::nullopt;
        const auto gain = std::ranges::count_if(missed, [&](const Scored* each) {
            return value(*each, rule) >= step.threshold;
        });
        const auto cost = static_cast<double>(step.alarmed.size() - alarmed_.size());
        step.worth = static_cast<double>(gain) / (cost + 0.5);
        return step;
    }

    bool lower_one()
    {
        std::vector<const Scored*> missed;
        for (const Scored* each : attacks_)
            if (!alarms(each->*column_, table_)) missed.push_back(each);
        const auto most = static_cast<std::size_t>(budget * static_cast<double>(honest_.size()));
        Step best;
        for (const Rule& rule : rules_) {
            for (std::size_t spared = 1; spared <= most; ++spared) {
                auto step = consider(rule, spared, missed);
                if (step && step->worth > best.worth) best = std::move(*step);
            }
        }
        if (best.rule == nullptr) return false;
        table_.of(best.rule->feature, best.rule->taken).alarm = best.threshold;
        alarmed_ = std::move(best.alarmed);
        return true;
    }

    Column column_;
    std::vector<Rule> rules_ = all_rules();
    std::vector<const Scored*> honest_;
    std::vector<const Scored*> attacks_;
    std::set<const Scored*> alarmed_;
    ThresholdTable table_;
};

/// Objective measures of a rendition against the reference; larger is worse.
struct Quality {
    std::array<double, 5> values{};  ///< mean and worst frame of luma and chroma, worst block

    void worsen(const Quality& other)
    {
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = std::max(values[i], other.values[i]);
    }

    [[nodiscard]] bool no_worse_than(const Quality& other) const
    {
        for (std::size_t i = 0; i < values.size(); ++i)
            if (values[i] > other.values[i]) return false;
        return true;
    }
};

Quality quality_of(const RungReport& report)
{
    Quality quality;
    for (const Detail& detail : report.details) {
        const auto pixels = static_cast<double>(std::max<std::int64_t>(1, detail.pixels));
        const double luma = static_cast<double>(detail.error2) / pixels;
        const double chroma = static_cast<double>(detail.error2_uv) * 2 / pixels;
        quality.values[0] += luma / static_cast<double>(report.details.size());
        quality.values[1] = std::max(quality.values[1], luma);
        quality.values[2] += chroma / static_cast<double>(report.details.size());
        quality.values[3] = std::max(quality.values[3], chroma);
        quality.values[4] = std::max(quality.values[4], detail.peak_error2 / 16.0);
    }
    return quality;
}

Scored scored(const Case& of, const Sample& sample, const Quality& worst)
{
    Scored made{
        .name = of.name,
        .family = of.family,
        .variant = sample.variant,
        .group = sample.group,
        .honest = sample.honest,
        .gross = sample.gross,
        .judge = of.judge,
        .structure = sample.structure != "accepted" || !sample.measured || !sample.whole.measured ||
                     sample.whole.damaged || sample.whole.full_range,
    };
    if (made.structure) return made;
    made.whole = verify::score(of.profile, sample.whole);
    made.sample = verify::score(of.profile, sample.sample);
    const Quality quality = quality_of(sample.whole);
    const bool starved = sample.group == "starved" && quality.values[0] <= visible_error2;
    made.invisible = !sample.honest && (starved || quality.no_worse_than(worst));
    made.psnr = std::min(60.0, 10 * std::log10(65'025 / std::max(1e-3, quality.values[0])));
    return made;
}

}  // namespace

bool alarms(const verify::Scores& scores, const verify::ThresholdTable& table)
{
    for (std::size_t i = 0; i < verify::features; ++i) {
        for (const Taken taken : {Taken::worst, Taken::median}) {
            const auto feature = static_cast<Feature>(i);
            const std::int64_t threshold = table.of(feature, taken).alarm;
            if (threshold > 0 && scores.of(feature, taken) >= threshold) return true;
        }
    }
    return false;
}

std::vector<Scored> score_all(const std::vector<CaseSamples>& cases)
{
    std::vector<Scored> all;
    for (const CaseSamples& each : cases) {
        Quality worst;
        for (const Sample& sample : each.samples) {
            const bool counts = sample.honest && !is_grey(sample.group) && sample.whole.measured;
            if (counts && sample.structure == "accepted") worst.worsen(quality_of(sample.whole));
        }
        for (const Sample& sample : each.samples)
            all.push_back(scored(each.of, sample, worst));
    }
    return all;
}

verify::Thresholds fit(const std::vector<const Scored*>& samples, const std::string& name)
{
    return {
        .name = name,
        .sample = Fit{samples, &Scored::sample}.run(),
        .whole = Fit{samples, &Scored::whole}.run(),
    };
}

}  // namespace millpond::calibration
