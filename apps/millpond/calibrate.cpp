#include "apps/millpond/calibrate.hpp"

#include "calibration/attack_table.hpp"
#include "calibration/calibrate.hpp"
#include "calibration/honest_checks.hpp"
#include "calibration/search.hpp"
#include "edge/evidence/threshold_file.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <CLI/CLI.hpp>

namespace millpond {

int run_calibrate(const CalibrateSettings& settings)
{
    namespace fs = std::filesystem;
    const fs::path out = settings.out;
    fs::create_directories(out);
    std::optional<verify::Thresholds> thresholds;
    if (settings.rates_alone) {
        auto loaded = evidence::load_thresholds(settings.thresholds);
        if (!loaded) {
            std::fprintf(stderr, "%s\n", loaded.error().what.c_str());
            return 1;
        }
        thresholds = *std::move(loaded);
    }
    const auto summary = calibration::calibrate(
        {
            .clips = settings.clips,
            .cache = settings.cache.empty() ? out / "cache" : fs::path{settings.cache},
            .name = settings.name,
            .thresholds = std::move(thresholds),
            .part = settings.part,
            .parts = settings.parts,
            .cases_max = settings.cases_max,
            .only_cached = settings.only_cached,
        },
        [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); }
    );
    if (!summary) {
        std::fprintf(stderr, "%s\n", summary.error().what.c_str());
        return 1;
    }
    if (settings.parts > 1) return 0;
    std::ofstream{out / "thresholds.json"} << evidence::to_json(summary->thresholds);
    const std::string rates = calibration::rates_json(*summary);
    std::ofstream{out / "rates.json"} << rates;
    const auto table = calibration::attacks_json(rates, calibration::shipped_costs());
    if (!table) {
        std::fprintf(stderr, "%s\n", table.error().what.c_str());
        return 1;
    }
    std::ofstream{out / "attacks.json"} << *table;
    std::ofstream{out / "report.html"} << calibration::page_html(*summary);
    const auto print = [](const char* what, const calibration::Rates& rates) {
        const auto honest = calibration::total_honest(rates);
        const auto attacks = calibration::total(rates, false);
        const auto gross = calibration::total(rates, true);
        std::printf(
            "%s: honest %d, raw alarms %.2f %% with 4 frames, %.2f %% with all, standing %d, fraud "
            "%d; attacks %d, caught %.1f %% with 4 frames, %.1f %% with all; gross %.1f %%\n",
            what,
            honest.sample.of,
            100 * honest.sample.rate(),
            100 * honest.whole.rate(),
            honest.substandard.hit,
            honest.fraud.hit,
            attacks.sample.of,
            100 * attacks.sample.rate(),
            100 * attacks.whole.rate(),
            100 * gross.sample.rate()
        );
    };
    print("families not fitted to", summary->judges);
    print("every family left out", summary->left_out);
    return 0;
}

int run_honest_checks(const HonestChecksSettings& settings)
{
    const auto thresholds = evidence::load_thresholds(settings.thresholds);
    if (!thresholds) {
        std::fprintf(stderr, "%s\n", thresholds.error().what.c_str());
        return 1;
    }
    const auto checks = calibration::check_honest(
        {
            .clips = settings.clips,
            .cache = settings.cache,
            .cases_max = settings.cases_max,
            .only_cached = settings.only_cached,
        },
        *thresholds,
        [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); }
    );
    if (!checks) {
        std::fprintf(stderr, "%s\n", checks.error().what.c_str());
        return 1;
    }
    std::ofstream{settings.out} << calibration::honest_json(*checks);
    const auto print = [](const char* what, const calibration::HonestRate& rate) {
        std::printf(
            "%s: %d checks, raw alarms %.2f %% with 4 frames, %.2f %% with all, standing %d "
            "(%.2f %%), fraud %d\n",
            what,
            rate.sample.of,
            100 * rate.sample.rate(),
            100 * rate.whole.rate(),
            rate.substandard.hit,
            100 * rate.substandard.rate(),
            rate.fraud.hit
        );
    };
    print("all honest encoders", checks->total);
    print("those not fitted to", checks->unfitted);
    for (const calibration::FamilyRate& each : checks->families)
        print(("  " + each.family).c_str(), each.rate);
    return checks->total.fraud.hit == 0 ? 0 : 1;
}

CLI::App* add_honest_checks_command(CLI::App& verify, HonestChecksSettings& settings)
{
    auto* checks = verify.add_subcommand(
        "honest-checks", "Judges honest renditions of clips that no threshold was fitted to."
    );
    checks->add_option("--clips", settings.clips, "folder with LIST.tsv; its judges are taken")
        ->required();
    checks->add_option("--out", settings.out, "file for the figures")->capture_default_str();
    checks->add_option("--cache", settings.cache, "folder for renditions and measurements")
        ->capture_default_str();
    checks->add_option("--thresholds", settings.thresholds, "file instead of the built-in ones");
    checks->add_option("--cases", settings.cases_max, "at most so many segments and rungs");
    checks->add_flag("--cached", settings.only_cached, "only what has been measured already");
    return checks;
}

int run_attack_search(const SearchSettings& settings)
{
    const auto thresholds = evidence::load_thresholds(settings.thresholds);
    const auto cases = calibration::read_cases(settings.clips);
    if (!thresholds || !cases) {
        std::fprintf(
            stderr, "%s\n", (thresholds ? cases.error() : thresholds.error()).what.c_str()
        );
        return 1;
    }
    std::printf("case\tattack\trate %%\tregion %%\tstrength\tluma dB\tworst frame dB\tchroma dB\n");
    int searched = 0;
    for (const calibration::Case& each : *cases) {
        if (!each.judge || !each.name.starts_with(settings.only)) continue;
        if (searched++ == settings.cases_max) break;
        const auto slips =
            calibration::search_slips(each, *thresholds, [](const std::string& line) {
                std::fprintf(stderr, "%s\n", line.c_str());
            });
        if (!slips) continue;
        for (const calibration::Slip& slip : *slips) {
            std::printf(
                "%s\t%s\t%d\t%d\t%.3f\t%.1f\t%.1f\t%.1f\n",
                slip.name.c_str(),
                slip.attack.c_str(),
                slip.rate_percent,
                slip.region_percent,
                slip.strength,
                slip.luma_loss,
                slip.frame_loss,
                slip.chroma_loss
            );
        }
        std::fflush(stdout);
    }
    return 0;
}

CLI::App* add_attack_search_command(CLI::App& verify, SearchSettings& settings)
{
    auto* search = verify.add_subcommand(
        "attack-search", "Looks for the strongest change of each kind that raises no alarm."
    );
    search->add_option("--clips", settings.clips, "folder with LIST.tsv; its judges are searched")
        ->required();
    search->add_option("--thresholds", settings.thresholds, "file instead of the built-in ones");
    search->add_option("--only", settings.only, "cases whose names begin so");
    search->add_option("--cases", settings.cases_max, "at most so many")->capture_default_str();
    return search;
}

CLI::App* add_calibrate_command(CLI::App& verify, CalibrateSettings& settings)
{
    auto* calibrate = verify.add_subcommand(
        "calibrate", "Makes honest and dishonest renditions of clips and fits thresholds to them."
    );
    calibrate->add_option("--clips", settings.clips, "folder with LIST.tsv: family and file")
        ->required();
    calibrate->add_option("--out", settings.out, "folder for thresholds, rates and report")
        ->capture_default_str();
    calibrate->add_option("--cache", settings.cache, "folder for renditions and measurements");
    calibrate->add_option("--name", settings.name, "of the thresholds")->capture_default_str();
    calibrate->add_option("--part", settings.part, "which of --parts this process fills in");
    calibrate->add_option("--parts", settings.parts, "processes that fill the cache together")
        ->check(CLI::Range(1, 256));
    calibrate->add_option("--cases", settings.cases_max, "at most so many segments and rungs");
    calibrate->add_flag("--cached", settings.only_cached, "only what has been measured already");
    calibrate->add_flag(
        "--rates-alone",
        settings.rates_alone,
        "fits nothing: rates of thresholds that exist, on the judges at low rungs"
    );
    calibrate->add_option("--thresholds", settings.thresholds, "file instead of the built-in ones");
    return calibrate;
}

}  // namespace millpond
