// The meter over files made to hurt it, in the pool's own sandbox program.
#include "tests/support/hostile_files.hpp"

#include "core/verify/structure.hpp"
#include "edge/media/generate.hpp"
#include "edge/media/inspect.hpp"
#include "edge/media/transcode.hpp"
#include "edge/meter/meter.hpp"
#include "tests/support/made_by_ffmpeg.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <random>

#include <gtest/gtest.h>

namespace millpond {
namespace {

using verify::Refusal;

const Ladder ladder = {{.name = "p", .width = 320, .height = 180, .bitrate = 400'000}};

class HostileFiles : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        source_ = make_blob(*media::generate_clip({.size = {640, 360}, .seconds = 1}));
        media::StreamTranscoder transcoder{{.threads = 1}};
        auto done = transcoder.transcode(*source_, ladder);
        honest_ = make_blob(std::move(done->renditions[0].bytes));
    }

    void SetUp() override
    {
        auto opened = sandbox::Sandbox::open(
            loop_,
            {.command = {MILLPOND_PROGRAM, "sandbox"},
             .memory_bytes = 128U << 20U,
             .cpu = std::chrono::seconds{4}}
        );
        ASSERT_TRUE(opened) << opened.error().what;
        sandbox_ = std::move(*opened);
    }

    Measurement measure(const Blob& source, std::vector<Blob> renditions)
    {
        const Segment segment{
            .id = {.session = SessionId{"s"}, .seq = 1, .arrival = ++arrivals_},
            .manifest = {},
            .ladder = Ladder(renditions.size(), ladder[0])
        };
        Claim claim;
        for (Blob& each : renditions)
            claim.renditions.push_back({.bytes = std::move(each)});
        sources_.put(segment.id, std::make_shared<net::Body>(source));
        MediaMeter meter{sources_, *sandbox_, *sandbox_};
        Result<Measurement, Fault> measured = because(Fault{});
        spawn(
            [](MediaMeter& with, Segment what, Claim of, net::Loop& loop, auto& out) -> Task<void> {
                out = co_await with.measure(std::move(what), std::move(of));
                loop.stop();
            }(meter, segment, std::move(claim), loop_, measured)
        );
        loop_.run();
        EXPECT_TRUE(measured) << measured.error().what;
        return measured ? *measured : Measurement{};
    }

    /// What the judge says of one rendition of the honest source.
    std::string verdict(Bytes rendition)
    {
        last_ = measure(source_, {make_blob(std::move(rendition))});
        const auto judged = verify::judge_structure(ladder, last_, {});
        return judged ? "accepted" : std::string{verify::name_of(judged.error().refusal)};
    }

    std::string source_verdict(Bytes source)
    {
        last_ = measure(make_blob(std::move(source)), {honest_});
        const auto judged = verify::judge_structure(ladder, last_, {});
        return judged ? "accepted" : std::string{verify::name_of(judged.error().refusal)};
    }

    /// After whatever happened, an honest rendition is accepted.
    void TearDown() override
    {
        EXPECT_EQ(verdict(*honest_), "accepted");
        EXPECT_EQ(sandbox_->counts().zygotes, 1U);
    }

    static Blob source_;
    static Blob honest_;
    net::Loop loop_;
    Sources sources_{make_blob({})};
    std::uint64_t arrivals_ = 0;
    std::unique_ptr<sandbox::Sandbox> sandbox_;
    Measurement last_;
};

Blob HostileFiles::source_;
Blob HostileFiles::honest_;

TEST_F(HostileFiles, facts_are_those_of_a_direct_look)
{
    const auto measured = measure(source_, {honest_});
    EXPECT_EQ(measured.source, media::inspect(*source_, media::Depth::packets));
    EXPECT_EQ(measured.renditions[0], media::inspect(*honest_, media::Depth::packets));
}

TEST_F(HostileFiles, pictures_of_8192_by_8192_are_refused_from_their_parameter_sets)
{
    const Bytes bomb = made_by_ffmpeg(huge_pictures.words, huge_pictures.suffix);
    EXPECT_LT(bomb.size(), 300'000U);
    EXPECT_EQ(verdict(bomb), "unreadable");
    EXPECT_EQ(last_.renditions[0].problem, "pictures of 67108864 pixels");
    EXPECT_EQ(source_verdict(bomb), "source_unjudgeable");
}

TEST_F(HostileFiles, twenty_thousand_frames_are_not_read_beyond_those_expected)
{
    const Bytes bomb = made_by_ffmpeg(twenty_thousand_frames.words, twenty_thousand_frames.suffix);
    EXPECT_LT(bomb.size(), 400'000U);
    const auto facts = measure(source_, {make_blob(bomb)}).renditions[0];
    EXPECT_EQ(facts.pts.size(), 33U);  // 30, and the first that are too many
    Bytes stream = made_by_ffmpeg(
        "-f lavfi -i color=black:s=320x180:r=1000 -frames:v 2000 -c:v libx264 -preset ultrafast "
        "-threads 1 -pix_fmt yuv420p",
        "ts"
    );
    EXPECT_EQ(verdict(std::move(stream)), "wrong_frame_count");
    EXPECT_EQ(last_.renditions[0].pts.size(), 33U);
}

TEST_F(HostileFiles, a_stream_without_end_costs_no_more_than_its_frame_budget)
{
    EXPECT_NE(verdict(repeated_to(*honest_, 400 * honest_->size())), "accepted");
    EXPECT_LE(last_.renditions[0].pts.size(), 33U);
    const Bytes clip = *media::generate_clip({.size = {64, 64}, .seconds = 2, .audio = false});
    EXPECT_EQ(source_verdict(repeated_to(clip, 400 * clip.size())), "source_unjudgeable");
}

TEST_F(HostileFiles, more_than_an_encoder_of_ours_would_use_is_refused)
{
    const std::string input = "-f lavfi -i testsrc2=s=320x180:r=30 -frames:v 30 -c:v libx264 ";
    EXPECT_EQ(verdict(made_by_ffmpeg(input + "-pix_fmt yuv420p10le", "ts")), "unreadable");
    EXPECT_EQ(last_.renditions[0].problem, "10 bits a sample");
    EXPECT_EQ(verdict(made_by_ffmpeg(input + "-pix_fmt yuv422p", "ts")), "unreadable");
    EXPECT_EQ(last_.renditions[0].problem, "chroma format 2");
    EXPECT_EQ(verdict(made_by_ffmpeg(input + "-pix_fmt yuv444p", "ts")), "unreadable");
    EXPECT_EQ(last_.renditions[0].problem, "chroma format 3");
}

TEST_F(HostileFiles, more_slices_or_bytes_a_frame_than_allowed_are_refused_before_decoding)
{
    const std::string input = "-f lavfi -i testsrc2=s=320x180:r=30 -frames:v 30 -c:v libx264 ";
    EXPECT_EQ(
        verdict(made_by_ffmpeg(input + "-x264-params slice-max-mbs=1 -pix_fmt yuv420p", "ts")),
        "unreadable"
    );
    EXPECT_EQ(last_.renditions[0].problem, "a frame of 240 slices");
    // Filler of nine megabytes in front of the second frame.
    const TempDir folder;
    Bytes raw = made_by_ffmpeg(input + "-bsf:v h264_mp4toannexb -x264-params aud=1", "h264");
    const std::array<std::uint8_t, 6> delimiter{0, 0, 0, 1, 9, 0x30};
    const auto frame = std::search(raw.begin() + 6, raw.end(), delimiter.begin(), delimiter.end());
    ASSERT_NE(frame, raw.end());
    Bytes filler(9U << 20U, 0xff);
    std::ranges::copy(std::to_array<std::uint8_t>({0, 0, 0, 1, 12}), filler.begin());
    filler.back() = 0x80;
    raw.insert(frame, filler.begin(), filler.end());
    std::ofstream{folder.path() / "large.h264", std::ios::binary} << as_text(raw);
    const Bytes large =
        made_by_ffmpeg("-i " + (folder.path() / "large.h264").string() + " -c copy", "mp4");
    EXPECT_EQ(verdict(large), "unreadable");
    EXPECT_TRUE(last_.renditions[0].problem.starts_with("a frame of 94"))
        << last_.renditions[0].problem;
}

TEST_F(HostileFiles, boxes_in_boxes_end_somewhere)
{
    Bytes nest = boxes_in_boxes();
    EXPECT_EQ(verdict(nest), "unreadable");
    EXPECT_EQ(source_verdict(std::move(nest)), "source_unjudgeable");
}

TEST_F(HostileFiles, nothing_and_noise_are_unreadable)
{
    EXPECT_EQ(verdict({}), "too_small");
    EXPECT_FALSE(last_.renditions[0].breaks_reader);
    EXPECT_EQ(source_verdict({}), "source_unjudgeable");
    EXPECT_EQ(verdict(noise()), "unreadable");
    EXPECT_NE(verdict(noise_in_packets()), "accepted");
}

TEST_F(HostileFiles, flipped_and_cut_files_hurt_nobody)
{
    std::mt19937 random{11};
    const auto draw = [&](std::size_t below) { return random() % below; };
    for (int i = 0; i < 150; ++i) {
        Bytes file = *honest_;
        for (std::size_t flips = 1 + draw(200); flips > 0; --flips)
            file[draw(file.size())] ^= static_cast<std::uint8_t>(1U << draw(8));
        if (i % 3 == 0) file.resize(draw(file.size()));
        std::ignore = verdict(std::move(file));
    }
}

TEST_F(HostileFiles, a_file_that_needs_more_memory_than_allowed_breaks_its_reader_alone)
{
    const Bytes large(160U << 20U, 0x47);
    EXPECT_EQ(
        verdict(large),
        sandbox_->layers().has(sandbox::Layer::memory) ? "breaks_reader" : "unreadable"
    );
    EXPECT_EQ(source_verdict(large), "source_unjudgeable");
}

}  // namespace
}  // namespace millpond
