#include "calibration/honest_checks.hpp"
#include "calibration/page.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

namespace millpond::calibration {
namespace {

using Json = nlohmann::ordered_json;

double rounded(double value)
{
    return std::round(value * 10'000) / 10'000;
}

Json json_of(const Share& share)
{
    return {
        {"files", share.of},
        {"hit", share.hit},
        {"rate", rounded(share.rate())},
        {"low95", rounded(share.low())},
        {"high95", rounded(share.high())},
    };
}

Json json_of(const AttackRate& rate)
{
    return {
        {"attack", rate.attack},
        {"group", rate.group},
        {"gross", rate.gross},
        {"invisible", rate.invisible},
        {"structure", json_of(rate.structure)},
        {"sample", json_of(rate.sample)},
        {"whole", json_of(rate.whole)},
        {"sample_stands", json_of(rate.sample_stands)},
        {"whole_stands", json_of(rate.whole_stands)},
        {"sample_fraud", json_of(rate.sample_fraud)},
        {"whole_fraud", json_of(rate.whole_fraud)},
    };
}

Json json_of(const HonestRate& rate)
{
    return {
        {"encoder", rate.encoder},
        {"grey", rate.grey},
        {"structure", json_of(rate.structure)},
        {"sample", json_of(rate.sample)},
        {"whole", json_of(rate.whole)},
        {"substandard", json_of(rate.substandard)},
        {"fraud", json_of(rate.fraud)},
        {"sample_stands", json_of(rate.sample_stands)},
        {"whole_stands", json_of(rate.whole_stands)},
    };
}

Json json_of(const Rates& rates)
{
    Json attacks = Json::array();
    for (const AttackRate& each : rates.attacks)
        attacks.push_back(json_of(each));
    Json honest = Json::array();
    for (const HonestRate& each : rates.honest)
        honest.push_back(json_of(each));
    return {
        {"honest_total", json_of(total_honest(rates))},
        {"attacks_total", json_of(total(rates, false))},
        {"gross_total", json_of(total(rates, true))},
        {"attacks", attacks},
        {"honest", honest},
    };
}

/// What was raised, as case, encoder and what became of it.
Json names_of(const std::vector<HonestRate>& encoders)
{
    Json names = Json::array();
    for (const HonestRate& encoder : encoders)
        for (const std::string& each : encoder.alarmed)
            names.push_back(encoder.encoder + (encoder.grey ? " (grey)" : "") + ": " + each);
    return names;
}

}  // namespace

std::string honest_json(const HonestChecks& checks)
{
    Json families = Json::array();
    for (const FamilyRate& each : checks.families) {
        families.push_back(
            {{"family", each.family}, {"cases", each.cases}, {"rate", json_of(each.rate)}}
        );
    }
    Json encoders = Json::array();
    for (const HonestRate& each : checks.encoders)
        encoders.push_back(json_of(each));
    const Json json = {
        {"name", checks.thresholds.name},
        {"verdict_function", to_hex(verify::verdict_function_hash(checks.thresholds))},
        {"total", json_of(checks.total)},
        {"unfitted_encoders", json_of(checks.unfitted)},
        {"families", families},
        {"encoders", encoders},
        {"raised", names_of(checks.encoders)},
    };
    return json.dump(1) + "\n";
}

std::string rates_json(const Summary& summary)
{
    const Json json = {
        {"name", summary.thresholds.name},
        {"verdict_function", to_hex(verify::verdict_function_hash(summary.thresholds))},
        {"fitted_to", summary.fitted_to},
        {"judged_by", summary.judged_by},
        {"judges", json_of(summary.judges)},
        {"left_out", json_of(summary.left_out)},
    };
    return json.dump(1) + "\n";
}

}  // namespace millpond::calibration
