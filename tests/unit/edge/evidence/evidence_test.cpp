#include "crypto/keccak.hpp"
#include "crypto/signature.hpp"
#include "edge/evidence/bundle.hpp"
#include "edge/evidence/sealed.hpp"
#include "edge/evidence/threshold_file.hpp"
#include "edge/wire/headers.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace millpond::evidence {
namespace {

using verify::Feature;
using verify::Taken;

verify::Thresholds thresholds()
{
    verify::Thresholds made{.name = "test"};
    made.sample.of(Feature::unlike, Taken::worst) = {.alarm = 6, .fraud = 72};
    made.whole.of(Feature::late, Taken::median) = {.alarm = 40};
    return made;
}

TEST(ThresholdFile, keeps_every_threshold)
{
    const auto read = parse_thresholds(to_json(thresholds()));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(*read, thresholds());
}

TEST(ThresholdFile, refuses_a_table_that_is_not_what_its_hash_says)
{
    std::string text = to_json(thresholds());
    text.replace(text.find("\"alarm\": 6"), 10, "\"alarm\": 9");
    EXPECT_FALSE(parse_thresholds(text));
}

TEST(ThresholdFile, refuses_a_rule_it_does_not_know)
{
    std::string text = to_json(thresholds());
    text.replace(text.find("unlike"), 6, "beauty");
    EXPECT_FALSE(parse_thresholds(text));
}

TEST(ThresholdFile, refuses_what_is_no_whole_number)
{
    for (const char* other : {"2e64", "6.0", "true", "99999999999999999999"}) {
        std::string text = to_json(thresholds());
        text.replace(text.find("\"alarm\": 6") + 9, 1, other);
        const auto read = parse_thresholds(text);
        ASSERT_FALSE(read) << other;
        EXPECT_NE(read.error().what.find("whole number"), std::string::npos) << read.error().what;
    }
}

TEST(ThresholdFile, is_built_into_the_program)
{
    const auto built_in = load_thresholds("");
    ASSERT_TRUE(built_in) << built_in.error().what;
    EXPECT_GT(built_in->sample.of(Feature::unlike, Taken::worst).alarm, 0);
}

Bundle bundle()
{
    Bundle made;
    made.session = "s";
    made.seq = 4;
    made.ladder = {{.name = "r", .width = 640, .height = 360, .bitrate = 800'000}};
    made.source = make_blob(Bytes(1'000, 1));
    made.source_hash = crypto::keccak256(*made.source);
    const Blob rendition = make_blob(Bytes(500, 2));
    made.claim = {
        .task = TaskId{77}, .transcoder = {}, .renditions = {}, .signature = Bytes(65, 9)
    };
    made.claim.renditions.push_back({.bytes = rendition, .hash = crypto::keccak256(*rendition)});
    made.plan = {.tier = CheckTier::control, .rungs = {{.rung = 0, .frames = {}}}};
    made.report.source_usable = true;
    made.report.rungs.resize(1);
    made.report.rungs[0].glances.resize(3);
    made.thresholds = thresholds();
    made.judgement = {.verdict = verify::Verdict::fraud};
    return made;
}

TEST(EvidenceBundle, holds_all_that_is_needed_to_judge_again)
{
    const TempDir folder;
    const auto written = write_bundle(folder.path(), bundle());
    ASSERT_TRUE(written) << written.error().what;
    EXPECT_EQ(written->filename(), "77");
    const auto read = read_bundle(*written);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->ladder, bundle().ladder);
    EXPECT_EQ(read->plan, bundle().plan);
    EXPECT_EQ(read->report, bundle().report);
    EXPECT_EQ(read->thresholds, bundle().thresholds);
    EXPECT_EQ(*read->source, *bundle().source);
    EXPECT_EQ(read->claim.signature, bundle().claim.signature);
}

TEST(EvidenceBundle, is_there_still_when_one_of_its_places_is_lost)
{
    const TempDir here;
    const TempDir there;
    ASSERT_TRUE(write_copies({here.path(), there.path()}, bundle()));
    std::filesystem::remove_all(here.path() / "77");
    const auto read = read_bundle(there.path() / "77");
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(*read->source, *bundle().source);
}

TEST(EvidenceBundle, is_kept_where_it_can_be_and_the_place_that_refuses_is_named)
{
    const TempDir here;
    std::ofstream{here.path() / "a_file"} << "in the way";
    const auto written = write_copies({here.path() / "a_file", here.path() / "good"}, bundle());
    ASSERT_FALSE(written);
    EXPECT_NE(written.error().what.find("a_file"), std::string::npos) << written.error().what;
    EXPECT_TRUE(read_bundle(here.path() / "good" / "77"));
}

/// As a gateway signs it: manifest, number, source and profiles.
Bundle signed_bundle(const Hash32& source)
{
    const auto key = *crypto::PrivateKey::parse(Bytes(32, 5));
    Bundle made = bundle();
    made.manifest = {'m', 0xff};
    made.gateway = Address{key.address()};
    const wire::SegData said{
        .manifest = made.manifest,
        .seq = made.seq,
        .hash = Bytes(source.begin(), source.end()),
        .ladder = made.ladder,
    };
    const auto signature = key.sign_personal(wire::segment_message(said));
    made.gateway_signature = Bytes(signature.begin(), signature.end());
    return made;
}

TEST(EvidenceBundle, holds_the_gateway_to_the_source_that_it_signed)
{
    const TempDir folder;
    const auto written = write_bundle(folder.path(), signed_bundle(bundle().source_hash));
    ASSERT_TRUE(written);
    const auto read = read_bundle(*written);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->gateway, signed_bundle({}).gateway);
    EXPECT_EQ(read->manifest, signed_bundle({}).manifest);
    const auto other = write_bundle(folder.path() / "other", signed_bundle(Hash32{1}));
    ASSERT_TRUE(other);
    const auto refused = read_bundle(*other);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("is not over this source"), std::string::npos);
}

TEST(SealedBundle, is_read_by_who_has_its_key)
{
    const TempDir folder;
    const auto written = write_bundle(folder.path(), bundle());
    ASSERT_TRUE(written);
    const auto key = seal_bundle(*written, folder.path() / "sealed");
    ASSERT_TRUE(key) << key.error().what;
    const auto opened = open_bundle(folder.path() / "sealed", *key, folder.path() / "open");
    ASSERT_TRUE(opened) << opened.error().what;
    const auto read = read_bundle(folder.path() / "open");
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(to_json(*read), to_json(*read_bundle(*written)));
    EXPECT_EQ(*read->source, *bundle().source);
}

TEST(SealedBundle, shows_nothing_of_the_stream_without_its_key)
{
    const TempDir folder;
    const auto written = write_bundle(folder.path(), bundle());
    ASSERT_TRUE(written);
    ASSERT_TRUE(seal_bundle(*written, folder.path() / "sealed"));
    for (const auto& file : std::filesystem::directory_iterator{folder.path() / "sealed"}) {
        std::ifstream in{file.path(), std::ios::binary};
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        EXPECT_EQ(text.find(std::string(16, '\1')), std::string::npos) << file.path();
        EXPECT_EQ(text.find("ladder"), std::string::npos) << file.path();
    }
    const auto opened = open_bundle(folder.path() / "sealed", Hash32{1}, folder.path() / "open");
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().what.find("the key does not open it"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "open"));
}

TEST(SealedBundle, with_files_exchanged_or_missing_does_not_open)
{
    const TempDir folder;
    const auto written = write_bundle(folder.path(), bundle());
    ASSERT_TRUE(written);
    const auto sealed = folder.path() / "sealed";
    const auto key = seal_bundle(*written, sealed);
    ASSERT_TRUE(key);
    std::filesystem::rename(sealed / "source.sealed", folder.path() / "aside");
    EXPECT_FALSE(open_bundle(sealed, *key, folder.path() / "open"));
    std::filesystem::copy_file(sealed / "report.json.sealed", sealed / "source.sealed");
    EXPECT_FALSE(open_bundle(sealed, *key, folder.path() / "open"));
    std::filesystem::remove(sealed / "source.sealed");
    std::filesystem::rename(folder.path() / "aside", sealed / "source.sealed");
    EXPECT_TRUE(open_bundle(sealed, *key, folder.path() / "open"));
}

TEST(EvidenceBundle, is_refused_when_a_file_was_changed)
{
    const TempDir folder;
    const auto written = write_bundle(folder.path(), bundle());
    ASSERT_TRUE(written);
    std::ofstream{*written / "rendition-0.ts", std::ios::app} << "x";
    const auto read = read_bundle(*written);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().what.find("not what its hash says"), std::string::npos);
}

}  // namespace
}  // namespace millpond::evidence
