#include "core/verify/replays.hpp"

#include <gtest/gtest.h>

namespace millpond::verify {
namespace {

Measurement claim(std::uint8_t source, std::uint8_t rendition)
{
    Measurement measurement;
    measurement.source.slices = {source};
    measurement.renditions.resize(1);
    measurement.renditions[0].slices = {rendition};
    return measurement;
}

TEST(Replays, notices_pictures_that_were_made_of_another_source)
{
    Replays replays;
    EXPECT_FALSE(replays.seen_before(claim(1, 10)));
    EXPECT_TRUE(replays.seen_before(claim(2, 10)));
}

TEST(Replays, lets_two_transcoders_make_the_same_of_one_source)
{
    Replays replays;
    EXPECT_FALSE(replays.seen_before(claim(1, 10)));
    EXPECT_FALSE(replays.seen_before(claim(1, 10)));
}

TEST(Replays, forgets_the_oldest)
{
    Replays replays{2};
    EXPECT_FALSE(replays.seen_before(claim(1, 10)));
    EXPECT_FALSE(replays.seen_before(claim(1, 11)));
    EXPECT_FALSE(replays.seen_before(claim(1, 12)));
    EXPECT_FALSE(replays.seen_before(claim(2, 10)));
}

TEST(Replays, says_nothing_of_sound_alone)
{
    Replays replays;
    EXPECT_FALSE(replays.seen_before(claim(1, 0)));
    EXPECT_FALSE(replays.seen_before(claim(2, 0)));
}

}  // namespace
}  // namespace millpond::verify
