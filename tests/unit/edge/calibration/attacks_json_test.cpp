#include "edge/calibration/attacks_json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace millpond::calibration {
namespace {

using Json = nlohmann::json;

Json tier_json(int tier)
{
    return {
        {"tier", tier},
        {"cost_ppm", 20'000},
        {"cost_low_ppm", 10'000},
        {"cost_high_ppm", 30'000},
        {"false_substandard_ppm", 2'000},
        {"false_substandard_low_ppm", 1'000},
        {"false_substandard_high_ppm", 3'000},
        {"false_fraud_ppm", 0},
        {"false_fraud_low_ppm", 0},
        {"false_fraud_high_ppm", 5},
    };
}

Json power_json(int tier)
{
    return {
        {"tier", tier},
        {"detect_unpaid_ppm", 900'000},
        {"detect_fraud_ppm", 800'000},
        {"low_ppm", 850'000},
        {"high_ppm", 950'000},
        {"files", 33},
    };
}

Json four(Json (*make)(int))
{
    return {make(3), make(0), make(1), make(2)};
}

Json a_table()
{
    return {
        {"version", 7},
        {"dvf", std::string(64, 'a')},
        {"source", "a test"},
        {"tiers", four(tier_json)},
        {"attacks",
         Json::array(
             {{{"name", "black"},
               {"group", "content"},
               {"gross", true},
               {"gain_ppm", 500'000},
               {"tiers", four(power_json)}}}
         )},
    };
}

std::string refusal_of(const Json& json)
{
    const auto parsed = parse_attack_table(json.dump());
    return parsed ? "" : parsed.error().what;
}

TEST(AttackTable, reads_what_calibration_writes)
{
    const auto table = parse_attack_table(a_table().dump());
    ASSERT_TRUE(table.has_value()) << table.error().what;
    EXPECT_EQ(table->version, 7U);
    EXPECT_EQ(table->dvf[31], 0xaa);
    EXPECT_EQ(table->tiers[2].cost.high_ppm, 30'000U);
    EXPECT_EQ(table->attacks.at(0).tiers[1].files, 33U);
    EXPECT_TRUE(table->attacks.at(0).gross);
}

TEST(AttackTable, that_is_shipped_can_be_read)
{
    const AttackTable table = shipped_attack_table();
    EXPECT_FALSE(table.attacks.empty());
    const auto loaded =
        load_attack_table(std::string{MILLPOND_SOURCE_DIR} + "/schema/calibration/attacks.json");
    ASSERT_TRUE(loaded.has_value());
    EXPECT_EQ(*loaded, table);
}

TEST(AttackTable, is_refused_by_name)
{
    Json json = a_table();
    json.erase("dvf");
    EXPECT_EQ(refusal_of(json), "attack table: dvf is not a text");
    json = a_table();
    json["dvf"] = "abcd";
    EXPECT_EQ(refusal_of(json), "attack table: dvf is not 32 bytes of hex");
    json = a_table();
    json["tiers"].erase(0);
    EXPECT_EQ(refusal_of(json), "attack table: tiers are not four");
    json = a_table();
    json["tiers"][0]["tier"] = 1;
    EXPECT_EQ(refusal_of(json), "attack table: a tier is there twice");
    json = a_table();
    json["tiers"][0]["cost_low_ppm"] = 25'000;
    EXPECT_EQ(refusal_of(json), "attack table: cost lies outside its interval");
    json = a_table();
    json["attacks"][0]["tiers"][0]["low_ppm"] = 1'000'001;
    EXPECT_EQ(refusal_of(json), "attack table: low_ppm is too large");
    json = a_table();
    json["attacks"][0]["tiers"][0]["detect_unpaid_ppm"] = 0.9;
    EXPECT_EQ(refusal_of(json), "attack table: detect_unpaid_ppm is not a whole number");
    json = a_table();
    json["attacks"][0]["tiers"][0]["detect_fraud_ppm"] = 900'001;
    EXPECT_EQ(refusal_of(json), "attack table: fraud is found but not unpaid");
    json = a_table();
    json["attacks"][0]["name"] = "Black frame";
    EXPECT_EQ(refusal_of(json), "attack table: name is not of a-z, 0-9 and _");
    json = a_table();
    json["attacks"].push_back(json["attacks"][0]);
    EXPECT_EQ(refusal_of(json), "attack table: an attack is there twice");
    json = a_table();
    json["attacks"] = Json::array();
    EXPECT_EQ(refusal_of(json), "attack table: there are no attacks");
    EXPECT_FALSE(parse_attack_table("[]").has_value());
    EXPECT_FALSE(parse_attack_table("{").has_value());
    EXPECT_FALSE(load_attack_table("/nowhere").has_value());
}

}  // namespace
}  // namespace millpond::calibration
