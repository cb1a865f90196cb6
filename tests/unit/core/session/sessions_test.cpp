#include "core/session/sessions.hpp"

#include <gtest/gtest.h>

namespace millpond::session {
namespace {

Segment a_segment(const char* session, std::int64_t seq)
{
    return {
        .id = {.session = SessionId{session}, .seq = seq},
        .duration = std::chrono::seconds{2},
        .ladder = {{.name = "p"}},
    };
}

TEST(Sessions, name_each_reason_for_not_letting_in)
{
    Sessions sessions{{.sessions = 1, .in_flight_per_session = 1, .profiles = 1}};
    Segment segment = a_segment("a", 1);
    segment.duration = {};
    EXPECT_EQ(sessions.admit(segment, Time{}).error(), Refusal::invalid_duration);
    segment = a_segment("a", 1);
    segment.ladder.clear();
    EXPECT_EQ(sessions.admit(segment, Time{}).error(), Refusal::no_profiles);
    segment.ladder.resize(2);
    EXPECT_EQ(sessions.admit(segment, Time{}).error(), Refusal::too_many_profiles);
    EXPECT_TRUE(sessions.admit(a_segment("a", 1), Time{})->opens_session);
    EXPECT_EQ(sessions.admit(a_segment("b", 1), Time{}).error(), Refusal::too_many_sessions);
    EXPECT_EQ(sessions.admit(a_segment("a", 2), Time{}).error(), Refusal::too_many_in_flight);
}

TEST(Sessions, count_only_what_is_in_flight)
{
    Sessions sessions{{.in_flight_per_session = 1}};
    ASSERT_TRUE(sessions.admit(a_segment("a", 1), Time{}));
    sessions.done(a_segment("a", 1).id, Time{});
    EXPECT_FALSE(sessions.admit(a_segment("a", 2), Time{})->opens_session);
}

TEST(Sessions, are_idle_after_seventy_seconds_without_work)
{
    Sessions sessions{{}};
    ASSERT_TRUE(sessions.admit(a_segment("a", 1), Time{}));
    const Time later = Time{} + std::chrono::seconds{71};
    EXPECT_TRUE(sessions.idle(later).empty());
    sessions.done(a_segment("a", 1).id, Time{});
    EXPECT_EQ(sessions.idle(later), (std::vector{SessionId{"a"}}));
    EXPECT_TRUE(sessions.end(SessionId{"a"}));
    EXPECT_FALSE(sessions.end(SessionId{"a"}));
}

}  // namespace
}  // namespace millpond::session
