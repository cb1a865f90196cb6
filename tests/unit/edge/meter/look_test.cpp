// Pictures looked at through the pool's own sandbox program.
#include "edge/media/generate.hpp"
#include "edge/media/transcode.hpp"
#include "edge/meter/meter.hpp"
#include "flow/picture_flow.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

const Ladder ladder = {
    {.name = "p", .width = 320, .height = 180, .bitrate = 400'000},
    {.name = "s", .width = 160, .height = 90, .bitrate = 200'000, .fps_num = 15},
};

class Look : public testing::TestWithParam<CheckTier> {
protected:
    void SetUp() override
    {
        auto opened = sandbox::Sandbox::open(
            loop_,
            {.command = {MILLPOND_PROGRAM, "sandbox"},
             .memory_bytes = 512U << 20U,
             .cpu = std::chrono::seconds{60}}
        );
        ASSERT_TRUE(opened) << opened.error().what;
        sandbox_ = std::move(*opened);
    }

    PictureReport look(const Blob& source, Claim claim, CheckPlan plan)
    {
        const Segment segment{
            .id = {.session = SessionId{"s"}, .seq = 1, .arrival = ++arrivals_},
            .manifest = {},
            .ladder = ladder
        };
        sources_.put(segment.id, std::make_shared<net::Body>(source));
        MediaMeter meter{sources_, *sandbox_, *sandbox_};
        Result<PictureReport, Fault> seen = because(Fault{});
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

    net::Loop loop_;
    Sources sources_{make_blob({})};
    std::unique_ptr<sandbox::Sandbox> sandbox_;
    std::uint64_t arrivals_ = 0;
};

TEST_P(Look, measures_every_rung_inside_the_sandbox)
{
    const Blob source = make_blob(*media::generate_clip({.size = {640, 360}, .seconds = 1}));
    auto made = media::StreamTranscoder{{.threads = 1}}.transcode(*source, ladder);
    ASSERT_TRUE(made);
    Claim claim;
    for (auto& each : made->renditions)
        claim.renditions.push_back({.bytes = make_blob(std::move(each.bytes))});
    CheckPlan plan{
        .tier = GetParam(), .rungs = {{.rung = 0, .frames = {}}, {.rung = 1, .frames = {}}}
    };
    if (GetParam() == CheckTier::sample)
        for (RungPlan& rung : plan.rungs)
            rung.frames = {1, 7};
    const PictureReport report = look(source, claim, plan);
    EXPECT_EQ(report.problem, "");
    EXPECT_TRUE(report.source_usable);
    ASSERT_EQ(report.rungs.size(), 2U);
    for (const RungReport& rung : report.rungs)
        EXPECT_TRUE(rung.measured) << rung.problem;
    EXPECT_EQ(report.controls.size(), GetParam() == CheckTier::control ? 6U : 0U);
    EXPECT_EQ(sandbox_->counts().zygotes, 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Tiers,
    Look,
    testing::Values(CheckTier::sample, CheckTier::whole, CheckTier::control),
    [](const auto& tier) { return std::string{name_of(tier.param)}; }
);

}  // namespace
}  // namespace millpond
