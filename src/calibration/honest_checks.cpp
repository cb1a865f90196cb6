#include "calibration/honest_checks.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>

namespace millpond::calibration {
namespace {

namespace fs = std::filesystem;

/// The cheapest first: whoever stops early has made the most checks.
void put_in_order(std::vector<Case>& cases)
{
    std::ranges::sort(cases, {}, [](const Case& each) {
        const auto pixels = std::int64_t{each.profile.width} * each.profile.height;
        return std::pair{static_cast<std::int64_t>(each.source->size()) + 10 * pixels, each.name};
    });
}

std::optional<CaseSamples> take(
    const Case& of, const HonestSettings& settings, const Progress& tell
)
{
    const fs::path mark = settings.cache / of.name / "honest";
    if (settings.only_cached && !fs::exists(mark)) return std::nullopt;
    auto samples = take_samples(of, all_honest(), settings.cache, tell);
    if (!samples) {
        tell(of.name + ": " + samples.error().what);
        return std::nullopt;
    }
    std::ofstream{mark} << samples->samples.size() << "\n";
    tell(of.name + ": " + std::to_string(samples->samples.size()) + " renditions");
    return std::move(*samples);
}

std::vector<const Scored*> those(const std::vector<Scored>& all, auto wanted)
{
    std::vector<const Scored*> some;
    for (const Scored& each : all)
        if (wanted(each)) some.push_back(&each);
    return some;
}

FamilyRate rate_of(
    const std::pair<const std::string, int>& family,
    const std::vector<Scored>& samples,
    const verify::Thresholds& thresholds
)
{
    const auto own = [&](const Scored& each) { return each.family == family.first; };
    return {family.first, family.second, total_honest(rate(those(samples, own), thresholds))};
}

}  // namespace

Result<HonestChecks, Fault> check_honest(
    const HonestSettings& settings, const verify::Thresholds& thresholds, const Progress& tell
)
{
    MILLPOND_TRY(std::vector<Case> cases, read_cases(settings.clips, Rungs::low));
    std::erase_if(cases, [](const Case& each) { return !each.judge; });
    put_in_order(cases);
    if (settings.cases_max > 0 && cases.size() > static_cast<std::size_t>(settings.cases_max))
        cases.resize(static_cast<std::size_t>(settings.cases_max));
    std::vector<CaseSamples> taken;
    std::map<std::string, int> of_family;
    for (const Case& each : cases) {
        auto samples = take(each, settings, tell);
        if (!samples) continue;
        ++of_family[each.family];
        taken.push_back(std::move(*samples));
    }
    if (taken.empty()) return because(Fault{.what = "no case could be measured"});

    std::vector<Scored> samples = score_all(taken);
    confirm(taken, thresholds, samples);
    const Rates all = rate(those(samples, [](const Scored&) { return true; }), thresholds);
    HonestChecks checks{.thresholds = thresholds, .total = total_honest(all)};
    checks.encoders = all.honest;
    checks.unfitted = total_honest(rate(
        those(samples, [](const Scored& each) { return each.variant.starts_with("unfitted-"); }),
        thresholds
    ));
    for (const auto& each : of_family)
        checks.families.push_back(rate_of(each, samples, thresholds));
    return checks;
}

}  // namespace millpond::calibration
