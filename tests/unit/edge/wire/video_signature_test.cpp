#include "edge/wire/video_signature.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace millpond::wire {
namespace {

/// A signature in the standard's binary form, with what a test changes of it.
struct Written {
    std::uint32_t regions = 1;
    std::uint32_t placed = 1;
    std::uint32_t left = 0;
    std::uint32_t begins = 0;
    std::uint32_t frames = 100;
    std::uint32_t timed = 1;
    std::uint32_t segments = 3;
    std::uint32_t last_of_segment = 89;
    std::uint32_t compressed = 0;
    std::uint32_t frame_timed = 1;
    std::size_t more_bytes = 0;

    [[nodiscard]] Bytes bytes() const
    {
        Bytes all;
        std::uint64_t at = 0;
        const auto put = [&](unsigned bits, std::uint32_t value) {
            for (; bits > 0; --bits, ++at) {
                if (at % 8 == 0) all.push_back(0);
                all.back() = static_cast<std::uint8_t>(
                    all.back() | (value >> (bits - 1) & 1U) << (7 - at % 8)
                );
            }
        };
        put(32, regions);
        put(1, placed);
        put(16, left);
        put(16, 0);
        put(16, 319);
        put(16, 179);
        put(32, begins);
        put(32, frames);
        put(16, 24'464);
        put(1, timed);
        put(32, 0);
        put(32, 297'000);
        put(32, segments);
        for (std::uint32_t i = 0; i < 3; ++i) {
            put(32, 0);
            put(32, last_of_segment);
            put(1, 1);
            put(32, 0);
            put(32, 267'000);
            for (int word = 0; word < 5 * 243; ++word)
                put(1, 1);
        }
        put(1, compressed);
        for (std::uint32_t i = 0; i < 100; ++i) {
            put(1, frame_timed);
            put(32, 3'000 * i);
            for (int bits = 0; bits < 8 + 40 + 608; bits += 8)
                put(8, 0xa5);
        }
        all.resize(all.size() + more_bytes);
        return all;
    }
};

TEST(VideoSignatureParser, reads_what_a_signature_says_of_itself)
{
    const auto read = parse_video_signature(Written{}.bytes());
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(*read, (VideoSignature{.width = 320, .height = 180, .frames = 100, .segments = 3}));
}

TEST(VideoSignatureParser, refuses_by_name_what_is_no_signature)
{
    const auto refusal = [](const std::function<void(Written&)>& change) {
        Written written;
        change(written);
        const auto read = parse_video_signature(written.bytes());
        return read ? "none" : read.error().what;
    };
    using W = Written;
    const std::string hash = "perceptual hash: ";
    EXPECT_EQ(refusal([](W& w) { w.regions = 2; }), hash + "not one region");
    EXPECT_EQ(refusal([](W& w) { w.placed = 0; }), hash + "no place in the picture");
    EXPECT_EQ(refusal([](W& w) { w.left = 1; }), hash + "not the whole picture");
    EXPECT_EQ(refusal([](W& w) { w.begins = 1; }), hash + "does not begin with the first frame");
    EXPECT_EQ(refusal([](W& w) { w.frames = 0; }), hash + "no frames");
    EXPECT_EQ(refusal([](W& w) { w.timed = 0; }), hash + "no times");
    EXPECT_EQ(refusal([](W& w) { w.segments = 0; }), hash + "no segments");
    EXPECT_EQ(refusal([](W& w) { w.segments = 0xffff'ffff; }), hash + "wrong length");
    EXPECT_EQ(refusal([](W& w) { w.frames = 99; }), hash + "wrong length");
    EXPECT_EQ(refusal([](W& w) { w.more_bytes = 1; }), hash + "wrong length");
    EXPECT_EQ(refusal([](W& w) { w.last_of_segment = 100; }), hash + "a segment beyond the frames");
    EXPECT_EQ(refusal([](W& w) { w.compressed = 1; }), hash + "compressed");
    EXPECT_EQ(refusal([](W& w) { w.frame_timed = 0; }), hash + "a frame without a time");
    EXPECT_EQ(parse_video_signature(Bytes(20, 0)).error().what, hash + "too short");
}

TEST(VideoSignatureParser, allows_as_many_bytes_as_the_video_is_long)
{
    const std::size_t two_seconds = video_signature_bytes_max(std::chrono::seconds{2});
    EXPECT_GT(two_seconds, 2U * 120 * 87);
    EXPECT_LT(two_seconds, 50'000U);
    EXPECT_LT(video_signature_bytes_max(std::chrono::minutes{5}), std::size_t{4} << 20U);
}

}  // namespace
}  // namespace millpond::wire
