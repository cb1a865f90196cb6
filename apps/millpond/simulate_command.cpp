#include "apps/millpond/simulate_command.hpp"

#include "edge/calibration/attacks_json.hpp"
#include "sim/economics.hpp"
#include "sim/tune.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include <CLI/CLI.hpp>
#include <unistd.h>

namespace millpond {
namespace {

std::string text_in(const std::filesystem::path& file)
{
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

/// In the order of their names.
sim::ExperimentTexts read_experiments(const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator{folder})
        if (file.path().extension() == ".experiment") files.push_back(file.path());
    std::ranges::sort(files);
    sim::ExperimentTexts texts{.shared = text_in(folder / "base.scenario"), .own = {}};
    for (const auto& file : files)
        texts.own.push_back(text_in(file));
    return texts;
}

Result<sim::Scenario, Fault> load(const std::string& file, const std::string& without)
{
    auto scenario = sim::parse_scenario(text_in(file));
    if (!scenario || without.empty()) return scenario;
    const auto found = std::ranges::find(scenario->without, without, &sim::Without::countermeasure);
    if (found == scenario->without.end())
        return because(Fault{.what = "it does not say what it is like without " + without});
    return sim::switched_off(*scenario, *found);
}

}  // namespace

void SimulateCommand::describe(CLI::App& app)
{
    chosen = app.add_subcommand(
        "simulate",
        "Plays a scenario against the pool's rules in virtual time and checks its bounds."
    );
    chosen->add_option("scenario", scenario_file, "such as schema/scenarios/stealth.scenario")
        ->check(CLI::ExistingFile);
    tables = chosen->add_subcommand("tables", "Plays experiments and writes docs/economics.md.");
    tables->add_option("folder", economics, "with base.scenario and the experiments")
        ->default_val("schema/economics");
    tuning = chosen->add_subcommand(
        "tune", "Plays ways to run a pool and writes the configuration that suits an operator."
    );
    tuning->add_option(
        "--target",
        target,
        "price=WEI a pixel, streams=N, transcoders=N, harm=W of a bad segment, overhead=PERCENT of "
        "W at most, hours=N played"
    );
    chosen->add_option("--seeds", seeds, "how many plays")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    chosen->add_option("--from", first_seed, "the first seed")->capture_default_str();
    chosen->add_option("--jobs", jobs, "plays at the same time")
        ->check(CLI::Range(1, 1'024))
        ->capture_default_str();
    chosen->add_option("--without", without, "a countermeasure of the scenario to switch off");
    chosen->add_option("--search", searched, "crowd whose most profitable habits to search for");
    chosen->add_option("--tries", tries, "ways to behave that a search begins with")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    chosen->add_option("--html", html_file, "file for the report with pictures");
}

int SimulateCommand::print_tables() const
{
    if (!std::filesystem::is_directory(economics)) {
        std::fprintf(stderr, "%s: no such folder\n", economics.c_str());
        return 1;
    }
    const auto page = sim::economics_page(
        read_experiments(economics),
        calibration::shipped_attack_table(),
        jobs,
        [](const std::string& title) { std::fprintf(stderr, "%s\n", title.c_str()); }
    );
    if (!page) {
        std::fprintf(stderr, "%s: %s\n", economics.c_str(), page.error().what.c_str());
        return 2;
    }
    std::fputs(page->c_str(), stdout);
    return 0;
}

int SimulateCommand::print_tuned() const
{
    const auto figures = sim::parse_target(target);
    if (!figures) {
        std::fprintf(stderr, "%s\n", figures.error().what.c_str());
        return 2;
    }
    const sim::Tuned tuned = sim::tune(
        *figures,
        calibration::shipped_attack_table(),
        {.first_seed = first_seed, .seeds = seeds, .jobs = jobs, .progress = {}},
        [](const std::string& label) { std::fprintf(stderr, "%s\n", label.c_str()); }
    );
    std::fputs(sim::text_of(tuned).c_str(), stdout);
    return tuned.tolerated ? 0 : 1;
}

int SimulateCommand::run() const
{
    if (*tables) return print_tables();
    if (*tuning) return print_tuned();
    if (scenario_file.empty()) {
        std::fputs("which scenario? see millpond simulate --help\n", stderr);
        return 2;
    }
    const auto scenario = load(scenario_file, without);
    if (!scenario) {
        std::fprintf(stderr, "%s: %s\n", scenario_file.c_str(), scenario.error().what.c_str());
        return 2;
    }
    const AttackTable table = calibration::shipped_attack_table();
    if (!searched.empty()) {
        const sim::Search search{
            .crowd = searched, .first = tries, .rounds = 3, .seeds = seeds, .chance = first_seed
        };
        for (const sim::Tried& each : sim::best_responses(*scenario, table, search))
            std::printf("%+.4f %.4f %s\n", each.gain, each.profit, text_of(each.habits).c_str());
        return 0;
    }
    sim::Playing how{.first_seed = first_seed, .seeds = seeds, .jobs = jobs, .progress = {}};
    if (::isatty(STDERR_FILENO) == 1)
        how.progress = [](std::size_t done, std::size_t all) {
            std::fprintf(stderr, "\r%zu of %zu seeds%s", done, all, done == all ? "\n" : "");
        };
    const sim::Played played = sim::play(*scenario, table, how);
    std::fputs(sim::text_of(played).c_str(), stdout);
    std::printf("figures 0x%s\n", sim::fingerprint_of(played).c_str());
    for (const sim::Stand& stand : played.stands) {
        if (stand.holds) continue;
        std::printf(
            "again: millpond simulate %s%s%s --seeds 1 --from %lu\n",
            scenario_file.c_str(),
            without.empty() ? "" : " --without ",
            without.c_str(),
            stand.worst
        );
    }
    if (!html_file.empty()) std::ofstream{html_file} << sim::html_of(played, scenario_file);
    return played.holds() ? 0 : 1;
}

}  // namespace millpond
