#include "sim/economics.hpp"

#include "edge/calibration/attacks_json.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace millpond::sim {
namespace {

std::string text_in(const std::filesystem::path& file)
{
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

ExperimentTexts shipped()
{
    const std::filesystem::path folder = MILLPOND_SOURCE_DIR "/schema/economics";
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator{folder})
        if (file.path().extension() == ".experiment") files.push_back(file.path());
    std::ranges::sort(files);
    ExperimentTexts texts{.shared = text_in(folder / "base.scenario"), .own = {}};
    for (const auto& file : files)
        texts.own.push_back(text_in(file));
    return texts;
}

std::string refusal(std::string_view shared, std::string_view own)
{
    const auto read = parse_experiment(shared, own);
    return read ? "" : read.error().what;
}

constexpr std::string_view small =
    "hours 1\nstreams 1\nset qualification_segments 20\nagents honest 3\n"
    "way slow: set qualification_segments 50\n";

TEST(Experiment, plays_each_row_with_each_variant)
{
    const auto read = parse_experiment(
        small,
        "title Small\ntext Of it.\nover slow\nrow quick: hours 1\nwith one: streams 1\n"
        "with two: streams 2\ncolumn 0 pool.segments segments\n"
        "column 1 honest.cost-honest.cost no figure\n"
    );
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(
        table_of(*read, calibration::shipped_attack_table(), 1),
        "## Small\n\nOf it.\n\n|  | segments | no figure |\n| --- | --- | --- |\n"
        "| slow, one | 1801 | - |\n| slow, two | 3601 | - |\n"
        "| quick, one | 1801 | - |\n| quick, two | 3601 | - |\n"
    );
}

TEST(Experiment, holds_the_best_that_a_search_finds_against_honest_work_on_other_seeds)
{
    const auto read =
        parse_experiment(small, "title Small\nover slow\nseeds 1\nsearch honest 1\nagain 2\n");
    ASSERT_TRUE(read) << read.error().what;
    const AttackTable table = calibration::shipped_attack_table();
    const std::string text = table_of(*read, table, 1);
    EXPECT_NE(text.find(" | above honest work | above it on 2 other seeds |"), std::string::npos);
    EXPECT_NE(text.find(" ± "), std::string::npos) << text;
}

TEST(Learner, tells_a_gain_from_luck_seed_by_seed)
{
    const auto scenario =
        parse_scenario("hours 1\nstreams 1\nset qualification_segments 20\nagents honest 3\n");
    ASSERT_TRUE(scenario) << scenario.error().what;
    const AttackTable table = calibration::shipped_attack_table();
    const Playing how{.first_seed = 7, .seeds = 3, .progress = {}};
    const Habits honest;
    const Spread none = gain_of(*scenario, table, "honest", honest, how);
    EXPECT_EQ(none.mean, 0);
    EXPECT_EQ(none.half, 0);
    const Habits caught{.cheat_ppm = 1'000'000};
    const Spread loss = gain_of(*scenario, table, "honest", caught, how);
    EXPECT_LT(loss.mean + loss.half, 0);
}

TEST(Experiment, says_in_which_line_it_cannot_be_read)
{
    EXPECT_EQ(refusal(small, "title A\nover fast"), "line 2: no way is called fast");
    EXPECT_EQ(refusal(small, "title A\nrow none"), "line 2: LABEL: LINE; LINE");
    EXPECT_EQ(
        refusal(small, "column 1 pool.served_ppm"), "line 1: column DIGITS FIGURE[-FIGURE] TITLE"
    );
    EXPECT_EQ(refusal("seeds none", ""), "shared line 1: how many seeds");
    EXPECT_EQ(refusal(small, "over slow"), "no title or no row");
    EXPECT_EQ(refusal(small, "title A\nrow one: weather fine"), "without one: what is weather");
}

/// `millpond simulate tables schema/economics > docs/economics.md` writes it. A new measurement
/// alone does not make it wrong from one day to the other: that is for the nightly run to say.
TEST(Economics, page_is_of_the_experiments_and_the_parameters_that_are_here)
{
    const std::string page = text_in(MILLPOND_SOURCE_DIR "/docs/economics.md");
    EXPECT_NE(page.find("Made of " + inputs_of(shipped()) + ","), std::string::npos)
        << inputs_of(shipped());
    if (std::getenv("MILLPOND_SEEDS") == nullptr) return;
    EXPECT_NE(page.find(rules_of(calibration::shipped_attack_table())), std::string::npos);
}

}  // namespace
}  // namespace millpond::sim
