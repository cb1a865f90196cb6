#include "calibration/calibrate.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

namespace millpond::calibration {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t folds = 6;  ///< of families left out together

/// Each family's first case, the cheapest first, then the second ones and so on: whoever stops
/// early has seen most kinds of content.
void put_in_order(std::vector<Case>& cases)
{
    std::map<std::string, int> turns;
    std::map<std::string, std::pair<int, std::int64_t>> keys;
    for (const Case& each : cases) {
        const std::int64_t cost = static_cast<std::int64_t>(each.source->size()) +
                                  std::int64_t{10} * each.profile.width * each.profile.height;
        keys[each.name] = {turns[each.family]++, cost};
    }
    std::ranges::sort(cases, {}, [&](const Case& each) { return keys.at(each.name); });
}

fs::path mark_of(const Settings& settings, const Case& of)
{
    return settings.cache / of.name / "done";
}

std::vector<const Scored*> those(const std::vector<Scored>& all, auto wanted)
{
    std::vector<const Scored*> some;
    for (const Scored& each : all)
        if (wanted(each)) some.push_back(&each);
    return some;
}

/// Every family judged by thresholds that never saw it.
Rates rate_left_out(const std::vector<CaseSamples>& cases, std::vector<Scored> samples)
{
    std::set<std::string> families;
    for (const Scored& each : samples)
        families.insert(each.family);
    Rates sum;
    for (std::size_t fold = 0; fold < folds; ++fold) {
        std::set<std::string> out;
        std::size_t index = 0;
        for (const std::string& family : families)
            if (index++ % folds == fold) out.insert(family);
        const auto known = [&](const Scored& each) { return !out.contains(each.family); };
        const verify::Thresholds thresholds = fit(those(samples, known), "fold");
        confirm(cases, thresholds, samples);
        add(sum,
            rate(those(samples, [&](const Scored& each) { return !known(each); }), thresholds));
    }
    return sum;
}

Summary summarise(const Settings& settings, const std::vector<CaseSamples>& cases)
{
    std::vector<Scored> samples = score_all(cases);
    Summary summary;
    std::set<std::string> fitted;
    std::set<std::string> judges;
    for (const Scored& each : samples)
        (each.judge ? judges : fitted).insert(each.family);
    summary.fitted_to.assign(fitted.begin(), fitted.end());
    summary.judged_by.assign(judges.begin(), judges.end());
    summary.thresholds =
        settings.thresholds
            ? *settings.thresholds
            : fit(those(samples, [](const Scored& each) { return !each.judge; }), settings.name);
    confirm(cases, summary.thresholds, samples);
    summary.judges =
        rate(those(samples, [](const Scored& each) { return each.judge; }), summary.thresholds);
    summary.left_out =
        settings.thresholds ? summary.judges : rate_left_out(cases, std::move(samples));
    return summary;
}

}  // namespace

Result<Summary, Fault> calibrate(const Settings& settings, const Progress& tell)
{
    const Rungs rungs = settings.thresholds ? Rungs::low : Rungs::usual;
    MILLPOND_TRY(std::vector<Case> cases, read_cases(settings.clips, rungs));
    if (settings.thresholds) std::erase_if(cases, [](const Case& each) { return !each.judge; });
    put_in_order(cases);
    if (settings.cases_max > 0 && cases.size() > static_cast<std::size_t>(settings.cases_max))
        cases.resize(static_cast<std::size_t>(settings.cases_max));
    std::vector<CaseSamples> taken;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        if (static_cast<int>(i) % settings.parts != settings.part) continue;
        const fs::path mark = mark_of(settings, cases[i]);
        if (settings.only_cached && !fs::exists(mark)) continue;
        auto samples = take_samples(cases[i], everything(), settings.cache, tell);
        if (!samples) {
            tell(cases[i].name + ": " + samples.error().what);
            continue;
        }
        std::ofstream{mark} << samples->samples.size() << "\n";
        tell(cases[i].name + ": " + std::to_string(samples->samples.size()) + " renditions");
        if (settings.parts == 1) taken.push_back(std::move(*samples));
    }
    if (settings.parts > 1) return Summary{};
    if (taken.empty()) return because(Fault{.what = "no case could be measured"});
    return summarise(settings, taken);
}

}  // namespace millpond::calibration
