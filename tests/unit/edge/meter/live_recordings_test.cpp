#include "edge/meter/live_recordings.hpp"

#include "crypto/keccak.hpp"
#include "edge/media/generate.hpp"
#include "edge/media/inspect.hpp"

#include <set>

#include <gtest/gtest.h>

namespace millpond {
namespace {

class Recorded : public testing::Test {
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
        recordings_ = std::make_unique<LiveRecordings>(
            loop_,
            sources_,
            *sandbox_,
            make_blob(*media::generate_clip({.size = {160, 90}, .seconds = 1, .audio = false}))
        );
    }

    Segment record(std::uint64_t arrival, std::uint64_t secret)
    {
        Result<Segment, Fault> made = because(Fault{});
        spawn([](Recorded& test, SegmentId id, std::uint64_t with, auto& out) -> Task<void> {
            out = co_await test.recordings_->record(std::move(id), with);
            test.loop_.stop();
        }(*this, {.session = SessionId{"s"}, .seq = 1, .arrival = arrival}, secret, made));
        loop_.run();
        EXPECT_TRUE(made) << made.error().what;
        return made ? *made : Segment{};
    }

    Bytes source_of(const Segment& segment)
    {
        Bytes bytes;
        spawn([](std::shared_ptr<Source> source, Bytes& out) -> Task<void> {
            out = **co_await source->body->whole();
        }(sources_.find(segment.id), bytes));
        return bytes;
    }

    void go_live(Bytes bytes, Ladder ladder)
    {
        const Segment segment{
            .id = {.session = SessionId{"live"}, .seq = 7, .arrival = 99},
            .manifest = {},
            .duration = std::chrono::seconds{1},
            .ladder = std::move(ladder)
        };
        sources_.put(segment.id, std::make_shared<net::Body>(make_blob(std::move(bytes))));
        recordings_->note(segment);
        sources_.forget(segment.id);
    }

    net::Loop loop_;
    Sources sources_{make_blob({})};
    std::unique_ptr<sandbox::Sandbox> sandbox_;
    std::unique_ptr<LiveRecordings> recordings_;
};

TEST_F(Recorded, segments_are_of_the_pools_own_clip_where_nothing_was_live)
{
    const Segment made = record(1, 11);
    const MediaFacts facts = media::inspect(source_of(made), media::Depth::packets);
    EXPECT_TRUE(facts.readable);
    EXPECT_LE(facts.size.width, 160);
    EXPECT_EQ(made.source_hash, crypto::keccak256(source_of(made)));
    EXPECT_FALSE(made.ladder.empty());
}

TEST_F(Recorded, segments_are_of_what_was_live_a_moment_ago_and_ask_for_the_same)
{
    const Ladder ladder = {{.name = "r", .width = 80, .height = 44, .bitrate = 100'000}};
    go_live(*media::generate_clip({.size = {480, 270}, .seconds = 1, .audio = false}), ladder);
    const Segment made = record(1, 11);
    EXPECT_EQ(made.ladder, ladder);
    EXPECT_GT(media::inspect(source_of(made), media::Depth::packets).size.width, 160);
    EXPECT_EQ(made.id.session.value(), "s");
}

TEST_F(Recorded, segments_are_never_alike)
{
    std::set<Hash32> seen;
    for (std::uint64_t i = 1; i <= 5; ++i)
        EXPECT_TRUE(seen.insert(record(i, i).source_hash).second);
}

TEST_F(Recorded, segments_are_of_the_pools_own_clip_where_a_stream_breaks_its_reader)
{
    go_live(Bytes(5'000, 'g'), {});
    const Segment made = record(1, 11);
    EXPECT_FALSE(made.ladder.empty());
    EXPECT_TRUE(media::inspect(source_of(made), media::Depth::packets).readable);
}

}  // namespace
}  // namespace millpond
