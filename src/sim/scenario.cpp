#include "sim/scenario.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

namespace millpond::sim {
namespace {

using Words = std::vector<std::string_view>;
using Read = Result<void, Fault>;

constexpr std::uint64_t most_agents = 20'000;

Fault fault(std::string what)
{
    return {.what = std::move(what)};
}

Words split(std::string_view text, std::string_view between)
{
    Words words;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(between), text.size());
        if (end > 0) words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

template <typename Number>
std::optional<Number> number_of(std::string_view text)
{
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

template <typename Owner>
struct Field {
    std::string_view name;
    std::uint32_t Owner::* field = nullptr;
    std::uint32_t most = 0;
};

constexpr std::array around_fields = {
    Field<Surroundings>{"hours", &Surroundings::hours, 24 * 400},
    Field<Surroundings>{"streams", &Surroundings::streams, 10'000},
    Field<Surroundings>{"tick_seconds", &Surroundings::tick_seconds, 3'600},
    Field<Surroundings>{"epoch_hours", &Surroundings::epoch_hours, 240},
    Field<Surroundings>{"court_hours", &Surroundings::court_hours, 24 * 45},
    Field<Surroundings>{"court_error_ppm", &Surroundings::court_error_ppm, 1'000'000},
    Field<Surroundings>{"clustered_ppm", &Surroundings::clustered_ppm, 1'000'000},
    Field<Surroundings>{"repeats_ppm", &Surroundings::repeats_ppm, 1'000'000},
    Field<Surroundings>{"blind_ppm", &Surroundings::blind_ppm, 1'000'000},
    Field<Surroundings>{"bans", &Surroundings::bans, 1},
    Field<Surroundings>{"attempts", &Surroundings::attempts, 100},
    Field<Surroundings>{"structure", &Surroundings::structure, 1},
    Field<Surroundings>{"hard_ppm", &Surroundings::hard_ppm, 1'000'000},
    Field<Surroundings>{"hard_cost_pct", &Surroundings::hard_cost_pct, 10'000},
    Field<Surroundings>{"price_falls_pct", &Surroundings::price_falls_pct, 99},
    Field<Surroundings>{"price_falls_hours", &Surroundings::price_falls_hours, 24 * 400},
    Field<Surroundings>{"rules_follow", &Surroundings::rules_follow, 1},
    Field<Surroundings>{"deadlines", &Surroundings::deadlines, 1},
    Field<Surroundings>{"canaries", &Surroundings::canaries, 1},
};

constexpr std::array habit_fields = {
    Field<Habits>{"lanes", &Habits::lanes, 1'000},
    Field<Habits>{"takes_ms", &Habits::takes_ms, 60'000},
    Field<Habits>{"cost_ppm", &Habits::cost_ppm, 10'000'000},
    Field<Habits>{"cheat_ppm", &Habits::cheat_ppm, 1'000'000},
    Field<Habits>{"honest_first", &Habits::honest_first, 100'000'000},
    Field<Habits>{"waits_hours", &Habits::waits_hours, 10'000},
    Field<Habits>{"stops_hours", &Habits::stops_hours, 10'000},
    Field<Habits>{"bribe_w", &Habits::bribe_w, 100'000'000},
    Field<Habits>{"drops_ppm", &Habits::drops_ppm, 1'000'000},
    Field<Habits>{"drops_hard_ppm", &Habits::drops_hard_ppm, 1'000'000},
    Field<Habits>{"spots_ppm", &Habits::spots_ppm, 1'000'000},
    Field<Habits>{"spots_canaries_ppm", &Habits::spots_canaries_ppm, 1'000'000},
    Field<Habits>{"works_hours", &Habits::works_hours, 10'000},
    Field<Habits>{"away_hours", &Habits::away_hours, 10'000},
    Field<Habits>{"latency_ms", &Habits::latency_ms, 60'000},
    Field<Habits>{"mbit_s", &Habits::mbit_s, 1'000'000},
    Field<Habits>{"loss_ppm", &Habits::loss_ppm, 1'000'000},
    Field<Habits>{"cut_from_minutes", &Habits::cut_from_minutes, 1'000'000},
    Field<Habits>{"cut_minutes", &Habits::cut_minutes, 1'000'000},
    Field<Habits>{"floor_pct", &Habits::floor_pct, 10'000},
    Field<Habits>{"floor_hours", &Habits::floor_hours, 10'000},
    Field<Habits>{"error_ppm", &Habits::error_ppm, 1'000'000},
    Field<Habits>{"returns_hours", &Habits::returns_hours, 10'000},
    Field<Habits>{"joins_hours", &Habits::joins_hours, 10'000},
    Field<Habits>{"learns", &Habits::learns, 1'000'000},
    Field<Habits>{"identities", &Habits::identities, 1'000},
    Field<Habits>{"friends", &Habits::friends, 1},
    Field<Habits>{"checks_vouchers", &Habits::checks_vouchers, 1},
    Field<Habits>{"counts_rejections", &Habits::counts_rejections, 1},
    Field<Habits>{"checks_roots", &Habits::checks_roots, 1},
    Field<Habits>{"audits", &Habits::audits, 1},
    Field<Habits>{"quits_hours", &Habits::quits_hours, 10'000},
};

constexpr std::array gateway_fields = {
    Field<GatewayHabits>{"alarms_pct", &GatewayHabits::alarms_pct, 10'000},
    Field<GatewayHabits>{"deposit_w", &GatewayHabits::deposit_w, 100'000'000},
    Field<GatewayHabits>{"drains_minutes", &GatewayHabits::drains_minutes, 1'000'000},
    Field<GatewayHabits>{"trusted", &GatewayHabits::trusted, 1},
    Field<GatewayHabits>{"pays_pct", &GatewayHabits::pays_pct, 100},
};

constexpr std::array operator_fields = {
    Field<OperatorHabits>{"from_hours", &OperatorHabits::from_hours, 10'000},
    Field<OperatorHabits>{"unpaid_ppm", &OperatorHabits::unpaid_ppm, 1'000'000},
    Field<OperatorHabits>{"short_ppm", &OperatorHabits::short_ppm, 1'000'000},
    Field<OperatorHabits>{"twice_ppm", &OperatorHabits::twice_ppm, 1'000'000},
    Field<OperatorHabits>{"omits_ppm", &OperatorHabits::omits_ppm, 1'000'000},
    Field<OperatorHabits>{"refuses_ppm", &OperatorHabits::refuses_ppm, 1'000'000},
    Field<OperatorHabits>{"steers_ppm", &OperatorHabits::steers_ppm, 1'000'000},
    Field<OperatorHabits>{"tells_rests", &OperatorHabits::tells_rests, 1},
    Field<OperatorHabits>{"vanishes_minutes", &OperatorHabits::vanishes_minutes, 1'000'000},
};

constexpr std::array chain_fields = {
    Field<ChainHabits>{"block_seconds", &ChainHabits::block_seconds, 3'600},
    Field<ChainHabits>{"confirmations", &ChainHabits::confirmations, 100'000},
    Field<ChainHabits>{"challenge_minutes", &ChainHabits::challenge_minutes, 100'000},
    Field<ChainHabits>{"congested_from_minutes", &ChainHabits::congested_from_minutes, 1'000'000},
    Field<ChainHabits>{"congested_minutes", &ChainHabits::congested_minutes, 1'000'000},
    Field<ChainHabits>{"waits_minutes", &ChainHabits::waits_minutes, 100'000},
    Field<ChainHabits>{"reorganised_minutes", &ChainHabits::reorganised_minutes, 100'000},
    Field<ChainHabits>{"reorganised_blocks", &ChainHabits::reorganised_blocks, 100'000},
    Field<ChainHabits>{"funds_w", &ChainHabits::funds_w, 100'000'000},
    Field<ChainHabits>{"cover_w", &ChainHabits::cover_w, 100'000'000},
    Field<ChainHabits>{"unposted_early_w", &ChainHabits::unposted_early_w, 100'000'000},
    Field<ChainHabits>{"unposted_max_w", &ChainHabits::unposted_max_w, 100'000'000},
    Field<ChainHabits>{"claim_least_w", &ChainHabits::claim_least_w, 100'000'000},
};

template <typename Owner, std::size_t Count>
std::optional<Read> set_field(
    Owner& owner,
    const std::array<Field<Owner>, Count>& fields,
    std::string_view name,
    std::string_view value
)
{
    const auto found = std::ranges::find(fields, name, &Field<Owner>::name);
    if (found == fields.end()) return std::nullopt;
    const auto number = number_of<std::uint32_t>(value);
    if (!number || *number > found->most)
        return because(fault(std::string{name} + " cannot be " + std::string{value}));
    owner.*(found->field) = *number;
    return Read{};
}

Read set_habit(Habits& habits, std::string_view name, std::string_view value)
{
    if (auto done = set_field(habits, habit_fields, name, value)) return *std::move(done);
    if (name == "attack") {
        habits.attack = value;
        return {};
    }
    if (name == "together") {
        constexpr std::array names = {"alone", "informed", "copies"};
        const auto found = std::ranges::find(names, value);
        if (found == names.end())
            return because(fault("nobody is together so: " + std::string{value}));
        habits.together = static_cast<Together>(found - names.begin());
        return {};
    }
    const auto number = number_of<std::uint64_t>(value);
    if (!number) return because(fault(std::string{name} + " needs a number"));
    if (name == "bond_mlpt") {
        habits.bond_mlpt = std::min<std::uint64_t>(*number, 1'000'000'000);
    } else if (name == "cluster") {
        habits.cluster = *number;
    } else if (name == "member") {
        habits.member = *number != 0;
    } else if (name == "signs") {
        habits.signs = *number != 0;
    } else {
        return because(fault("agents have no " + std::string{name}));
    }
    return {};
}

Read set_habit(OperatorHabits& habits, std::string_view name, std::string_view value)
{
    if (auto done = set_field(habits, operator_fields, name, value)) return *std::move(done);
    return because(fault("operators have no " + std::string{name}));
}

Read set_habit(ChainHabits& habits, std::string_view name, std::string_view value)
{
    if (auto done = set_field(habits, chain_fields, name, value)) return *std::move(done);
    return because(fault("chains have no " + std::string{name}));
}

Read set_habit(GatewayCrowd& gateway, std::string_view name, std::string_view value)
{
    if (auto done = set_field(gateway.habits, gateway_fields, name, value)) return *std::move(done);
    if (name != "of") return because(fault("gateways have no " + std::string{name}));
    gateway.of = value;
    return {};
}

template <typename Owner>
Read set_habits(Owner& habits, std::span<const std::string_view> pairs)
{
    for (const std::string_view pair : pairs) {
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos) return because(fault("KEY=VALUE is missing its ="));
        const auto set = set_habit(habits, pair.substr(0, equals), pair.substr(equals + 1));
        if (!set) return set;
    }
    return {};
}

Read read_gateway(Scenario& scenario, const Words& words)
{
    if (words.size() < 3) return because(fault("gateways NAME STREAMS KEY=VALUE..."));
    constexpr std::uint32_t most_streams = 1'000;
    const auto streams = number_of<std::uint32_t>(words[2]);
    if (!streams || *streams > most_streams)
        return because(fault("how many streams of " + std::string{words[1]}));
    auto known = std::ranges::find(scenario.gateways, words[1], &GatewayCrowd::name);
    if (known == scenario.gateways.end())
        known = scenario.gateways.insert(known, GatewayCrowd{.name = std::string{words[1]}});
    known->streams = *streams;
    return set_habits(*known, std::span{words}.subspan(3));
}

Read read_operator(Scenario& scenario, const Words& words)
{
    if (!scenario.operator_habits) scenario.operator_habits.emplace();
    return set_habits(*scenario.operator_habits, std::span{words}.subspan(1));
}

Read read_chain(Scenario& scenario, const Words& words)
{
    if (!scenario.chain) scenario.chain.emplace();
    return set_habits(*scenario.chain, std::span{words}.subspan(1));
}

Read read_every(Scenario& scenario, const Words& words)
{
    for (Crowd& crowd : scenario.crowds) {
        if (auto set = set_habits(crowd.habits, std::span{words}.subspan(1)); !set) return set;
    }
    return {};
}

Read read_crowd(Scenario& scenario, const Words& words)
{
    if (words.size() < 3) return because(fault("agents NAME COUNT KEY=VALUE..."));
    const auto known = std::ranges::find(scenario.crowds, words[1], &Crowd::name);
    const auto count = number_of<std::uint32_t>(words[2]);
    if (!count || *count > most_agents) return because(fault("how many " + std::string{words[1]}));
    Crowd crowd = known == scenario.crowds.end() ? Crowd{.name = std::string{words[1]}} : *known;
    crowd.count = *count;
    if (auto set = set_habits(crowd.habits, std::span{words}.subspan(3)); !set) return set;
    if (known == scenario.crowds.end()) {
        scenario.crowds.push_back(std::move(crowd));
    } else {
        *known = std::move(crowd);
    }
    return {};
}

Read read_parameter(Scenario& scenario, const Words& words)
{
    if (words.size() != 3) return because(fault("set PARAMETER VALUE"));
    const auto rows = parameter_rows();
    const auto row = std::ranges::find(rows, words[1], &ParameterRow::name);
    if (row == rows.end()) return because(fault("no parameter " + std::string{words[1]}));
    std::optional<std::uint64_t> value = number_of<std::uint64_t>(words[2]);
    if (names_a_policy(*row)) {
        const auto policy = parse_policy_name(words[2]);
        value = policy ? std::optional{static_cast<std::uint64_t>(*policy)} : std::nullopt;
    }
    // Switching a countermeasure off may go below the bounds that a pool has to keep.
    if (!value || *value > row->high)
        return because(fault(std::string{words[1]} + " is out of range"));
    scenario.parameters.*(row->field) = *value;
    return {};
}

Read read_bound(Scenario& scenario, const Words& words)
{
    if (words.size() != 5) return because(fault("expect NAME FIGURE < FIGURE|NUMBER"));
    constexpr std::array<std::string_view, 4> orders = {"<", "<=", ">=", ">"};
    const auto order = std::ranges::find(orders, words[3]);
    if (order == orders.end()) return because(fault("no such order: " + std::string{words[3]}));
    Bound bound{
        .name = std::string{words[1]},
        .figure = std::string{words[2]},
        .order = static_cast<Order>(order - orders.begin()),
        .other = {},
    };
    if (const auto number = number_of<double>(words[4])) {
        bound.number = *number;
    } else {
        bound.other = words[4];
    }
    scenario.bounds.push_back(std::move(bound));
    return {};
}

Read read_without(Scenario& scenario, std::string_view line)
{
    const auto colon = line.find(':');
    const Words words = split(line.substr(0, colon), " \t,");
    if (colon == std::string_view::npos || words.size() < 4 || words[2] != "breaks")
        return because(fault("without COUNTERMEASURE breaks BOUND...: LINE; LINE"));
    Without without{.countermeasure = std::string{words[1]}, .breaks = {}, .lines = {}};
    for (std::size_t i = 3; i < words.size(); ++i)
        without.breaks.emplace_back(words[i]);
    for (const std::string_view each : split(line.substr(colon + 1), ";"))
        without.lines.emplace_back(each);
    scenario.without.push_back(std::move(without));
    return {};
}

Read read_line(Scenario& scenario, std::string_view line)
{
    const Words words = split(line, " \t\r");
    if (words.empty() || words[0].starts_with('#')) return {};
    if (words[0] == "says") {
        scenario.says = line.substr(std::min(line.find("says") + 5, line.size()));
        return {};
    }
    if (words[0] == "threats") {
        scenario.threats.assign(words.begin() + 1, words.end());
        return {};
    }
    if (words[0] == "agents") return read_crowd(scenario, words);
    if (words[0] == "gateways") return read_gateway(scenario, words);
    if (words[0] == "operator") return read_operator(scenario, words);
    if (words[0] == "chain") return read_chain(scenario, words);
    if (words[0] == "every") return read_every(scenario, words);
    if (words[0] == "set") return read_parameter(scenario, words);
    if (words[0] == "expect") return read_bound(scenario, words);
    if (words[0] == "without") return read_without(scenario, line);
    if (words.size() != 2) return because(fault("a word and its value"));
    if (words[0] == "class") {
        const auto found = std::ranges::find(stream_classes, words[1], [](StreamClass each) {
            return name_of(each);
        });
        if (found == stream_classes.end())
            return because(fault("no class " + std::string{words[1]}));
        scenario.around.stream_class = *found;
        return {};
    }
    if (auto done = set_field(scenario.around, around_fields, words[0], words[1]))
        return *std::move(done);
    return because(fault("what is " + std::string{words[0]}));
}

/// What cannot be played.
Read check(const Scenario& scenario)
{
    std::uint64_t agents = 0;
    for (const Crowd& crowd : scenario.crowds)
        agents += std::uint64_t{crowd.count} * crowd.habits.identities;
    for (const Crowd& crowd : scenario.crowds)
        if (crowd.habits.floor_pct > 0 && !scenario.operator_habits)
            return because(fault("a floor is of offers, which an operator signs"));
    for (const GatewayCrowd& gateway : scenario.gateways) {
        const bool known =
            std::ranges::find(scenario.crowds, gateway.of, &Crowd::name) != scenario.crowds.end();
        if (!gateway.of.empty() && !known) return because(fault("there is no crowd " + gateway.of));
        if (gateway.habits.alarms_pct == 0) return because(fault("a gateway without any alarm"));
    }
    if (agents > most_agents) return because(fault("more agents than can be played"));
    if (scenario.around.tick_seconds == 0 || scenario.around.epoch_hours == 0)
        return because(fault("a tick or an epoch of no time"));
    if (scenario.chain && scenario.chain->block_seconds == 0)
        return because(fault("a block of no time"));
    constexpr std::uint64_t most_pay_wei = 100'000'000'000;  // or amounts are too large to play
    if (scenario.chain && scenario.parameters.pay_wei > most_pay_wei)
        return because(fault("a chain of so large a W"));
    return {};
}

}  // namespace

Result<Scenario, Fault> parse_scenario(std::string_view text)
{
    Scenario scenario;
    std::size_t number = 0;
    while (!text.empty()) {
        ++number;
        const auto end = std::min(text.find('\n'), text.size());
        if (auto read = read_line(scenario, text.substr(0, end)); !read) {
            return because(fault("line " + std::to_string(number) + ": " + read.error().what));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (auto sound = check(scenario); !sound) return because(sound.error());
    return scenario;
}

Result<Scenario, Fault> switched_off(Scenario scenario, const Without& without)
{
    for (const std::string& line : without.lines) {
        if (auto read = read_line(scenario, line); !read)
            return because(fault("without " + without.countermeasure + ": " + read.error().what));
    }
    if (auto sound = check(scenario); !sound) return because(sound.error());
    return scenario;
}

}  // namespace millpond::sim
