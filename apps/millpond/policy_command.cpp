#include "apps/millpond/policy_command.hpp"

#include "apps/millpond/config.hpp"
#include "base/beta.hpp"
#include "core/policy/explain.hpp"
#include "core/policy/validate.hpp"
#include "edge/calibration/attacks_json.hpp"

#include <cstdio>
#include <fstream>
#include <vector>

#include <nlohmann/json.hpp>

namespace millpond {
namespace {

using Json = nlohmann::ordered_json;

/// A transcoder to explain, with a name for the reader.
struct Sample {
    std::string name;
    Standing standing;
    Fixed earned;
    Fixed segments_per_second;
    std::uint32_t capacity = 4;
};

Fixed error_high(const Standing& standing, const Parameters& parameters)
{
    return quantile(
        {.a = Fixed{static_cast<std::int64_t>(parameters.prior_bad)} + standing.bad,
         .b = Fixed{static_cast<std::int64_t>(parameters.prior_good)} + standing.good},
        Fixed::ratio(95, 100)
    );
}

Sample sample(std::string name, Tier tier, std::uint32_t passes, std::int64_t earned_w)
{
    return {
        .name = std::move(name),
        .standing = {.tier = tier, .good = Fixed{passes}, .passes = passes},
        .earned = Fixed{earned_w},
        .segments_per_second = Fixed{2}
    };
}

/// The way of a transcoder with four streams, and what a bond or a vote changes.
std::vector<Sample> typical(const Parameters& parameters)
{
    std::vector<Sample> samples{
        sample("newcomer", Tier::qualify, 0, 0),
        sample("first segment on probation", Tier::probation, 0, 0),
        sample("first full work", Tier::active, 100, 75),
        sample("after two hours", Tier::active, 300, 14'400),
        sample("after 14 hours", Tier::active, 2'000, 100'800),
        sample("after a week", Tier::active, 7'000, 518'400),
        sample("S_min bonded", Tier::active_s, 3'000, 43'200),
        sample("S_2 bonded", Tier::active_s, 3'000, 43'200),
        sample("member", Tier::member, 3'000, 86'400),
        sample("stock client after a week", Tier::unsigned_, 7'000, 518'400),
        sample("suspended", Tier::suspended, 3'000, 518'400),
    };
    samples[6].standing.bond_mlpt = parameters.bond_min_mlpt;
    samples[7].standing.bond_mlpt = parameters.bond_r2_mlpt;
    samples[8].standing.bond_mlpt = parameters.bond_r2_mlpt;
    samples[8].standing.member = true;
    samples[9].standing.signs = Signs::no;
    for (Sample& one_sample : samples) {
        one_sample.standing.error_high = error_high(one_sample.standing, parameters);
    }
    return samples;
}

std::optional<Tier> parse_tier(const std::string& name)
{
    for (auto tier = Tier::qualify;; tier = static_cast<Tier>(static_cast<int>(tier) + 1)) {
        if (name_of(tier) == name) return tier;
        if (tier == Tier::banned) return std::nullopt;
    }
}

Result<Sample, Fault> load_sample(const std::string& path, const Parameters& parameters)
{
    constexpr std::uint32_t many = 1'000'000'000;
    try {
        std::ifstream in{path};
        const Json json = Json::parse(in);
        const auto count = [&](const char* key) {
            const auto value = json.value(key, std::uint64_t{0});
            return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, many));
        };
        const auto tier = parse_tier(json.at("tier").get<std::string>());
        if (!tier) return because(Fault{.what = path + ": unknown tier"});
        Sample read = sample(path, *tier, count("passes"), count("earned_w"));
        read.standing.signs = json.value("signs", true) ? Signs::yes : Signs::no;
        read.standing.member = json.value("member", false);
        read.standing.bond_mlpt = count("bond_mlpt");
        read.standing.good = Fixed{count("good")};
        read.standing.bad = Fixed{count("bad")};
        read.standing.error_high = error_high(read.standing, parameters);
        read.segments_per_second = Fixed::ratio(count("segments_per_hour"), 3'600);
        read.capacity = count("capacity");
        return read;
    } catch (const std::exception& error) {
        return because(Fault{.what = path + ": " + error.what()});
    }
}

Json json_of(const policy::Explanation& e, const Sample& of)
{
    const policy::Decision& d = e.decision;
    Json json{
        {"state", of.name},
        {"tier", name_of(of.standing.tier)},
        {"eligible", d.eligible},
        {"reason", policy::name_of(d.reason)},
        {"at_risk_w", to_text(d.at_risk)},
        {"m_p_det", to_text(e.deterring)},
        {"binding_attack", e.binding_attack},
        {"risk_at_floor_w", to_text(e.risk_at_floor)},
        {"error_mean", to_text(e.error_mean)},
        {"error_high", to_text(e.error_high)},
        {"p_rep", to_text(e.doubt)},
        {"r1_above_error", to_text(e.break_even)},
    };
    if (!d.eligible) return json;
    json["mode"] = policy::name_of(d.mode);
    json["check_ppm"] = d.check_ppm;
    json["replicas"] = d.replicas;
    json["further_replica_ppm"] = d.further_replica_ppm;
    json["hold_seconds"] = d.hold_seconds;
    json["pay_bp"] = d.pay_bp;
    json["lanes"] = d.lanes;
    json["weight_ppm"] = d.weight_ppm;
    json["bribe_bound_w"] = to_text(e.bribe_bound);
    json["cheapest_attack"] = e.cheapest_attack;
    json["overhead"] = to_text(e.overhead);
    return json;
}

Json json_of(
    StreamClass stream_class, const std::vector<Sample>& samples, const policy::Rules& rules
)
{
    const policy::ClassTerms terms = policy::terms_of(rules.parameters, stream_class);
    const policy::Viability viable = policy::viability(rules.parameters, rules.table, terms);
    Json json{
        {"class", name_of(stream_class)},
        {"policy", name_of(terms.policy)},
        {"harm_w", to_text(terms.harm)},
        {"bribe_w", to_text(terms.bribe)},
        {"cover_w", to_text(terms.cover)},
        {"slash_w", to_text(terms.slash)},
        {"v1_loss_w", to_text(viable.loss)},
        {"v1_income_w", to_text(viable.income)},
        {"states", Json::array()},
    };
    if (terms.policy == PolicyName::closed) return json;
    for (const Sample& of : samples) {
        const policy::TranscoderState state{
            .standing = of.standing,
            .earned = of.earned,
            .segments_per_second = of.segments_per_second,
            .capacity = of.capacity
        };
        const auto explained = policy::explain({.stream_class = stream_class}, state, {}, rules);
        json["states"].push_back(json_of(explained, of));
    }
    return json;
}

Json json_of(const Attack& attack, const policy::Rules& rules)
{
    const Parameters& p = rules.parameters;
    const Fixed risk{static_cast<std::int64_t>(p.r1_cover_w)};
    const policy::TierChances floors{
        one,
        Fixed::ppm(p.features_floor_ppm),
        Fixed::ppm(p.check_floor_ppm),
        Fixed::ppm(p.calibration_ppm)
    };
    const auto sampled = policy::view_attack(rules.table, attack, floors, risk);
    const auto all = policy::view_attack(rules.table, attack, {one, one, one, zero}, risk);
    return {
        {"attack", attack.name},
        {"gross", attack.gross},
        {"gain_ppm", attack.gain_ppm},
        {"detect_at_floors", to_text(sampled.bands.unpaid.detect)},
        {"detect_all", to_text(all.bands.unpaid.detect)},
        {"convict_all", to_text(all.bands.convicted.detect)},
        {"bribe_bound_at_floors_w", to_text(sampled.bribe_bound)},
        {"bribe_bound_all_w", to_text(all.bribe_bound)},
    };
}

Json texts(const std::vector<policy::Violation>& violations)
{
    Json json = Json::array();
    for (const auto& violation : violations)
        json.push_back(policy::to_text(violation));
    return json;
}

/// "key value" lines, indented by depth: the same figures for people.
void print(const Json& json, int depth)
{
    for (const auto& [key, value] : json.items()) {
        const std::string label = json.is_array() ? "-" : key + ":";
        if (value.is_object() || (value.is_array() && !value.empty() && !value[0].is_number())) {
            std::printf("%*s%s\n", depth * 2, "", label.c_str());
            print(value, depth + 1);
        } else {
            const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
            std::printf("%*s%s %s\n", depth * 2, "", label.c_str(), text.c_str());
        }
    }
}

int fail(const Fault& fault)
{
    std::fprintf(stderr, "%s\n", fault.what.c_str());
    return 2;
}

}  // namespace

int run_policy_explain(const PolicyQuestion& question)
{
    PoolConfig config;
    if (!question.config_file.empty()) {
        const auto read = read_config(question.config_file, config);
        if (!read) return fail(read.error());
    }
    AttackTable table = calibration::shipped_attack_table();
    if (!config.attacks_file.empty()) {
        auto loaded = calibration::load_attack_table(config.attacks_file);
        if (!loaded) return fail(loaded.error());
        table = *std::move(loaded);
    }
    const auto violations = policy::validate(config.policy, table);
    const policy::Rules rules = policy::make_rules(config.policy, table);
    std::vector<Sample> samples;
    if (question.state_file.empty()) {
        samples = typical(config.policy);
    } else {
        auto loaded = load_sample(question.state_file, config.policy);
        if (!loaded) return fail(loaded.error());
        samples.push_back(*std::move(loaded));
    }
    Json json{
        {"policy_hash", to_hex(rules.hash)},
        {"attack_table",
         {{"version", table.version}, {"dvf", to_hex(table.dvf)}, {"source", table.source}}},
        {"violations", texts(violations)},
        {"doubts", texts(policy::doubts(config.policy, table))},
        {"classes", Json::array()},
        {"attacks", Json::array()},
        {"parameters", Json::object()},
    };
    for (const StreamClass stream_class : stream_classes)
        json["classes"].push_back(json_of(stream_class, samples, rules));
    for (const Attack& attack : table.attacks)
        json["attacks"].push_back(json_of(attack, rules));
    for (const ParameterRow& row : parameter_rows())
        json["parameters"][std::string{row.name}] = text_of(row, config.policy);
    if (question.json)
        std::printf("%s\n", json.dump(2).c_str());
    else
        print(json, 0);
    return violations.empty() ? 0 : 1;
}

}  // namespace millpond
