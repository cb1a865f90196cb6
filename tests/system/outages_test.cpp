#include "tests/support/campaign.hpp"

#include <fstream>

#include <gtest/gtest.h>

namespace millpond {
namespace {

using namespace std::chrono_literals;

class Outages : public testing::Test, protected Programs {
protected:
    void SetUp() override
    {
        const auto bytes =
            media::generate_clip({.size = {640, 360}, .seconds = 6, .gop_frames = 30});
        ASSERT_TRUE(bytes) << bytes.error().what;
        std::ofstream{path("clip.ts"), std::ios::binary} << as_text(*bytes);
    }

    Task<void> stream(
        std::string manifest, std::vector<GatewayRow>& rows, int& open, double seconds
    )
    {
        const auto ladder = parse_ladder("P144p30fps16x9");
        auto pushed = co_await run_gateway(
            loop,
            {.pool = url,
             .input = path("clip.ts"),
             .ladder = *ladder,
             .realtime = true,
             .loop_seconds = seconds,
             .manifest = std::move(manifest)},
            [](const GatewayRow&) {}
        );
        if (pushed) rows.insert(rows.end(), pushed->begin(), pushed->end());
        --open;
    }
};

/// The short form of what `./run soak` plays for a minute.
TEST(WorkerOutages, lose_no_segment)
{
    Campaign campaign{{.streams = 3, .workers = 4, .length = 10s, .every = 5s}};
    const auto report = campaign.go();
    EXPECT_GE(report.rows.size(), 15U);
    EXPECT_GE(report.faults, 3);
    EXPECT_EQ(report.lost(), 0U);
    EXPECT_EQ(report.repeated(), 0U) << "the gateway had to ask once";
    EXPECT_EQ(campaign.pool->end(SIGTERM), 0);
    const auto summary = campaign.journal();
    ASSERT_TRUE(summary) << summary.error().what;
    EXPECT_EQ(summary->delivered, report.rows.size());
}

TEST_F(Outages, of_the_pool_leave_a_journal_that_holds_and_a_pool_that_serves_again)
{
    int restarts = 0;
    run([&]() -> Task<void> {
        co_await start_pool();
        auto one = worker("w");
        std::vector<GatewayRow> rows;
        int open = 0;
        for (int i = 0; i < 20; ++i) {
            co_await ready(1);
            if (open == 0) {
                open = 1;
                spawn(stream("s", rows, open, 60));
            }
            // Killed somewhere within a segment's way, another place each time.
            co_await loop.sleep_until(loop.now() + std::chrono::milliseconds{37 * i % 400});
            pool->end(SIGKILL);
            const auto summary = journal();
            EXPECT_TRUE(summary) << summary.error().what;
            co_await start_pool(url.port);
            net::Client client{loop, net::client_settings(url)};
            const auto certificate = co_await client.peer_certificate();
            EXPECT_TRUE(certificate) << "restart " << i;
            ++restarts;
        }
        co_await ready(1);
        client::Pusher pusher{
            loop, {.pool = url, .manifest = "after", .ladder = *parse_ladder("P144p30fps16x9")}
        };
        const auto bytes = media::generate_clip({.size = {640, 360}});
        const auto result =
            co_await pusher.push({.seq = 0, .bytes = make_blob(Bytes{*bytes}), .duration = 2s});
        EXPECT_EQ(result.error, "");
    }());
    EXPECT_EQ(restarts, 20);
    EXPECT_EQ(pool->end(SIGTERM), 0);
    const auto summary = journal();
    ASSERT_TRUE(summary) << summary.error().what;
    EXPECT_EQ(summary->starts, 21U);
}

TEST_F(Outages, a_drained_transcoder_ends_its_work_and_gets_no_more)
{
    std::vector<GatewayRow> rows;
    int code = -1;
    run([&]() -> Task<void> {
        co_await start_pool();
        auto first = worker("first");
        co_await ready(1);
        auto second = worker("second");
        co_await ready(2);
        int open = 1;
        spawn(stream("s", rows, open, 6));
        co_await loop.sleep_until(loop.now() + 2s);
        code = first.end(SIGTERM);
        while (open > 0)
            co_await loop.sleep_until(loop.now() + 50ms);
    }());
    EXPECT_EQ(code, 0);
    for (const auto& row : rows)
        EXPECT_EQ(row.result.error, "");
    EXPECT_EQ(pool->end(SIGTERM), 0);
    EXPECT_EQ(journal()->failed, 0U);
}

}  // namespace
}  // namespace millpond
