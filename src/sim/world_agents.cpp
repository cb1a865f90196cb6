// Who comes, what they do, and what they are charged with.
#include "base/assert.hpp"
#include "core/book/case_ruling.hpp"
#include "core/policy/rules.hpp"
#include "sim/world.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace millpond::sim {
namespace {

constexpr std::uint32_t burst_of_errors = 10;
constexpr std::uint64_t basis_points = 10'000;
/// One account's share of failures above which it works badly and not merely unluckily.
constexpr std::uint64_t soft_guilt_pct = 1;

Address address_of(std::uint64_t number)
{
    std::array<std::uint8_t, 20> bytes{};
    const std::uint64_t spread = scattered(number);
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::uint8_t>(spread >> (8 * i));
        bytes[12 + i] = static_cast<std::uint8_t>(number >> (8 * (7 - i)));
    }
    return Address{bytes};
}

Duration hours(std::uint32_t count)
{
    return std::chrono::hours{count};
}

}  // namespace

void World::populate()
{
    for (std::uint32_t crowd = 0; crowd < scenario_.crowds.size(); ++crowd) {
        const Crowd& of = scenario_.crowds[crowd];
        for (std::uint32_t i = 0; i < of.count; ++i) {
            const auto agent = static_cast<std::uint32_t>(agents_.size());
            agents_.push_back({
                .crowd = crowd,
                .chance = chance_.fork(agent),
                .bond_mlpt = of.habits.bond_mlpt,
            });
            for (std::uint32_t j = 0; j < of.habits.identities; ++j)
                agenda_.note(
                    now() + hours(of.habits.joins_hours), {Kind::join, new_identity(agent)}
                );
        }
    }
}

std::uint32_t World::new_identity(std::uint32_t agent)
{
    const auto number = static_cast<std::uint32_t>(identities_.size());
    identities_.push_back({
        .agent = agent,
        .id = TranscoderId{number + 1},
        .address = address_of(number + 1),
    });
    const Habits& how = scenario_.crowds[agents_[agent].crowd].habits;
    if (operator_) {
        numbers_.emplace(identities_[number].address, number);
        const TranscoderSide::Care care{
            .vouchers = how.checks_vouchers > 0,
            .rejections = how.counts_rejections > 0,
            .roots = how.checks_roots > 0
        };
        sides_.emplace_back(PoolId{}, identities_[number].address, care);
    }
    if (how.learns > 0) identities_[number].way = next_way(agent);
    return number;
}

void World::join(std::uint32_t number)
{
    Identity& identity = identities_[number];
    const Habits& how = habits(identity);
    const bool known_before = identity.joined != Time{};
    if (!known_before) {
        ++score(identity).identities;
        identity.joined = now();
    }
    identity.connected = true;
    if (how.works_hours > 0) agenda_.note(now() + hours(how.works_hours), {Kind::pause, number});
    if (how.floor_pct > 0 && !known_before)
        agenda_.note(started_ + hours(how.floor_hours), {Kind::floor, number});
    fleet::Transcoder machine{.id = identity.id, .address = identity.address, .name = {}};
    machine.kind = how.signs ? fleet::Kind::ours : fleet::Kind::stock;
    machine.sessions_max = static_cast<int>(how.lanes);
    machine.last_seen = now();
    // Measured as fast as it works on each of its lanes.
    const double seconds = std::max<std::uint32_t>(how.takes_ms, 1) / 1'000.0;
    const double speed = how.lanes * static_cast<double>(segment_pixels.value()) / seconds;
    machine.pixels_per_second = speed;
    pool_.fleet.join(machine, now());
    pool_.fleet.measured(identity.id, speed, now());
    std::vector<BookEvent> events{MachineJoined{
        .transcoder = identity.id,
        .account = identity.address,
        .signing = how.signs ? Signing::yes : Signing::no,
        .cluster = how.cluster,
        .at = now(),
    }};
    // What is left of it, where it comes again.
    const std::uint64_t bond = agents_[identity.agent].bond_mlpt;
    const auto& accounts = pool_.keeper.book().accounts();
    const auto known = accounts.find(identity.address);
    const std::uint64_t counted = known == accounts.end() ? 0 : known->second.standing.bond_mlpt;
    const std::uint64_t there = contracts_ ? contracts_->bond_of(identity.address) : counted;
    if (contracts_ && bond > there) {
        contracts_->deposit(identity.address, bond - there);
    } else if (bond > there) {
        events.emplace_back(BondMoved{
            .account = identity.address,
            .move = BondMove::posted,
            .mlpt = bond - there,
            .reference = "deposit " + std::to_string(number) + " " + std::to_string(there),
            .at = now(),
        });
    }
    if (how.member)
        events.emplace_back(MemberListed{.account = identity.address, .member = true, .at = now()});
    pool_.enter(std::move(events), now());
    pool_.keeper.measured(machine);
    agenda_.note(now(), {Kind::record, number});
}

void World::leave(std::uint32_t number)
{
    Identity& identity = identities_[number];
    if (!identity.connected) return;
    identity.connected = false;
    pool_.fleet.leave(identity.id);
    pool_.keeper.left(identity.id, now());
}

void World::pause(std::uint32_t number)
{
    const Identity& identity = identities_[number];
    if (!identity.connected || identity.charged) return;
    const std::uint32_t away = habits(identity).away_hours;
    if (away == 0) {
        come_again(number);
        return;
    }
    leave(number);
    agenda_.note(now() + hours(away), {Kind::join, number});
}

void World::come_again(std::uint32_t number)
{
    leave(number);
    const Identity& gone = identities_[number];
    const Habits& how = habits(gone);
    const std::uint32_t agent = gone.agent;
    // Who has put down bonds and lost them stops.
    const bool ruined = how.bond_mlpt > 0 && agents_[agent].bond_mlpt == 0;
    if (how.returns_hours == 0 || ruined) return;
    agenda_.note(now() + hours(how.returns_hours), {Kind::join, new_identity(agent)});
}

bool World::has_mate(const Job& job) const
{
    if (job.recorded) return false;
    const std::uint32_t crowd = agents_[identities_[job.identity].agent].crowd;
    const auto& jobs = races_[job.race].jobs;
    return std::ranges::count_if(jobs, [&](std::uint32_t other) {
               return agents_[identities_[jobs_[other].identity].agent].crowd == crowd;
           }) > 1;
}

bool World::cheats(Identity& identity, const Job& job)
{
    const Habits& how = habits(identity);
    Agent& agent = agents_[identity.agent];
    if (job.recorded && how.spots_ppm > 0 && agent.chance.hits(how.spots_ppm)) return false;
    if (job.canary && how.spots_canaries_ppm > 0 && agent.chance.hits(how.spots_canaries_ppm))
        return false;
    const bool ready =
        identity.done >= how.honest_first && now() - identity.joined >= hours(how.waits_hours);
    const std::uint32_t share = cheat_ppm_of(identity);
    if (!ready || share == 0) return false;
    if (how.together == Together::informed && !has_mate(job)) return false;
    if (!agent.chance.hits(share)) return false;
    if (!identity.began) {
        identity.began = now();
        if (how.stops_hours > 0)
            agenda_.note(now() + hours(how.stops_hours), {Kind::leave, job.identity});
    }
    return true;
}

bool World::copies(std::uint32_t index)
{
    Job& job = jobs_[index];
    if (job.recorded) return false;
    const std::uint32_t crowd = agents_[identities_[job.identity].agent].crowd;
    for (const std::uint32_t other : races_[job.race].jobs) {
        const Job& mate = jobs_[other];
        if (other == index || mate.work.content == 0) continue;
        if (agents_[identities_[mate.identity].agent].crowd != crowd) continue;
        job.work = mate.work;
        return true;
    }
    return false;
}

void World::play(std::uint32_t index)
{
    Job& job = jobs_[index];
    Identity& identity = identities_[job.identity];
    const Habits& how = habits(identity);
    Agent& agent = agents_[identity.agent];
    const std::uint32_t crowd = agent.crowd;
    const bool copied = how.together != Together::alone && copies(index);
    ++identity.done;
    if (!copied) {
        const std::uint64_t stream = job.recorded ? 0 : races_[job.race].stream;
        const auto minute = std::chrono::floor<std::chrono::minutes>(now().time_since_epoch());
        if (agent.errors_left == 0 && agent.chance.hits(how.error_ppm / burst_of_errors))
            agent.errors_left = burst_of_errors;
        const bool error = agent.errors_left > 0;
        if (error) --agent.errors_left;
        const std::uint32_t alarms = job.recorded ? 100 : alarms_pct_of(races_[job.race]);
        const bool cheat = cheats(identity, job);
        job.work = cheat || error ? video_.bad(agent.chance, attacks_[crowd])
                                  : video_.honest(agent.chance, stream, minute.count(), alarms);
        job.work.meant = cheat;
        std::int64_t cost = how.cost_ppm;
        if (cheat) cost -= video_.gain_ppm(attacks_[crowd]);
        cost = std::max<std::int64_t>(cost, 0);
        if (!job.recorded && races_[job.race].hard)
            cost = cost * scenario_.around.hard_cost_pct / 100;
        score(identity).cost += cost;
        identity.cost += cost;
    }
    if (identity.done == how.learns) agenda_.note(now(), {Kind::again, job.identity});
    if (job.recorded || !job.work.attack) return;
    ++score(identity).bad;
    ++identity.bad;
}

void World::charge(std::uint32_t number, bool soft)
{
    Identity& identity = identities_[number];
    identity.charged = true;
    const bool worked_badly =
        identity.bad * 100 > std::max<std::uint64_t>(identity.done, 1) * soft_guilt_pct;
    const bool guilty = soft ? worked_badly : identity.bad > 0;
    hearings_.push_back({.identity = number, .soft = soft, .guilty = guilty});
    agenda_.note(
        now() + hours(scenario_.around.court_hours),
        {Kind::ruling, static_cast<std::uint32_t>(hearings_.size() - 1)}
    );
    if (guilty) come_again(number);
}

void World::rule(std::uint32_t index)
{
    const Hearing hearing = hearings_[index];
    Identity& identity = identities_[hearing.identity];
    identity.charged = false;
    const bool wrong = chance_.hits(scenario_.around.court_error_ppm);
    const bool convicts = hearing.guilty != wrong && scenario_.around.bans != 0;
    const CaseRuling ruling = !convicts      ? CaseRuling::acquitted
                              : hearing.soft ? CaseRuling::substandard
                                             : CaseRuling::fraud;
    const auto events = book::events_of(
        {.account = identity.address, .ruling = ruling, .forfeit = {}, .reason = "simulated"},
        pool_.keeper.book(),
        now()
    );
    MILLPOND_ASSERT(events.has_value());
    pool_.enter(*events, now());
    Score& of = score(identity);
    if (!convicts) {
        if (hearing.guilty) ++of.acquitted_guilty;
        return;
    }
    ++of.convicted;
    if (!hearing.guilty) ++of.wrongly_convicted;
    of.before_catch += identity.bad;
    punish(hearing.identity, hearing.soft);
}

void World::punish(std::uint32_t number, bool soft)
{
    const Identity& identity = identities_[number];
    Agent& agent = agents_[identity.agent];
    const Parameters& parameters = scenario_.parameters;
    const std::uint32_t frauds = pool_.account(identity.address).standing.frauds;
    const std::uint64_t share = soft         ? parameters.soft_slash_bp
                                : frauds > 1 ? basis_points
                                             : parameters.first_fraud_bp;
    const std::uint64_t lost = agent.bond_mlpt * share / basis_points;
    if (lost > 0) {
        // A bond is worth what it can be sold for, without the haircut: that is what it costs.
        const Fixed worth = policy::bond_terms(parameters).lpt_w *
                            Fixed::ratio(static_cast<std::int64_t>(lost) * price_pct_, 100'000);
        score(identity).bonds_lost += (worth * Fixed{1'000'000}).floor();
        agent.bond_mlpt -= lost;
        if (contracts_) contracts_->take_bond(identity.address, lost);
    }
    if (!soft) leave(number);
}

void World::let_price_fall()
{
    price_pct_ = 100 - scenario_.around.price_falls_pct;
    if (scenario_.around.rules_follow == 0) return;
    // The operator tells everybody what it counts bonds at from the next epoch on.
    Parameters parameters = pool_.keeper.book().settings().rules.parameters;
    parameters.lpt_price_gwei = parameters.lpt_price_gwei * price_pct_ / 100;
    pool_.enter(
        {RulesPublished{
            .from_epoch = pool_.keeper.book().ledger().state().epoch + 1,
            .rules = policy::policy_hash(parameters, video_.table()),
            .parameters = canonical_text(parameters),
            .at = now(),
        }},
        now()
    );
}

}  // namespace millpond::sim
