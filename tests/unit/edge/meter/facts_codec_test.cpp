#include "edge/meter/facts_codec.hpp"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace millpond {
namespace {

constexpr std::int64_t file_bytes = 1'000'000;

MediaFacts facts_like(const std::vector<std::int64_t>& pts, const std::set<int>& keys)
{
    MediaFacts facts;
    facts.readable = true;
    facts.container = "mpegts";
    facts.video_codec = "h264";
    facts.h264_profile = 100;
    facts.size = {640, 360};
    facts.pts = pts;
    for (const int key : keys)
        if (static_cast<std::size_t>(key) < pts.size()) facts.keyframes.push_back(key);
    facts.bytes = file_bytes;
    facts.pixels = static_cast<std::int64_t>(pts.size()) * 640 * 360;
    facts.audio = {{.codec = "aac", .packets = 90, .digest = Hash32{1, 2, 3}}};
    return facts;
}

RC_GTEST_PROP(FactsCodec, gives_back_what_it_took, ())
{
    auto facts = facts_like(
        *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange(-pts_max, pts_max)),
        *rc::gen::container<std::set<int>>(rc::gen::inRange(0, 100))
    );
    facts.readable = *rc::gen::arbitrary<bool>();
    facts.rotated = *rc::gen::arbitrary<bool>();
    facts.size_changes = *rc::gen::arbitrary<bool>();
    facts.decodes = *rc::gen::arbitrary<bool>();
    facts.h264_constrained = *rc::gen::arbitrary<bool>();
    facts.trailing_bytes = *rc::gen::inRange<std::int64_t>(0, file_bytes);
    facts.problem = *rc::gen::container<std::string>(rc::gen::inRange(' ', '~'));
    facts.problem.resize(std::min<std::size_t>(facts.problem.size(), 255));
    const auto back = parse_facts(encode_facts(facts), file_bytes);
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == facts);
}

RC_GTEST_PROP(FactsCodec, takes_any_change_of_a_byte_for_what_it_says_or_for_nothing, ())
{
    Bytes bytes = encode_facts(facts_like({0, 3'000, 6'000}, {0}));
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[at] ^= *rc::gen::inRange<std::uint8_t>(1, 255);
    const auto facts = parse_facts(bytes, file_bytes);
    if (!facts) return;
    RC_ASSERT(encode_facts(*facts).size() <= bytes.size());
    RC_ASSERT(facts->pixels <= 3 * (std::int64_t{1} << 30));
}

TEST(FactsCodec, refuses_what_no_file_is_like)
{
    const auto refused = [](auto spoil) {
        MediaFacts facts = facts_like({0, 3'000, 6'000}, {0});
        spoil(facts);
        return !parse_facts(encode_facts(facts), file_bytes);
    };
    EXPECT_FALSE(refused([](MediaFacts&) {}));
    EXPECT_TRUE(refused([](MediaFacts& f) { f.pts[1] = pts_max + 1; }));
    EXPECT_TRUE(refused([](MediaFacts& f) { f.pts.resize(20'002); }));
    EXPECT_TRUE(refused([](MediaFacts& f) { f.keyframes = {3}; }));
    EXPECT_TRUE(refused([](MediaFacts& f) { f.keyframes = {1, 1}; }));
    EXPECT_TRUE(refused([](MediaFacts& f) { f.keyframes = {-1}; }));
    EXPECT_TRUE(refused([](MediaFacts& f) { f.size.width = -2; }));
    EXPECT_TRUE(refused([](MediaFacts& f) { f.size.height = 40'000; }));
    EXPECT_TRUE(refused([](MediaFacts& f) { f.trailing_bytes = file_bytes + 1; }));
    EXPECT_TRUE(refused([](MediaFacts& f) { f.audio.resize(17); }));
    EXPECT_TRUE(refused([](MediaFacts& f) { f.audio[0].packets = -1; }));
}

TEST(FactsCodec, refuses_a_beginning_and_a_tail)
{
    Bytes whole = encode_facts(facts_like({0, 3'000}, {0}));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(parse_facts(ByteView{whole}.first(size), file_bytes)) << size;
    whole.push_back(0);
    EXPECT_FALSE(parse_facts(whole, file_bytes));
}

TEST(FactsCodec, computes_size_and_pixels_itself)
{
    MediaFacts facts = facts_like({0, 3'000}, {0});
    facts.pixels = 1'000'000'000;
    facts.bytes = 1;
    const auto parsed = parse_facts(encode_facts(facts), file_bytes);
    EXPECT_EQ(parsed->pixels, 2 * 640 * 360);
    EXPECT_EQ(parsed->bytes, file_bytes);
}

TEST(FactsCodec, lets_no_text_through_that_could_deceive_a_terminal)
{
    MediaFacts facts = facts_like({}, {});
    facts.problem = "\x1b[2Jgone\n";
    EXPECT_EQ(parse_facts(encode_facts(facts), file_bytes)->problem, "?[2Jgone?");
}

}  // namespace
}  // namespace millpond
