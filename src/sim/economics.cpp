#include "sim/economics.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace millpond::sim {
namespace {

/// A way to run the pool of the comparison: lines of a scenario over it.
struct Way {
    const char* name;
    std::vector<std::string> lines;
};

std::vector<std::string> bonded()
{
    std::vector<std::string> lines{"set hold_bonded_seconds 21600"};
    for (const char* crowd :
         {"honest 14", "always 2", "stealth 2", "coalition 3", "bribed 2", "starved 1", "flaky 1"})
        lines.push_back(std::string{"agents "} + crowd + " bond_mlpt=10000 member=0");
    return lines;
}

std::vector<std::string> members()
{
    std::vector<std::string> lines{"set pool_policy dao"};
    for (const char* crowd :
         {"honest 14", "always 2", "stealth 2", "coalition 3", "bribed 2", "starved 1", "flaky 1"})
        lines.push_back(std::string{"agents "} + crowd + " bond_mlpt=10000 member=1");
    return lines;
}

std::vector<std::string> with(std::vector<std::string> lines, const std::string& more)
{
    lines.push_back(more);
    return lines;
}

/// No newcomer's dues, no hold, no case that takes pay, 2 % looked at.
std::vector<std::string> naive()
{
    return {
        "set qualification_segments 1",
        "set probation_passes 0",
        "set probation_streams 0",
        "set probation_seconds 0",
        "set r1_cover_w 0",
        "set safety 0",
        "set doubt_factor 0",
        "set r1_harm_w 0",
        "set check_floor_ppm 20000",
        "set features_floor_ppm 20000",
        "set calibration_ppm 0",
        "set hold_seconds 0",
        "set cusum_alarm 1000",
        "set newcomers_ppm 1000000",
        "set replicas_ppm 0",
    };
}

std::vector<Way> ways()
{
    return {
        {"check_all", {"set pool_policy check_all"}},
        {"redundant, nothing in the background",
         {"set pool_policy redundant",
          "set background_ppm 0",
          "set features_floor_ppm 0",
          "set calibration_ppm 0"}},
        {"redundant, 2 % in the background", {"set pool_policy redundant"}},
        {"staked", with(bonded(), "set pool_policy staked")},
        {"dao", members()},
        {"hybrid, no bonds", {}},
        {"hybrid, bonds", bonded()},
        {"naive sampling, 2 %", naive()},
    };
}

Scenario in_the_way_of(const Scenario& mix, const Way& way)
{
    auto scenario =
        switched_off(mix, {.countermeasure = way.name, .breaks = {}, .lines = way.lines});
    MILLPOND_ASSERT(scenario.has_value());
    return *std::move(scenario);
}

std::string cell(const Spreads& spreads, const std::string& name, const char* form = "%.3f")
{
    std::array<char, 64> text{};
    const Spread& spread = spreads.at(name);
    std::snprintf(text.data(), text.size(), form, spread.mean);
    return text.data();
}

std::string compared(const Scenario& mix, const AttackTable& table, const Questions& questions)
{
    std::string text =
        "| policy | overhead, % of W | of it recorded segments | bad delivered per 10⁶ | honest | "
        "always | stealth 2 % | coalition | bribed 50 W | starved | served per 10⁶ |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
    for (const Way& way : ways()) {
        const Played played = play(
            in_the_way_of(mix, way),
            table,
            {.seeds = questions.seeds, .jobs = questions.jobs, .progress = {}}
        );
        const Spreads& of = played.spreads;
        text += std::string{"| "} + way.name + " | " + cell(of, "pool.overhead_pct", "%.1f") +
                " | " + cell(of, "pool.qualify_pct", "%.1f") + " | " +
                cell(of, "pool.bad_ppm", "%.0f");
        for (const char* crowd : {"honest", "always", "stealth", "coalition", "bribed", "starved"})
            text += " | " + cell(of, std::string{crowd} + ".profit");
        text += " | " + cell(of, "pool.served_ppm", "%.0f") + " |\n";
    }
    return text;
}

std::string shares_of_hostile(
    const Scenario& mix, const AttackTable& table, const Questions& questions
)
{
    std::string text =
        "| hostile of 20 | overhead, % of W | bad delivered per 10⁶ | honest keep | honest profit "
        "| "
        "cheats' profit | served per 10⁶ |\n| --- | --- | --- | --- | --- | --- | --- |\n";
    for (const std::uint32_t hostile : {0U, 4U, 8U, 12U}) {
        Scenario scenario = mix;
        const auto cheat = std::ranges::find(mix.crowds, "stealth", &Crowd::name);
        scenario.crowds = {{.name = "honest", .count = 20 - hostile, .habits = {}}, *cheat};
        scenario.crowds[1].count = hostile;
        scenario.crowds[1].habits.cheat_ppm = 100'000;
        const Played played = play(
            scenario, table, {.seeds = questions.seeds, .jobs = questions.jobs, .progress = {}}
        );
        const Spreads& of = played.spreads;
        text += "| " + std::to_string(hostile) + " | " + cell(of, "pool.overhead_pct", "%.1f") +
                " | " + cell(of, "pool.bad_ppm", "%.0f") + " | " + cell(of, "honest.kept") + " | " +
                cell(of, "honest.profit") + " | " + cell(of, "stealth.profit") + " | " +
                cell(of, "pool.served_ppm", "%.0f") + " |\n";
    }
    return text;
}

std::string learned(const Scenario& mix, const AttackTable& table, const Questions& questions)
{
    std::string text =
        "| policy | best cheating found | profit | above honest work |\n| --- | --- | --- | --- "
        "|\n";
    for (const Way& way : ways()) {
        const std::string name = way.name;
        if (!name.starts_with("hybrid") && !name.starts_with("naive")) continue;
        Scenario scenario = in_the_way_of(mix, way);
        scenario.around.hours = 12;
        const auto one = std::ranges::find(scenario.crowds, "stealth", &Crowd::name);
        scenario.crowds = {scenario.crowds.front(), *one};
        const auto tried = best_responses(
            scenario, table, {.crowd = "stealth", .first = questions.tries, .rounds = 2}
        );
        for (std::size_t i = 0; i < std::min<std::size_t>(tried.size(), 3); ++i) {
            std::array<char, 64> figures{};
            std::snprintf(
                figures.data(), figures.size(), "%.3f | %+.3f", tried[i].profit, tried[i].gain
            );
            text +=
                "| " + name + " | `" + text_of(tried[i].habits) + "` | " + figures.data() + " |\n";
        }
    }
    return text;
}

}  // namespace

std::string tables_of(const Scenario& mix, const AttackTable& table, const Questions& questions)
{
    return "## The policies side by side\n\n" + compared(mix, table, questions) +
           "\n## Shares of hostile agents, hybrid without bonds\n\n" +
           shares_of_hostile(mix, table, questions) + "\n## What a search for profit finds\n\n" +
           learned(mix, table, questions);
}

}  // namespace millpond::sim
