#include "sim/world.hpp"

#include "base/assert.hpp"
#include "core/ledger/invariants.hpp"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

namespace millpond::sim {

/// Wei in millionths of W.
std::int64_t in_millionths(const Wei& amount, std::uint64_t pay_wei)
{
    const auto share = mul_div_floor(amount, Wei{1'000'000}, Wei{pay_wei});
    return share ? static_cast<std::int64_t>(share->limbs()[0]) : 0;
}

namespace {

constexpr Time start{std::chrono::hours{500'000}};
constexpr Duration segment_time = std::chrono::seconds{2};
constexpr Duration longest_answer = std::chrono::milliseconds{7'500};
constexpr std::int64_t segments_of_ten_minutes = 300;
constexpr int longest_doublings = 6;

bool audits(const Scenario& scenario)
{
    return std::ranges::any_of(scenario.crowds, [](const Crowd& crowd) {
        return crowd.habits.audits > 0;
    });
}

constexpr std::uint64_t hardness = 0x6861726421;  ///< a stream's is no matter of its false alarms

}  // namespace

World::World(
    const Scenario& scenario, const AttackTable& table, std::uint64_t seed, bool keeps_journal
)
    : scenario_(scenario),
      video_(table, scenario.around.clustered_ppm, scenario.around.repeats_ppm),
      pool_(scenario, table, seed, keeps_journal || audits(scenario)),
      agenda_(start),
      chance_(seed),
      scores_(scenario.crowds.size()),
      streams_(scenario.around.streams)
{
    for (std::uint32_t i = 0; i < scenario.gateways.size(); ++i)
        for (std::uint32_t stream = 0; stream < scenario.gateways[i].streams; ++stream)
            streams_.emplace_back().gateway = i;
    for (const Crowd& crowd : scenario.crowds) {
        const auto found = video_.find(crowd.habits.attack);
        MILLPOND_ASSERT(found.has_value());
        attacks_.push_back(*found);
    }
    if (scenario.operator_habits) meet_operator();
    if (scenario.operator_habits || scenario.chain)
        pool_.epochs.on_publish([this](const settle::EpochDocument& right) { hear_epoch(right); });
    gateway_scores_.resize(scenario.gateways.size());
    open_desk(seed);
}

void World::run()
{
    MILLPOND_ASSERT(pool_.keeper.begin(now()));
    started_ = now();
    open_chain();
    populate();
    for (std::uint32_t i = 0; i < streams_.size(); ++i) {
        begin_session(streams_[i]);
        agenda_.note(
            start + segment_time * i / static_cast<Duration::rep>(streams_.size()),
            {Kind::segment, i}
        );
    }
    agenda_.note(start + std::chrono::seconds{scenario_.around.tick_seconds}, {Kind::tick, 0});
    if (scenario_.around.price_falls_pct > 0)
        agenda_.note(start + std::chrono::hours{scenario_.around.price_falls_hours}, {Kind::price});
    Time end = start + std::chrono::hours{scenario_.around.hours};
    const std::uint32_t minutes = operator_ ? scenario_.operator_habits->vanishes_minutes : 0;
    if (minutes > 0) end = std::min(end, start + std::chrono::minutes{minutes});
    while (const auto note = agenda_.next(end))
        handle(*note);
    sum_up();
}

void World::handle(const Note& note)
{
    switch (note.kind) {
        case Kind::segment: emit(note.which); break;
        case Kind::back: back(note.which); break;
        case Kind::record: record(note.which); break;
        case Kind::join: join(note.which); break;
        case Kind::leave: leave(note.which); break;
        case Kind::again: begin_anew(note.which); break;
        case Kind::ruling: rule(note.which); break;
        case Kind::price: let_price_fall(); break;
        case Kind::floor: raise_floor(note.which); break;
        case Kind::pause: pause(note.which); break;
        case Kind::hedge: hedge(note.which); break;
        case Kind::tick: tick(); break;
    }
}

void World::tick()
{
    const std::uint64_t before = pool_.epochs.count();
    pool_.turn(now());
    if (pool_.epochs.count() != before) {
        ++pool_score_.epochs;
        if (ledger::violation(pool_.keeper.book().ledger().state())) ++pool_score_.violations;
    }
    if (scenario_.around.canaries > 0) give_canaries();
    turn_purses();
    settle();
    agenda_.note(now() + std::chrono::seconds{scenario_.around.tick_seconds}, {Kind::tick, 0});
}

void World::begin_session(Stream& stream)
{
    const auto number = static_cast<std::size_t>(&stream - streams_.data());
    stream.session = SessionId{std::to_string(number) + "-" + std::to_string(++stream.sessions)};
    stream.tag = scattered(number * 1'000'003 + stream.sessions);
    stream.seq = 0;
    stream.hard = scattered(stream.tag ^ hardness) % 1'000'000 < scenario_.around.hard_ppm;
    // Heavy-tailed: half of all streams last ten minutes, half of the others twice as long.
    const int doublings = std::min(std::countl_zero(chance_.next() | 1U), longest_doublings);
    stream.left = segments_of_ten_minutes << doublings;
}

void World::emit(std::uint32_t index)
{
    Stream& stream = streams_[index];
    if (stream.left-- == 0) begin_session(stream);
    const std::uint32_t number = free_race();
    Race& race = races_[number];
    race.segment.id = {.session = stream.session, .seq = stream.seq++, .arrival = ++arrivals_};
    race.segment.duration = segment_time;
    race.segment.arrived = now();
    if (operator_) race.segment.ladder = played_ladder();
    race.stream = stream.tag;
    race.hard = stream.hard;
    race.gateway = stream.gateway;
    agenda_.note(now() + segment_time, {Kind::segment, index});
    if (!is_let_in(race)) {
        end_if_over(number);
        return;
    }
    ++pool_score_.segments;
    if (!attempt(number) && scenario_.around.deadlines == 0) ++pool_score_.unserved;
    note_unserved(races_[number]);
    end_if_over(number);
}

bool World::attempt(std::uint32_t number)
{
    Race& race = races_[number];
    const bool deadlines = scenario_.around.deadlines > 0;
    const bool in_time = deadlines ? now() < schedule::give_up_at(race.segment, timing_)
                                   : now() <= race.segment.arrived + longest_answer;
    if (race.attempts == scenario_.around.attempts || !in_time) return false;
    const TaskId task{++tasks_};
    const auto given = give(race.segment, task);
    if (!given) return false;
    ++race.attempts;
    hand_over(number, task, *given, false);
    place_replicas(number);
    return true;
}

void World::place_replicas(std::uint32_t number)
{
    const Race& race = races_[number];
    while (pool_.keeper.replica_due(race.segment)) {
        const TaskId task{++tasks_};
        const auto given = pool_.keeper.give_replica(race.segment, task, pool_.fleet, now());
        MILLPOND_ASSERT(!pool_.keeper.broken());
        if (!given) continue;
        ++pool_score_.replicas;
        hand_over(number, task, *given, true);
    }
}

void World::hand_over(
    std::uint32_t number, TaskId task, const Bookkeeper::Given& given, bool replica
)
{
    const std::uint32_t index = free_job();
    const auto identity = static_cast<std::uint32_t>(given.machine.value() - 1);
    Job& job = jobs_[index];
    job.task = task;
    job.race = number;
    job.identity = identity;
    job.replica = replica;
    job.synchronous = given.synchronous;
    if (given.synchronous) ++pool_score_.synchronous;
    Race& race = races_[number];
    race.jobs.push_back(index);
    ++race.open;
    Agent& agent = agents_[identities_[identity].agent];
    const Habits& how = habits(identities_[identity]);
    job.silent = agent.chance.hits(how.drops_ppm);
    if (race.hard && !job.silent) job.silent = agent.chance.hits(how.drops_hard_ppm);
    if (operator_) take_offer(job);
    // A tenth sooner or later than usual.
    const Duration usual = std::chrono::milliseconds{how.takes_ms};
    const auto takes = usual * static_cast<Duration::rep>(900 + agent.chance.below(200)) / 1'000;
    if (scenario_.around.deadlines > 0 && !job.declined) {
        agenda_.note(answer_at(index, takes), {Kind::back, index});
        return;
    }
    const Duration until = job.declined ? Duration{} : job.silent ? longest_answer : takes;
    agenda_.note(now() + until, {Kind::back, index});
}

void World::give_canaries()
{
    for (const TranscoderId who : pool_.keeper.canaries_due(pool_.fleet, now())) {
        const std::uint32_t number = free_race();
        const TaskId task{++tasks_};
        Race& race = races_[number];
        race.segment.id = {
            .session = SessionId{"canary-" + std::to_string(task.value())},
            .seq = 0,
            .arrival = ++arrivals_,
        };
        race.segment.duration = segment_time;
        race.segment.arrived = now();
        if (operator_) race.segment.ladder = played_ladder();
        race.stream = scattered(arrivals_);
        race.answered = true;
        const auto given = pool_.keeper.give_canary(race.segment, task, who, now());
        MILLPOND_ASSERT(!pool_.keeper.broken());
        if (given) {
            ++pool_score_.canaries;
            hand_over(number, task, *given, true);
            jobs_[races_[number].jobs.back()].canary = true;
        }
        end_if_over(number);
    }
}

void World::note_unserved(const Race& race)
{
    if (scenario_.around.deadlines > 0 && race.open == 0 && !race.answered) ++pool_score_.unserved;
}

void World::end_if_over(std::uint32_t number)
{
    Race& race = races_[number];
    if (race.open > 0) return;
    for (const std::uint32_t job : race.jobs) {
        jobs_[job] = {};
        free_jobs_.push_back(job);
    }
    race = {};
    free_races_.push_back(number);
}

std::uint32_t World::free_job()
{
    if (free_jobs_.empty()) {
        jobs_.emplace_back();
        free_jobs_.push_back(static_cast<std::uint32_t>(jobs_.size() - 1));
    }
    const std::uint32_t index = free_jobs_.back();
    free_jobs_.pop_back();
    jobs_[index].used = true;
    return index;
}

std::uint32_t World::free_race()
{
    if (free_races_.empty()) {
        races_.emplace_back();
        free_races_.push_back(static_cast<std::uint32_t>(races_.size() - 1));
    }
    const std::uint32_t index = free_races_.back();
    free_races_.pop_back();
    races_[index].used = true;
    return index;
}

void World::sum_up()
{
    const auto& state = pool_.keeper.book().ledger().state();
    if (ledger::violation(state)) ++pool_score_.violations;
    const std::uint64_t pay_wei = scenario_.parameters.pay_wei;
    for (const Identity& identity : identities_) {
        const auto pay = state.pay.find(identity.address);
        if (pay == state.pay.end()) continue;
        const Wei& forfeited = pay->second.at(ledger::Account::forfeited).credits;
        const Wei earned = ledger::cumulative_earned(pay->second);
        Score& of = score(identity);
        of.forfeited += in_millionths(forfeited, pay_wei);
        of.earned += in_millionths(earned, pay_wei) - in_millionths(forfeited, pay_wei);
        of.paid_out += in_millionths(pay->second.at(ledger::Account::released).credits, pay_wei);
    }
    for (std::uint32_t crowd = 0; crowd < scores_.size(); ++crowd)
        if (scenario_.crowds[crowd].habits.learns > 0) scores_[crowd].learned_ppm = learned(crowd);
    if (operator_) sum_up_receipts();
    sum_up_gateways();
    sum_up_chain();
}

}  // namespace millpond::sim
