#include "sim/tune.hpp"

#include "edge/calibration/attacks_json.hpp"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

namespace millpond::sim {
namespace {

std::string refusal(const std::string& word)
{
    const auto read = parse_target(std::array{word});
    return read ? "" : read.error().what;
}

Option option(double overhead, double harm, double cheating)
{
    return {
        .label = "some",
        .parameters = {},
        .refused = {},
        .overhead_pct = overhead,
        .harm_pct = harm,
        .cheating = cheating
    };
}

TEST(Target, is_an_operators_figures)
{
    const std::array<std::string, 3> words{"price=60", "streams=9", "overhead=12"};
    const auto target = parse_target(words);
    ASSERT_TRUE(target) << target.error().what;
    EXPECT_EQ(target->price_wei, 60U);
    EXPECT_EQ(target->streams, 9U);
    EXPECT_EQ(target->overhead_pct, 12U);
    EXPECT_EQ(target->transcoders, Target{}.transcoders);
    EXPECT_EQ(refusal("price=none"), "no target: price=none");
    EXPECT_EQ(refusal("price=0"), "no target: price=0");
    EXPECT_EQ(refusal("weather=1"), "no target: weather=1");
    EXPECT_EQ(refusal("streams"), "no target: streams");
    EXPECT_EQ(refusal(""), "no target: ");
}

TEST(Tuning, takes_the_least_cost_of_what_deters_and_is_tolerated)
{
    const std::vector<Option> options{
        option(10, 0, 0.1), option(50, 0, -1), option(30, 9, -1), option(35, 1, -1)
    };
    EXPECT_EQ(best_of(options, 40), 3U);
    EXPECT_EQ(best_of(options, 32), 2U);
    EXPECT_EQ(best_of(options, 5), 3U);
    EXPECT_EQ(best_of({option(10, 0, 0.1)}, 40), std::nullopt);
}

TEST(Tuning, plays_every_way_that_the_rules_allow_and_writes_the_configuration)
{
    std::vector<std::string> told;
    const Target target{.price_wei = 100, .streams = 1, .transcoders = 4, .hours = 3};
    const Tuned tuned = tune(
        target,
        calibration::shipped_attack_table(),
        {.seeds = 1, .progress = {}},
        [&](const std::string& label) { told.push_back(label); }
    );
    EXPECT_EQ(told.size(), tuned.options.size());
    ASSERT_TRUE(tuned.best);
    const Option& best = tuned.options[*tuned.best];
    EXPECT_TRUE(best.deters());
    const std::string text = text_of(tuned);
    EXPECT_NE(text.find("# | " + best.label), std::string::npos);
    EXPECT_NE(text.find("\nprice_wei = 100\n"), std::string::npos);
    EXPECT_NE(text.find("\npay_wei = 7987968000\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace millpond::sim
