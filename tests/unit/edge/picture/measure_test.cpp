#include "edge/picture/measure.hpp"

#include "edge/media/generate.hpp"
#include "edge/media/transcode.hpp"
#include "edge/picture/report_codec.hpp"
#include "edge/picture/report_json.hpp"

#include <gtest/gtest.h>

namespace millpond::picture {
namespace {

const VideoProfile profile{.name = "r", .width = 320, .height = 180, .bitrate = 400'000};

Bytes clip(int seed)
{
    auto made =
        media::generate_clip({.size = {640, 360}, .seconds = 1, .audio = false, .seed = seed});
    EXPECT_TRUE(made);
    return *made;
}

Bytes rendition_of(const Bytes& source, const VideoProfile& as = profile)
{
    auto made = media::StreamTranscoder{{.threads = 1}}.transcode(source, {as});
    EXPECT_TRUE(made);
    return made->renditions.front().bytes;
}

PictureReport look(
    const Bytes& source,
    const Bytes& rendition,
    std::vector<int> frames = {3, 20},
    CheckTier tier = CheckTier::sample
)
{
    return measure(
        {.tier = tier,
         .source = source,
         .rungs =
             {{.plan = {.rung = 0, .frames = std::move(frames)},
               .profile = profile,
               .bytes = rendition}}}
    );
}

TEST(Measure, sees_an_honest_rendition_as_like_its_source)
{
    const Bytes source = clip(1);
    const PictureReport report = look(source, rendition_of(source));
    ASSERT_TRUE(report.source_usable) << report.problem;
    const RungReport& rung = report.rungs.at(0);
    ASSERT_TRUE(rung.measured) << rung.problem;
    EXPECT_EQ(rung.glances.size(), 30U);
    EXPECT_EQ(rung.details.size(), 2U);
    EXPECT_EQ(rung.details[1].frame, 20);
    EXPECT_GT(rung.slice_bytes, 1'000);
    for (const Glance& glance : rung.glances) {
        EXPECT_GT(glance.likeness, 980);
        EXPECT_GT(glance.step2, 0U) << "the quantiser is known";
    }
}

TEST(Measure, sees_another_clip_as_unlike)
{
    const Bytes source = clip(1);
    const auto other = media::generate_clip(
        {.size = {640, 360}, .seconds = 1, .audio = false, .picture = "mandelbrot"}
    );
    const PictureReport report = look(source, rendition_of(*other));
    EXPECT_LT(report.rungs.at(0).glances.at(10).likeness, 700);
}

TEST(Measure, looks_at_every_frame_and_encodes_three_controls)
{
    const Bytes source = clip(1);
    const PictureReport report = look(source, rendition_of(source), {}, CheckTier::control);
    EXPECT_EQ(report.rungs.at(0).details.size(), 30U);
    ASSERT_EQ(report.controls.size(), 3U);
    for (const RungReport& control : report.controls)
        EXPECT_EQ(control.details.size(), 30U) << control.problem;
    EXPECT_NE(report.controls[0], report.controls[1]);
    EXPECT_NE(report.controls[0], report.controls[2]);
    EXPECT_EQ(report.rungs.at(0).persistence.size(), 4U);
}

TEST(Measure, says_the_same_twice)
{
    const Bytes source = clip(1);
    const Bytes rendition = rendition_of(source);
    EXPECT_EQ(look(source, rendition), look(source, rendition));
}

TEST(Measure, tells_apart_whose_file_is_unreadable)
{
    const Bytes source = clip(1);
    const Bytes junk(5'000, 0x5a);
    EXPECT_TRUE(look(source, junk).source_usable);
    EXPECT_FALSE(look(source, junk).rungs.at(0).measured);
    EXPECT_FALSE(look(junk, rendition_of(source)).source_usable);
}

TEST(Measure, follows_a_converted_frame_rate)
{
    const auto fast =
        media::generate_clip({.size = {640, 360}, .fps_num = 60, .seconds = 1, .audio = false});
    VideoProfile half = profile;
    half.fps_num = 30;
    const PictureReport report = look(*fast, rendition_of(*fast, half));
    ASSERT_TRUE(report.rungs.at(0).measured) << report.rungs[0].problem;
    for (const Glance& glance : report.rungs[0].glances)
        EXPECT_GT(glance.likeness, 980);
}

TEST(Measure, takes_ten_bit_sources)
{
    const auto deep = media::generate_clip(
        {.size = {640, 360}, .seconds = 1, .audio = false, .pixel_format = "yuv420p10le"}
    );
    const PictureReport report = look(*deep, rendition_of(*deep));
    ASSERT_TRUE(report.source_usable) << report.problem;
    EXPECT_GT(report.rungs.at(0).glances.at(5).likeness, 980);
}

TEST(ReportCodec, carries_a_report_there_and_back)
{
    const Bytes source = clip(1);
    const PictureReport report = look(source, rendition_of(source), {}, CheckTier::control);
    const auto parsed = parse_report(encode_report(report));
    ASSERT_TRUE(parsed) << parsed.error().what;
    EXPECT_EQ(*parsed, report);
    const auto read = parse_report_json(to_json(report));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(*read, report);
}

TEST(ReportCodec, takes_no_sum_that_so_many_pixels_cannot_have)
{
    PictureReport report{.source_usable = true};
    report.rungs.resize(1);
    report.rungs[0].details.resize(1);
    Detail& detail = report.rungs[0].details[0];
    detail.pixels = 100;
    detail.error2 = 100 * 255 * 255;
    EXPECT_TRUE(parse_report(encode_report(report)));
    detail.error2 = std::int64_t{1} << 40;
    EXPECT_FALSE(parse_report(encode_report(report)));
    detail.error2 = 0;
    detail.pixels = std::int64_t{1} << 40;
    EXPECT_FALSE(parse_report(encode_report(report)));
}

TEST(ReportCodec, takes_no_number_that_does_not_fit_its_field)
{
    PictureReport report{.source_usable = true};
    report.rungs.resize(1);
    report.rungs[0].details.resize(1);
    report.rungs[0].details[0].pixels = 4'711;
    const std::string text = to_json(report);
    ASSERT_TRUE(parse_report_json(text));
    for (const char* other : {"1e55", "0.5", "true", "99999999999999999999", "9007199254740992"}) {
        std::string changed = text;
        changed.replace(changed.find("4711"), 4, other);
        EXPECT_FALSE(parse_report_json(changed)) << other;
    }
}

TEST(ReportCodec, carries_a_request_with_its_files_beside_it)
{
    const Bytes source(3, 1);
    const Bytes rendition(4, 2);
    const Request request{
        .tier = CheckTier::control,
        .source = source,
        .rungs = {{.plan = {.rung = 2, .frames = {1, 7}}, .profile = profile, .bytes = rendition}},
    };
    const auto parsed = parse_request(encode_request(request), {source, rendition});
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->tier, CheckTier::control);
    EXPECT_EQ(parsed->rungs.at(0).plan, request.rungs[0].plan);
    EXPECT_EQ(parsed->rungs[0].profile.bitrate, profile.bitrate);
    EXPECT_EQ(parsed->rungs[0].bytes.size(), 4U);
    EXPECT_FALSE(parse_request(encode_request(request), {source}));
}

TEST(ReportCodec, refuses_whatever_is_cut_or_changed)
{
    const Bytes source = clip(1);
    const Bytes good = encode_report(look(source, rendition_of(source)));
    for (std::size_t length = 0; length < good.size(); length += 7)
        EXPECT_FALSE(parse_report(ByteView{good}.first(length))) << length;
    Bytes longer = good;
    longer.push_back(0);
    EXPECT_FALSE(parse_report(longer));
}

TEST(ReportCodec, does_not_believe_counts)
{
    // A version, flags, no text, then a list of as many rungs as a number can say.
    const Bytes lying = {2, 2, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f};
    EXPECT_FALSE(parse_report(lying));
}

}  // namespace
}  // namespace millpond::picture
