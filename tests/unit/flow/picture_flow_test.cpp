#include "tests/unit/flow/world.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

using namespace std::chrono_literals;
using Delivered1 = std::vector<std::pair<std::int64_t, std::uint64_t>>;

const PictureJudged& last_picture(const World& world)
{
    const PictureJudged* found = nullptr;
    for (const auto& entry : world.entries)
        if (const auto* judged = std::get_if<PictureJudged>(&entry);
            judged != nullptr && judged->tier != "second")
            found = judged;
    EXPECT_NE(found, nullptr);
    return *found;
}

TEST(PictureFlow, gives_the_segment_to_another_when_the_picture_is_a_fraud)
{
    World world{watchful(true)};
    world.add(1, {.takes = 100ms, .wrong_picture = true});
    world.add(2, {.takes = 100ms});
    world.send(0);
    world.clock.advance(2s);
    EXPECT_EQ(world.delivered, (Delivered1{{0, 2}}));
    EXPECT_EQ(world.picture_verdicts, (std::vector<std::string>{"fraud", "pass"}));
    EXPECT_EQ(world.pool.fleet.find(TranscoderId{1})->state, fleet::State::quarantined);
}

TEST(PictureFlow, looks_again_beside_a_control_encode_before_it_blames)
{
    World world{watchful(true)};
    world.add(1, {.takes = 100ms, .wrong_picture = true});
    world.send(0);
    world.clock.advance(3s);
    EXPECT_EQ(world.looked, (std::vector<CheckTier>{CheckTier::sample, CheckTier::control}));
    EXPECT_EQ(last_picture(world).tier, "control");
    EXPECT_EQ(world.second_looks, 1) << "a look that blames has another beside it";
    EXPECT_TRUE(world.delivered.empty());
}

TEST(PictureFlow, delivers_first_where_the_verdict_may_come_after)
{
    World world{watchful(false)};
    world.add(1, {.takes = 100ms, .wrong_picture = true});
    world.send(0);
    world.clock.advance(120ms);
    EXPECT_EQ(world.delivered, (Delivered1{{0, 1}}));
    EXPECT_TRUE(world.picture_verdicts.empty());
    EXPECT_TRUE(world.forgotten.empty()) << "the source is needed for the check";
    world.clock.advance(1s);
    EXPECT_EQ(world.picture_verdicts, (std::vector<std::string>{"fraud"}));
    EXPECT_EQ(world.pool.fleet.find(TranscoderId{1})->state, fleet::State::quarantined);
    EXPECT_EQ(world.forgotten.size(), 1U);
}

TEST(PictureFlow, looks_at_a_replay_before_anybody_gets_it)
{
    PoolSettings settings = watchful(false);
    settings.pictures.rates = {.sample_ppm = 0, .whole_ppm = 0};
    World world{settings};
    world.add(1, {.takes = 100ms, .wrong_picture = true, .replays = true});
    world.send(0);
    world.clock.advance(1s);
    EXPECT_EQ(world.delivered, (Delivered1{{0, 1}})) << "there was nothing to compare it with";
    world.add(2, {.takes = 100ms});
    world.send(1);
    world.clock.advance(2s);
    EXPECT_EQ(world.delivered, (Delivered1{{0, 1}, {1, 2}}));
    EXPECT_EQ(world.picture_verdicts, (std::vector<std::string>{"fraud"}));
}

TEST(PictureFlow, keeps_evidence_of_a_fraud_and_none_of_a_pass)
{
    World world{watchful(false)};
    world.add(1, {.takes = 100ms, .wrong_picture = true});
    world.send(0);
    world.clock.advance(2s);
    EXPECT_EQ(world.kept, (std::vector<verify::Verdict>{verify::Verdict::fraud}));
    world.pool.fleet.leave(TranscoderId{1});
    world.add(2, {.takes = 100ms});
    world.send(1);
    world.clock.advance(2s);
    EXPECT_EQ(world.kept.size(), 1U);
}

TEST(PictureFlow, writes_verdict_scores_and_function_into_the_journal)
{
    World world{watchful(false)};
    world.add(1, {.takes = 100ms, .wrong_picture = true});
    world.send(0);
    world.clock.advance(2s);
    const PictureJudged& judged = last_picture(world);
    EXPECT_EQ(judged.verdict, "fraud");
    EXPECT_EQ(judged.scores.size(), 1U);
    EXPECT_TRUE(judged.scores[0].starts_with("small_error.worst="));
    EXPECT_EQ(
        judged.verdict_function, verify::verdict_function_hash(world.pool.pictures.thresholds)
    );
}

TEST(PictureFlow, blames_nobody_when_it_cannot_look)
{
    World world{watchful(true)};
    world.blind = true;
    world.add(1, {.takes = 100ms, .wrong_picture = true});
    world.send(0);
    world.clock.advance(2s);
    EXPECT_EQ(world.delivered, (Delivered1{{0, 1}}));
    EXPECT_EQ(world.count<PictureJudged>(), 0);
    EXPECT_EQ(world.pool.fleet.find(TranscoderId{1})->state, fleet::State::ready);
}

TEST(PictureFlow, looks_at_nothing_when_nothing_is_drawn)
{
    PoolSettings settings = watchful(true);
    settings.pictures.rates = {.sample_ppm = 0, .whole_ppm = 0};
    World world{settings};
    world.add(1, {.takes = 100ms});
    world.send(0);
    world.clock.advance(1s);
    EXPECT_EQ(world.delivered.size(), 1U);
    EXPECT_TRUE(world.looked.empty());
}

}  // namespace
}  // namespace millpond
