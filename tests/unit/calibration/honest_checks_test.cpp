#include "calibration/honest_checks.hpp"

#include "edge/evidence/threshold_file.hpp"
#include "edge/media/generate.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

namespace millpond::calibration {
namespace {

/// A folder of clips: one of a judges' family, one of a family that thresholds are fitted to.
void write_clips(const std::filesystem::path& folder)
{
    std::ofstream{folder / "LIST.tsv"} << "family\tfile\nperson\tperson.ts\nvtest\tvtest.ts\n";
    for (const char* name : {"person.ts", "vtest.ts"}) {
        const auto clip = media::generate_clip(
            {.size = {192, 108}, .seconds = 0.4, .audio = false, .seed = name[0]}
        );
        ASSERT_TRUE(clip) << clip.error().what;
        std::ofstream{folder / name, std::ios::binary} << as_text(*clip);
    }
}

TEST(HonestChecks, judge_each_honest_rendition_of_the_judges_once_and_again_from_the_cache)
{
    const TempDir folder;
    write_clips(folder.path());
    const auto thresholds = evidence::load_thresholds("");
    ASSERT_TRUE(thresholds);
    HonestSettings settings{.clips = folder.path(), .cache = folder.path() / "cache"};
    const auto checks = check_honest(settings, *thresholds, [](const std::string&) {});
    ASSERT_TRUE(checks) << checks.error().what;
    ASSERT_EQ(checks->families.size(), 1U);
    EXPECT_EQ(checks->families.front().family, "person");
    EXPECT_EQ(checks->families.front().cases, 1);
    // One rendition is one check: every honest encoder but the grey ones and those of frame rates.
    const auto counts = [](const corpus::Variant* each) {
        return !is_grey(each->group) && each->need == corpus::Need::nothing;
    };
    EXPECT_EQ(checks->total.sample.of, std::ranges::count_if(all_honest(), counts));
    EXPECT_EQ(checks->unfitted.sample.of, static_cast<int>(corpus::unfitted_encodes().size()));
    EXPECT_EQ(checks->total.fraud.hit, 0);

    settings.only_cached = true;
    const auto again = check_honest(settings, *thresholds, [](const std::string&) {});
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_EQ(honest_json(*again), honest_json(*checks));
}

}  // namespace
}  // namespace millpond::calibration
