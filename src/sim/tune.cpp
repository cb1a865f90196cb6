#include "sim/tune.hpp"

#include "core/policy/validate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

namespace millpond::sim {
namespace {

constexpr std::uint64_t basis_points = 10'000;
/// Of more streams as many are played as this, and as many fewer transcoders.
constexpr std::uint32_t streams_played = 4;

template <typename Number>
bool read_number(std::string_view text, Number most, Number& into)
{
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || number == 0 || number > most) return false;
    into = number;
    return true;
}

bool set_figure(Target& target, std::string_view name, std::string_view value)
{
    if (name == "price") return read_number<std::uint64_t>(value, 1'000'000, target.price_wei);
    if (name == "harm") return read_number<std::uint64_t>(value, 1'000'000, target.harm_w);
    if (name == "streams") return read_number<std::uint32_t>(value, 100'000, target.streams);
    if (name == "transcoders")
        return read_number<std::uint32_t>(value, 100'000, target.transcoders);
    if (name == "overhead") return read_number<std::uint32_t>(value, 1'000, target.overhead_pct);
    if (name == "hours") return read_number<std::uint32_t>(value, 24 * 30, target.hours);
    return false;
}

Parameters base_of(const Target& target)
{
    Parameters parameters;
    parameters.pay_wei = target.price_wei * static_cast<std::uint64_t>(segment_pixels.value()) *
                         parameters.pay_bp / basis_points;
    parameters.r1_harm_w = target.harm_w;
    parameters.r1_bribe_w = target.harm_w;
    return parameters;
}

Option of_policy(const Target& target, PolicyName policy, std::string label)
{
    Option option{.label = std::move(label), .parameters = base_of(target), .refused = {}};
    option.parameters.pool_policy = static_cast<std::uint64_t>(policy);
    return option;
}

std::vector<Option> ways(const Target& target)
{
    std::vector<Option> all{
        of_policy(target, PolicyName::check_all, "check_all"),
        of_policy(target, PolicyName::redundant, "redundant"),
    };
    for (const std::uint64_t times : {20U, 100U, 500U, 2'000U}) {
        for (const std::uint64_t replicas : {0U, 10'000U}) {
            const std::uint64_t cover = times * target.harm_w;
            all.push_back(of_policy(
                target,
                PolicyName::hybrid,
                "hybrid, unchecked from " + std::to_string(cover) + " W at stake" +
                    (replicas == 0 ? ", no replicas" : "")
            ));
            all.back().parameters.r1_cover_w = cover;
            all.back().parameters.replicas_ppm = replicas;
        }
    }
    return all;
}

/// A pool after its first days: the way to full work is short, what is at stake there is not. A
/// fifth of all agents are hostile.
Scenario scenario_of(const Target& target, const Parameters& parameters)
{
    Scenario scenario;
    scenario.parameters = parameters;
    scenario.parameters.probation_seconds = 3'600;
    scenario.around.hours = target.hours;
    scenario.around.court_hours = 2;
    scenario.around.streams = std::min(target.streams, streams_played);
    const std::uint32_t honest = std::max(
        4U,
        static_cast<std::uint32_t>(
            std::uint64_t{target.transcoders} * scenario.around.streams / target.streams
        )
    );
    const std::uint32_t hostile = std::max(1U, honest / 8);
    scenario.crowds = {
        {.name = "honest", .count = honest, .habits = {}},
        {.name = "stealth",
         .count = hostile,
         .habits =
             {.cheat_ppm = 20'000, .attack = "other_clip", .honest_first = 200, .returns_hours = 1}
        },
        {.name = "starved",
         .count = hostile,
         .habits =
             {.cheat_ppm = 1'000'000,
              .attack = "rate_50_ultrafast",
              .honest_first = 200,
              .returns_hours = 1}},
    };
    return scenario;
}

void play_option(Option& option, const Target& target, const AttackTable& table, const Playing& how)
{
    if (const auto broken = policy::validate(option.parameters, table); !broken.empty()) {
        option.refused = policy::to_text(broken.front());
        return;
    }
    const auto spreads = play(scenario_of(target, option.parameters), table, how).spreads;
    const auto mean = [&](const char* figure) { return spreads.at(figure).mean; };
    option.overhead_pct = mean("pool.overhead_pct");
    option.harm_pct = mean("pool.harm_w") * 100;
    option.honest = mean("honest.profit");
    option.cheating = std::max(mean("stealth.profit"), mean("starved.profit")) - option.honest;
    option.unpaid_ppm = mean("honest.good_unpaid_ppm");
}

std::string row_of(const Option& option, bool chosen)
{
    if (!option.refused.empty())
        return "# | " + option.label + " | the rules forbid it: " + option.refused + " |\n";
    std::array<char, 160> cells{};
    std::snprintf(
        cells.data(),
        cells.size(),
        " | %.1f | %.1f | %.3f | %.3f | %.0f |%s\n",
        option.overhead_pct,
        option.harm_pct,
        option.honest,
        option.cheating,
        option.unpaid_ppm,
        chosen ? " <- this one" : ""
    );
    return "# | " + option.label + cells.data();
}

std::string configuration_of(const Target& target, const Parameters& parameters)
{
    std::string text = "\n[book]\nkeep = true\nstream_class = \"r1\"\nprice_wei = " +
                       std::to_string(target.price_wei) + "\nprice_pixels = 1\n\n[policy]\n";
    const Parameters shipped;
    for (const ParameterRow& row : parameter_rows()) {
        if (parameters.*(row.field) == shipped.*(row.field)) continue;
        const std::string value = millpond::text_of(row, parameters);
        text += std::string{row.name} + " = " + (names_a_policy(row) ? '"' + value + '"' : value) +
                "\n";
    }
    return text;
}

}  // namespace

Result<Target, Fault> parse_target(std::span<const std::string> words)
{
    Target target;
    for (const std::string_view word : words) {
        const auto equals = std::min(word.find('='), word.size() - 1);
        if (word.empty() || !set_figure(target, word.substr(0, equals), word.substr(equals + 1)))
            return because(Fault{.what = "no target: " + std::string{word}});
    }
    return target;
}

std::optional<std::size_t> best_of(const std::vector<Option>& options, std::uint32_t tolerated_pct)
{
    const auto better = [&](const Option& left, const Option& right) {
        const bool left_tolerated = left.overhead_pct <= tolerated_pct;
        const bool right_tolerated = right.overhead_pct <= tolerated_pct;
        if (left_tolerated != right_tolerated) return left_tolerated;
        return left.overhead_pct + left.harm_pct < right.overhead_pct + right.harm_pct;
    };
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < options.size(); ++i) {
        if (!options[i].deters()) continue;
        if (!best || better(options[i], options[*best])) best = i;
    }
    return best;
}

Tuned tune(
    const Target& target,
    const AttackTable& table,
    const Playing& how,
    const std::function<void(const std::string& label)>& told
)
{
    Tuned tuned{.target = target, .options = ways(target), .best = {}};
    for (Option& option : tuned.options) {
        told(option.label);
        play_option(option, target, table, how);
    }
    tuned.best = best_of(tuned.options, target.overhead_pct);
    tuned.tolerated = tuned.best && tuned.options[*tuned.best].overhead_pct <= target.overhead_pct;
    return tuned;
}

std::string text_of(const Tuned& tuned)
{
    const Target& target = tuned.target;
    std::string text =
        "# Written by `millpond simulate tune` for " + std::to_string(target.streams) +
        " streams, " + std::to_string(target.transcoders) + " transcoders, a harm of " +
        std::to_string(target.harm_w) + " W for each bad\n# segment and an overhead of at most " +
        std::to_string(target.overhead_pct) +
        " % of W. What each way to run the pool came to, a fifth of all agents being hostile:\n"
        "#\n# | way | overhead, % of W | harm, % of W | honest profit, W | cheating above it, W | "
        "good work unpaid per 10^6 |\n# | --- | --- | --- | --- | --- | --- |\n";
    for (std::size_t i = 0; i < tuned.options.size(); ++i)
        text += row_of(tuned.options[i], tuned.best == i);
    if (!tuned.best) return text + "#\n# None of them deters: there is no configuration.\n";
    if (!tuned.tolerated)
        text += "#\n# None of those that deter has so little overhead: this has the least cost.\n";
    return text + configuration_of(target, tuned.options[*tuned.best].parameters);
}

}  // namespace millpond::sim
