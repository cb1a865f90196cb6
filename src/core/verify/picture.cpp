#include "core/verify/picture.hpp"

#include "base/assert.hpp"
#include "core/verify/integer.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

namespace millpond::verify {
namespace {

// An alarm stands beside control encodes if all stay well below the threshold and are clearly
// better. Whether anybody was harmed, and how many bits there were to spend, is measured against
// the pool's own alone.
constexpr std::int64_t control_share = 192;   ///< of the threshold, in 1/256
constexpr std::int64_t control_margin = 320;  ///< times the control's score, in 1/256

// Bits left unspent count where they cost something: fewer than three quarters of the control's and
// 0.75 dB (64/256 of an octave of square error), above what nobody sees (42 dB, 4.1 square levels).
constexpr std::int64_t spent_share = 192;
constexpr std::int64_t loss_least = 64;
constexpr std::int64_t invisible_256 = 1'050;

// Other alarms count where something is 1.5 dB worse (128/256 of an octave).
constexpr std::int64_t harm_least = 128;

// A source without contrast or motion: a fifth of a level, in sixteenths of a square level.
constexpr std::uint32_t nothing2 = 16;

std::int64_t error2_256(const RungReport& report)
{
    std::int64_t sum = 0;
    std::int64_t pixels = 0;
    for (const Detail& detail : report.details) {
        sum += detail.error2;
        pixels += detail.pixels;
    }
    return std::max(invisible_256, pixels == 0 ? 0 : ratio_256(sum, pixels));
}

/// Fewer bits and a worse picture than the pool's own encode.
bool starved(const RungReport& report, const RungReport& control)
{
    const bool fewer = report.slice_bytes * 256 < control.slice_bytes * spent_share;
    const std::int64_t loss = log2_256(error2_256(report)) - log2_256(error2_256(control));
    return fewer && loss > loss_least;
}

/// What anybody can measure of a rendition, in 1/256 of a square level: luma and chroma over all
/// frames, the worst frame's luma, the worst block. Below a floor nothing is seen.
std::array<std::int64_t, 4> damage(const RungReport& report)
{
    constexpr std::int64_t floor = 400;  // 46 dB
    std::int64_t luma = 0;
    std::int64_t chroma = 0;
    std::int64_t pixels = 0;
    std::int64_t frame = floor;
    std::int64_t block = 10 * floor;
    for (const Detail& detail : report.details) {
        luma += detail.error2;
        chroma += detail.error2_uv * 2;
        pixels += detail.pixels;
        frame = std::max(frame, ratio_256(detail.error2, detail.pixels));
        block = std::max(block, std::int64_t{detail.peak_error2} * 16);
    }
    return {
        std::max(floor, ratio_256(luma, pixels)),
        std::max(floor, ratio_256(chroma, pixels)),
        frame,
        block,
    };
}

/// Worse than the pool's own encode by one of those.
bool harmed(const RungReport& report, const RungReport& control)
{
    const auto own = damage(report);
    const auto other = damage(control);
    for (std::size_t i = 0; i < own.size(); ++i)
        if (log2_256(own[i]) - log2_256(other[i]) > harm_least) return true;
    return false;
}

/// A control, and what it scores by itself.
struct Control {
    const RungReport* report = nullptr;
    Scores scores;
};

/// It raises the alarm itself, or nearly, or scores hardly better.
bool explains(const Control& control, const Alarm& alarm)
{
    const std::int64_t score = control.scores.of(alarm.feature, alarm.taken);
    return score * 256 >= alarm.threshold * control_share ||
           score * control_margin >= alarm.score * 256;
}

/// The pool's own control is the first.
bool stands(const Alarm& alarm, const RungReport& report, const std::vector<Control>& controls)
{
    const RungReport& own = *controls.front().report;
    if (alarm.feature == Feature::underspent) return starved(report, own);
    return (alarm.hard || harmed(report, own)) &&
           std::ranges::none_of(controls, [&](const Control& each) {
               return explains(each, alarm);
           });
}

struct Compared {
    const VideoProfile& profile;
    const RungReport& report;
    std::vector<Control> controls;
};

void add_alarms(const Compared& rung, const ThresholdTable& table, std::vector<Alarm>& alarms)
{
    const Scores scores = score(rung.profile, rung.report);
    for (std::size_t i = 0; i < features; ++i) {
        const auto feature = static_cast<Feature>(i);
        for (const Taken taken : {Taken::worst, Taken::median}) {
            const Threshold& threshold = table.of(feature, taken);
            const std::int64_t value = scores.of(feature, taken);
            if (threshold.alarm <= 0 || value < threshold.alarm) continue;
            Alarm alarm{
                .feature = feature,
                .taken = taken,
                .score = value,
                .threshold = threshold.alarm,
                .rung = rung.report.rung,
                .frame = taken == Taken::worst ? scores.frame[i] : -1,
                .hard = threshold.fraud > 0 && value >= threshold.fraud,
            };
            for (const Control& control : rung.controls)
                alarm.control = std::max(alarm.control, control.scores.of(feature, taken));
            if (rung.controls.empty() || stands(alarm, rung.report, rung.controls))
                alarms.push_back(alarm);
        }
    }
}

/// Hard ones first, then by how far they are beyond their threshold.
bool graver(const Alarm& left, const Alarm& right)
{
    if (left.hard != right.hard) return left.hard;
    const std::int64_t by_left = ratio_256(left.score, left.threshold);
    const std::int64_t by_right = ratio_256(right.score, right.threshold);
    if (by_left != by_right) return by_left > by_right;
    return std::tie(left.rung, left.feature, left.taken) <
           std::tie(right.rung, right.feature, right.taken);
}

bool usable(const RungReport& control)
{
    return control.measured && !control.damaged;
}

/// Those of a rung, the pool's own first.
std::vector<Control> controls_of(
    const RungReport& rung, const VideoProfile& profile, const std::vector<RungReport>& all
)
{
    std::vector<Control> controls;
    for (const RungReport& each : all)
        if (each.rung == rung.rung && usable(each))
            controls.push_back({.report = &each, .scores = score(profile, each)});
    return controls;
}

bool shows_nothing(const RungReport& report)
{
    return std::ranges::all_of(report.glances, [](const Glance& glance) {
        return glance.contrast2 < nothing2 && glance.motion2 < nothing2;
    });
}

Unfit fitness(CheckTier tier, const Ladder& ladder, const PictureReport& report)
{
    if (!report.source_usable || report.rungs.empty()) return Unfit::source;
    for (const RungReport& rung : report.rungs) {
        if (rung.rung < 0 || rung.rung >= static_cast<std::int32_t>(ladder.size()))
            return Unfit::not_measured;
        if (!rung.measured) return Unfit::not_measured;
    }
    for (const RungReport& rung : report.rungs)
        if (rung.damaged) return Unfit::damaged;
    for (const RungReport& rung : report.rungs)
        if (rung.full_range && !report.source_full_range) return Unfit::range_differs;
    if (tier == CheckTier::control) {
        for (const RungReport& rung : report.rungs) {
            const auto own = std::ranges::find(report.controls, rung.rung, &RungReport::rung);
            if (own == report.controls.end() || !usable(*own)) return Unfit::control;
        }
    }
    return Unfit::none;
}

Verdict verdict_of(Unfit unfit)
{
    switch (unfit) {
        case Unfit::none: return Verdict::pass;
        case Unfit::source:
        case Unfit::control:
        case Unfit::nothing_seen: return Verdict::untestable;
        case Unfit::not_measured:
        case Unfit::damaged:
        case Unfit::range_differs: return Verdict::structural;
    }
    MILLPOND_ASSERT(false);
}

}  // namespace

std::string_view name_of(Verdict verdict)
{
    switch (verdict) {
        case Verdict::pass: return "pass";
        case Verdict::substandard: return "substandard";
        case Verdict::fraud: return "fraud";
        case Verdict::untestable: return "untestable";
        case Verdict::structural: return "structural";
    }
    MILLPOND_ASSERT(false);
}

std::string_view name_of(Unfit unfit)
{
    switch (unfit) {
        case Unfit::none: return "none";
        case Unfit::source: return "source_not_measured";
        case Unfit::control: return "control_not_measured";
        case Unfit::not_measured: return "not_measured";
        case Unfit::damaged: return "damaged";
        case Unfit::range_differs: return "range_differs";
        case Unfit::nothing_seen: return "nothing_seen";
    }
    MILLPOND_ASSERT(false);
}

Judgement judge_picture(
    CheckTier tier, const Ladder& ladder, const PictureReport& report, const Thresholds& thresholds
)
{
    Judgement judgement{.unfit = fitness(tier, ladder, report)};
    judgement.verdict = verdict_of(judgement.unfit);
    if (judgement.unfit != Unfit::none) return judgement;
    const ThresholdTable& table = tier == CheckTier::sample ? thresholds.sample : thresholds.whole;
    for (const RungReport& rung : report.rungs) {
        const VideoProfile& profile = ladder[static_cast<std::size_t>(rung.rung)];
        Compared compared{.profile = profile, .report = rung, .controls = {}};
        if (tier == CheckTier::control)
            compared.controls = controls_of(rung, profile, report.controls);
        add_alarms(compared, table, judgement.alarms);
    }
    std::ranges::sort(judgement.alarms, graver);
    if (!judgement.alarms.empty()) {
        judgement.verdict = judgement.alarms.front().hard ? Verdict::fraud : Verdict::substandard;
    } else if (std::ranges::all_of(report.rungs, shows_nothing)) {
        judgement.unfit = Unfit::nothing_seen;
        judgement.verdict = verdict_of(judgement.unfit);
    }
    return judgement;
}

std::string describe(const Judgement& judgement)
{
    std::string text{name_of(judgement.verdict)};
    if (judgement.unfit != Unfit::none) return text + ": " + std::string{name_of(judgement.unfit)};
    if (judgement.alarms.empty()) return text;
    const Alarm& alarm = judgement.alarms.front();
    text += ": " + std::string{name_of(alarm.feature)};
    text += alarm.taken == Taken::worst ? " in the worst frame " : " in most frames ";
    text += std::to_string(alarm.score) + ", allowed below " + std::to_string(alarm.threshold);
    text += ", rendition " + std::to_string(alarm.rung);
    if (alarm.frame >= 0) text += ", frame " + std::to_string(alarm.frame);
    if (alarm.control >= 0) text += ", control " + std::to_string(alarm.control);
    return text;
}

}  // namespace millpond::verify
