#include "calibration/rates.hpp"

#include "core/verify/picture.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace millpond::calibration {
namespace {

constexpr double z95 = 1.96;

double wilson(const Share& share, double sign)
{
    if (share.of == 0) return sign < 0 ? 0 : 1;
    const double n = share.of;
    const double p = share.rate();
    const double centre = p + z95 * z95 / (2 * n);
    const double reach = z95 * std::sqrt(p * (1 - p) / n + z95 * z95 / (4 * n * n));
    return std::clamp((centre + sign * reach) / (1 + z95 * z95 / n), 0.0, 1.0);
}

void count(Share& share, bool hit)
{
    ++share.of;
    if (hit) ++share.hit;
}

verify::ThresholdTable scaled(const verify::ThresholdTable& table, double by)
{
    verify::ThresholdTable other = table;
    for (auto* row : {&other.worst, &other.median}) {
        for (verify::Threshold& each : *row) {
            if (each.alarm == 0) continue;
            each.alarm = std::max<std::int64_t>(
                1, static_cast<std::int64_t>(static_cast<double>(each.alarm) * by)
            );
        }
    }
    return other;
}

template <typename Caught>
Point point(const std::vector<const Scored*>& samples, Caught caught)
{
    Share honest;
    Share attacks;
    for (const Scored* each : samples) {
        const bool hit = each->structure || caught(*each);
        if (each->honest && !is_grey(each->group)) count(honest, hit);
        if (!each->honest && (hit || !each->invisible)) count(attacks, hit);
    }
    return {honest.rate(), attacks.rate()};
}

void draw_curves(
    const std::vector<const Scored*>& samples, const verify::Thresholds& thresholds, Rates& rates
)
{
    for (int step = -24; step <= 24; ++step) {
        const double by = std::pow(2.0, step / 8.0);
        const auto sample = scaled(thresholds.sample, by);
        const auto whole = scaled(thresholds.whole, by);
        rates.roc_sample.push_back(point(samples, [&](const Scored& each) {
            return alarms(each.sample, sample);
        }));
        rates.roc_whole.push_back(point(samples, [&](const Scored& each) {
            return alarms(each.whole, whole);
        }));
        const double least = 36 + step / 1.5;
        rates.roc_psnr.push_back(point(samples, [&](const Scored& each) {
            return each.psnr < least;
        }));
    }
}

void rate_attack(const Scored& of, const verify::Thresholds& thresholds, AttackRate& to)
{
    to.attack = of.variant;
    to.group = of.group;
    to.gross = of.gross;
    const bool sample = of.structure || alarms(of.sample, thresholds.sample);
    const bool whole = of.structure || alarms(of.whole, thresholds.whole);
    if (of.invisible && !sample && !whole) {
        ++to.invisible;
        return;
    }
    count(to.structure, of.structure);
    count(to.sample, sample);
    count(to.whole, whole);
    count(to.sample_stands, of.structure || (sample && of.confirmed));
    count(to.whole_stands, of.structure || (whole && of.confirmed));
    count(to.sample_fraud, sample && of.fraud);
    count(to.whole_fraud, whole && of.fraud);
    if (!sample) to.missed_by_sample.push_back(of.name);
    if (!whole) to.missed.push_back(of.name);
}

void rate_honest(const Scored& of, const verify::Thresholds& thresholds, HonestRate& to)
{
    to.encoder = of.variant;
    to.grey = is_grey(of.group);
    const bool sample = !of.structure && alarms(of.sample, thresholds.sample);
    const bool whole = !of.structure && alarms(of.whole, thresholds.whole);
    count(to.structure, of.structure);
    count(to.sample, sample);
    count(to.whole, whole);
    count(to.substandard, of.confirmed && (sample || whole));
    count(to.fraud, of.fraud && (sample || whole));
    count(to.sample_stands, sample && of.confirmed);
    count(to.whole_stands, whole && of.confirmed);
    if (sample || whole || of.structure) {
        to.alarmed.push_back(
            of.name + (of.structure   ? " (structure)"
                       : of.confirmed ? " (stands)"
                                      : "")
        );
    }
}

void add(Share& to, const Share& more)
{
    to.of += more.of;
    to.hit += more.hit;
}

void add(AttackRate& to, const AttackRate& more)
{
    to.invisible += more.invisible;
    add(to.structure, more.structure);
    add(to.sample, more.sample);
    add(to.whole, more.whole);
    add(to.sample_stands, more.sample_stands);
    add(to.whole_stands, more.whole_stands);
    add(to.sample_fraud, more.sample_fraud);
    add(to.whole_fraud, more.whole_fraud);
    std::ranges::copy(more.missed, std::back_inserter(to.missed));
    std::ranges::copy(more.missed_by_sample, std::back_inserter(to.missed_by_sample));
}

void add(HonestRate& to, const HonestRate& more)
{
    add(to.structure, more.structure);
    add(to.sample, more.sample);
    add(to.whole, more.whole);
    add(to.substandard, more.substandard);
    add(to.fraud, more.fraud);
    add(to.sample_stands, more.sample_stands);
    add(to.whole_stands, more.whole_stands);
    std::ranges::copy(more.alarmed, std::back_inserter(to.alarmed));
}

}  // namespace

double Share::low() const
{
    return wilson(*this, -1);
}

double Share::high() const
{
    return wilson(*this, 1);
}

AttackRate total(const Rates& rates, bool gross_only)
{
    AttackRate sum{.attack = gross_only ? "gross" : "all", .group = "all", .gross = gross_only};
    for (const AttackRate& each : rates.attacks)
        if (each.gross || !gross_only) add(sum, each);
    return sum;
}

HonestRate total_honest(const Rates& rates)
{
    HonestRate sum{.encoder = "all"};
    for (const HonestRate& each : rates.honest)
        if (!each.grey) add(sum, each);
    return sum;
}

Rates rate(const std::vector<const Scored*>& samples, const verify::Thresholds& thresholds)
{
    std::map<std::string, AttackRate> attacks;
    std::map<std::string, HonestRate> honest;
    for (const Scored* each : samples) {
        if (each->honest) rate_honest(*each, thresholds, honest[each->variant]);
        if (!each->honest) rate_attack(*each, thresholds, attacks[each->variant]);
    }
    Rates rates;
    for (auto& [name, each] : attacks)
        rates.attacks.push_back(std::move(each));
    for (auto& [name, each] : honest)
        rates.honest.push_back(std::move(each));
    draw_curves(samples, thresholds, rates);
    return rates;
}

void add(Rates& to, const Rates& more)
{
    const auto merge = [](auto& into, const auto& from, auto name) {
        for (const auto& each : from) {
            const auto found = std::ranges::find(into, each.*name, name);
            if (found == into.end()) {
                into.push_back(each);
            } else {
                add(*found, each);
            }
        }
    };
    merge(to.attacks, more.attacks, &AttackRate::attack);
    merge(to.honest, more.honest, &HonestRate::encoder);
}

void confirm(
    const std::vector<CaseSamples>& cases,
    const verify::Thresholds& thresholds,
    std::vector<Scored>& samples
)
{
    auto next = samples.begin();
    for (const CaseSamples& each : cases) {
        const auto controls = each.controls();
        for (const Sample& sample : each.samples) {
            Scored& to = *next++;
            if (to.structure || controls.empty()) continue;
            const PictureReport report{
                .source_usable = true, .rungs = {sample.whole}, .controls = controls
            };
            const auto judged =
                verify::judge_picture(CheckTier::control, {each.of.profile}, report, thresholds);
            to.confirmed = judged.verdict == verify::Verdict::substandard ||
                           judged.verdict == verify::Verdict::fraud;
            to.fraud = judged.verdict == verify::Verdict::fraud;
        }
    }
}

}  // namespace millpond::calibration
