// A pool whose journal's disk is full.
#include "edge/store/verify.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/system/pool_fixture.hpp"

namespace millpond {
namespace {

using namespace std::chrono_literals;

class FullDiskPool : public PoolTest {
protected:
    PoolConfig config() const
    {
        PoolConfig config;
        config.policy.qualification_segments = 20;
        config.journal = location();
        return config;
    }

    std::string location() const { return disk_.path() / "journal.sqlite"; }

    Task<void> push(std::int64_t seq, int& delivered)
    {
        client::Pusher pusher{
            loop_, {.pool = url(), .manifest = "m", .ladder = ladder(), .attempts_max = 1}
        };
        const auto pushed =
            co_await pusher.push({.seq = seq, .bytes = make_blob(clip()), .duration = 2s});
        if (pushed.error.empty() && pushed.renditions.size() == 2) ++delivered;
    }

    SmallDisk disk_{"16m"};
};

TEST_F(FullDiskPool, promises_nothing_that_it_cannot_write_down)
{
    if (!disk_.mounted()) GTEST_SKIP() << "cannot mount here; FullFile tests the journal alone";
    open(config());
    add_worker("honest");
    int delivered = 0;
    std::string earned;
    std::string account;
    run([&]() -> Task<void> {
        account = co_await account_of_tier("PROBATION");
        co_await push(0, delivered);
        earned = (co_await page("/api/v1/accounts"))["accounts"][0]["pay"]["earned"];
    }());
    EXPECT_EQ(delivered, 1);
    std::optional<Fault> fault;
    node_->on_fatal([&](const Fault& what) {
        if (!fault) loop_.stop();
        fault = what;
    });
    disk_.fill();
    spawn(push(1, delivered));
    loop_.run();
    ASSERT_TRUE(fault);
    EXPECT_TRUE(fault->what.contains("full")) << fault->what;
    EXPECT_EQ(delivered, 1);
    TearDown();
    node_.reset();
    workers_.clear();
    stopped_ = 0;
    EXPECT_EQ(delivered, 1) << "nobody got what could not be written down";
    // What was told is there, on the full disk already; with room, the pool goes on.
    const auto kept = store::verify_journal(location());
    ASSERT_TRUE(kept) << kept.error().what;
    EXPECT_EQ(kept->delivered, 1U);
    disk_.make_room();
    open(config());
    run([&]() -> Task<void> {
        const auto accounts = co_await page("/api/v1/accounts");
        EXPECT_EQ(accounts["accounts"][0]["address"], account);
        EXPECT_EQ(accounts["accounts"][0]["pay"]["earned"], earned);
    }());
}

}  // namespace
}  // namespace millpond
