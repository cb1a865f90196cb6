#include "calibration/attack_table.hpp"

#include <array>
#include <cmath>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace millpond {

extern const char* const costs_text;

namespace calibration {
namespace {

using Json = nlohmann::ordered_json;

/// Which rates are a tier's. An alarm is always looked at again beside a control, so that what a
/// tier leaves unpaid is what stands there. Structure is never a fraud.
struct TierRates {
    const char* unpaid;
    const char* fraud;
    const char* honest;
};

constexpr std::array<TierRates, 4> tier_rates = {{
    {"structure", nullptr, "structure"},
    {"sample_stands", "sample_fraud", "sample_stands"},
    {"whole_stands", "whole_fraud", "whole_stands"},
    {"whole_stands", "whole_fraud", "whole_stands"},
}};

std::uint32_t ppm(const Json& share, const char* key)
{
    return static_cast<std::uint32_t>(std::lround(share.at(key).get<double>() * 1e6));
}

Json tier_of(std::size_t index, const Json& honest, const Json& costs)
{
    const Json& substandard = honest.at(tier_rates.at(index).honest);
    const Json& cost = costs.at("tiers").at(index);
    if (cost.at("tier") != index) throw std::invalid_argument("costs of tiers are out of order");
    Json tier = {
        {"tier", index},
        {"cost_ppm", cost.at("cost_ppm")},
        {"cost_low_ppm", cost.at("cost_low_ppm")},
        {"cost_high_ppm", cost.at("cost_high_ppm")},
        {"false_substandard_ppm", ppm(substandard, "rate")},
        {"false_substandard_low_ppm", ppm(substandard, "low95")},
        {"false_substandard_high_ppm", ppm(substandard, "high95")},
        {"false_fraud_ppm", 0},
        {"false_fraud_low_ppm", 0},
        {"false_fraud_high_ppm", 0},
    };
    if (tier_rates.at(index).fraud == nullptr) return tier;
    const Json& fraud = honest.at("fraud");
    tier["false_fraud_ppm"] = ppm(fraud, "rate");
    tier["false_fraud_low_ppm"] = ppm(fraud, "low95");
    tier["false_fraud_high_ppm"] = ppm(fraud, "high95");
    return tier;
}

Json power_of(std::size_t index, const Json& attack)
{
    const TierRates& rates = tier_rates.at(index);
    const Json& unpaid = attack.at(rates.unpaid);
    return {
        {"tier", index},
        {"detect_unpaid_ppm", ppm(unpaid, "rate")},
        {"detect_fraud_ppm", rates.fraud == nullptr ? 0 : ppm(attack.at(rates.fraud), "rate")},
        {"low_ppm", ppm(unpaid, "low95")},
        {"high_ppm", ppm(unpaid, "high95")},
        {"files", unpaid.at("files")},
    };
}

Json attack_of(const Json& attack, const Json& costs)
{
    const auto name = attack.at("attack").get<std::string>();
    const Json& gains = costs.at("attacks");
    if (!gains.contains(name)) throw std::invalid_argument("no gain is known of " + name);
    std::string word = name;
    for (char& c : word)
        if (c == '-' || c == '.') c = '_';
    Json tiers = Json::array();
    for (std::size_t i = 0; i < tier_rates.size(); ++i)
        tiers.push_back(power_of(i, attack));
    return {
        {"name", word},
        {"group", attack.at("group")},
        {"gross", gains.at(name).at("convictable")},
        {"gain_ppm", gains.at(name).at("gain_ppm")},
        {"tiers", tiers},
    };
}

/// One line for a tier, so that a change of the table can be read.
std::string lines(const Json& table)
{
    std::string text = "{\n";
    for (const char* key : {"version", "dvf", "source"})
        text += std::string{"  \""} + key + "\": " + table.at(key).dump() + ",\n";
    text += "  \"tiers\": [";
    const char* separator = "\n";
    for (const Json& tier : table.at("tiers")) {
        text += separator + ("    " + tier.dump());
        separator = ",\n";
    }
    text += "\n  ],\n  \"attacks\": [";
    separator = "\n";
    for (const Json& attack : table.at("attacks")) {
        text += separator + ("    " + attack.dump());
        separator = ",\n";
    }
    return text + "\n  ]\n}\n";
}

}  // namespace

Result<std::string, Fault> attacks_json(std::string_view rates, std::string_view costs)
{
    try {
        const Json measured = Json::parse(rates);
        const Json priced = Json::parse(costs);
        // Every family judged by thresholds that were fitted without it: the most files there are.
        const Json& from = measured.at("left_out");
        Json table = {
            {"version", priced.at("version")},
            {"dvf", measured.at("verdict_function")},
            {"source", priced.at("source")},
            {"tiers", Json::array()},
            {"attacks", Json::array()},
        };
        for (std::size_t i = 0; i < tier_rates.size(); ++i)
            table["tiers"].push_back(tier_of(i, from.at("honest_total"), priced));
        for (const Json& attack : from.at("attacks"))
            if (attack.at("whole").at("files") != 0)
                table["attacks"].push_back(attack_of(attack, priced));
        return lines(table);
    } catch (const std::exception& error) {
        return because(Fault{.what = std::string{"attack table: "} + error.what()});
    }
}

std::string_view shipped_costs()
{
    return costs_text;
}

}  // namespace calibration
}  // namespace millpond
