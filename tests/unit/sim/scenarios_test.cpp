// Every economic claim is a scenario: its bounds hold, and each that says so fails when its
// countermeasure is switched off.
#include "edge/calibration/attacks_json.hpp"
#include "sim/report.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace millpond::sim {
namespace {

/// MILLPOND_SEEDS=N plays more of them, as the nightly run does.
std::uint32_t seeds()
{
    const char* asked = std::getenv("MILLPOND_SEEDS");
    return asked == nullptr ? 1 : static_cast<std::uint32_t>(std::atoi(asked));
}

std::vector<std::string> names()
{
    std::vector<std::string> found;
    for (const auto& file :
         std::filesystem::directory_iterator{MILLPOND_SOURCE_DIR "/schema/scenarios"})
        found.push_back(file.path().stem());
    std::ranges::sort(found);
    return found;
}

Scenario load(const std::string& name)
{
    std::ifstream in{MILLPOND_SOURCE_DIR "/schema/scenarios/" + name + ".scenario"};
    const std::string text{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
    auto read = parse_scenario(text);
    EXPECT_TRUE(read) << name << ": " << read.error().what;
    return *read;
}

Played played(const Scenario& scenario)
{
    return play(scenario, calibration::shipped_attack_table(), {.seeds = seeds()});
}

/// Rows of docs/threats.md, and the scenarios that each names.
std::map<std::string, std::set<std::string>> table_of_threats()
{
    std::ifstream in{MILLPOND_SOURCE_DIR "/docs/threats.md"};
    std::map<std::string, std::set<std::string>> rows;
    for (std::string line; std::getline(in, line);) {
        std::vector<std::string> cells;
        std::istringstream row{line};
        for (std::string cell; std::getline(row, cell, '|');)
            cells.push_back(cell);
        if (cells.size() < 5 || cells[1].size() != 5 || cells[1] == " --- ") continue;
        auto& named = rows[cells[1].substr(1, 3)];
        std::istringstream scenarios{cells[3]};
        for (std::string name; std::getline(scenarios, name, '`');)
            if (name.find_first_of(" ,") == std::string::npos && !name.empty()) named.insert(name);
    }
    return rows;
}

TEST(Threats, and_scenarios_name_each_other)
{
    std::map<std::string, std::set<std::string>> played;
    for (const std::string& name : names())
        for (const std::string& threat : load(name).threats)
            played[threat].insert(name);
    const auto table = table_of_threats();
    EXPECT_EQ(table.size(), 92U);
    for (const auto& [threat, scenarios] : table)
        EXPECT_EQ(scenarios, played[threat]) << threat;
    for (const auto& [threat, scenarios] : played)
        EXPECT_TRUE(table.contains(threat)) << threat;
}

TEST(Plays, come_to_the_same_figures_from_the_same_seed)
{
    const AttackTable table = calibration::shipped_attack_table();
    const Scenario scenario = load("stealth");
    const Played once = play(scenario, table, {.first_seed = 5, .seeds = 2, .progress = {}});
    const Played again =
        play(scenario, table, {.first_seed = 5, .seeds = 2, .jobs = 2, .progress = {}});
    EXPECT_EQ(fingerprint_of(once), fingerprint_of(again));
    // Whoever changes the rules, the table or the plays changes it.
    EXPECT_EQ(
        fingerprint_of(once), "26c8ee86c7c986ecbd0520034626039053f6e6e8986956d54321d5cba46d8a8f"
    );
}

class Scenarios : public testing::TestWithParam<std::string> {};

TEST_P(Scenarios, keep_their_bounds)
{
    const Played result = played(load(GetParam()));
    EXPECT_TRUE(result.holds()) << text_of(result);
    EXPECT_EQ(result.spreads.at("pool.violations").mean, 0);
}

TEST_P(Scenarios, break_their_bounds_without_the_countermeasure)
{
    const Scenario scenario = load(GetParam());
    EXPECT_FALSE(scenario.without.empty());
    for (const Without& without : scenario.without) {
        const auto off = switched_off(scenario, without);
        ASSERT_TRUE(off) << off.error().what;
        const Played result = played(*off);
        for (const std::string& name : without.breaks) {
            const auto stand = std::ranges::find_if(result.stands, [&](const Stand& each) {
                return each.bound.name == name;
            });
            ASSERT_NE(stand, result.stands.end()) << name;
            EXPECT_FALSE(stand->holds)
                << name << " holds without " << without.countermeasure << "\n"
                << text_of(result);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, Scenarios, testing::ValuesIn(names()), [](const auto& each) {
    return each.param;
});

}  // namespace
}  // namespace millpond::sim
