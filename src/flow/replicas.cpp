// Segments that several transcoders do without knowing of each other, and what is made of it.
#include "core/verify/agreement.hpp"
#include "crypto/keccak.hpp"
#include "flow/internal/race.hpp"

#include <algorithm>
#include <utility>

namespace millpond {

void SegmentFlow::start_replicas(const std::shared_ptr<Race>& race)
{
    if (ports_.book == nullptr) return;
    const Segment& segment = race->segment;
    while (ports_.book->replica_due(segment)) {
        Attempt attempt{
            .race = race,
            .task = TaskId{static_cast<std::int64_t>((ports_.chance.draw() >> 1U) | 1U)},
            .number = race->attempts,
            .replica = true,
            .started = ports_.clock.now(),
        };
        const auto given =
            ports_.book->give_replica(segment, attempt.task, pool_.fleet, ports_.clock.now());
        if (ports_.book->broken()) return;
        if (!given) continue;
        attempt.who = given->machine;
        attempt.before_delivery = given->synchronous;
        ++race->open;
        ++race->unsealed;
        spawn(run(std::move(attempt)));
    }
}

bool SegmentFlow::replicated(const Race& race) const
{
    return ports_.book != nullptr && ports_.book->replicated(race.segment);
}

bool SegmentFlow::too_late(const Race& race) const
{
    return race.released && replicated(race);
}

void SegmentFlow::seal(Race& race)
{
    if (--race.unsealed == 0) race.seals.push({});
}

Task<void> SegmentFlow::wait_until_sealed(std::shared_ptr<Race> race)
{
    // Longer than this no gateway keeps its session.
    const Time latest = race->segment.arrived + std::max(patience_floor, race->segment.duration);
    const std::weak_ptr<Race> weak = race;
    const auto timer = ports_.clock.at(latest, [weak] {
        if (const auto live = weak.lock()) live->seals.push({});
    });
    while (race->unsealed > 0 && ports_.clock.now() < latest)
        std::ignore = co_await race->seals.next();
    ports_.clock.cancel(timer);
}

Task<void> SegmentFlow::compare(std::shared_ptr<Race> race)
{
    // While an answer is owed, further attempts may follow.
    if (ports_.book == nullptr || !race->answered || race->open > 0) co_return;
    const std::vector<TaskId> due = ports_.book->comparison_due(race->segment);
    if (due.empty()) co_return;
    std::vector<const Judgeable*> results;
    for (const TaskId task : due) {
        const auto found = std::ranges::find(race->fixed, task, [](const Judgeable& each) {
            return each.claim.task;
        });
        if (found != race->fixed.end()) results.push_back(&*found);
    }
    // Every result is durable before any is held against another.
    if (!co_await record({})) co_return;
    Hash32 report{};
    const ExamFinding finding = co_await hold_against(*race, results, report);
    ports_.book->compared(race->segment, due, finding, report, ports_.clock.now());
    if (!co_await record({})) co_return;
    if (finding == ExamFinding::passed) co_return;
    for (const Judgeable* each : results)
        co_await examine_after_all(race->segment, *each, false);
}

Task<ExamFinding> SegmentFlow::hold_against(
    const Race& race, std::vector<const Judgeable*> results, Hash32& report
)
{
    if (results.size() < 2 || results.front()->measured.source.pts.empty())
        co_return ExamFinding::unclear;
    const Claim& held = results.front()->claim;
    PictureJudged judged{.task = held.task, .verdict = "agree", .tier = "compared"};
    ExamFinding finding = ExamFinding::passed;
    for (std::size_t i = 1; i < results.size(); ++i) {
        const auto seen = co_await ports_.meter.compare(race.segment, held, results[i]->claim);
        if (!seen) co_return ExamFinding::unclear;
        const auto like = verify::agreement(race.segment.ladder, *seen, pool_.pictures.thresholds);
        judged.scores.push_back(std::to_string(results[i]->claim.task.value()) + ": " + like.why);
        if (like.agrees) continue;
        finding = ExamFinding::failed;
        judged.verdict = "differ";
        judged.decided_by = like.why;
    }
    judged.verdict_function = verify::verdict_function_hash(pool_.pictures.thresholds);
    report = hash_of(judged);
    auto recorded = record_one(std::move(judged));
    co_return co_await std::move(recorded) ? finding : ExamFinding::unclear;
}

}  // namespace millpond
