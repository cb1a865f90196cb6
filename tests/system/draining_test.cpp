// A transcoder leaves while segments keep coming.
#include "edge/store/verify.hpp"
#include "tests/system/pool_fixture.hpp"

#include <map>
#include <mutex>

namespace millpond {
namespace {

using namespace std::chrono_literals;

class Draining : public PoolTest {
protected:
    /// Honest, and done at once with what it has done before, so that many segments are under way.
    static TranscodeFunction quick()
    {
        auto honest = media_transcode({.threads = 1});
        auto known = std::make_shared<std::map<std::string, TranscodeOutput>>();
        auto guard = std::make_shared<std::mutex>();
        return [=](const TranscodeJob& job) -> Result<TranscodeOutput, std::string> {
            if (job.session.starts_with("benchmark-")) return honest.transcode(job);
            const std::scoped_lock lock{*guard};
            auto& output = (*known)[std::string{as_text(*job.source)}];
            if (output.renditions.empty()) {
                auto made = honest.transcode(job);
                if (!made) return made;
                output = *std::move(made);
            }
            return output;
        };
    }

    Task<void> stream(std::string manifest, Blob bytes, std::shared_ptr<int> open)
    {
        client::Pusher pusher{
            loop_, {.pool = url(), .manifest = std::move(manifest), .ladder = {ladder().back()}}
        };
        for (std::int64_t seq = 0; seq < 60; ++seq) {
            const auto result = co_await pusher.push({.seq = seq, .bytes = bytes, .duration = 2s});
            EXPECT_EQ(result.error, "");
            ++pushed_;
        }
        --*open;
    }

    /// Always one that stays, and one that leaves as soon as it works.
    Task<void> come_and_go()
    {
        add_worker("0", quick());
        co_await ready(1);
        const auto streams = std::make_shared<int>(4);
        for (int i = 0; i < 4; ++i)
            spawn(stream("s" + std::to_string(i), make_blob(clip()), streams));
        for (std::size_t next = 1; *streams > 0; ++next) {
            add_worker(std::to_string(next), quick());
            co_await ready(2);
            const auto pushed = pushed_;
            while (*streams > 0 && pushed_ < pushed + 7)
                co_await loop_.sleep_until(loop_.now() + 1ms);
            workers_[next - 1]->stop();
            while (stopped_ < next)
                co_await loop_.sleep_until(loop_.now() + 1ms);
        }
    }

    int pushed_ = 0;
};

TEST_F(Draining, fails_no_task_that_was_on_its_way_to_the_one_that_leaves)
{
    open();
    run(come_and_go());
    EXPECT_EQ(pushed_, 240);
    EXPECT_GT(stopped_, 3U);
    close();
    const auto summary =
        store::verify_journal((folder_.path() / "pool" / "journal.sqlite").string());
    ASSERT_TRUE(summary) << summary.error().what;
    EXPECT_EQ(summary->failed, 0U);
}

}  // namespace
}  // namespace millpond
