#include "core/verify/picture.hpp"

#include <gtest/gtest.h>

namespace millpond::verify {
namespace {

const Ladder ladder = {{.name = "r", .width = 640, .height = 360, .bitrate = 800'000}};

/// Two seconds of a rendition as an honest encoder makes it.
RungReport honest()
{
    RungReport report{
        .width = 640, .height = 360, .measured = true, .slice_bytes = 200'000, .duration = 180'000
    };
    for (int i = 0; i < 60; ++i) {
        report.glances.push_back({
            .source = i,
            .key = i == 0,
            .step2 = 16 * 256,
            .error2 = 8,
            .worst = 60,
            .mean = 2,
            .contrast2 = 16'000,
            .likeness = 1'020,
            .motion2 = 400,
        });
    }
    report.details.push_back({
        .frame = 20,
        .pixels = 230'400,
        .step2 = 16 * 256,
        .error2 = 230'400 * 4,
        .scaler2 = 230'400,
        .residual2 = 230'400 * 4,
        .detail_reference2 = 230'400 * 100,
        .detail_both = 230'400 * 90,
        .detail_rendition2 = 230'400 * 90,
        .mean = 20,
        .gain = 4'096,
        .contrast2 = 16'000,
        .saturation = 4'096,
        .colour2 = 4'000,
        .worst_mean = 90,
        .worst_block = 200,
        .peak_error2 = 16 * 30,
    });
    return report;
}

Thresholds thresholds()
{
    Thresholds made{.name = "test"};
    for (auto* table : {&made.sample, &made.whole}) {
        table->of(Feature::small_error, Taken::worst) = {.alarm = 600, .fraud = 6'000};
        table->of(Feature::unlike, Taken::worst) = {.alarm = 6, .fraud = 72};
        table->of(Feature::late, Taken::median) = {.alarm = 40};
        table->of(Feature::block, Taken::worst) = {.alarm = 640, .fraud = 7'680};
        table->of(Feature::level, Taken::median) = {.alarm = 300, .fraud = 1'800};
        table->of(Feature::underspent, Taken::worst) = {.alarm = 256};
        table->of(Feature::coarse, Taken::worst) = {.alarm = 2'900};
        table->of(Feature::coarse, Taken::median) = {.alarm = 576};
    }
    return made;
}

PictureReport report_of(RungReport rung)
{
    PictureReport report{.source_usable = true};
    report.rungs.push_back(std::move(rung));
    return report;
}

Judgement judge(const PictureReport& report, CheckTier tier = CheckTier::sample)
{
    return judge_picture(tier, ladder, report, thresholds());
}

TEST(JudgePicture, passes_what_an_honest_encoder_makes)
{
    EXPECT_EQ(judge(report_of(honest())), Judgement{});
}

TEST(JudgePicture, calls_another_picture_a_fraud_and_names_the_frame)
{
    RungReport rung = honest();
    rung.glances[33].error2 = 16 * 2'000;
    rung.glances[33].likeness = 200;
    const Judgement judgement = judge(report_of(rung));
    EXPECT_EQ(judgement.verdict, Verdict::fraud);
    ASSERT_FALSE(judgement.alarms.empty());
    EXPECT_EQ(judgement.alarms.front().frame, 33);
    EXPECT_TRUE(judgement.alarms.front().hard);
    EXPECT_NE(describe(judgement).find("frame 33"), std::string::npos);
}

TEST(JudgePicture, calls_a_late_picture_substandard)
{
    RungReport rung = honest();
    for (Glance& glance : rung.glances)
        glance.shift = 256;
    const Judgement judgement = judge(report_of(rung));
    EXPECT_EQ(judgement.verdict, Verdict::substandard);
    EXPECT_EQ(judgement.alarms.front().feature, Feature::late);
}

TEST(JudgePicture, lets_an_alarm_fall_that_its_own_encode_raises_too)
{
    RungReport rung = honest();
    rung.details[0].worst_block = 900;
    PictureReport report = report_of(rung);
    EXPECT_EQ(judge(report).verdict, Verdict::substandard);
    report.controls.push_back(rung);
    EXPECT_EQ(judge(report, CheckTier::control).verdict, Verdict::pass);
}

TEST(JudgePicture, lets_an_alarm_stand_that_its_own_encode_does_not_raise)
{
    RungReport rung = honest();
    rung.details[0].worst_block = 9'000;
    rung.details[0].peak_error2 = 16 * 5'000;
    PictureReport report = report_of(rung);
    report.controls.push_back(honest());
    EXPECT_EQ(judge(report, CheckTier::control).verdict, Verdict::fraud);
}

TEST(JudgePicture, lets_an_alarm_fall_that_another_honest_encoder_raises_too)
{
    RungReport rung = honest();
    rung.details[0].worst_block = 900;
    rung.details[0].peak_error2 = 16 * 5'000;
    PictureReport report = report_of(rung);
    report.controls.push_back(honest());
    EXPECT_EQ(judge(report, CheckTier::control).verdict, Verdict::substandard);
    report.controls.push_back(rung);
    EXPECT_EQ(judge(report, CheckTier::control).verdict, Verdict::pass);
}

TEST(JudgePicture, needs_its_own_encode_and_none_of_the_others)
{
    PictureReport report = report_of(honest());
    report.controls = {honest(), honest()};
    report.controls[1].measured = false;
    EXPECT_EQ(judge(report, CheckTier::control).verdict, Verdict::pass);
    report.controls[0].measured = false;
    report.controls[1].measured = true;
    EXPECT_EQ(judge(report, CheckTier::control).verdict, Verdict::untestable);
}

TEST(JudgePicture, does_not_blame_what_nobody_can_see)
{
    RungReport rung = honest();
    rung.details[0].mean = 1'200;  // the score says levels are off, no error says so
    PictureReport report = report_of(rung);
    ASSERT_EQ(judge(report).verdict, Verdict::substandard);
    report.controls.push_back(honest());
    EXPECT_EQ(judge(report, CheckTier::control).verdict, Verdict::pass);
}

TEST(JudgePicture, counts_unspent_bits_only_where_they_cost_quality)
{
    RungReport rung = honest();
    rung.slice_bytes = 60'000;
    for (Glance& glance : rung.glances)
        glance.step2 = 16 * 1'024;
    PictureReport report = report_of(rung);
    ASSERT_EQ(judge(report).alarms.front().feature, Feature::underspent);
    report.controls.push_back(honest());
    EXPECT_EQ(judge(report, CheckTier::control).verdict, Verdict::pass) << "as good as the control";
    report.rungs[0].details[0].error2 *= 4;
    EXPECT_EQ(judge(report, CheckTier::control).verdict, Verdict::substandard);
}

TEST(JudgePicture, counts_unspent_bits_for_less_where_rate_control_had_few_frames_to_learn_from)
{
    RungReport rung = honest();
    rung.slice_bytes = 60'000;
    for (Glance& glance : rung.glances)
        glance.step2 = 16 * 1'024;
    const auto unspent = [&](std::size_t frames) {
        RungReport shorter = rung;
        shorter.glances.resize(frames);
        return score(ladder[0], shorter).of(Feature::underspent, Taken::worst);
    };
    EXPECT_GT(unspent(60), 256);
    EXPECT_EQ(unspent(16), unspent(60));
    EXPECT_EQ(unspent(4), unspent(60) / 4);
}

TEST(JudgePicture, gains_a_cheat_nothing_by_a_coarser_quantiser)
{
    RungReport rung = honest();
    rung.details[0].worst_block = 900;
    rung.details[0].step2 = rung.details[0].step2 * 8;
    for (Glance& glance : rung.glances)
        glance.step2 = 16 * 26'008;  // QP 48
    const Judgement judgement = judge(report_of(rung));
    EXPECT_EQ(judgement.verdict, Verdict::substandard);
}

TEST(JudgePicture, asks_where_the_bits_went_if_most_frames_are_coarser_than_their_source_needs)
{
    const auto judged = [](std::size_t coarse_frames) {
        RungReport rung = honest();
        for (std::size_t i = 0; i < coarse_frames; ++i)
            rung.glances[i].step2 = 16 * 600;
        return judge(report_of(rung));
    };
    ASSERT_EQ(honest().glances.size(), 60U);
    EXPECT_EQ(judged(30).verdict, Verdict::pass);
    const Judgement judgement = judged(31);
    EXPECT_EQ(judgement.verdict, Verdict::substandard);
    EXPECT_EQ(judgement.alarms.front().feature, Feature::coarse);
    EXPECT_EQ(judgement.alarms.front().taken, Taken::median);
}

TEST(JudgePicture, blames_nobody_where_there_is_nothing_to_see)
{
    RungReport rung = honest();
    for (Glance& glance : rung.glances) {
        glance.contrast2 = 3;
        glance.motion2 = 0;
    }
    const Judgement judgement = judge(report_of(rung));
    EXPECT_EQ(judgement.verdict, Verdict::untestable);
    EXPECT_EQ(judgement.unfit, Unfit::nothing_seen);
}

TEST(JudgePicture, names_why_a_report_is_unfit_in_order)
{
    PictureReport report = report_of(honest());
    report.rungs[0].full_range = true;
    EXPECT_EQ(judge(report).unfit, Unfit::range_differs);
    report.rungs[0].damaged = true;
    EXPECT_EQ(judge(report).unfit, Unfit::damaged);
    EXPECT_EQ(judge(report).verdict, Verdict::structural);
    report.rungs[0].measured = false;
    EXPECT_EQ(judge(report).unfit, Unfit::not_measured);
    report.source_usable = false;
    EXPECT_EQ(judge(report).unfit, Unfit::source);
    EXPECT_EQ(judge(report).verdict, Verdict::untestable);
}

TEST(JudgePicture, needs_a_control_that_can_be_measured)
{
    PictureReport report = report_of(honest());
    EXPECT_EQ(judge(report, CheckTier::control).unfit, Unfit::control);
    EXPECT_EQ(judge(report, CheckTier::control).verdict, Verdict::untestable);
}

TEST(JudgePicture, survives_a_report_that_nobody_could_have_measured)
{
    RungReport rung = honest();
    constexpr std::int64_t far = std::int64_t{1} << 47U;
    rung.details[0] = {
        .frame = 0,
        .pixels = 1,
        .step2 = ~0U,
        .error2 = far,
        .scaler2 = far,
        .residual2 = far,
        .detail_reference2 = 1,
        .detail_both = far,
        .detail_rendition2 = far,
        .flat_blocks = 1 << 30,
        .gain = -2'147'483'647,
        .contrast2 = ~0U,
        .worst_block = ~0U
    };
    rung.glances[0].step2 = ~0U;
    rung.glances[0].motion2 = ~0U;
    EXPECT_NE(judge(report_of(rung)).verdict, Verdict::pass);
}

TEST(VerdictFunctionHash, changes_with_every_threshold)
{
    Thresholds other = thresholds();
    other.whole.of(Feature::late, Taken::median).alarm += 1;
    EXPECT_NE(verdict_function_hash(thresholds()), verdict_function_hash(other));
    other = thresholds();
    other.name = "renamed";
    EXPECT_EQ(verdict_function_hash(thresholds()), verdict_function_hash(other));
}

}  // namespace
}  // namespace millpond::verify
