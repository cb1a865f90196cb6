#include "tests/unit/flow/kept_world.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <set>

namespace millpond {
namespace {

/// A pool in which every segment is done by two or three.
struct RedundantWorld : KeptWorld {
    RedundantWorld() : KeptWorld(short_rules(PolicyName::redundant)) {}

    [[nodiscard]] std::vector<Address> accounts_of(std::int64_t seq) const
    {
        std::vector<Address> found;
        for (const auto& each : all<TaskGiven>()) {
            const bool live = each.ruling.mode != static_cast<std::uint8_t>(policy::Mode::shadow);
            if (live && each.segment.seq == seq) found.push_back(each.account);
        }
        return found;
    }

    [[nodiscard]] Address account_of(TaskId task) const
    {
        const auto given = all<TaskGiven>();
        return std::ranges::find(given, task, &TaskGiven::task)->account;
    }

    [[nodiscard]] std::optional<std::string> problem() const
    {
        Hash32 again{};
        auto found = audit(history(), again, short_rules(PolicyName::redundant));
        if (!found) EXPECT_EQ(again, world.book->book().fingerprint());
        return found;
    }
};

TEST(Replicas, are_given_to_others_paid_alike_and_compared)
{
    RedundantWorld kept;
    for (std::uint64_t id = 1; id <= 6; ++id)
        kept.join(id);
    kept.stream(40);
    kept.pass(3s);
    EXPECT_EQ(kept.world.delivered.size(), 40U);
    std::size_t results = 0;
    for (std::int64_t seq = 0; seq < 40; ++seq) {
        auto accounts = kept.accounts_of(seq);
        results += accounts.size();
        EXPECT_GE(accounts.size(), 2U) << seq;
        std::ranges::sort(accounts);
        EXPECT_TRUE(std::ranges::adjacent_find(accounts) == accounts.end()) << "not one's twice";
    }
    EXPECT_GT(results, 80U) << "some segments have three";
    EXPECT_EQ(kept.all<PayEarned>().size(), results + kept.all<CanaryGiven>().size());
    const auto compared = kept.all<ResultsCompared>();
    EXPECT_EQ(compared.size(), 40U);
    for (const auto& each : compared)
        EXPECT_EQ(each.finding, ExamFinding::passed);
    EXPECT_EQ(kept.problem(), std::nullopt);
}

TEST(Replicas, let_the_gateway_wait_until_all_results_are_fixed)
{
    RedundantWorld kept;
    for (std::uint64_t id = 1; id <= 3; ++id)
        kept.join(id, {.takes = std::chrono::milliseconds{200 * static_cast<int>(id)}});
    kept.stream(20);
    kept.pass(3s);
    std::map<TaskId, SegmentKey> segment_of;
    std::set<SegmentKey> delivered;
    for (const EntryBody& body : kept.world.entries) {
        if (const auto* each = std::get_if<Delivered>(&body))
            delivered.insert(segment_of.at(each->task));
        const auto* event = std::get_if<BookEvent>(&body);
        if (event == nullptr) continue;
        if (const auto* given = std::get_if<TaskGiven>(event))
            segment_of[given->task] = given->segment;
        const auto* done = std::get_if<TaskDone>(event);
        if (done != nullptr && segment_of.contains(done->task))
            EXPECT_FALSE(delivered.contains(segment_of.at(done->task)));
    }
    EXPECT_EQ(kept.world.delivered.size(), 20U);
    EXPECT_EQ(kept.problem(), std::nullopt);
}

TEST(Replicas, that_come_after_the_delivery_are_too_late_and_unpaid)
{
    RedundantWorld kept;
    for (std::uint64_t id = 1; id <= 3; ++id)
        kept.join(id);
    kept.stream(12);
    kept.world.habits[TranscoderId{1}].takes = 4s;
    kept.stream(12);
    kept.pass(10s);
    const auto dropped = kept.all<TaskDropped>();
    const auto late = std::ranges::count_if(dropped, [](const TaskDropped& each) {
        return each.reason.contains("sealed after the delivery");
    });
    EXPECT_GT(late, 0);
    EXPECT_NE(kept.tier(1), Tier::suspended) << "being late is no fault";
    EXPECT_EQ(kept.problem(), std::nullopt);
}

TEST(Replicas, let_the_gateway_wait_no_longer_than_its_segment_lasts)
{
    RedundantWorld kept;
    for (std::uint64_t id = 1; id <= 4; ++id)
        kept.join(id);
    kept.stream(30);
    // One of them takes far longer than the others from now on.
    kept.world.habits[TranscoderId{1}].takes = 5s;
    const auto slow_replica = [&kept]() -> std::optional<TaskGiven> {
        for (const TaskGiven& each : kept.all<TaskGiven>())
            if (each.replica != 0 && each.account == account(1) && each.segment.seq >= 30)
                return each;
        return std::nullopt;
    };
    std::size_t sent = 30;
    for (; !slow_replica() && sent < 300; ++sent)
        kept.stream(1);
    kept.pass(10s);
    ASSERT_TRUE(slow_replica());
    // Told apart by the one who was given the same segment for the gateway.
    for (const auto& [seq, who] : kept.world.delivered) {
        if (seq != slow_replica()->segment.seq) continue;
        EXPECT_LE(kept.world.answered_after[static_cast<std::size_t>(seq)], 2s);
    }
    EXPECT_EQ(kept.world.answered_after.size(), sent);
    EXPECT_EQ(kept.problem(), std::nullopt);
}

TEST(Replicas, that_differ_are_all_examined_beside_our_own_encode)
{
    RedundantWorld kept;
    for (std::uint64_t id = 1; id <= 4; ++id)
        kept.join(id);
    kept.stream(200);  // until they have earned enough to be looked at after delivery
    const auto settled = kept.all<TaskExamined>().size();
    kept.world.habits[TranscoderId{1}].wrong_picture = true;
    kept.stream(60);
    kept.pass(5s);
    const auto compared = kept.all<ResultsCompared>();
    const auto differ = std::ranges::find(compared, ExamFinding::failed, &ResultsCompared::finding);
    ASSERT_NE(differ, compared.end());
    const auto examined = kept.all<TaskExamined>();
    for (const auto& each : differ->results) {
        const auto last =
            std::ranges::find(examined | std::views::reverse, each.task, &TaskExamined::task);
        EXPECT_NE(last->tiers & 8U, 0U);
        const bool cheat = kept.account_of(each.task) == account(1);
        EXPECT_EQ(last->finding, cheat ? ExamFinding::failed : ExamFinding::passed);
    }
    EXPECT_GT(examined.size(), settled);
    EXPECT_EQ(kept.tier(1), Tier::suspended);
    for (std::uint64_t id = 2; id <= 4; ++id)
        EXPECT_NE(kept.tier(id), Tier::suspended);
    EXPECT_EQ(kept.problem(), std::nullopt);
}

TEST(Replicas, that_nobody_can_have_leave_a_result_that_is_looked_at_whole)
{
    RedundantWorld kept;
    kept.join(1);
    kept.stream(12);
    kept.pass(2s);
    EXPECT_EQ(kept.world.delivered.size(), 12U);
    EXPECT_FALSE(kept.all<ReplicaWanting>().empty());
    const auto compared = kept.all<ResultsCompared>();
    ASSERT_EQ(compared.size(), 12U);
    const auto examined = kept.all<TaskExamined>();
    for (const auto& each : compared) {
        EXPECT_EQ(each.finding, ExamFinding::unclear);
        const auto last = std::ranges::find(
            examined | std::views::reverse, each.results.at(0).task, &TaskExamined::task
        );
        EXPECT_NE(last->tiers & 4U, 0U);
    }
    EXPECT_EQ(kept.problem(), std::nullopt);
}

TEST(SecondLook, is_taken_of_every_failure_that_counts)
{
    KeptWorld kept;
    kept.join(1);
    kept.join(2);
    kept.stream(20);
    kept.world.habits[TranscoderId{1}] = {.wrong_picture = true};
    kept.stream(60);
    EXPECT_EQ(kept.tier(1), Tier::suspended);
    EXPECT_GT(kept.world.second_looks, 0);
    for (const auto& each : kept.all<TaskExamined>()) {
        if (each.second != ExamFinding::failed) continue;
        EXPECT_NE(each.second_report, Hash32{});
        EXPECT_NE(each.second_report, each.report);
    }
}

TEST(SecondLook, that_could_not_be_taken_makes_a_failure_count_for_nothing)
{
    KeptWorld kept;
    kept.join(1);
    kept.join(2);
    kept.stream(20);
    kept.world.second_blind = true;
    kept.world.habits[TranscoderId{1}] = {.wrong_picture = true};
    kept.stream(60);
    EXPECT_NE(kept.tier(1), Tier::suspended);
    EXPECT_TRUE(kept.all<CaseOpened>().empty());
    EXPECT_FALSE(kept.world.book->broken());
    Hash32 again{};
    EXPECT_EQ(audit(kept.history(), again), std::nullopt);
}

TEST(Examinations, that_our_fault_prevents_are_told_apart_and_bounded)
{
    KeptWorld kept;
    kept.join(1);
    kept.join(2);
    kept.stream(10);
    kept.world.blind = true;
    kept.stream(50);
    std::ptrdiff_t prevented = 0;
    for (const auto& each : kept.all<TaskExamined>())
        prevented += each.finding == ExamFinding::prevented ? 1 : 0;
    EXPECT_GT(prevented, 0);
    EXPECT_FALSE(kept.world.book->broken());
    const std::size_t blind = kept.world.delivered.size();
    kept.world.blind = false;
    kept.pass(60s);
    kept.stream(10);
    EXPECT_GT(kept.world.delivered.size(), blind);
    Hash32 again{};
    EXPECT_EQ(audit(kept.history(), again), std::nullopt);
}

}  // namespace
}  // namespace millpond
