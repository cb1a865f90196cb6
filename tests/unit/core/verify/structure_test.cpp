#include "core/verify/structure.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace millpond::verify {
namespace {

MediaFacts facts_of(FrameSize size)
{
    MediaFacts facts;
    facts.readable = true;
    facts.container = "mpegts";
    facts.video_codec = "h264";
    facts.h264_profile = 100;
    facts.size = size;
    for (int i = 0; i < 60; ++i)
        facts.pts.push_back(126'000 + i * 3'000);
    facts.keyframes = {0};
    facts.pixels = 60LL * size.width * size.height;
    facts.bytes = 100'000;
    facts.audio = {{.codec = "aac", .packets = 90}};
    return facts;
}

const Ladder ladder = {{.name = "p", .width = 640, .height = 360, .bitrate = 1'000'000}};

Measurement honest()
{
    Measurement measurement{.source = facts_of({1280, 720}), .renditions = {facts_of({640, 360})}};
    measurement.source.slices = {1};
    measurement.renditions[0].slices = {2};
    return measurement;
}

TEST(JudgeStructure, accepts_an_honest_rendition_and_counts_its_pixels)
{
    const auto accepted = judge_structure(ladder, honest(), {});
    ASSERT_TRUE(accepted);
    EXPECT_EQ(accepted->pixels, (std::vector<std::int64_t>{60LL * 640 * 360}));
}

TEST(JudgeStructure, names_each_mismatch)
{
    const std::pair<Refusal, std::function<void(MediaFacts&)>> cases[] = {
        {Refusal::too_small, [](MediaFacts& f) { f.bytes = 24; }},
        {Refusal::breaks_reader,
         [](MediaFacts& f) {
             f.breaks_reader = true;
             f.readable = false;
         }},
        {Refusal::unreadable, [](MediaFacts& f) { f.readable = false; }},
        {Refusal::wrong_container, [](MediaFacts& f) { f.container = "mp4"; }},
        {Refusal::wrong_codec, [](MediaFacts& f) { f.video_codec = "hevc"; }},
        {Refusal::wrong_dimensions, [](MediaFacts& f) { f.size = {640, 352}; }},
        {Refusal::source_returned, [](MediaFacts& f) { f.slices = {1}; }},
        {Refusal::wrong_pixel_format, [](MediaFacts& f) { f.pixel_format = "yuv420p10le"; }},
        {Refusal::range_differs, [](MediaFacts& f) { f.full_range = true; }},
        {Refusal::slices_too_large, [](MediaFacts& f) { f.slice_bytes = 500'000; }},
        {Refusal::audio_shifted, [](MediaFacts& f) { f.audio[0].start += 18'000; }},
        {Refusal::dimensions_change, [](MediaFacts& f) { f.size_changes = true; }},
        {Refusal::does_not_decode, [](MediaFacts& f) { f.decodes = false; }},
        {Refusal::wrong_frame_count, [](MediaFacts& f) { f.pts.resize(59); }},
        {Refusal::wrong_times, [](MediaFacts& f) { f.pts[30] = f.pts[29]; }},
        {Refusal::wrong_times,
         [](MediaFacts& f) {
             for (auto& t : f.pts)
                 t += 9'000;
         }},
        {Refusal::first_frame_not_key, [](MediaFacts& f) { f.keyframes = {5}; }},
        {Refusal::bitrate_too_high, [](MediaFacts& f) { f.bytes = 9'000'000; }},
        {Refusal::audio_differs, [](MediaFacts& f) { f.audio[0].packets = 89; }},
        {Refusal::trailing_bytes, [](MediaFacts& f) { f.trailing_bytes = 1; }},
    };
    for (const auto& [refusal, spoil] : cases) {
        Measurement measurement = honest();
        spoil(measurement.renditions[0]);
        const auto judged = judge_structure(ladder, measurement, {});
        ASSERT_FALSE(judged) << name_of(refusal);
        EXPECT_EQ(judged.error(), (Mismatch{refusal, 0})) << name_of(judged.error().refusal);
    }
}

TEST(JudgeStructure, measures_a_gop_by_time_where_frames_come_irregularly)
{
    Ladder strict = ladder;
    strict[0].gop_ms = 1'000;
    Measurement measurement = honest();
    // 20 frames in 20/30 s, nothing for half a second, a keyframe, 20 more.
    for (MediaFacts* facts : {&measurement.source, &measurement.renditions[0]}) {
        facts->pts.resize(40);
        for (std::size_t i = 20; i < 40; ++i)
            facts->pts[i] += 45'000;
    }
    measurement.renditions[0].keyframes = {0, 20};
    EXPECT_TRUE(judge_structure(strict, measurement, {}));
    measurement.renditions[0].keyframes = {0};
    EXPECT_EQ(judge_structure(strict, measurement, {}).error().refusal, Refusal::gop_too_long);
}

TEST(JudgeStructure, lets_the_last_frame_last_as_long_as_any_other)
{
    Ladder converted = ladder;
    converted[0].fps_num = 30;
    Measurement measurement = honest();
    measurement.source.pts = {126'000, 141'000, 144'000};  // then a thirtieth to half a second
    auto& pts = measurement.renditions[0].pts;
    for (const std::size_t frames : {7U, 11U}) {
        pts = honest().renditions[0].pts;
        pts.resize(frames);
        EXPECT_TRUE(judge_structure(converted, measurement, {})) << frames;
    }
    for (const std::size_t frames : {5U, 14U}) {
        pts = honest().renditions[0].pts;
        pts.resize(frames);
        EXPECT_EQ(
            judge_structure(converted, measurement, {}).error().refusal, Refusal::wrong_frame_count
        );
    }
}

TEST(JudgeStructure, blames_nobody_for_a_source_it_cannot_read)
{
    Measurement measurement = honest();
    measurement.source.readable = false;
    EXPECT_EQ(
        judge_structure(ladder, measurement, {}).error().refusal, Refusal::source_unjudgeable
    );
}

TEST(JudgeStructure, holds_profile_gop_and_count_of_renditions)
{
    Ladder strict = ladder;
    strict[0].encoder_profile = H264Profile::baseline;
    EXPECT_EQ(judge_structure(strict, honest(), {}).error().refusal, Refusal::wrong_profile);
    strict = ladder;
    strict[0].gop_ms = 500;
    EXPECT_EQ(judge_structure(strict, honest(), {}).error().refusal, Refusal::gop_too_long);
    EXPECT_EQ(judge_structure({}, honest(), {}).error().refusal, Refusal::rendition_count);
}

TEST(JudgeStructure, expects_as_many_frames_as_the_asked_rate_gives)
{
    Ladder slower = ladder;
    slower[0].fps_num = 15;
    EXPECT_EQ(judge_structure(slower, honest(), {}).error().refusal, Refusal::wrong_frame_count);
    Measurement measurement = honest();
    auto& facts = measurement.renditions[0];
    facts.pts.clear();
    for (int i = 0; i < 30; ++i)
        facts.pts.push_back(126'000 + i * 6'000);
    EXPECT_TRUE(judge_structure(slower, measurement, {}));
}

TEST(JudgeStructure, takes_no_frames_for_no_frames)
{
    Measurement measurement = honest();
    measurement.source.pts.clear();
    measurement.renditions[0].pts.clear();
    measurement.renditions[0].pixels = 0;
    EXPECT_TRUE(judge_structure(ladder, measurement, {}));
}

}  // namespace
}  // namespace millpond::verify
