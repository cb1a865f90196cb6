#include "tests/unit/flow/kept_world.hpp"

#include <algorithm>
#include <set>

namespace millpond {
namespace {

BookSettings behind_every_task()
{
    BookSettings settings = short_rules();
    Parameters parameters = settings.book.rules.parameters;
    parameters.canaries_ppm = 1'000'000;
    settings.book.rules = policy::make_rules(parameters, settings.book.rules.table);
    return settings;
}

struct WatchedWorld : KeptWorld {
    WatchedWorld() : KeptWorld(behind_every_task()) {}

    [[nodiscard]] std::optional<std::string> problem() const
    {
        Hash32 again{};
        return audit(history(), again, behind_every_task());
    }
};

TEST(CanaryFlow, gives_the_pools_own_segments_that_nobody_is_delivered)
{
    WatchedWorld kept;
    for (std::uint64_t id = 1; id <= 3; ++id)
        kept.join(id);
    kept.stream(12);
    kept.pass(5s);
    const auto canaries = kept.all<CanaryGiven>();
    EXPECT_GE(canaries.size(), 10U);
    EXPECT_EQ(kept.world.delivered.size(), 12U);
    EXPECT_EQ(kept.all<PayEarned>().size(), 12 + canaries.size());
    EXPECT_EQ(kept.problem(), std::nullopt);
}

TEST(CanaryFlow, names_no_two_streams_of_the_pools_own_alike)
{
    WatchedWorld kept;
    kept.join(1);
    kept.stream(12);
    kept.pass(5s);
    std::set<Hash32> streams;
    for (const CanaryGiven& each : kept.all<CanaryGiven>())
        EXPECT_TRUE(streams.insert(each.given.segment.stream).second);
    const std::set<std::uint64_t> secrets(kept.world.recorded.begin(), kept.world.recorded.end());
    EXPECT_EQ(secrets.size(), kept.world.recorded.size());
    EXPECT_EQ(kept.world.noted.size(), 12U) << "what is live is what is recorded from";
}

TEST(CanaryFlow, catches_who_cheats_on_one_like_on_any_other)
{
    WatchedWorld kept;
    kept.join(1);
    kept.stream(12);
    ASSERT_EQ(kept.tier(1), Tier::active);
    // Nobody streams any more: only the canary that is still due can give it away.
    kept.world.send(kept.next++);
    kept.world.clock.advance(900ms);
    kept.world.habits[TranscoderId{1}].wrong_picture = true;
    kept.pass(10s);
    const auto canaries = kept.all<CanaryGiven>();
    const auto examined = kept.all<TaskExamined>();
    const bool caught = std::ranges::any_of(examined, [&](const TaskExamined& each) {
        return each.finding == ExamFinding::failed &&
               std::ranges::any_of(canaries, [&](const CanaryGiven& canary) {
                   return canary.given.task == each.task;
               });
    });
    EXPECT_TRUE(caught);
    EXPECT_EQ(kept.tier(1), Tier::suspended);
    EXPECT_EQ(kept.problem(), std::nullopt);
}

TEST(Qualification, is_never_twice_with_the_same_segment)
{
    KeptWorld kept;
    kept.join(1);
    kept.join(2);
    EXPECT_EQ(kept.world.recorded.size(), 6U);
    const std::set<std::uint64_t> secrets(kept.world.recorded.begin(), kept.world.recorded.end());
    EXPECT_EQ(secrets.size(), 6U);
}

}  // namespace
}  // namespace millpond
