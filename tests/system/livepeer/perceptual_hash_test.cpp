#include "edge/wire/video_signature.hpp"
#include "tests/support/signatures_by_ffmpeg.hpp"
#include "tests/system/livepeer/strict_orchestrator.hpp"
#include "tests/system/pool_fixture.hpp"

namespace millpond {
namespace {

/// A pool whose transcoder signs renditions' pictures for gateways that verify by them.
class PerceptualHashes : public PoolTest {
protected:
    Task<void> until(std::function<bool()> holds)
    {
        while (!holds())
            co_await loop_.sleep_until(loop_.now() + std::chrono::milliseconds{20});
    }

    client::PushResult push_one(Blob source)
    {
        client::PushResult pushed;
        run([](PerceptualHashes& test, Blob bytes, client::PushResult& to) -> Task<void> {
            client::Pusher pusher{
                test.loop_,
                {.pool = test.url(), .manifest = "m", .ladder = ladder(), .signatures = true}
            };
            to = co_await pusher.push(
                {.seq = 1, .bytes = std::move(bytes), .duration = std::chrono::seconds{2}}
            );
            co_await pusher.end();
        }(*this, std::move(source), pushed));
        return pushed;
    }

    static void expect_signed(ByteView rendition, ByteView signature, int width)
    {
        const auto outline = wire::parse_video_signature(signature);
        ASSERT_TRUE(outline) << outline.error().what;
        EXPECT_EQ(outline->width, width);
        EXPECT_EQ(outline->frames, 60U);
        EXPECT_TRUE(std::ranges::equal(signature, signature_by_ffmpeg(rendition)));
    }
};

TEST_F(PerceptualHashes, come_with_each_rendition_for_a_gateway_that_asks)
{
    open();
    add_worker("honest");
    run(ready(1));
    const auto pushed = push_one(make_blob(clip()));
    EXPECT_EQ(pushed.error, "");
    ASSERT_EQ(pushed.signatures.size(), ladder().size());
    expect_signed(*pushed.renditions[0], *pushed.signatures[0], 426);
    expect_signed(*pushed.renditions[1], *pushed.signatures[1], 256);
}

TEST_F(PerceptualHashes, are_not_asked_of_what_has_no_picture)
{
    open();
    add_worker("honest");
    run(ready(1));
    const auto pushed = push_one(make_blob(*media::generate_clip({.seconds = 2, .video = false})));
    EXPECT_EQ(pushed.error, "");
    ASSERT_EQ(pushed.signatures.size(), ladder().size());
    EXPECT_EQ(pushed.signatures[0], nullptr);
}

TEST_F(PerceptualHashes, go_on_to_an_orchestrator_that_the_pool_stands_behind)
{
    const std::string folder = folder_.path() / "orchestrator";
    std::filesystem::create_directories(folder);
    StrictOrchestrator orchestrator{loop_, folder, "theirs"};
    PoolConfig config = by_load();
    config.behind.orchestrators = {orchestrator.address()};
    config.behind.secret = "theirs";
    open(std::move(config));
    add_worker("honest");
    run(until([&] { return orchestrator.registered() == 1; }));
    StrictOrchestrator::Result result;
    run([](StrictOrchestrator& on, Blob bytes, StrictOrchestrator::Result& to) -> Task<void> {
        to = co_await on.give("0badcafe", 1, std::move(bytes), ladder(), true);
    }(orchestrator, make_blob(clip()), result));
    EXPECT_EQ(result.error, "");
    ASSERT_EQ(result.renditions.size(), ladder().size());
    expect_signed(result.renditions[1].bytes, result.renditions[1].signature, 256);
    orchestrator.close();
}

}  // namespace
}  // namespace millpond
