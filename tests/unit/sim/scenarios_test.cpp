// Every economic claim is a scenario: its bounds hold, and each that says so fails when its
// countermeasure is switched off.
#include "edge/calibration/attacks_json.hpp"
#include "sim/report.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

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
