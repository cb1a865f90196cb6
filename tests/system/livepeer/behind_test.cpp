#include "tests/system/livepeer/strict_orchestrator.hpp"
#include "tests/system/pool_fixture.hpp"

namespace millpond {
namespace {

/// A pool behind orchestrators of others.
class PoolBehind : public PoolTest {
protected:
    StrictOrchestrator& add_orchestrator(const std::string& secret = "theirs")
    {
        const std::string folder =
            folder_.path() / ("orchestrator" + std::to_string(orchestrators_.size()));
        std::filesystem::create_directories(folder);
        orchestrators_.push_back(std::make_unique<StrictOrchestrator>(loop_, folder, secret));
        return *orchestrators_.back();
    }

    void start()
    {
        PoolConfig config = by_load();
        for (const auto& each : orchestrators_)
            config.behind.orchestrators.push_back(each->address());
        config.behind.secret = "theirs";
        open(std::move(config));
        add_worker("honest");
        run(ready(1));
    }

    void TearDown() override
    {
        for (const auto& each : orchestrators_)
            each->close();
        PoolTest::TearDown();
    }

    Task<void> until(std::function<bool()> holds)
    {
        while (!holds())
            co_await loop_.sleep_until(loop_.now() + std::chrono::milliseconds{20});
    }

    StrictOrchestrator::Result give(
        StrictOrchestrator& to, const std::string& session, std::int64_t seq, Blob source
    )
    {
        StrictOrchestrator::Result result;
        run([](StrictOrchestrator& on,
               std::string of,
               std::int64_t number,
               Blob bytes,
               StrictOrchestrator::Result& into) -> Task<void> {
            into = co_await on.give(std::move(of), number, std::move(bytes), ladder());
        }(to, session, seq, std::move(source), result));
        return result;
    }

    std::vector<std::unique_ptr<StrictOrchestrator>> orchestrators_;
    Blob source_ = make_blob(clip());
};

TEST_F(PoolBehind, transcodes_for_an_orchestrator_as_one_large_transcoder)
{
    auto& orchestrator = add_orchestrator();
    start();
    run(until([&] { return orchestrator.registered() == 1; }));
    for (std::int64_t seq = 0; seq < 3; ++seq) {
        const auto result = give(orchestrator, "0badcafe", seq, source_);
        EXPECT_EQ(result.error, "");
        ASSERT_EQ(result.renditions.size(), ladder().size());
        EXPECT_EQ(result.renditions[0].content_type, "video/mp2t");
    }
    orchestrator.tear_down("0badcafe");
    while (!page_now("/api/v1/streams")["streams"].empty())
        continue;
}

TEST_F(PoolBehind, works_for_several_orchestrators_whose_sessions_have_one_name)
{
    auto& one = add_orchestrator();
    auto& other = add_orchestrator();
    start();
    run(until([&] { return one.registered() == 1 && other.registered() == 1; }));
    EXPECT_EQ(give(one, "same", 1, source_).renditions.size(), ladder().size());
    EXPECT_EQ(give(other, "same", 1, source_).renditions.size(), ladder().size());
    EXPECT_EQ(page_now("/api/v1/streams")["streams"].size(), 2U);
}

TEST_F(PoolBehind, tells_an_orchestrator_what_went_wrong_with_a_segment)
{
    auto& orchestrator = add_orchestrator();
    start();
    run(until([&] { return orchestrator.registered() == 1; }));
    EXPECT_EQ(give(orchestrator, "0badcafe", 1, nullptr).error, "source: status 404");
    EXPECT_NE(give(orchestrator, "0badcafe", 2, make_blob(Bytes(1'000, 7))).error, "");
    EXPECT_EQ(give(orchestrator, "0badcafe", 3, source_).error, "");
}

TEST_F(PoolBehind, registers_again_when_it_was_dropped_or_has_another_capacity)
{
    auto& orchestrator = add_orchestrator();
    start();
    run(until([&] { return orchestrator.registered() == 1; }));
    orchestrator.drop_all();
    run(until([&] { return orchestrator.registered() == 0; }));
    run(until([&] { return orchestrator.registered() == 1; }));
    const auto alone = orchestrator.capacity();
    EXPECT_GE(alone, 1);
    add_worker("second");
    run(until([&] { return orchestrator.registered() == 1 && orchestrator.capacity() > alone; }));
    EXPECT_EQ(give(orchestrator, "0badcafe", 1, source_).error, "");
}

TEST_F(PoolBehind, works_on_for_others_while_one_refuses_its_secret)
{
    add_orchestrator("another");
    auto& good = add_orchestrator();
    start();
    run(until([&] { return good.registered() == 1; }));
    EXPECT_EQ(orchestrators_[0]->registered(), 0U);
    EXPECT_EQ(give(good, "0badcafe", 1, source_).error, "");
}

}  // namespace
}  // namespace millpond
