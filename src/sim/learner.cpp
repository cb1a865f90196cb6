#include "sim/learner.hpp"

#include <algorithm>
#include <array>

namespace millpond::sim {
namespace {

constexpr std::array<std::uint32_t, 6> shares = {100, 1'000, 10'000, 50'000, 300'000, 1'000'000};
constexpr std::array<std::uint32_t, 4> patience = {0, 80, 300, 1'000};

template <typename Values>
auto any_of(const Values& values, Chance& chance)
{
    return values[chance.below(values.size())];
}

std::vector<std::string> worthwhile(const AttackTable& table)
{
    std::vector<std::string> names;
    for (const Attack& attack : table.attacks)
        if (attack.gain_ppm > 0) names.push_back(attack.name);
    return names;
}

Habits by_chance(Habits habits, const std::vector<std::string>& attacks, Chance& chance)
{
    habits.attack = any_of(attacks, chance);
    habits.cheat_ppm = any_of(shares, chance);
    habits.honest_first = any_of(patience, chance);
    habits.returns_hours = static_cast<std::uint32_t>(chance.below(2));
    return habits;
}

Habits varied(Habits habits, const std::vector<std::string>& attacks, Chance& chance)
{
    switch (chance.below(4)) {
        case 0: habits.attack = any_of(attacks, chance); break;
        case 1: habits.cheat_ppm = any_of(shares, chance); break;
        case 2: habits.honest_first = any_of(patience, chance); break;
        default: habits.returns_hours = 1 - habits.returns_hours; break;
    }
    return habits;
}

Played played_with(
    Scenario scenario,
    const AttackTable& table,
    const std::string& crowd,
    const Habits& habits,
    const Playing& how
)
{
    const auto found = std::ranges::find(scenario.crowds, crowd, &Crowd::name);
    if (found == scenario.crowds.end()) return {};
    found->habits = habits;
    scenario.bounds.clear();
    return play(scenario, table, how);
}

double profit_with(
    const Scenario& scenario, const AttackTable& table, const Search& search, const Habits& habits
)
{
    const Played played =
        played_with(scenario, table, search.crowd, habits, {.seeds = search.seeds, .progress = {}});
    return played.spreads.at(search.crowd + ".profit").mean;
}

}  // namespace

Spread gain_of(
    const Scenario& scenario,
    const AttackTable& table,
    const std::string& crowd,
    const Habits& habits,
    const Playing& how
)
{
    Habits honest = habits;
    honest.cheat_ppm = 0;
    const Played cheating = played_with(scenario, table, crowd, habits, how);
    const Played working = played_with(scenario, table, crowd, honest, how);
    std::vector<Figures> gains;
    for (std::size_t i = 0; i < cheating.plays.size(); ++i) {
        const std::string profit = crowd + ".profit";
        gains.push_back({{"gain", cheating.plays[i].at(profit) - working.plays[i].at(profit)}});
    }
    return gains.empty() ? Spread{} : spreads_of(gains).at("gain");
}

std::string text_of(const Habits& habits)
{
    return "cheat_ppm=" + std::to_string(habits.cheat_ppm) + " attack=" + habits.attack +
           " honest_first=" + std::to_string(habits.honest_first) +
           " returns_hours=" + std::to_string(habits.returns_hours);
}

std::vector<Tried> best_responses(
    const Scenario& scenario, const AttackTable& table, const Search& search
)
{
    const auto crowd = std::ranges::find(scenario.crowds, search.crowd, &Crowd::name);
    if (crowd == scenario.crowds.end()) return {};
    Habits honest = crowd->habits;
    honest.cheat_ppm = 0;
    const double without = profit_with(scenario, table, search, honest);
    Chance chance{search.chance};
    const auto attacks = worthwhile(table);
    std::vector<Tried> tried;
    const auto attempt = [&](const Habits& habits) {
        const double profit = profit_with(scenario, table, search, habits);
        tried.push_back({.habits = habits, .profit = profit, .gain = profit - without});
    };
    for (std::uint32_t i = 0; i < search.first; ++i)
        attempt(by_chance(honest, attacks, chance));
    const auto better = [](const Tried& left, const Tried& right) {
        if (left.profit != right.profit) return left.profit > right.profit;
        return text_of(left.habits) < text_of(right.habits);
    };
    for (std::uint32_t round = 0; round < search.rounds; ++round) {
        std::ranges::sort(tried, better);
        const std::size_t best = std::max<std::size_t>(search.first / 3, 1);
        for (std::size_t i = 0; i < best && i < tried.size(); ++i)
            attempt(varied(tried[i].habits, attacks, chance));
    }
    std::ranges::sort(tried, better);
    return tried;
}

}  // namespace millpond::sim
