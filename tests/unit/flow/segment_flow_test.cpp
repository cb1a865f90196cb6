#include "tests/unit/flow/world.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

using namespace std::chrono_literals;
using Delivered1 = std::vector<std::pair<std::int64_t, std::uint64_t>>;

TranscodeFault fault(TranscodeFault::Kind kind, std::string text = {})
{
    return {.kind = kind, .text = std::move(text)};
}

TEST(SegmentFlow, delivers_what_one_transcoder_makes_and_records_every_step)
{
    World world;
    world.add(1, {});
    world.send(0);
    world.clock.advance(400ms);
    EXPECT_EQ(world.delivered, (Delivered1{{0, 1}}));
    EXPECT_EQ(world.count<SessionOpened>(), 1);
    EXPECT_EQ(world.count<Assigned>(), 1);
    EXPECT_EQ(world.count<Claimed>(), 1);
    EXPECT_EQ(world.count<Judged>(), 1);
    EXPECT_EQ(world.count<Delivered>(), 1);
    EXPECT_EQ(world.forgotten.size(), 1U);
    EXPECT_EQ(world.segments.open(), 0U);
}

TEST(SegmentFlow, a_claim_and_its_verdict_take_one_commit_and_nothing_is_told_without_it)
{
    World world;
    world.add(1, {});
    world.send(0);
    world.clock.advance(400ms);
    world.send(1);
    world.clock.advance(400ms);
    // One opened the session; then each segment has one before and one after the work.
    EXPECT_EQ(world.commits, 5U);
    world.send(2);
    world.journal_broken = true;
    world.clock.advance(400ms);
    EXPECT_EQ(world.delivered.size(), 2U);
    EXPECT_EQ(world.count<Claimed>(), 2);
    EXPECT_EQ(world.count<Judged>(), 2);
}

TEST(SegmentFlow, a_session_ended_with_a_segment_in_flight_ends_once_that_is_delivered)
{
    World world;
    world.add(1, {});
    world.send(0);
    world.clock.advance(100ms);
    spawn(world.segments.end_session(SessionId{"s"}, "gateway"));
    EXPECT_EQ(world.count<SessionEnded>(), 0);
    world.clock.advance(400ms);
    EXPECT_EQ(world.delivered, (Delivered1{{0, 1}}));
    EXPECT_EQ(world.count<SessionEnded>(), 1);
    ASSERT_FALSE(world.entries.empty());
    EXPECT_TRUE(std::holds_alternative<SessionEnded>(world.entries.back()));
    EXPECT_TRUE(world.pool.sessions.all().empty());
    EXPECT_FALSE(world.pool.fleet.holder(SessionId{"s"}));
}

TEST(SegmentFlow, keeps_a_stream_on_one_transcoder)
{
    World world;
    for (std::uint64_t id = 1; id <= 5; ++id)
        world.add(id, {});
    for (int seq = 0; seq < 10; ++seq) {
        world.send(seq);
        world.clock.advance(2s);
    }
    ASSERT_EQ(world.delivered.size(), 10U);
    for (const auto& [seq, who] : world.delivered)
        EXPECT_EQ(who, world.delivered.front().second);
}

TEST(SegmentFlow, replaces_one_that_leaves_at_once)
{
    World world;
    world.add(1, {.takes = 100ms, .fails = fault(TranscodeFault::Kind::left)});
    world.add(2, {.takes = 200ms});
    world.send(0);
    world.clock.advance(2s);
    EXPECT_EQ(world.delivered, (Delivered1{{0, 2}}));
    EXPECT_LE(world.answered_after.at(0), 300ms);
    EXPECT_EQ(world.count<Failed>(), 1);
}

TEST(SegmentFlow, races_one_that_stalls_early_enough_for_the_gateway)
{
    World world;
    world.add(1, {.takes = 1h});
    world.add(2, {.takes = 900ms});
    world.send(0);
    world.clock.advance(2s);
    ASSERT_EQ(world.delivered, (Delivered1{{0, 2}}));
    EXPECT_LE(world.answered_after.at(0), 2s) << "round trip over max(1.5 s, duration) at most 1";
    world.clock.advance(10s);
    EXPECT_EQ(world.count<Failed>(), 1) << "the silent one is recorded when its time is up";
}

TEST(SegmentFlow, records_the_loser_of_a_race_that_comes_in_later)
{
    World world;
    world.add(1, {.takes = 1500ms});
    world.add(2, {.takes = 300ms});
    world.send(0);
    world.clock.advance(1400ms);
    ASSERT_EQ(world.delivered, (Delivered1{{0, 2}}));
    EXPECT_TRUE(world.forgotten.empty()) << "the source is needed to judge the loser";
    world.clock.advance(1s);
    EXPECT_EQ(world.delivered.size(), 1U);
    EXPECT_EQ(world.count<Judged>(), 2);
    EXPECT_EQ(world.count<Delivered>(), 1);
    EXPECT_EQ(world.outcomes, (std::vector<std::string>{"delivered", "spare"}));
    EXPECT_EQ(world.forgotten.size(), 1U);
}

TEST(SegmentFlow, gives_a_refused_result_to_another)
{
    World world;
    world.add(1, {.wrong_size = true});
    world.add(2, {});
    world.send(0);
    world.clock.advance(2s);
    EXPECT_EQ(world.delivered, (Delivered1{{0, 2}}));
    EXPECT_EQ(world.outcomes, (std::vector<std::string>{"wrong_dimensions", "delivered"}));
}

TEST(SegmentFlow, a_worker_that_fails_fast_does_not_attract_work)
{
    World world;
    world.add(1, {.takes = 1ms, .fails = fault(TranscodeFault::Kind::reported, "out of memory")});
    world.add(2, {});
    for (int seq = 0; seq < 20; ++seq) {
        world.send(seq);
        world.clock.advance(2s);
    }
    EXPECT_EQ(world.delivered.size(), 20U);
    EXPECT_LE(world.count<Failed>(), 3);
    EXPECT_TRUE(world.refused.empty());
}

TEST(SegmentFlow, believes_two_who_say_the_same_of_the_source)
{
    World world;
    for (std::uint64_t id = 1; id <= 4; ++id) {
        world.add(
            id,
            {.takes = 50ms, .fails = fault(TranscodeFault::Kind::reported, "No keyframes in input")}
        );
    }
    world.send(0);
    world.clock.advance(1s);
    EXPECT_EQ(world.refused, (std::vector<std::string>{"No keyframes in input"}));
    EXPECT_EQ(world.count<Assigned>(), 2);
}

TEST(SegmentFlow, tells_a_broken_source_to_the_gateway_and_blames_nobody)
{
    World world;
    world.add(1, {.takes = 50ms, .fails = fault(TranscodeFault::Kind::bad_source, "Forbidden")});
    world.add(2, {});
    world.send(0);
    world.clock.advance(1s);
    EXPECT_EQ(world.refused, (std::vector<std::string>{"Forbidden"}));
    EXPECT_TRUE(world.pool.fleet.find(TranscoderId{1})->troubles.empty());
}

TEST(SegmentFlow, waits_a_moment_for_a_transcoder_to_come)
{
    World world;
    world.send(0);
    world.clock.advance(1s);
    EXPECT_TRUE(world.refused.empty());
    world.add(1, {});
    world.segments.fleet_changed();
    world.clock.advance(500ms);
    EXPECT_EQ(world.delivered, (Delivered1{{0, 1}}));
}

TEST(SegmentFlow, says_no_when_nobody_comes)
{
    World world;
    world.send(0);
    world.clock.advance(3s);
    EXPECT_EQ(world.refused, (std::vector<std::string>{"no transcoders available"}));
    EXPECT_LE(world.answered_after.at(0), 2s);
    EXPECT_EQ(world.segments.open(), 0U);
}

TEST(SegmentFlow, races_few_when_everybody_is_late)
{
    World world;
    for (std::uint64_t id = 1; id <= 6; ++id)
        world.add(id, {.takes = 3s});
    constexpr int segments = 100;
    for (int seq = 0; seq < segments; ++seq) {
        world.send(seq);
        world.clock.advance(1s);
    }
    world.clock.advance(10s);
    EXPECT_EQ(world.delivered.size(), std::size_t{segments});
    const schedule::Timing timing;
    const int hedges = timing.hedges_saved_min + segments * timing.hedges_per_hundred / 100;
    EXPECT_LE(world.count<Assigned>(), segments + hedges);
}

TEST(SegmentFlow, races_late_ones_again_when_the_pool_delivers_again)
{
    World world{{.timing = {.hedges_per_hundred = 100, .hedges_saved_min = 1}}};
    world.pool.hedges.spend();
    world.add(1, {.takes = 1h});
    world.add(2, {.takes = 500ms});
    world.pool.fleet.hold(TranscoderId{1}, SessionId{"s"}, 1e6);
    world.send(0);
    world.clock.advance(3s);
    ASSERT_TRUE(world.delivered.empty());
    world.pool.hedges.note_delivered(1);
    world.clock.advance(1s);
    EXPECT_EQ(world.delivered, (Delivered1{{0, 2}}));
    world.clock.advance(1h);
    EXPECT_EQ(world.segments.open(), 0U);
}

TEST(SegmentFlow, answers_exactly_once_when_everybody_stalls)
{
    World world;
    for (std::uint64_t id = 1; id <= 6; ++id)
        world.add(id, {.takes = 1h});
    world.send(0);
    world.clock.advance(1min);
    EXPECT_EQ(world.refused, (std::vector<std::string>{"Remote transcoder took too long"}));
    EXPECT_LT(world.answered_after.at(0), 8s) << "before the gateway gives up";
    EXPECT_EQ(world.segments.open(), 0U);
}

TEST(SegmentFlow, promises_nothing_when_the_journal_fails)
{
    World world;
    world.add(1, {});
    world.journal_broken = true;
    world.send(0);
    world.clock.advance(5s);
    EXPECT_TRUE(world.delivered.empty());
    EXPECT_EQ(world.refused, (std::vector<std::string>{"Internal Server Error"}));
    EXPECT_EQ(world.outcomes.front(), "journal_failed");
}

TEST(FleetFlow, measures_a_newcomer_before_it_gets_work)
{
    World world;
    world.habits[TranscoderId{7}] = {.takes = 100ms};
    fleet::Transcoder newcomer;
    newcomer.id = TranscoderId{7};
    spawn(world.fleet.join(std::move(newcomer)));
    EXPECT_EQ(world.pool.fleet.ready(), 0U);
    world.clock.advance(5s);
    EXPECT_EQ(world.count<TranscoderJoined>(), 1);
    EXPECT_EQ(world.pool.fleet.ready(), 1U);
    const double measured = world.pool.fleet.find(TranscoderId{7})->pixels_per_second;
    EXPECT_NEAR(measured, 60 * 640 * 360 / 0.1, 1'000);
}

TEST(SegmentFlow, tells_at_once_when_nobody_can_do_what_is_needed)
{
    World world;
    world.add(1, {.has = capabilities_of({0, 1})});
    world.add(2, {.has = capabilities_of({0, 2})});
    world.needs = capabilities_of({1, 2});
    world.send(1);
    EXPECT_EQ(
        world.refused, std::vector<std::string>{"no transcoders can provide requested capabilities"}
    );
    world.needs = capabilities_of({0, 2});
    world.send(2);
    world.clock.advance(std::chrono::seconds{1});
    ASSERT_EQ(world.delivered.size(), 1U);
    EXPECT_EQ(world.delivered[0].second, 2U);
}

TEST(SegmentFlow, waits_for_one_that_can_while_it_is_quarantined)
{
    World world;
    world.add(1, {.has = capabilities_of({0})});
    world.add(2, {.has = capabilities_of({0, 2})});
    for (int i = 0; i < 3; ++i)
        world.pool.fleet.note_trouble(
            TranscoderId{2}, fleet::Trouble::reported, "x", world.clock.now()
        );
    world.needs = capabilities_of({2});
    world.send(1);
    EXPECT_TRUE(world.refused.empty());
    world.clock.advance(std::chrono::seconds{3});
    EXPECT_EQ(world.refused, std::vector<std::string>{"no transcoders available"});
}

}  // namespace
}  // namespace millpond
