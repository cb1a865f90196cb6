#include "core/schedule/schedule.hpp"

#include <tuple>

#include <gtest/gtest.h>

namespace millpond::schedule {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

fleet::Fleet fleet_of(int transcoders)
{
    fleet::Fleet fleet{{}};
    for (int i = 1; i <= transcoders; ++i) {
        const TranscoderId id{static_cast<std::uint64_t>(i)};
        fleet.join({.id = id, .sessions_max = 2}, Time{});
        fleet.measured(id, 100e6, Time{});
    }
    return fleet;
}

Segment segment_of(const char* session)
{
    return {
        .id = {.session = SessionId{session}},
        .duration = seconds{2},
        .ladder = {{.width = 640, .height = 360, .fps_num = 30}},
        .arrived = Time{},
    };
}

TEST(Assign, spreads_sessions_over_the_least_loaded)
{
    fleet::Fleet fleet = fleet_of(2);
    const auto first = assign(fleet, segment_of("a"), {});
    fleet.hold(first->transcoder, SessionId{"a"}, 7e6);
    EXPECT_NE(assign(fleet, segment_of("b"), {})->transcoder, first->transcoder);
}

TEST(Assign, keeps_a_session_where_it_is)
{
    fleet::Fleet fleet = fleet_of(3);
    fleet.hold(TranscoderId{3}, SessionId{"a"}, 7e6);
    const auto choice = assign(fleet, segment_of("a"), {});
    EXPECT_EQ(choice->transcoder, TranscoderId{3});
    EXPECT_TRUE(choice->sticks);
}

/// The second of two has a session, and they are this fast.
fleet::Fleet fleet_of_two(double first, double second)
{
    fleet::Fleet fleet = fleet_of(2);
    fleet.measured(TranscoderId{1}, first, Time{});
    fleet.measured(TranscoderId{2}, second, Time{});
    fleet.hold(TranscoderId{2}, SessionId{"a"}, 7e6);
    return fleet;
}

TEST(Assign, moves_a_session_away_from_one_that_has_become_slow)
{
    const auto choice = assign(fleet_of_two(100e6, 10e6), segment_of("a"), {});
    EXPECT_EQ(choice->transcoder, TranscoderId{1});
    EXPECT_FALSE(choice->sticks);
    EXPECT_EQ(choice->skipped.at("holder_late"), 1);
}

TEST(Assign, moves_a_session_away_from_one_that_has_fallen_behind)
{
    fleet::Fleet fleet = fleet_of_two(100e6, 100e6);
    fleet.note_given(TranscoderId{2}, 200e6, Time{});
    EXPECT_EQ(assign(fleet, segment_of("a"), {})->transcoder, TranscoderId{1});
    std::ignore = fleet.note_back(TranscoderId{2}, 200e6, Time{} + seconds{2});
    EXPECT_EQ(assign(fleet, segment_of("a"), {})->transcoder, TranscoderId{2});
}

TEST(Assign, keeps_a_session_with_a_slow_one_when_nobody_is_twice_as_fast)
{
    EXPECT_TRUE(assign(fleet_of_two(15e6, 10e6), segment_of("a"), {})->sticks);
    EXPECT_TRUE(assign(fleet_of_two(100e6, 10e6), segment_of("a"), {TranscoderId{1}})->sticks);
}

TEST(Assign, keeps_a_session_with_one_in_time_although_others_are_faster)
{
    EXPECT_TRUE(assign(fleet_of_two(1e9, 20e6), segment_of("a"), {})->sticks);
}

TEST(Assign, gives_a_new_session_to_an_idle_slow_one_only_when_nobody_is_in_time)
{
    EXPECT_EQ(assign(fleet_of_two(10e6, 100e6), segment_of("b"), {})->transcoder, TranscoderId{2});
    EXPECT_EQ(assign(fleet_of_two(10e6, 10e6), segment_of("b"), {})->transcoder, TranscoderId{1});
}

TEST(Assign, passes_over_those_that_were_tried)
{
    const fleet::Fleet fleet = fleet_of(2);
    EXPECT_EQ(assign(fleet, segment_of("a"), {TranscoderId{1}})->transcoder, TranscoderId{2});
    EXPECT_FALSE(assign(fleet, segment_of("a"), {TranscoderId{1}, TranscoderId{2}}));
}

TEST(Assign, gives_one_session_too_many_rather_than_none)
{
    fleet::Fleet fleet = fleet_of(1);
    fleet.hold(TranscoderId{1}, SessionId{"a"}, 1);
    fleet.hold(TranscoderId{1}, SessionId{"b"}, 1);
    const auto choice = assign(fleet, segment_of("c"), {});
    ASSERT_TRUE(choice);
    EXPECT_EQ(choice->skipped.at("full"), 1);
}

TEST(HedgeAt, races_a_second_one_before_one_second_for_two_second_segments)
{
    const Time at = hedge_at(segment_of("a"), Time{}, milliseconds{100}, {});
    EXPECT_EQ(at, Time{} + milliseconds{900});
}

TEST(HedgeAt, lets_a_slow_second_one_work_before_the_third)
{
    const Time second = Time{} + seconds{2};
    EXPECT_EQ(hedge_at(segment_of("a"), second, seconds{3}, {}), second + milliseconds{900});
    EXPECT_EQ(hedge_at(segment_of("a"), second, milliseconds{100}, {}), second + milliseconds{200});
}

TEST(HedgeBudget, is_spent_by_races_and_earned_by_deliveries)
{
    HedgeBudget budget{{.hedges_per_hundred = 25, .hedges_saved_min = 2}};
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(budget.affords_one());
        budget.spend();
    }
    for (int i = 0; i < 4; ++i) {
        EXPECT_FALSE(budget.affords_one());
        budget.note_delivered(1);
    }
    EXPECT_TRUE(budget.affords_one());
}

TEST(HedgeBudget, saves_for_half_of_the_open_sessions)
{
    const auto saved = [](std::size_t sessions) {
        HedgeBudget budget{{.hedges_per_hundred = 25, .hedges_saved_min = 4}};
        for (int i = 0; i < 1'000; ++i)
            budget.note_delivered(sessions);
        int races = 0;
        for (; budget.affords_one(); ++races)
            budget.spend();
        return races;
    };
    EXPECT_EQ(saved(1), 4);
    EXPECT_EQ(saved(20), 10);
}

TEST(GiveUpAt, leaves_a_reserve_before_the_gateways_deadline)
{
    EXPECT_EQ(give_up_at(segment_of("a"), {}), Time{} + milliseconds{7'500});
}

TEST(Assign, passes_over_who_cannot_do_what_is_needed_even_the_holder)
{
    fleet::Fleet fleet{{}};
    fleet.join({.id = TranscoderId{1}, .capabilities = capabilities_of({0})}, Time{});
    fleet.join({.id = TranscoderId{2}, .capabilities = capabilities_of({0, 2})}, Time{});
    for (const TranscoderId each : {TranscoderId{1}, TranscoderId{2}})
        fleet.measured(each, 100e6, Time{});
    fleet.hold(TranscoderId{1}, SessionId{"a"}, 1e6);
    Segment segment = segment_of("a");
    EXPECT_EQ(assign(fleet, segment, {})->transcoder, TranscoderId{1});
    segment.needs = capabilities_of({2});
    EXPECT_EQ(assign(fleet, segment, {})->transcoder, TranscoderId{2});
    segment.needs = {.version_min = "0.9.0"};
    EXPECT_FALSE(assign(fleet, segment, {})) << "they say no version";
}

}  // namespace
}  // namespace millpond::schedule
