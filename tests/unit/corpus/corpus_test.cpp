#include "corpus/corpus.hpp"

#include "corpus/internal/film.hpp"
#include "edge/media/generate.hpp"
#include "edge/media/inspect.hpp"

#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

// libx265 forgets some of its own memory when an encoder is closed.
// NOLINTNEXTLINE(bugprone-reserved-identifier): the sanitizer's name
extern "C" const char* __lsan_default_suppressions();

// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions()
{
    return "leak:libx265";
}

namespace millpond::corpus {
namespace {

Blob clip(const std::string& picture, int seed, bool audio = true)
{
    auto made = media::generate_clip({
        .size = {480, 270},
        .seconds = 1,
        .audio = audio,
        .bitrate = 1'500'000,
        .seed = seed,
        .picture = picture,
    });
    EXPECT_TRUE(made) << made.error().what;
    return make_blob(made.value_or(Bytes{}));
}

const VideoProfile rung{.name = "rung", .width = 320, .height = 180, .bitrate = 400'000};

Case full_case()
{
    return {
        .source = clip("testsrc2", 1),
        .profile = rung,
        .other = clip("mandelbrot", 2),
        .previous = clip("rgbtestsrc", 3),
    };
}

std::vector<Variant> all_variants()
{
    std::vector<Variant> all = attacks();
    all.insert(all.end(), honest_encodes().begin(), honest_encodes().end());
    return all;
}

/// Every variant of one case, made once for all tests.
const std::map<std::string, Bytes>& made()
{
    static const std::map<std::string, Bytes> files = [] {
        std::map<std::string, Bytes> list;
        auto maker = Maker::open(full_case());
        EXPECT_TRUE(maker) << maker.error().what;
        for (const Variant& variant : all_variants()) {
            if (!maker->applies(variant)) continue;
            auto file = maker->make(variant);
            EXPECT_TRUE(file) << variant.name << ": " << file.error().what;
            if (file) list.emplace(variant.name, std::move(*file));
        }
        return list;
    }();
    return files;
}

double squared_error(const AVFrame& left, const AVFrame& right)
{
    double sum = 0;
    for (int plane = 0; plane < 3; ++plane) {
        const int width = plane == 0 ? left.width : left.width / 2;
        const int height = plane == 0 ? left.height : left.height / 2;
        for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) {
                const int difference = left.data[plane][y * left.linesize[plane] + x] -
                                       right.data[plane][y * right.linesize[plane] + x];
                sum += difference * difference;
            }
        }
    }
    return sum * 2 / 3 / (left.width * left.height);
}

/// In dB, of the worst frame.
double worst_psnr(const Bytes& left, const Bytes& right)
{
    const auto one = read_film(left);
    const auto two = read_film(right);
    EXPECT_TRUE(one && two);
    if (!one || !two) return 0;
    EXPECT_EQ(one->clip.size(), two->clip.size());
    double worst = 0;
    for (int i = 0; i < std::min(one->clip.size(), two->clip.size()); ++i) {
        const auto at = static_cast<std::size_t>(i);
        worst = std::max(worst, squared_error(*one->clip.pictures[at], *two->clip.pictures[at]));
    }
    return 10 * std::log10(255 * 255 / std::max(worst, 1e-6));
}

bool keeps_structure(const Variant& variant)
{
    if (variant.group == "structure" || variant.group == "count") return false;
    return variant.group != "audio";
}

TEST(Corpus, names_each_variant_once)
{
    std::set<std::string> names;
    for (const Variant& variant : all_variants()) {
        EXPECT_TRUE(names.insert(variant.name).second) << variant.name;
        EXPECT_EQ(find_variant(variant.name)->name, variant.name);
    }
    for (const Variant& variant : unfitted_encodes()) {
        EXPECT_TRUE(names.insert(variant.name).second) << variant.name;
        EXPECT_EQ(find_variant(variant.name), &variant);
    }
    EXPECT_EQ(find_variant("no-such-variant"), nullptr);
}

TEST(Corpus, tells_honest_from_cheating)
{
    for (const Variant& variant : attacks())
        EXPECT_FALSE(variant.honest) << variant.name;
    for (const Variant& variant : honest_encodes()) {
        EXPECT_TRUE(variant.honest) << variant.name;
        EXPECT_FALSE(variant.gross) << variant.name;
    }
}

TEST(Corpus, makes_a_file_of_every_variant)
{
    for (const Variant& variant : all_variants()) {
        if (variant.need == Need::frame_rate) continue;
        ASSERT_TRUE(made().contains(variant.name)) << variant.name;
        EXPECT_EQ(made().at(variant.name).empty(), variant.name == "empty") << variant.name;
    }
}

TEST(Corpus, keeps_frames_times_size_and_sound_where_the_cheat_is_in_the_picture)
{
    const auto source = media::inspect(*full_case().source, media::Depth::packets);
    for (const Variant& variant : all_variants()) {
        if (!keeps_structure(variant) || !made().contains(variant.name)) continue;
        const auto facts = media::inspect(made().at(variant.name), media::Depth::frames);
        EXPECT_TRUE(facts.readable && facts.decodes) << variant.name << ": " << facts.problem;
        EXPECT_EQ(facts.video_codec, "h264") << variant.name;
        EXPECT_EQ(facts.size, (FrameSize{320, 180})) << variant.name;
        EXPECT_EQ(facts.pts, source.pts) << variant.name;
        EXPECT_EQ(facts.audio, source.audio) << variant.name;
        EXPECT_EQ(facts.keyframes.front(), 0) << variant.name;
        EXPECT_EQ(facts.trailing_bytes, 0) << variant.name;
    }
}

TEST(Corpus, breaks_the_structure_where_the_cheat_is_there)
{
    const auto honest = media::inspect(made().at("preset-veryfast"), media::Depth::frames);
    const auto differs = [&](const std::string& name) {
        const auto facts = media::inspect(made().at(name), media::Depth::frames);
        return !facts.readable || !facts.decodes || facts.size != honest.size ||
               facts.video_codec != honest.video_codec || facts.pts != honest.pts ||
               facts.h264_profile != honest.h264_profile || facts.audio != honest.audio ||
               facts.trailing_bytes != honest.trailing_bytes;
    };
    for (const Variant& variant : attacks()) {
        // Late sound has the same packets, at other times.
        if (keeps_structure(variant) || variant.name == "audio-late-200ms") continue;
        EXPECT_TRUE(differs(variant.name)) << variant.name;
    }
    EXPECT_NE(made().at("audio-late-200ms"), made().at("preset-veryfast"));
}

TEST(Corpus, honest_pictures_look_like_each_other)
{
    for (const Variant& variant : honest_encodes()) {
        if (!made().contains(variant.name)) continue;
        EXPECT_GT(worst_psnr(made().at(variant.name), made().at("preset-veryfast")), 25)
            << variant.name;
    }
}

TEST(Corpus, what_is_honest_and_only_judged_keeps_the_structure_and_looks_like_the_rest)
{
    auto maker = Maker::open(full_case());
    ASSERT_TRUE(maker);
    const auto source = media::inspect(*full_case().source, media::Depth::packets);
    const auto plain = maker->make(*find_variant("preset-veryfast"));
    ASSERT_TRUE(plain);
    for (const Variant& variant : unfitted_encodes()) {
        EXPECT_TRUE(variant.honest && !variant.gross) << variant.name;
        const auto file = maker->make(variant);
        ASSERT_TRUE(file) << variant.name << ": " << file.error().what;
        const auto facts = media::inspect(*file, media::Depth::packets);
        EXPECT_TRUE(facts.readable) << variant.name << ": " << facts.problem;
        EXPECT_EQ(facts.size, (FrameSize{320, 180})) << variant.name;
        EXPECT_EQ(facts.pts, source.pts) << variant.name;
        EXPECT_EQ(facts.audio, source.audio) << variant.name;
        EXPECT_GT(worst_psnr(*file, *plain), 25) << variant.name;
    }
}

TEST(Corpus, every_cheat_in_the_picture_can_be_seen_beside_the_honest_one)
{
    const std::map<std::string, double> bound_of_group = {
        {"content", 45},
        {"colour", 42},
        {"soft", 46},
        {"temporal", 40},
        {"starved", 42},
        {"noise", 42},
    };
    for (const Variant& variant : attacks()) {
        // The same picture, but players are told to show it another way.
        if (!keeps_structure(variant) || variant.name == "full-range-flagged") continue;
        EXPECT_LT(
            worst_psnr(made().at(variant.name), made().at("preset-veryfast")),
            variant.gross ? 26 : bound_of_group.at(variant.group)
        ) << variant.name;
    }
}

TEST(Corpus, flags_a_full_range_where_it_says_so)
{
    const auto flagged = read_film(made().at("full-range-flagged"));
    ASSERT_TRUE(flagged);
    EXPECT_EQ(flagged->video.parameters->color_range, AVCOL_RANGE_JPEG);
}

TEST(Corpus, gives_the_same_bytes_for_the_same_case)
{
    auto maker = Maker::open(full_case());
    ASSERT_TRUE(maker);
    const auto list = all_variants();
    // Backwards, so that nothing can depend on what was made before.
    for (auto variant = list.rbegin(); variant != list.rend(); ++variant) {
        const bool ours = variant->group != "product" && variant->group != "hardware";
        if (!ours || !maker->applies(*variant)) continue;
        EXPECT_EQ(maker->make(*variant).value_or(Bytes{}), made().at(variant->name))
            << variant->name;
    }
}

TEST(Corpus, converts_the_frame_rate_in_each_way_of_rounding)
{
    Case of = full_case();
    of.profile.fps_num = 15;
    auto maker = Maker::open(of);
    ASSERT_TRUE(maker);
    int ways = 0;
    for (const Variant& variant : honest_encodes()) {
        if (variant.need != Need::frame_rate) continue;
        const auto file = maker->make(variant);
        ASSERT_TRUE(file) << variant.name << ": " << file.error().what;
        const auto frames = media::inspect(*file, media::Depth::frames).pts.size();
        EXPECT_NEAR(static_cast<double>(frames), 15, 1) << variant.name;
        ++ways;
    }
    EXPECT_EQ(ways, 4);
}

TEST(Corpus, says_what_does_not_apply)
{
    auto maker = Maker::open({.source = clip("testsrc2", 1, false), .profile = rung});
    ASSERT_TRUE(maker);
    for (const char* name : {"other-clip", "previous-segment", "audio-missing", "fps-round-up"}) {
        const Variant* variant = find_variant(name);
        ASSERT_NE(variant, nullptr) << name;
        EXPECT_FALSE(maker->applies(*variant)) << name;
        EXPECT_FALSE(maker->make(*variant)) << name;
    }
    EXPECT_FALSE(Maker::open({.source = make_blob(Bytes(500, 'x')), .profile = rung}));
}

}  // namespace
}  // namespace millpond::corpus
