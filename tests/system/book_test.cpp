// A pool that keeps its book, with real transcoders and real video.
#include "corpus/corpus.hpp"
#include "edge/store/verify.hpp"
#include "tests/system/pool_fixture.hpp"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace millpond {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

class KeptPool : public PoolTest {
protected:
    static PoolConfig config()
    {
        PoolConfig config;
        config.book.keep = true;
        config.book.tick = 1s;
        config.book.ticks = 5;
        config.policy.qualification_segments = 20;
        return config;
    }

    /// Ends the pool in order and opens it again on what it has written.
    void restart()
    {
        for (const auto& worker : workers_)
            worker->stop();
        run([](KeptPool& test) -> Task<void> {
            while (test.stopped_ < test.workers_.size())
                co_await test.loop_.sleep_until(test.loop_.now() + 10ms);
        }(*this));
        workers_.clear();
        stopped_ = 0;
        operators_.reset();
        client_.reset();
        node_->drain([this] { loop_.stop(); });
        loop_.run();
        node_.reset();
        open(config());
    }

    /// What `millpond audit` says of the pool's journal once the pool has ended.
    int audit()
    {
        TearDown();
        node_.reset();
        workers_.clear();
        const auto folder = folder_.path();
        std::ofstream{folder / "audit.toml"} << "[policy]\nqualification_segments = 20\n";
        const std::string command = std::string{MILLPOND_PROGRAM} + " audit " +
                                    (folder / "pool" / "journal.sqlite").string() + " --config " +
                                    (folder / "audit.toml").string();
        return std::system(command.c_str());
    }

    /// Honest until the flag is set, black pictures of the right shape from then on.
    static TranscodeFunction turncoat(std::shared_ptr<std::atomic<bool>> cheats)
    {
        auto honest = media_transcode({.threads = 1});
        return [cheats, honest](const TranscodeJob& job) -> Result<TranscodeOutput, std::string> {
            if (!*cheats) return honest.transcode(job);
            TranscodeOutput output;
            for (const VideoProfile& rung : job.ladder) {
                auto forged = corpus::make(
                    *corpus::find_variant("black"),
                    {.source = job.source, .profile = rung, .other = {}, .previous = {}}
                );
                if (!forged) return because(forged.error().what);
                output.renditions.push_back({.bytes = make_blob(*std::move(forged))});
            }
            return output;
        };
    }

    Task<void> push(int segments, int& delivered)
    {
        client::Pusher pusher{
            loop_,
            {.pool = url(),
             .manifest = "m" + std::to_string(++streams_),
             .ladder = ladder(),
             .attempts_max = 1}
        };
        const auto source = make_blob(clip());
        for (int seq = 0; seq < segments; ++seq) {
            const auto pushed = co_await pusher.push({.seq = seq, .bytes = source, .duration = 2s});
            if (pushed.error.empty() && pushed.renditions.size() == 2) ++delivered;
        }
        co_await pusher.end();
    }

    Task<Json> accounts()
    {
        const auto found = co_await page("/api/v1/accounts");
        co_return found["accounts"];
    }

    int streams_ = 0;
};

std::uint64_t vouchers(const Json& accounts)
{
    std::uint64_t sum = 0;
    for (const auto& each : accounts)
        sum += each["pay"]["vouchers"].get<std::uint64_t>();
    return sum;
}

TEST_F(KeptPool, pays_what_it_delivers_and_still_owes_it_after_a_restart)
{
    open(config());
    add_worker("honest");
    int delivered = 0;
    Json before;
    run([&]() -> Task<void> {
        co_await account_of_tier("PROBATION");
        co_await push(4, delivered);
        before = co_await accounts();
    }());
    EXPECT_EQ(delivered, 4);
    EXPECT_EQ(vouchers(before), 4U);
    EXPECT_NE(before[0]["pay"]["earned"], "0");
    restart();
    Json after;
    run([&]() -> Task<void> { after = co_await accounts(); }());
    ASSERT_EQ(after.size(), 1U);
    EXPECT_EQ(after[0]["pay"]["earned"], before[0]["pay"]["earned"]);
    EXPECT_EQ(after[0]["standing"]["tier"], "PROBATION");
    EXPECT_EQ(after[0]["machines"], 0);
    EXPECT_TRUE(std::filesystem::exists(folder_.path() / "pool" / "epochs" / "1.json"));
    EXPECT_EQ(audit(), 0);
}

TEST_F(KeptPool, catches_a_cheat_before_its_picture_is_delivered_and_freezes_its_pay)
{
    open(config());
    const auto cheats = std::make_shared<std::atomic<bool>>(false);
    add_worker("turncoat", turncoat(cheats));
    int honest = 0;
    int delivered = 0;
    Json found;
    run([&]() -> Task<void> {
        co_await account_of_tier("PROBATION");
        co_await push(1, honest);
        *cheats = true;
        co_await push(1, delivered);
        found = co_await accounts();
    }());
    EXPECT_EQ(honest, 1);
    EXPECT_EQ(delivered, 0) << "nobody else was there to do it";
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]["standing"]["tier"], "SUSPENDED");
    EXPECT_EQ(found[0]["case_open"], true);
    EXPECT_NE(found[0]["pay"]["frozen"], "0");
    EXPECT_EQ(found[0]["pay"]["vouchers"], 1);
    EXPECT_EQ(audit(), 0);
}

}  // namespace
}  // namespace millpond
