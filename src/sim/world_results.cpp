// What comes back: from a result to its pay, and what is found out about it.
#include "base/assert.hpp"
#include "core/verify/picture.hpp"
#include "model/cusum.hpp"
#include "sim/world.hpp"

#include <algorithm>
#include <string>

namespace millpond::sim {
namespace {

constexpr std::uint32_t pictures = 0b1110;
constexpr Duration recorded_answer = std::chrono::milliseconds{600};
constexpr Duration rest_after_failures = std::chrono::minutes{10};
constexpr std::uint32_t failures_most = 3;

bool has(std::uint32_t tiers, CheckTier tier)
{
    return (tiers >> static_cast<unsigned>(tier) & 1U) != 0;
}

/// How closely the picture is looked at.
std::size_t tier_of(std::uint32_t tiers)
{
    if (has(tiers, CheckTier::control)) return 3;
    return has(tiers, CheckTier::whole) ? 2 : 1;
}

Hash32 report_of(TaskId task, std::uint8_t look)
{
    Hash32 report{};
    for (std::size_t i = 0; i < 8; ++i)
        report[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(task.value()) >> (8 * i));
    report[31] = look;
    return report;
}

}  // namespace

void World::back(std::uint32_t index)
{
    const std::uint32_t number = jobs_[index].race;
    if (jobs_[index].recorded) {
        record_back(index);
        return;
    }
    --races_[number].open;
    finish(index);
    note_unserved(races_[number]);
    compare(number);
    end_if_over(number);
}

void World::finish(std::uint32_t index)
{
    const Job& job = jobs_[index];
    const Identity& identity = identities_[job.identity];
    if (job.declined) {
        pool_.fleet.note_trouble(identity.id, fleet::Trouble::reported, "", now());
        lose(index, "declined");
        return;
    }
    ++score(identity).segments;
    if (!identity.connected) {
        lose(index, "left");
        return;
    }
    if (job.late) {
        play(index);
        ++pool_score_.late;
    }
    if (job.silent || job.late) {
        if (job.silent) ++score(identity).dropped;
        pool_.fleet.note_trouble(identity.id, fleet::Trouble::silent, "", now());
        lose(index, "silent");
        return;
    }
    play(index);
    pool_.keeper.done(
        {.task = job.task,
         .transcoder = identity.id,
         .renditions =
             {{.bytes = {},
               .hash = report_of(TaskId{static_cast<std::int64_t>(job.work.content)}, 0)}},
         .signature = {},
         .commit = commit_of(job)},
        now()
    );
    pool_score_.structure_cost += video_.table().tiers[0].cost.value_ppm;
    if (scenario_.around.structure != 0 && video_.look(job.work, 0) != Seen::right) {
        if (!job.work.attack) ++score(identity).good_unpaid;
        pool_.fleet.note_trouble(identity.id, fleet::Trouble::refused_result, "", now());
        lose(index, "refused");
        return;
    }
    accept(index);
}

void World::accept(std::uint32_t index)
{
    const Job job = jobs_[index];
    const Identity& identity = identities_[job.identity];
    if (is_robbed_of(job)) {
        deliver(job);
        lose(index, "refused");
        return;
    }
    if (job.synchronous && !examine(index)) {
        if (!job.work.attack) ++score(identity).good_unpaid;
        lose(index, "picture");
        return;
    }
    const auto* machine = pool_.fleet.find(identity.id);
    if (machine != nullptr && machine->troubles_in_a_row > 0)
        pool_.fleet.note_done(identity.id, 0, Duration{}, now());
    deliver(job);
    pool_.keeper.pay(job.task, segment_pixels, now());
    MILLPOND_ASSERT(!pool_.keeper.broken());
    if (operator_) pool_.tell();
    if (!job.synchronous) examine(index);
}

void World::deliver(const Job& job)
{
    Race& race = races_[job.race];
    if (job.replica || race.answered) {
        (job.canary ? pool_score_.canary_cost : pool_score_.replica_cost) += 1'000'000;
        return;
    }
    const Identity& identity = identities_[job.identity];
    race.answered = true;
    ++pool_score_.served;
    ++score(identity).delivered;
    pool_score_.waited +=
        std::chrono::floor<std::chrono::milliseconds>(now() - race.segment.arrived).count();
    hedges_.note_delivered(streams_.size());
    if (race.gateway) charge_gateway(race);
    if (!job.work.attack) return;
    ++score(identity).bad_delivered;
    if (job.work.meant)
        score(identity).bribes += std::int64_t{habits(identity).bribe_w} * 1'000'000;
}

void World::charge_gateway(const Race& race)
{
    const GatewayCrowd& gateway = scenario_.gateways[*race.gateway];
    if (desk_ && gateway.habits.deposit_w > 0)
        purses_[*race.gateway].use(*desk_, race.segment.id.session, pool_.price, now());
    if (gateway.of.empty()) return;
    const auto payer = std::ranges::find(scenario_.crowds, gateway.of, &Crowd::name);
    constexpr std::int64_t whole = 1'000'000;
    constexpr std::int64_t basis_points = 10'000;
    const auto share = static_cast<std::int64_t>(scenario_.parameters.pay_bp);
    scores_[static_cast<std::size_t>(payer - scenario_.crowds.begin())].fees +=
        whole * basis_points / share * gateway.habits.pays_pct / 100;
}

void World::lose(std::uint32_t index, const std::string& reason)
{
    const Job job = jobs_[index];
    pool_.keeper.dropped(job.task, reason);
    if (operator_) pool_.tell();
    if (job.replica || races_[job.race].answered) return;
    ++pool_score_.retried;
    if (!attempt(job.race) && scenario_.around.deadlines == 0) ++pool_score_.unserved;
}

bool World::examine(std::uint32_t index)
{
    const Job& job = jobs_[index];
    const std::uint32_t tiers = pool_.keeper.drawn_tiers(job.task);
    const auto verdict = look(job, tiers);
    note_cost_of(job, verdict, tiers);
    pool_.keeper.examined(job.task, tiers, verdict, now());
    MILLPOND_ASSERT(!pool_.keeper.broken());
    if (verdict && verdict->verdict == verify::Verdict::fraud)
        pool_.fleet.note_trouble(identities_[job.identity].id, fleet::Trouble::fraud, "", now());
    const bool refused = verdict && verdict->refuses();
    take_note(job.identity);
    return !refused;
}

std::optional<PictureVerdict> World::look(const Job& job, std::uint32_t tiers)
{
    if ((tiers & pictures) == 0) return std::nullopt;
    const auto tier = static_cast<CheckTier>(tier_of(tiers));
    PictureVerdict verdict{.tier = tier, .text = {}, .report = report_of(job.task, 1)};
    ++pool_score_.examined;
    if (chance_.hits(scenario_.around.blind_ppm)) return verdict;
    const Seen seen = video_.look(job.work, static_cast<std::size_t>(tier));
    if (seen == Seen::right) return verdict;
    verdict.verdict = seen == Seen::fraud ? verify::Verdict::fraud : verify::Verdict::substandard;
    verdict.tier = CheckTier::control;
    verdict.second = video_.again(job.work) ? ExamFinding::failed : ExamFinding::passed;
    verdict.second_report = report_of(job.task, 2);
    return verdict;
}

void World::note_cost_of(
    const Job& job, const std::optional<PictureVerdict>& verdict, std::uint32_t tiers
)
{
    if (!verdict) return;
    const auto& costs = video_.table().tiers;
    std::int64_t cost = costs[tier_of(tiers)].cost.value_ppm;
    // What is wrong is held against our own encode, and then looked at anew.
    if (verdict->refuses()) cost += std::int64_t{costs[3].cost.value_ppm} + costs[2].cost.value_ppm;
    (job.recorded ? pool_score_.qualify_cost : pool_score_.check_cost) += cost;
}

void World::compare(std::uint32_t number)
{
    const Race& race = races_[number];
    if (race.open > 0 || !race.answered) return;
    const auto due = pool_.keeper.comparison_due(race.segment);
    if (due.empty()) return;
    std::vector<std::uint32_t> results;
    for (const std::uint32_t index : race.jobs)
        if (std::ranges::find(due, jobs_[index].task) != due.end()) results.push_back(index);
    ExamFinding finding = results.size() < 2 ? ExamFinding::unclear : ExamFinding::passed;
    for (std::size_t i = 1; i < results.size(); ++i)
        if (video_.differ(jobs_[results[0]].work, jobs_[results[i]].work))
            finding = ExamFinding::failed;
    ++pool_score_.compared;
    if (finding == ExamFinding::failed) ++pool_score_.differed;
    pool_.keeper.compared(race.segment, due, finding, report_of(due.front(), 3), now());
    MILLPOND_ASSERT(!pool_.keeper.broken());
    if (finding == ExamFinding::passed) return;
    for (const std::uint32_t index : results)
        if (pool_.keeper.drawn_tiers(jobs_[index].task) != 0) examine(index);
}

void World::record(std::uint32_t number)
{
    const Identity& identity = identities_[number];
    if (!identity.connected || !pool_.keeper.qualifies(identity.id)) return;
    const std::uint32_t index = free_job();
    Job& job = jobs_[index];
    job.task = TaskId{++tasks_};
    job.identity = number;
    job.recorded = true;
    Segment segment;
    segment.id = {
        .session = SessionId{"benchmark-" + std::to_string(identity.id.value())},
        .seq = 0,
        .arrival = ++arrivals_,
    };
    segment.duration = std::chrono::seconds{2};
    pool_.keeper.give_recorded(segment, job.task, identity.id, now());
    MILLPOND_ASSERT(!pool_.keeper.broken());
    const Duration takes =
        std::max<Duration>(recorded_answer, std::chrono::milliseconds{habits(identity).takes_ms});
    agenda_.note(now() + takes, {Kind::back, index});
}

void World::record_back(std::uint32_t index)
{
    Job& job = jobs_[index];
    Identity& identity = identities_[job.identity];
    ++score(identity).recorded;
    play(index);
    pool_.keeper.done({.task = job.task, .transcoder = identity.id, .renditions = {{}}}, now());
    bool passed = false;
    if (video_.look(job.work, 0) == Seen::right) passed = examine(index);
    if (pool_.keeper.too_slow(job.task)) passed = false;
    pool_.keeper.dropped(job.task, "qualification");
    MILLPOND_ASSERT(!pool_.keeper.broken());
    identity.failures = passed ? 0 : identity.failures + 1;
    const bool rests = identity.failures >= failures_most;
    if (rests) identity.failures = 0;
    const std::uint32_t who = job.identity;
    job = {};
    free_jobs_.push_back(index);
    agenda_.note(now() + (rests ? rest_after_failures : Duration{}), {Kind::record, who});
}

void World::take_note(std::uint32_t number)
{
    Identity& identity = identities_[number];
    const book::Account& account = pool_.account(identity.address);
    const Tier tier = account.standing.tier;
    const bool works = tier != Tier::qualify && tier != Tier::probation;
    if (!identity.full && works && tier != Tier::suspended && tier != Tier::banned) {
        identity.full = true;
        ++score(identity).full;
        score(identity).full_hours += static_cast<std::uint64_t>(
            std::chrono::floor<std::chrono::hours>(now() - identity.joined).count()
        );
    }
    if (identity.charged || !account.case_open) return;
    const bool alarm = account.standing.cusum >= cusum_steps(scenario_.parameters).alarm;
    if (alarm) ++score(identity).alarms;
    charge(number, alarm);
}

}  // namespace millpond::sim
