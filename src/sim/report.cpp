#include "sim/report.hpp"

#include "crypto/keccak.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <thread>
#include <utility>

namespace millpond::sim {
namespace {

/// Student's t at 97.5 %, by degrees of freedom.
constexpr std::array student = {0.0,   12.706, 4.303, 3.182, 2.776, 2.571, 2.447,
                                2.365, 2.306,  2.262, 2.228, 2.201, 2.179, 2.160,
                                2.145, 2.131,  2.120, 2.110, 2.101, 2.093, 2.086};

std::string digits(double value)
{
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
}

bool in_order(double left, Order order, double right)
{
    switch (order) {
        case Order::less: return left < right;
        case Order::at_most: return left <= right;
        case Order::at_least: return left >= right;
        case Order::more: return left > right;
    }
    return false;
}

std::string_view text_of(Order order)
{
    switch (order) {
        case Order::less: return "<";
        case Order::at_most: return "<=";
        case Order::at_least: return ">=";
        case Order::more: return ">";
    }
    return "?";
}

double right_of(const Bound& bound, const Figures& figures)
{
    return bound.other.empty() ? bound.number : figures.at(bound.other);
}

Stand stand_of(const Bound& bound, const Played& played)
{
    Stand stand{.bound = bound};
    const auto figure = played.spreads.find(bound.figure);
    const auto other = played.spreads.find(bound.other);
    const auto none = played.spreads.end();
    if (figure == none || (!bound.other.empty() && other == none)) {
        stand.known = false;
        return stand;
    }
    stand.left = figure->second.mean;
    stand.right = bound.other.empty() ? bound.number : other->second.mean;
    stand.holds = in_order(stand.left, bound.order, stand.right);
    const bool small = bound.order == Order::less || bound.order == Order::at_most;
    double furthest = -1e300;
    for (std::size_t i = 0; i < played.plays.size(); ++i) {
        const double gap = played.plays[i].at(bound.figure) - right_of(bound, played.plays[i]);
        const double wrong = small ? gap : -gap;
        if (wrong <= furthest) continue;
        furthest = wrong;
        stand.worst = played.seeds[i];
    }
    return stand;
}

}  // namespace

Spreads spreads_of(const std::vector<Figures>& plays)
{
    Spreads spreads;
    if (plays.empty()) return spreads;
    const auto count = static_cast<double>(plays.size());
    for (const auto& [name, first] : plays.front()) {
        double sum = 0;
        for (const Figures& play : plays)
            sum += play.at(name);
        Spread spread{.mean = sum / count};
        double squares = 0;
        for (const Figures& play : plays)
            squares += (play.at(name) - spread.mean) * (play.at(name) - spread.mean);
        if (plays.size() > 1) {
            const std::size_t freedom = std::min(plays.size() - 1, student.size() - 1);
            spread.half = student[freedom] * std::sqrt(squares / (count - 1) / count);
        }
        spreads[name] = spread;
    }
    return spreads;
}

bool Played::holds() const
{
    return std::ranges::all_of(stands, &Stand::holds);
}

Played play(const Scenario& scenario, const AttackTable& table, const Playing& how)
{
    Played played{.scenario = scenario, .seeds = {}, .plays = {}, .spreads = {}, .stands = {}};
    for (std::uint32_t i = 0; i < how.seeds; ++i)
        played.seeds.push_back(how.first_seed + i);
    played.plays.resize(played.seeds.size());
    std::atomic<std::size_t> next = 0;
    std::atomic<std::size_t> done = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < played.seeds.size(); i = next++) {
            World world{scenario, table, played.seeds[i]};
            world.run();
            played.plays[i] = figures_of(world);
            ++done;
        }
    };
    std::vector<std::jthread> helpers;
    for (std::uint32_t i = 1; i < std::min<std::size_t>(how.jobs, how.seeds); ++i)
        helpers.emplace_back(work);
    for (std::size_t i = next++; i < played.seeds.size(); i = next++) {
        World world{scenario, table, played.seeds[i]};
        world.run();
        played.plays[i] = figures_of(world);
        ++done;
        if (how.progress) how.progress(done, played.seeds.size());
    }
    helpers.clear();
    if (how.progress) how.progress(done, played.seeds.size());
    played.spreads = spreads_of(played.plays);
    for (const Bound& bound : scenario.bounds)
        played.stands.push_back(stand_of(bound, played));
    return played;
}

std::string text_of(const Played& played)
{
    std::string text = played.scenario.says + "\n";
    for (const auto& [name, spread] : played.spreads) {
        std::string line = "  " + name;
        line.resize(std::max<std::size_t>(line.size() + 1, 34), ' ');
        line += digits(spread.mean);
        if (spread.half > 0) line += " ± " + digits(spread.half);
        text += line + "\n";
    }
    for (const Stand& stand : played.stands) {
        const Bound& bound = stand.bound;
        text += stand.holds ? "holds  " : stand.known ? "BROKEN " : "UNKNOWN ";
        text += bound.name + ": " + bound.figure + " " + digits(stand.left) + " " +
                std::string{text_of(bound.order)} + " " +
                (bound.other.empty() ? "" : bound.other + " ") + digits(stand.right) + "\n";
    }
    return text;
}

std::string fingerprint_of(const Played& played)
{
    std::string text;
    for (const Figures& play : played.plays)
        for (const auto& [name, value] : play)
            text += name + " " + digits(value) + "\n";
    return to_hex(crypto::keccak256(as_bytes(text)));
}

}  // namespace millpond::sim
