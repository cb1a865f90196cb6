#include "edge/picture/align.hpp"

#include <gtest/gtest.h>

namespace millpond::picture {
namespace {

std::vector<std::int64_t> times(int count, std::int64_t step, std::int64_t first = 0)
{
    std::vector<std::int64_t> all;
    for (int i = 0; i < count; ++i)
        all.push_back(first + i * step);
    return all;
}

TEST(Align, pairs_frames_one_to_one_at_equal_count)
{
    const auto matches = align(times(5, 3'000, 126'000), times(5, 3'000, 126'001), false);
    ASSERT_EQ(matches.size(), 5U);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(matches[static_cast<std::size_t>(i)], (Match{i, i}));
}

TEST(Align, allows_either_neighbour_when_the_rate_is_halved)
{
    const auto matches = align(times(60, 1'500), times(30, 3'000), false);
    EXPECT_EQ(matches[0], (Match{0, 1}));
    EXPECT_EQ(matches[10], (Match{19, 21}));
}

TEST(Align, repeats_frames_when_the_rate_is_doubled)
{
    const auto matches = align(times(30, 3'000), times(60, 1'500), false);
    EXPECT_EQ(matches[0].first, 0);
    EXPECT_EQ(matches[1], (Match{0, 1}));
    EXPECT_EQ(matches.back().last, 29);
}

TEST(Align, never_goes_back)
{
    const auto matches = align(times(50, 3'600), times(61, 3'003), false);
    for (std::size_t i = 1; i < matches.size(); ++i)
        EXPECT_GE(matches[i].first, matches[i - 1].first);
}

TEST(Align, lets_mp4_begin_at_zero)
{
    const auto matches = align(times(60, 1'500, 900'000), times(30, 3'000), true);
    EXPECT_EQ(matches[10], (Match{19, 21}));
}

TEST(Align, counts_over_the_end_of_the_clock)
{
    const std::int64_t wrap = std::int64_t{1} << 33U;
    const auto matches = align(times(60, 1'500, wrap), times(30, 3'000, 0), false);
    EXPECT_EQ(matches[10], (Match{19, 21}));
}

TEST(Align, has_nothing_to_pair_without_frames)
{
    EXPECT_TRUE(align({}, times(3, 3'000), false).empty());
    EXPECT_TRUE(align(times(3, 3'000), {}, false).empty());
}

}  // namespace
}  // namespace millpond::picture
