#include "edge/evidence/threshold_file.hpp"

#include "base/bytes.hpp"
#include "edge/picture/whole_number.hpp"

#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

namespace millpond {
/// schema/calibration/thresholds.json as it was when this program was built.
extern const char* const thresholds_text;
}  // namespace millpond

namespace millpond::evidence {
namespace {

using Json = nlohmann::ordered_json;
using verify::Taken;
using verify::Threshold;
using verify::ThresholdTable;

Json json_of(const ThresholdTable& table)
{
    Json json = Json::object();
    for (std::size_t i = 0; i < verify::features; ++i) {
        const auto feature = static_cast<verify::Feature>(i);
        Json each = Json::object();
        for (const Taken taken : {Taken::worst, Taken::median}) {
            const Threshold& threshold = table.of(feature, taken);
            if (threshold.alarm == 0) continue;
            Json values = {{"alarm", threshold.alarm}};
            if (threshold.fraud != 0) values["fraud"] = threshold.fraud;
            each[taken == Taken::worst ? "worst" : "median"] = values;
        }
        if (!each.empty()) json[std::string{verify::name_of(feature)}] = each;
    }
    return json;
}

verify::Feature feature_of(const std::string& name)
{
    for (std::size_t i = 0; i < verify::features; ++i) {
        const auto feature = static_cast<verify::Feature>(i);
        if (verify::name_of(feature) == name) return feature;
    }
    throw std::invalid_argument("unknown feature " + name);
}

Taken taken_of(const std::string& way, const std::string& feature)
{
    if (way == "worst") return Taken::worst;
    if (way == "median") return Taken::median;
    throw std::invalid_argument("unknown way " + way + " to take " + feature);
}

ThresholdTable table_of(const Json& json)
{
    ThresholdTable table;
    for (const auto& [name, each] : json.items()) {
        const verify::Feature feature = feature_of(name);
        for (const auto& [taken, values] : each.items()) {
            Threshold& to = table.of(feature, taken_of(taken, name));
            to.alarm = picture::whole_number<std::int64_t>(values.at("alarm"));
            if (values.contains("fraud"))
                to.fraud = picture::whole_number<std::int64_t>(values.at("fraud"));
            if (to.alarm <= 0 || to.fraud < 0) throw std::out_of_range(name + " is not positive");
        }
    }
    return table;
}

}  // namespace

std::string to_json(const verify::Thresholds& thresholds)
{
    const Json json = {
        {"name", thresholds.name},
        {"verdict_function", to_hex(verify::verdict_function_hash(thresholds))},
        {"sample", json_of(thresholds.sample)},
        {"whole", json_of(thresholds.whole)},
    };
    return json.dump(2) + "\n";
}

Result<verify::Thresholds, Fault> parse_thresholds(std::string_view text)
{
    try {
        const Json json = Json::parse(text);
        verify::Thresholds thresholds{
            .name = json.at("name").get<std::string>(),
            .sample = table_of(json.at("sample")),
            .whole = table_of(json.at("whole")),
        };
        const auto said = json.at("verdict_function").get<std::string>();
        const auto ours = to_hex(verify::verdict_function_hash(thresholds));
        if (said != ours) {
            return because(Fault{
                .what = "thresholds are of another verdict function, " + said + ", where " + ours +
                        " is ours"
            });
        }
        return thresholds;
    } catch (const std::exception& error) {
        return because(Fault{.what = std::string{"not a table of thresholds: "} + error.what()});
    }
}

Result<verify::Thresholds, Fault> load_thresholds(const std::string& path)
{
    if (path.empty()) return parse_thresholds(thresholds_text);
    std::ifstream in{path};
    if (!in) return because(Fault{.what = path + " cannot be read"});
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    auto parsed = parse_thresholds(text);
    if (!parsed) return because(Fault{.what = path + ": " + parsed.error().what});
    return parsed;
}

}  // namespace millpond::evidence
