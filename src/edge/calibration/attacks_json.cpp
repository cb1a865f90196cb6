#include "edge/calibration/attacks_json.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace millpond {

extern const char* const attacks_text;

namespace calibration {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t million = 1'000'000;
constexpr std::size_t attacks_max = 10'000;
constexpr std::size_t text_max = 1'000;

void insist(bool holds, const std::string& what)
{
    if (!holds) throw std::invalid_argument(what);
}

std::uint32_t number(const Json& json, const std::string& key, std::uint64_t most)
{
    insist(json.contains(key), key + " is missing");
    const Json& value = json.at(key);
    insist(value.is_number_unsigned(), key + " is not a whole number");
    insist(value.get<std::uint64_t>() <= most, key + " is too large");
    return value.get<std::uint32_t>();
}

std::string text(const Json& json, const char* key)
{
    insist(json.contains(key) && json.at(key).is_string(), std::string{key} + " is not a text");
    auto value = json.at(key).get<std::string>();
    insist(value.size() <= text_max, std::string{key} + " is too long");
    return value;
}

/// `name`_ppm with its interval, `name`_low_ppm and `name`_high_ppm.
Measured measured(const Json& json, const std::string& name, std::uint64_t most)
{
    const Measured found{
        .value_ppm = number(json, name + "_ppm", most),
        .low_ppm = number(json, name + "_low_ppm", most),
        .high_ppm = number(json, name + "_high_ppm", most)
    };
    insist(
        found.low_ppm <= found.value_ppm && found.value_ppm <= found.high_ppm,
        name + " lies outside its interval"
    );
    return found;
}

Power power(const Json& json)
{
    const Power found{
        .detect_unpaid_ppm = number(json, "detect_unpaid_ppm", million),
        .detect_fraud_ppm = number(json, "detect_fraud_ppm", million),
        .low_ppm = number(json, "low_ppm", million),
        .high_ppm = number(json, "high_ppm", million),
        .files = number(json, "files", UINT32_MAX)
    };
    insist(
        found.low_ppm <= found.detect_unpaid_ppm && found.detect_unpaid_ppm <= found.high_ppm,
        "detect_unpaid lies outside its interval"
    );
    insist(found.detect_fraud_ppm <= found.detect_unpaid_ppm, "fraud is found but not unpaid");
    return found;
}

/// Calls `read` once for each of the tiers 0 to 3, in whatever order they come.
template <typename Read>
void for_each_tier(const Json& json, Read read)
{
    insist(json.is_array() && json.size() == check_tiers, "tiers are not four");
    std::set<std::uint32_t> seen;
    for (const Json& tier : json) {
        const std::uint32_t index = number(tier, "tier", check_tiers - 1);
        insist(seen.insert(index).second, "a tier is there twice");
        read(index, tier);
    }
}

Attack attack(const Json& json)
{
    Attack found;
    found.name = text(json, "name");
    // The name goes into the canonical text that is hashed: one word.
    insist(
        !found.name.empty() &&
            std::ranges::all_of(
                found.name,
                [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }
            ),
        "name is not of a-z, 0-9 and _"
    );
    found.group = text(json, "group");
    insist(json.contains("gross") && json.at("gross").is_boolean(), "gross is not true or false");
    found.gross = json.at("gross").get<bool>();
    found.gain_ppm = number(json, "gain_ppm", million);
    insist(json.contains("tiers"), "tiers are missing");
    for_each_tier(json.at("tiers"), [&](std::uint32_t index, const Json& tier) {
        found.tiers.at(index) = power(tier);
    });
    return found;
}

AttackTable table_of(const Json& json)
{
    AttackTable table;
    insist(json.is_object(), "not an object");
    table.version = number(json, "version", UINT32_MAX);
    const auto dvf = parse_hex(text(json, "dvf"));
    insist(dvf && dvf->size() == table.dvf.size(), "dvf is not 32 bytes of hex");
    std::ranges::copy(*dvf, table.dvf.begin());
    table.source = text(json, "source");
    insist(json.contains("tiers"), "tiers are missing");
    for_each_tier(json.at("tiers"), [&](std::uint32_t index, const Json& tier) {
        table.tiers.at(index) = {
            .cost = measured(tier, "cost", 100 * million),
            .false_substandard = measured(tier, "false_substandard", million),
            .false_fraud = measured(tier, "false_fraud", million)
        };
    });
    insist(json.contains("attacks") && json.at("attacks").is_array(), "attacks are missing");
    insist(!json.at("attacks").empty(), "there are no attacks");
    insist(json.at("attacks").size() <= attacks_max, "there are too many attacks");
    std::set<std::string> names;
    for (const Json& one_attack : json.at("attacks")) {
        table.attacks.push_back(attack(one_attack));
        insist(names.insert(table.attacks.back().name).second, "an attack is there twice");
    }
    return table;
}

}  // namespace

Result<AttackTable, Fault> parse_attack_table(std::string_view text)
{
    try {
        return table_of(Json::parse(text));
    } catch (const std::exception& error) {
        return because(Fault{.what = std::string{"attack table: "} + error.what()});
    }
}

Result<AttackTable, Fault> load_attack_table(const std::string& path)
{
    std::ifstream in{path, std::ios::binary};
    if (!in) return because(Fault{.what = path + ": cannot be read"});
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    auto table = parse_attack_table(text);
    if (!table) return because(Fault{.what = path + ": " + table.error().what});
    return table;
}

AttackTable shipped_attack_table()
{
    auto table = parse_attack_table(attacks_text);
    MILLPOND_ASSERT(table.has_value());
    return *std::move(table);
}

}  // namespace calibration
}  // namespace millpond
