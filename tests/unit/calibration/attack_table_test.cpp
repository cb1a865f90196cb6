#include "calibration/attack_table.hpp"

#include "core/verify/thresholds.hpp"
#include "edge/calibration/attacks_json.hpp"
#include "edge/evidence/threshold_file.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace millpond::calibration {
namespace {

using Json = nlohmann::ordered_json;

std::string committed(const std::string& name)
{
    std::ifstream in{std::string{MILLPOND_SOURCE_DIR} + "/schema/calibration/" + name};
    return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(AttackTableJoin, gives_the_committed_table_from_the_committed_rates_and_costs)
{
    const auto joined = attacks_json(committed("rates.json"), shipped_costs());
    ASSERT_TRUE(joined) << joined.error().what;
    EXPECT_EQ(*joined, committed("attacks.json"));
    const auto table = parse_attack_table(*joined);
    ASSERT_TRUE(table) << table.error().what;
    EXPECT_EQ(*table, shipped_attack_table());
}

TEST(AttackTableJoin, is_of_the_verdict_function_that_judges)
{
    const auto thresholds = evidence::load_thresholds("");
    ASSERT_TRUE(thresholds);
    EXPECT_EQ(shipped_attack_table().dvf, verify::verdict_function_hash(*thresholds));
}

TEST(AttackTableJoin, counts_of_an_attack_what_stands_beside_a_control)
{
    const Json rates = Json::parse(committed("rates.json"));
    const auto table = parse_attack_table(*attacks_json(rates.dump(), shipped_costs()));
    ASSERT_TRUE(table);
    for (const Attack& attack : table->attacks) {
        if (attack.name != "blur_1") continue;
        for (const Json& measured : rates["left_out"]["attacks"]) {
            if (measured["attack"] != "blur-1") continue;
            EXPECT_EQ(attack.tiers[1].files, measured["sample_stands"]["files"]);
            EXPECT_NEAR(
                attack.tiers[1].detect_unpaid_ppm,
                1e6 * measured["sample_stands"]["rate"].get<double>(),
                1
            );
            return;
        }
    }
    FAIL() << "blur_1 is in one of them only";
}

TEST(AttackTableJoin, refuses_an_attack_whose_gain_nobody_told)
{
    Json costs = Json::parse(shipped_costs());
    costs["attacks"].erase("black");
    const auto joined = attacks_json(committed("rates.json"), costs.dump());
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().what, "attack table: no gain is known of black");
}

TEST(AttackTableJoin, calls_convictable_only_what_is_sometimes_judged_a_fraud)
{
    const Json table = Json::parse(committed("attacks.json"));
    int convictable = 0;
    for (const Json& attack : table.at("attacks")) {
        if (!attack.at("gross").get<bool>()) continue;
        ++convictable;
        EXPECT_NE(attack.at("group"), "structure") << attack.at("name");
        EXPECT_GT(attack.at("tiers").at(2).at("detect_fraud_ppm"), 0) << attack.at("name");
    }
    EXPECT_GT(convictable, 0);
}

TEST(AttackTableJoin, refuses_what_is_not_a_table)
{
    EXPECT_FALSE(attacks_json("{", shipped_costs()));
    EXPECT_FALSE(attacks_json("{}", shipped_costs()));
    EXPECT_FALSE(attacks_json(committed("rates.json"), "{}"));
}

}  // namespace
}  // namespace millpond::calibration
