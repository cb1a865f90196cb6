#include "edge/media/another_take.hpp"

#include "edge/media/generate.hpp"
#include "edge/media/inspect.hpp"
#include "edge/media/transcode.hpp"

#include <set>

#include <gtest/gtest.h>

namespace millpond::media {
namespace {

Bytes clip()
{
    return *generate_clip({.size = {320, 180}, .seconds = 1, .gop_frames = 30});
}

TEST(AnotherTake, is_a_clip_of_as_many_pictures_with_the_same_sound)
{
    const Bytes source = clip();
    const MediaFacts before = inspect(source, Depth::packets);
    const auto take = another_take(source, 5);
    ASSERT_TRUE(take) << take.error().what;
    const MediaFacts facts = inspect(*take, Depth::frames);
    EXPECT_TRUE(facts.readable);
    EXPECT_TRUE(facts.decodes);
    EXPECT_EQ(facts.pts.size(), before.pts.size());
    EXPECT_EQ(facts.audio.size(), before.audio.size());
    EXPECT_EQ(facts.audio[0].digest, before.audio[0].digest);
    EXPECT_LE(facts.size.width, 320);
    EXPECT_GE(facts.size.width, 240);
}

TEST(AnotherTake, is_another_for_every_secret)
{
    const Bytes source = clip();
    std::set<Hash32> pictures{inspect(source, Depth::packets).slices};
    for (std::uint64_t secret = 1; secret <= 20; ++secret)
        EXPECT_TRUE(
            pictures.insert(inspect(*another_take(source, secret), Depth::packets).slices).second
        ) << secret;
}

TEST(AnotherTake, can_be_transcoded_like_any_source)
{
    const auto take = another_take(clip(), 9);
    const auto made = StreamTranscoder{{.threads = 1}}.transcode(
        *take, {{.name = "r", .width = 160, .height = 90, .bitrate = 200'000}}
    );
    ASSERT_TRUE(made);
    EXPECT_EQ(made->renditions[0].frames, 30);
}

TEST(AnotherTake, of_what_is_no_clip_is_a_fault)
{
    EXPECT_FALSE(another_take(Bytes(1'000, 7), 1));
    EXPECT_FALSE(another_take({}, 1));
}

}  // namespace
}  // namespace millpond::media
