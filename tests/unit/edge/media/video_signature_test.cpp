#include "edge/media/video_signature.hpp"

#include "edge/media/generate.hpp"
#include "edge/media/transcode.hpp"
#include "tests/support/signatures_by_ffmpeg.hpp"

#include <gtest/gtest.h>

namespace millpond::media {
namespace {

Bytes rendition(const ClipSpec& source, int bitrate, Container container = Container::mpegts)
{
    const auto clip = generate_clip(source);
    EXPECT_TRUE(clip);
    const VideoProfile profile{
        .name = "r", .width = 320, .height = 180, .bitrate = bitrate, .container = container
    };
    auto made = StreamTranscoder{{}}.transcode(*clip, {profile});
    EXPECT_TRUE(made);
    return std::move(made->renditions[0].bytes);
}

const ClipSpec tests{.size = {320, 180}, .seconds = 2};
const ClipSpec fractal{.size = {320, 180}, .seconds = 2, .picture = "mandelbrot"};

TEST(VideoSignature, is_byte_for_byte_what_ffmpeg_writes)
{
    for (const Container container : {Container::mpegts, Container::mp4}) {
        const Bytes file = rendition(tests, 400'000, container);
        const auto signature = video_signature(file);
        ASSERT_TRUE(signature) << signature.error().what;
        EXPECT_TRUE(*signature == signature_by_ffmpeg(file)) << static_cast<int>(container);
    }
}

TEST(VideoSignature, of_another_bitrate_matches_and_of_another_clip_does_not)
{
    const Bytes good = rendition(tests, 800'000);
    const Bytes poor = rendition(tests, 150'000);
    const Bytes other = rendition(fractal, 800'000);
    EXPECT_NE(matches_by_ffmpeg(good, poor).find("whole video matching"), std::string::npos);
    const std::string said = matches_by_ffmpeg(good, other);
    EXPECT_NE(said.find("no matching"), std::string::npos) << said;
}

TEST(VideoSignature, is_refused_without_a_picture)
{
    const auto sound = generate_clip({.seconds = 1, .video = false});
    EXPECT_EQ(video_signature(*sound).error().what, "no picture");
    EXPECT_FALSE(video_signature(Bytes(1'000, 7)));
}

}  // namespace
}  // namespace millpond::media
