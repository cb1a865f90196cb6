#include "edge/media/transcode.hpp"

#include "edge/media/cut.hpp"
#include "edge/media/generate.hpp"
#include "edge/media/inspect.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>
#include <set>

#include <gtest/gtest.h>
#include <malloc.h>

namespace millpond::media {
namespace {

const VideoProfile small{.name = "small", .width = 320, .height = 180, .bitrate = 300'000};
const VideoProfile slower{
    .name = "slower", .width = 256, .height = 144, .bitrate = 200'000, .fps_num = 15
};

Bytes clip(ClipSpec spec)
{
    spec.size = spec.size == FrameSize{1280, 720} ? FrameSize{640, 360} : spec.size;
    auto made = generate_clip(spec);
    EXPECT_TRUE(made) << made.error().what;
    return made.value_or(Bytes{});
}

Transcoded transcode(const Bytes& source, const Ladder& ladder)
{
    StreamTranscoder transcoder{{}};
    auto done = transcoder.transcode(source, ladder);
    EXPECT_TRUE(done) << done.error().text;
    return done ? std::move(*done) : Transcoded{};
}

std::vector<CutSegment> cut(const Bytes& file)
{
    const TempDir folder;
    const auto path = folder.path() / "clip";
    std::ofstream{path, std::ios::binary}.write(
        reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size())
    );
    auto cutter = Cutter::open(path, {});
    EXPECT_TRUE(cutter) << cutter.error().what;
    std::vector<CutSegment> segments;
    while (true) {
        auto next = cutter->next();
        EXPECT_TRUE(next) << next.error().what;
        if (!next || !*next) return segments;
        segments.push_back(std::move(**next));
    }
}

TEST(Transcode, keeps_frames_times_and_sound_and_obeys_the_profile)
{
    const Bytes source = clip({});
    const auto source_facts = inspect(source, Depth::frames);
    const auto done = transcode(source, {small, slower});
    ASSERT_EQ(done.renditions.size(), 2U);
    const auto facts = inspect(done.renditions[0].bytes, Depth::frames);
    EXPECT_TRUE(facts.decodes) << facts.problem;
    EXPECT_EQ(facts.size, (FrameSize{320, 180}));
    EXPECT_EQ(facts.pts, source_facts.pts);
    EXPECT_EQ(facts.audio, source_facts.audio);
    EXPECT_EQ(facts.keyframes.front(), 0);
    EXPECT_EQ(facts.pixels, done.renditions[0].pixels);
    EXPECT_EQ(inspect(done.renditions[1].bytes, Depth::frames).pts.size(), 30U);
}

TEST(Transcode, makes_the_same_bytes_in_the_callers_thread)
{
    const Bytes source = clip({});
    StreamTranscoder threaded{{.repeatable = true}};
    const auto beside = threaded.transcode(source, {small, slower});
    ASSERT_TRUE(beside) << beside.error().text;
    StreamTranscoder alone{{.threads = 1, .callers_thread = true, .repeatable = true}};
    const auto done = alone.transcode(source, {small, slower});
    ASSERT_TRUE(done) << done.error().text;
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_EQ(done->renditions[i].bytes, beside->renditions[i].bytes) << i;
}

TEST(Transcode, makes_the_same_bytes_whatever_memory_holds)
{
    const Bytes source = clip({});
    std::set<Bytes> made;
    for (const int filling : {0, 0xa5, 0x5a}) {
        mallopt(M_PERTURB, filling);
        StreamTranscoder transcoder{{.threads = 1, .callers_thread = true, .repeatable = true}};
        const auto done = transcoder.transcode(source, {small});
        ASSERT_TRUE(done) << done.error().text;
        made.insert(done->renditions[0].bytes);
    }
    mallopt(M_PERTURB, 0);
    EXPECT_EQ(made.size(), 1U);
}

TEST(Transcode, makes_segments_that_join_without_gap_or_overlap)
{
    const auto segments = cut(clip({.seconds = 6, .gop_frames = 30}));
    ASSERT_EQ(segments.size(), 3U);
    for (const auto& profile : {small, slower}) {
        std::vector<std::int64_t> pts;
        for (const auto& segment : segments) {
            const auto done = transcode(*segment.bytes, {profile});
            const auto facts = inspect(done.renditions.at(0).bytes, Depth::frames);
            EXPECT_TRUE(facts.decodes);
            pts.insert(pts.end(), facts.pts.begin(), facts.pts.end());
        }
        const std::int64_t frame = profile.fps_num == 15 ? 6'000 : 3'000;
        for (std::size_t i = 1; i < pts.size(); ++i)
            EXPECT_EQ(pts[i] - pts[i - 1], frame) << i;
        EXPECT_EQ(pts.size(), profile.fps_num == 15 ? 90U : 180U);
    }
}

struct NastyCase {
    const char* name;
    ClipSpec spec;
};

class Nasty : public testing::TestWithParam<NastyCase> {};

TEST_P(Nasty, input_comes_out_whole)
{
    const Bytes source = clip(GetParam().spec);
    const auto source_facts = inspect(source, Depth::frames);
    const auto done = transcode(source, {small});
    ASSERT_EQ(done.renditions.size(), 1U);
    const auto facts = inspect(done.renditions[0].bytes, Depth::frames);
    EXPECT_TRUE(facts.readable) << facts.problem;
    EXPECT_TRUE(facts.decodes);
    EXPECT_EQ(facts.pts.size(), source_facts.pts.size());
    EXPECT_EQ(facts.audio, source_facts.audio);
    if (GetParam().spec.rotation == 90) {
        EXPECT_EQ(facts.size, (FrameSize{180, 320}));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Clips,
    Nasty,
    testing::Values(
        NastyCase{"audio_only", {.video = false}},
        NastyCase{"video_only", {.audio = false}},
        NastyCase{"odd_size", {.size = {426, 242}}},
        NastyCase{"ten_bit", {.pixel_format = "yuv420p10le"}},
        NastyCase{"interlaced", {.interlaced = true}},
        NastyCase{"one_frame", {.seconds = 0.03, .audio = false}},
        NastyCase{"rotated", {.rotation = 90, .container = Container::mp4}},
        NastyCase{"many_b_frames", {.b_frames = 7}}
    ),
    [](const auto& info) { return info.param.name; }
);

TEST(Transcode, names_what_is_no_video_at_all)
{
    StreamTranscoder transcoder{{}};
    EXPECT_EQ(
        transcoder.transcode(Bytes(5'000, 'x'), {small}).error().text, "TranscoderInvalidVideo"
    );
    EXPECT_EQ(transcoder.transcode({}, {small}).error().text, "TranscoderInvalidVideo");
}

TEST(Transcode, survives_a_truncated_segment)
{
    Bytes source = clip({});
    source.resize(source.size() / 2);
    const auto done = transcode(source, {small});
    EXPECT_GT(done.renditions.at(0).frames, 0);
}

TEST(Inspect, sees_junk_after_the_last_packet)
{
    Bytes source = clip({});
    EXPECT_EQ(inspect(source, Depth::packets).trailing_bytes, 0);
    source.resize(source.size() + 1'000, 'j');
    EXPECT_GE(inspect(source, Depth::packets).trailing_bytes, 1'000);
}

TEST(Inspect, reads_mp4_with_its_index_in_front)
{
    VideoProfile mp4 = small;
    mp4.container = Container::mp4;
    const auto done = transcode(clip({}), {mp4});
    const Bytes& bytes = done.renditions.at(0).bytes;
    const auto text = as_text(bytes);
    EXPECT_LT(text.find("moov"), text.find("mdat"));
    const auto facts = inspect(bytes, Depth::frames);
    EXPECT_EQ(facts.container, "mp4");
    EXPECT_EQ(facts.pts.size(), 60U);
    EXPECT_EQ(facts.trailing_bytes, 0);
}

TEST(Inspect, takes_a_source_with_every_sample_of_its_colours)
{
    const auto facts = inspect(clip({.audio = false, .pixel_format = "yuv444p"}), Depth::packets);
    EXPECT_TRUE(facts.readable) << facts.problem;
    EXPECT_EQ(facts.h264_profile, 244);
    EXPECT_EQ(facts.pts.size(), 60U);
}

TEST(Inspect, takes_sound_beside_a_picture_that_never_comes)
{
    constexpr std::size_t packet = 188;
    const Bytes whole = clip({});
    Bytes sound;
    for (std::size_t at = 0; at + packet <= whole.size(); at += packet) {
        if (((whole[at + 1] & 0x1f) << 8 | whole[at + 2]) == 0x100) continue;
        const ByteView one = ByteView{whole}.subspan(at, packet);
        sound.insert(sound.end(), one.begin(), one.end());
    }
    const auto facts = inspect(sound, Depth::packets);
    EXPECT_TRUE(facts.readable) << facts.problem;
    EXPECT_TRUE(facts.pts.empty());
    EXPECT_EQ(facts.audio, inspect(whole, Depth::packets).audio);
}

TEST(Encoder, says_clearly_when_a_driver_refuses)
{
    EXPECT_TRUE(probe_encoder({}));
    const auto probed = probe_encoder({.encoder = "no_such_encoder"});
    ASSERT_FALSE(probed);
    EXPECT_EQ(probed.error().what, "Encoder not found");
}

}  // namespace
}  // namespace millpond::media
