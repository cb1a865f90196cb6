#include "core/fleet/fleet.hpp"

#include <random>

#include <gtest/gtest.h>

namespace millpond::fleet {
namespace {

using std::chrono::seconds;

Fleet with_one()
{
    Fleet fleet{{}};
    fleet.join({.id = TranscoderId{1}}, Time{});
    fleet.measured(TranscoderId{1}, 50e6, Time{});
    return fleet;
}

TEST(Fleet, gives_no_work_before_it_has_measured)
{
    Fleet fleet{{}};
    fleet.join({.id = TranscoderId{1}}, Time{});
    EXPECT_EQ(fleet.ready(), 0U);
    fleet.measured(TranscoderId{1}, 50e6, Time{});
    EXPECT_EQ(fleet.ready(), 1U);
}

TEST(Fleet, quarantines_one_that_fails_in_a_row_and_lets_it_back)
{
    Fleet fleet = with_one();
    for (int i = 0; i < 3; ++i)
        fleet.note_trouble(TranscoderId{1}, Trouble::reported, "x", Time{});
    EXPECT_EQ(fleet.find(TranscoderId{1})->state, State::quarantined);
    fleet.tick(Time{} + seconds{4});
    EXPECT_EQ(fleet.ready(), 0U);
    fleet.tick(Time{} + seconds{5});
    EXPECT_EQ(fleet.find(TranscoderId{1})->state, State::ready);
}

TEST(Fleet, keeps_the_last_ready_one_when_it_is_merely_slow)
{
    Fleet fleet = with_one();
    fleet.join({.id = TranscoderId{2}}, Time{});
    fleet.measured(TranscoderId{2}, 50e6, Time{});
    for (int i = 0; i < 5; ++i) {
        fleet.note_trouble(TranscoderId{1}, Trouble::silent, "", Time{});
        fleet.note_trouble(TranscoderId{2}, Trouble::silent, "", Time{});
    }
    EXPECT_EQ(fleet.find(TranscoderId{1})->state, State::quarantined);
    EXPECT_EQ(fleet.find(TranscoderId{2})->state, State::ready);
    fleet.note_trouble(TranscoderId{2}, Trouble::garbage, "", Time{});
    EXPECT_EQ(fleet.find(TranscoderId{2})->state, State::quarantined);
}

TEST(Fleet, makes_a_failing_one_look_busier)
{
    Fleet fleet = with_one();
    fleet.join({.id = TranscoderId{2}}, Time{});
    fleet.measured(TranscoderId{2}, 40e6, Time{});
    EXPECT_EQ(fleet.by_load().begin()->second, TranscoderId{1});
    fleet.note_trouble(TranscoderId{1}, Trouble::silent, "", Time{});
    EXPECT_EQ(fleet.by_load().begin()->second, TranscoderId{2});
}

TEST(Fleet, learns_speed_from_work)
{
    Fleet fleet = with_one();
    fleet.note_done(TranscoderId{1}, 100e6, seconds{1}, Time{});
    EXPECT_DOUBLE_EQ(fleet.find(TranscoderId{1})->pixels_per_second, 100e6 / 1.8);
}

TEST(Fleet, does_not_take_a_queue_for_slowness)
{
    Fleet fleet = with_one();
    for (int i = 0; i < 3; ++i)
        fleet.note_given(TranscoderId{1}, 50e6, Time{});
    EXPECT_EQ(fleet.expected_behind(*fleet.find(TranscoderId{1}), 50e6), seconds{4});
    for (int i = 1; i <= 3; ++i) {
        const Time now = Time{} + seconds{i};
        fleet.note_done(TranscoderId{1}, 50e6, fleet.note_back(TranscoderId{1}, 50e6, now), now);
    }
    EXPECT_DOUBLE_EQ(fleet.find(TranscoderId{1})->pixels_per_second, 50e6);
    EXPECT_EQ(fleet.expected_behind(*fleet.find(TranscoderId{1}), 50e6), seconds{1});
}

TEST(Fleet, does_not_count_idle_time_as_work)
{
    Fleet fleet = with_one();
    for (const int start : {0, 100}) {
        fleet.note_given(TranscoderId{1}, 50e6, Time{} + seconds{start});
        EXPECT_EQ(fleet.note_back(TranscoderId{1}, 50e6, Time{} + seconds{start + 1}), seconds{1});
    }
}

// Whatever comes and goes: every one that is joined is ready or says why not, and a leaver takes
// nothing of anybody else with it.
TEST(Fleet, stays_whole_under_random_joins_and_leaves)
{
    Fleet fleet{{}};
    std::mt19937 random{7};
    std::map<TranscoderId, std::string> joined;
    for (std::uint64_t step = 1; step < 5'000; ++step) {
        const TranscoderId id{random() % 50 + 1};
        const SessionId session{std::to_string(id.value())};
        if (joined.contains(id)) {
            ASSERT_TRUE(fleet.leave(id));
            ASSERT_FALSE(fleet.holder(session));
            joined.erase(id);
        } else {
            fleet.join({.id = id}, Time{});
            fleet.measured(id, 1e6, Time{});
            fleet.hold(id, session, 1e5);
            joined[id] = session.value();
        }
        ASSERT_EQ(fleet.ready(), joined.size());
        for (const auto& [other, name] : joined)
            ASSERT_EQ(fleet.holder(SessionId{name}), other);
    }
}

TEST(Fleet, offers_together_what_its_ready_ones_have)
{
    Fleet fleet{{}};
    Capabilities large = judgeable(capabilities_of({0, 1}));
    large.capacities[1] = 4;
    fleet.join({.id = TranscoderId{1}, .capabilities = large}, Time{});
    fleet.join({.id = TranscoderId{2}, .capabilities = judgeable(capabilities_of({1, 2}))}, Time{});
    EXPECT_EQ(fleet.offered().bits, std::vector<std::uint64_t>{0});
    fleet.measured(TranscoderId{1}, 50e6, Time{});
    fleet.measured(TranscoderId{2}, 50e6, Time{});
    using Counts = std::map<std::uint32_t, std::uint32_t>;
    EXPECT_EQ(fleet.offered().bits, std::vector<std::uint64_t>{0b111});
    EXPECT_EQ(fleet.offered().capacities, (Counts{{0, 1}, {1, 5}, {2, 1}}));
    EXPECT_EQ(fleet.offered().version, "0.9.1");
    fleet.drain(TranscoderId{1});
    EXPECT_EQ(fleet.offered().capacities, (Counts{{1, 1}, {2, 1}}));
    fleet.leave(TranscoderId{2});
    EXPECT_EQ(fleet.offered().bits, std::vector<std::uint64_t>{0});
}

TEST(Fleet, asks_a_machine_for_no_more_of_a_recorded_segment_than_it_has)
{
    const Transcoder machine{.capabilities = judgeable(capabilities_of({0, 1}))};
    Segment segment{.wants_signatures = true, .needs = capabilities_of({0, 14})};
    ask_within(machine, segment);
    EXPECT_FALSE(segment.wants_signatures);
    EXPECT_TRUE(suits(machine, segment));
    Segment plain{.needs = capabilities_of({0})};
    ask_within(machine, plain);
    EXPECT_EQ(plain.needs, capabilities_of({0}));
}

}  // namespace
}  // namespace millpond::fleet
