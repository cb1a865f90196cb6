#include "crypto/keccak.hpp"
#include "edge/evidence/bundle.hpp"
#include "edge/evidence/threshold_file.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>

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
