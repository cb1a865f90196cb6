// The way to pictures over files made to hurt it, in the pool's own sandbox program. No structural
// judgement stands before it here: what that refuses must not hurt the measurement either.
#include "edge/media/generate.hpp"
#include "edge/media/transcode.hpp"
#include "edge/meter/meter.hpp"
#include "tests/support/hostile_files.hpp"
#include "tests/support/made_by_ffmpeg.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include <gtest/gtest.h>

namespace millpond {
namespace {

const Ladder ladder = {{.name = "p", .width = 160, .height = 90, .bitrate = 200'000}};

class HostilePictures : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        source_ = make_blob(*media::generate_clip({.size = {320, 180}, .seconds = 0.5}));
        media::StreamTranscoder transcoder{{.threads = 1}};
        auto done = transcoder.transcode(*source_, ladder);
        honest_ = make_blob(std::move(done->renditions[0].bytes));
    }

    void SetUp() override
    {
        auto opened = sandbox::Sandbox::open(
            loop_,
            {.command = {MILLPOND_PROGRAM, "sandbox"},
             .memory_bytes = 256U << 20U,
             .cpu = std::chrono::seconds{4}}
        );
        ASSERT_TRUE(opened) << opened.error().what;
        sandbox_ = std::move(*opened);
    }

    PictureReport look(const Blob& source, const Blob& rendition, CheckTier tier)
    {
        const Segment segment{
            .id = {.session = SessionId{"s"}, .seq = 1, .arrival = ++arrivals_},
            .manifest = {},
            .ladder = ladder
        };
        Claim claim;
        claim.renditions.push_back({.bytes = rendition});
        sources_.put(segment.id, std::make_shared<net::Body>(source));
        MediaMeter meter{sources_, *sandbox_, *sandbox_};
        Result<PictureReport, Fault> seen = because(Fault{});
        CheckPlan plan{.tier = tier, .rungs = {{.rung = 0, .frames = {}}}};
        if (tier == CheckTier::sample) plan.rungs.front().frames = {1, 7};
        spawn(
            [](MediaMeter& with, Segment what, Claim of, CheckPlan how, net::Loop& loop, auto& out
            ) -> Task<void> {
                out = co_await with.look(
                    std::move(what), std::move(of), std::move(how), Looker::first
                );
                loop.stop();
            }(meter, segment, std::move(claim), std::move(plan), loop_, seen)
        );
        loop_.run();
        EXPECT_TRUE(seen) << seen.error().what;
        return seen ? *seen : PictureReport{};
    }

    /// Not measured, within the limits of CPU and memory.
    void expect_no_harm(const Bytes& file)
    {
        const Blob hostile = make_blob(file);
        for (const CheckTier tier : {CheckTier::sample, CheckTier::whole}) {
            const auto as_rendition = look(source_, hostile, tier);
            EXPECT_TRUE(as_rendition.source_usable) << as_rendition.problem;
            ASSERT_EQ(as_rendition.rungs.size(), 1U);
            EXPECT_FALSE(as_rendition.rungs[0].measured && !as_rendition.rungs[0].damaged);
            EXPECT_EQ(as_rendition.problem.find("out_of"), std::string::npos)
                << as_rendition.problem;
            const auto as_source = look(hostile, honest_, tier);
            EXPECT_FALSE(as_source.source_usable);
            EXPECT_EQ(as_source.problem.find("out_of"), std::string::npos) << as_source.problem;
        }
    }

    /// After whatever happened, an honest rendition is measured and no zygote was lost.
    void TearDown() override
    {
        const auto report = look(source_, honest_, CheckTier::sample);
        ASSERT_EQ(report.rungs.size(), 1U);
        EXPECT_TRUE(report.rungs[0].measured) << report.rungs[0].problem;
        EXPECT_EQ(sandbox_->counts().zygotes, 1U);
    }

    static Blob source_;
    static Blob honest_;
    net::Loop loop_;
    Sources sources_{make_blob({})};
    std::uint64_t arrivals_ = 0;
    std::unique_ptr<sandbox::Sandbox> sandbox_;
};

Blob HostilePictures::source_;
Blob HostilePictures::honest_;

TEST_F(HostilePictures, of_8192_by_8192_are_not_decoded)
{
    const Bytes bomb = made_by_ffmpeg(huge_pictures.words, huge_pictures.suffix);
    EXPECT_LT(bomb.size(), 300'000U);
    expect_no_harm(bomb);
}

TEST_F(HostilePictures, twenty_thousand_of_them_are_too_many_to_look_at)
{
    const Bytes bomb = made_by_ffmpeg(twenty_thousand_frames.words, twenty_thousand_frames.suffix);
    EXPECT_LT(bomb.size(), 400'000U);
    expect_no_harm(bomb);
}

TEST_F(HostilePictures, a_stream_without_end_ends_at_the_frame_budget)
{
    expect_no_harm(repeated_to(*honest_, 40U << 20U));
}

TEST_F(HostilePictures, nothing_noise_and_nests_are_not_pictures)
{
    for (const Bytes& each : {Bytes{}, noise(), noise_in_packets(), boxes_in_boxes()})
        expect_no_harm(each);
}

TEST_F(HostilePictures, flipped_and_cut_files_hurt_nobody)
{
    std::mt19937 random{11};
    const auto draw = [&](std::size_t below) { return random() % below; };
    for (int i = 0; i < 40; ++i) {
        Bytes file = *honest_;
        for (std::size_t flips = 1 + draw(200); flips > 0; --flips)
            file[draw(file.size())] ^= static_cast<std::uint8_t>(1U << draw(8));
        if (i % 3 == 0) file.resize(draw(file.size()));
        const Blob hostile = make_blob(std::move(file));
        std::ignore = look(source_, hostile, CheckTier::whole);
        std::ignore = look(hostile, honest_, CheckTier::whole);
    }
}

TEST_F(HostilePictures, what_fuzzers_found_hurts_nobody)
{
    namespace fs = std::filesystem;
    int files = 0;
    for (const char* target : {"inside", "picture_path", "media"}) {
        const fs::path folder = fs::path{MILLPOND_SOURCE_DIR} / "fuzz/corpus" / target;
        for (const auto& each : fs::directory_iterator{folder}) {
            std::ifstream in{each.path(), std::ios::binary};
            const Blob found = make_blob(Bytes{std::istreambuf_iterator<char>{in}, {}});
            std::ignore = look(source_, found, CheckTier::whole);
            std::ignore = look(found, honest_, CheckTier::whole);
            ++files;
        }
    }
    EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace millpond
