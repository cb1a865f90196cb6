// Who tries what pays: nobody tells such a crowd how often to cheat.
#include "sim/world.hpp"

#include <algorithm>
#include <array>

namespace millpond::sim {
namespace {

constexpr std::array<std::uint32_t, 4> shares = {0, 20'000, 100'000, 500'000};
constexpr std::uint32_t curious_ppm = 100'000;

}  // namespace

std::vector<World::Tried> World::tried_by(std::uint32_t crowd) const
{
    std::vector<Tried> tried(shares.size());
    const auto& pay = pool_.keeper.book().ledger().state().pay;
    for (const Identity& identity : identities_) {
        if (agents_[identity.agent].crowd != crowd || !identity.way) continue;
        Tried& way = tried[*identity.way];
        ++way.names;
        way.done += identity.done;
        way.profit -= identity.cost;
        const auto book = pay.find(identity.address);
        if (book == pay.end()) continue;
        const std::uint64_t pay_wei = scenario_.parameters.pay_wei;
        way.profit += in_millionths(ledger::cumulative_earned(book->second), pay_wei);
        way.profit -= in_millionths(book->second.at(ledger::Account::forfeited).credits, pay_wei);
    }
    return tried;
}

std::size_t World::next_way(std::uint32_t agent)
{
    const auto tried = tried_by(agents_[agent].crowd);
    const auto fewest = std::ranges::min_element(tried, {}, &Tried::names);
    if (fewest->names == 0) return static_cast<std::size_t>(fewest - tried.begin());
    Chance& chance = agents_[agent].chance;
    if (chance.hits(curious_ppm)) return chance.below(tried.size());
    const auto best = std::ranges::max_element(tried, {}, [](const Tried& way) {
        return way.profit / std::max<std::int64_t>(static_cast<std::int64_t>(way.done), 1);
    });
    return static_cast<std::size_t>(best - tried.begin());
}

std::uint32_t World::learned(std::uint32_t crowd) const
{
    const auto tried = tried_by(crowd);
    const auto most = std::ranges::max_element(tried, {}, &Tried::done);
    return shares[static_cast<std::size_t>(most - tried.begin())];
}

std::uint32_t World::cheat_ppm_of(const Identity& identity) const
{
    return identity.way ? shares[*identity.way] : habits(identity).cheat_ppm;
}

void World::begin_anew(std::uint32_t number)
{
    const Identity& identity = identities_[number];
    if (identity.connected && !identity.charged) come_again(number);
}

}  // namespace millpond::sim
