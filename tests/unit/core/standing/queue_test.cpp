#include "core/standing/look_back.hpp"
#include "core/standing/qualification_queue.hpp"

#include <gtest/gtest.h>

namespace millpond::standing {
namespace {

Origin from(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint32_t asn = 0)
{
    const Bytes address{a, b, c, 7};
    return {.prefix = prefix_of(address), .asn = asn};
}

TEST(Prefix, is_a_slash_24_or_a_slash_48)
{
    EXPECT_EQ(prefix_of(Bytes{10, 0, 1, 2}), prefix_of(Bytes{10, 0, 1, 99}));
    EXPECT_NE(prefix_of(Bytes{10, 0, 1, 2}), prefix_of(Bytes{10, 0, 2, 2}));
    Bytes six(16, 0);
    six[0] = 0x20;
    Bytes neighbour = six;
    neighbour[6] = 1;
    EXPECT_EQ(prefix_of(six), prefix_of(neighbour));
    neighbour[5] = 1;
    EXPECT_NE(prefix_of(six), prefix_of(neighbour));
    Bytes mapped(16, 0);
    mapped[10] = mapped[11] = 0xff;
    mapped[12] = 10;
    mapped[14] = 1;
    EXPECT_EQ(prefix_of(mapped), prefix_of(Bytes{10, 0, 1, 2}));
}

TEST(QualificationQueue, serves_in_order_one_per_network)
{
    QualificationQueue queue{Parameters{}};
    EXPECT_TRUE(queue.add(1, from(10, 0, 1)));
    EXPECT_TRUE(queue.add(2, from(10, 0, 1)));
    EXPECT_TRUE(queue.add(3, from(10, 0, 2)));
    EXPECT_FALSE(queue.add(2, from(10, 0, 9)));
    EXPECT_EQ(queue.next(), 1U);
    EXPECT_FALSE(queue.add(1, from(10, 0, 1)));
    // A crowd from one network delays itself, not the others.
    EXPECT_EQ(queue.next(), 3U);
    EXPECT_EQ(queue.next(), std::nullopt);
    queue.remove(1);
    EXPECT_EQ(queue.next(), 2U);
    EXPECT_EQ(queue.waiting(), 0U);
}

TEST(QualificationQueue, serves_three_per_operator_of_networks)
{
    QualificationQueue queue{Parameters{}};
    for (std::uint8_t i = 0; i < 5; ++i)
        queue.add(i, from(10, 0, i, 65'000));
    queue.add(9, from(10, 1, 1, 65'001));
    EXPECT_EQ(queue.next(), 0U);
    EXPECT_EQ(queue.next(), 1U);
    EXPECT_EQ(queue.next(), 2U);
    EXPECT_EQ(queue.next(), 9U);
    queue.remove(3);
    queue.remove(0);
    EXPECT_EQ(queue.next(), 4U);
    EXPECT_EQ(queue.running(), 4U);
}

TEST(LookBack, takes_the_last_quarter_of_an_hour_and_what_was_drawn)
{
    using std::chrono::minutes;
    const Time now = Time{std::chrono::hours{1'000}};
    const Retained retained[] = {
        {.segment = 1, .done = now - minutes{16}},
        {.segment = 2, .done = now - minutes{15}},
        {.segment = 3, .done = now - minutes{500}, .drawn = true},
        {.segment = 4, .done = now - std::chrono::hours{24 * 8}, .drawn = true},
        {.segment = 5, .done = now},
    };
    const auto plan = plan_look_back(retained, now, minutes{15}, std::chrono::hours{24 * 7});
    EXPECT_EQ(plan, (std::vector<std::uint64_t>{5, 2, 3}));
}

TEST(LookBack, stops_after_300_clean_or_a_clear_pattern)
{
    EXPECT_EQ(weigh_look_back(0, 0), LookBack::go_on);
    EXPECT_EQ(weigh_look_back(298, 0), LookBack::go_on);
    EXPECT_EQ(weigh_look_back(299, 0), LookBack::single);
    EXPECT_EQ(weigh_look_back(300, 1), LookBack::go_on);
    EXPECT_EQ(weigh_look_back(0, 1), LookBack::go_on);
    // 0.2² = 4 % is less than 5 %.
    EXPECT_EQ(weigh_look_back(0, 2), LookBack::pattern);
    EXPECT_EQ(weigh_look_back(10, 3), LookBack::go_on);
    EXPECT_EQ(weigh_look_back(10, 8), LookBack::pattern);
}

}  // namespace
}  // namespace millpond::standing
