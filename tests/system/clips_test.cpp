#include "tests/system/nasty_clips.hpp"
#include "tests/system/pool_fixture.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace millpond {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t ticks_per_second = 90'000;
constexpr std::int64_t wrap = std::int64_t{1} << 33U;  ///< where MPEG-TS begins to count again

/// One that keeps the source's times, one that changes the rate, one in the other container.
Ladder rungs()
{
    return {
        {.name = "kept",
         .width = 320,
         .height = 180,
         .bitrate = 400'000,
         .encoder_profile = H264Profile::main},
        {.name = "halved",
         .width = 256,
         .height = 144,
         .bitrate = 300'000,
         .fps_num = 15,
         .encoder_profile = H264Profile::baseline},
        {.name = "boxed",
         .width = 192,
         .height = 108,
         .bitrate = 200'000,
         .container = Container::mp4,
         .encoder_profile = H264Profile::high,
         .gop_ms = 1'000},
    };
}

/// What ffprobe says, and every complaint it has.
nlohmann::json probe(const std::filesystem::path& file)
{
    const std::string command =
        "ffprobe -v error -count_frames -select_streams v -show_entries stream=codec_name,"
        "profile,width,height,r_frame_rate,nb_read_frames -of json '" +
        file.string() + "' 2>&1";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::string text;
    std::array<char, 4'096> buffer{};
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe))
        text.append(buffer.data(), got);
    ::pclose(pipe);
    const auto json = nlohmann::json::parse(text, nullptr, false);
    // Complaints stand before the JSON and make it none.
    return json.is_object() ? json : nlohmann::json{{"complaint", text}};
}

/// One rung of one clip, segment after segment.
struct Track {
    VideoProfile profile;
    std::vector<MediaFacts> facts;
    std::vector<std::int64_t> pts;

    void add(const Bytes& bytes)
    {
        facts.push_back(media::inspect(bytes, media::Depth::frames));
        const auto& times = facts.back().pts;
        pts.insert(pts.end(), times.begin(), times.end());
    }
};

class ClipsThroughThePool : public PoolTest, public testing::WithParamInterface<NastyClip> {
protected:
    /// Pushes every segment once; the source first, then the rungs.
    Task<void> push_all(ClipSegments segments)
    {
        co_await ready(1);
        client::Pusher pusher{
            loop_, {.pool = url(), .manifest = "clip", .ladder = rungs(), .attempts_max = 1}
        };
        for (const auto& segment : segments) {
            const auto result = co_await pusher.push(segment);
            EXPECT_EQ(result.error, "") << "segment " << segment.seq;
            if (!result.error.empty()) co_return;
            source_.add(*segment.bytes);
            for (std::size_t i = 0; i < tracks_.size(); ++i) {
                tracks_[i].add(*result.renditions[i]);
                check_with_ffprobe(tracks_[i], *result.renditions[i]);
            }
        }
        co_await pusher.end();
    }

    FrameSize size_asked(const VideoProfile& profile) const
    {
        const auto& source = source_.facts.back();
        const FrameSize upright =
            source.rotated ? FrameSize{source.size.height, source.size.width} : source.size;
        return rendition_size(profile, upright);
    }

    void check_with_ffprobe(const Track& track, const Bytes& bytes)
    {
        const auto& facts = track.facts.back();
        const auto file = folder_.path() / "rendition";
        std::ofstream{file, std::ios::binary} << as_text(bytes);
        const auto said = probe(file);
        ASSERT_FALSE(said.contains("complaint")) << said["complaint"];
        if (source_.facts.back().pts.empty()) {
            EXPECT_TRUE(facts.pts.empty());
            return;
        }
        ASSERT_EQ(said["streams"].size(), 1U);
        const auto& stream = said["streams"][0];
        const FrameSize size = size_asked(track.profile);
        EXPECT_EQ(stream["codec_name"], "h264");
        EXPECT_EQ(stream["width"], size.width);
        EXPECT_EQ(stream["height"], size.height);
        EXPECT_EQ(stream["nb_read_frames"], std::to_string(facts.pts.size()));
        const auto profile = stream["profile"].get<std::string>();
        switch (track.profile.encoder_profile) {
            case H264Profile::baseline: EXPECT_EQ(profile, "Constrained Baseline"); break;
            case H264Profile::main: EXPECT_EQ(profile, "Main"); break;
            default: EXPECT_EQ(profile, "High");
        }
        if (track.profile.fps_num == 0 || facts.pts.size() < 2) return;
        EXPECT_EQ(stream["r_frame_rate"], std::to_string(track.profile.fps_num) + "/1");
    }

    /// Every packet as it was. Where the container is another its clock rounds the times.
    static bool sounds_like(
        const std::vector<AudioFacts>& audio, const std::vector<AudioFacts>& source
    )
    {
        return std::ranges::equal(audio, source, [](const auto& one, const auto& other) {
            return one.codec == other.codec && one.packets == other.packets &&
                   one.digest == other.digest;
        });
    }

    void check_each_segment(const Track& track) const
    {
        for (std::size_t i = 0; i < track.facts.size(); ++i) {
            const auto& facts = track.facts[i];
            const auto& source = source_.facts[i];
            EXPECT_TRUE(facts.readable && facts.decodes) << i << " " << facts.problem;
            EXPECT_TRUE(sounds_like(facts.audio, source.audio)) << i;
            EXPECT_EQ(facts.trailing_bytes, 0) << i;
            if (facts.pts.empty()) continue;
            EXPECT_EQ(facts.keyframes.front(), 0) << i;
            if (track.profile.fps_num == 0) EXPECT_EQ(facts.pts.size(), source.pts.size()) << i;
        }
    }

    /// The source's times to the tick: then there is no gap that the source does not have.
    void check_times_kept(const Track& track) const
    {
        ASSERT_EQ(track.pts.size(), source_.pts.size());
        for (std::size_t i = 0; i < track.pts.size(); ++i) {
            EXPECT_EQ((track.pts[i] - source_.pts[i]) % wrap, 0) << "frame " << i;
            if (i > 0) EXPECT_GT(track.pts[i], track.pts[i - 1]) << "frame " << i;
        }
    }

    /// One frame apart, over the segments' joints as well. Only of a source whose frames come
    /// irregularly nobody can see how long a segment's last one lasts: there a pause may stay.
    void check_times_even(const Track& track) const
    {
        if (source_.pts.size() < 2) return;
        const std::int64_t frame = ticks_per_second / track.profile.fps_num;
        std::vector<std::int64_t> steps(source_.pts.size() - 1);
        for (std::size_t i = 0; i < steps.size(); ++i)
            steps[i] = source_.pts[i + 1] - source_.pts[i];
        const bool regular = std::ranges::max(steps) < 2 * std::ranges::min(steps);
        std::int64_t pauses = 0;
        std::size_t in_source = 0;
        std::size_t in_track = 0;
        for (std::size_t i = 0; i < track.facts.size(); ++i) {
            const auto& pts = track.facts[i].pts;
            for (std::size_t j = 1; j < pts.size(); ++j)
                EXPECT_EQ(pts[j] - pts[j - 1], frame) << "segment " << i << " frame " << j;
            in_source += source_.facts[i].pts.size();
            in_track += pts.size();
            if (in_source > steps.size() || in_track == 0) break;
            const std::int64_t pause = regular ? 0 : rounded_up(steps[in_source - 1], frame);
            const std::int64_t joint = track.pts[in_track] - track.pts[in_track - 1];
            EXPECT_GE(joint, frame) << "after segment " << i;
            EXPECT_LE(joint, frame + pause) << "after segment " << i;
            pauses += pause;
        }
        const auto span = source_.pts.back() - source_.pts.front() + steps.back();
        EXPECT_LE(static_cast<std::int64_t>(track.pts.size()), span / frame + 1);
        EXPECT_GE(
            static_cast<std::int64_t>(track.pts.size()),
            (span - pauses - (regular ? 0 : steps.back())) / frame - 1
        );
    }

    static std::int64_t rounded_up(std::int64_t ticks, std::int64_t frame)
    {
        return (ticks + frame - 1) / frame * frame;
    }

    Track source_;
    std::vector<Track> tracks_;
};

TEST_P(ClipsThroughThePool, come_back_whole)
{
    const auto segments = GetParam().make(folder_.path());
    ASSERT_FALSE(segments.empty());
    open();
    add_worker("honest");
    for (const auto& each : rungs())
        tracks_.push_back({.profile = each, .facts = {}, .pts = {}});
    run(push_all(segments));
    ASSERT_EQ(source_.facts.size(), segments.size());
    for (const auto& track : tracks_) {
        SCOPED_TRACE(track.profile.name);
        check_each_segment(track);
        if (track.profile.container == Container::mp4) continue;  // each begins at zero
        if (track.profile.fps_num == 0) {
            check_times_kept(track);
        } else {
            check_times_even(track);
        }
    }
}

constexpr auto name_of_clip = [](const auto& info) { return info.param.name; };

INSTANTIATE_TEST_SUITE_P(
    Nasty, ClipsThroughThePool, testing::ValuesIn(nasty_clips()), name_of_clip
);

/// MILLPOND_CLIPS names a folder of clips to try besides.
std::vector<NastyClip> own_clips()
{
    const char* folder = std::getenv("MILLPOND_CLIPS");
    return folder == nullptr ? std::vector<NastyClip>{} : clips_in(folder);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ClipsThroughThePool);
INSTANTIATE_TEST_SUITE_P(Own, ClipsThroughThePool, testing::ValuesIn(own_clips()), name_of_clip);

}  // namespace
}  // namespace millpond
