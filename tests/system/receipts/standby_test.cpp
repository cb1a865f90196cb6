// A pool that is killed, and the standby that goes on with it: real programs, real video.
#include "tests/support/postgres.hpp"
#include "tests/system/receipts/signed_pool.hpp"

namespace millpond {
namespace {

class Standby : public SignedPool {
protected:
    [[nodiscard]] std::string log_of(const std::string& name) const
    {
        return files::read_whole(path(name), 1U << 22U).value_or("");
    }

    Task<void> says(std::string log, std::string words)
    {
        while (!log_of(log).contains(words))
            co_await pause(20ms);
    }

    /// The pool once more, by the same configuration; it does not come to open its port.
    [[nodiscard]] int comes_back() const
    {
        return Process{pool_command(url.port, "other-ports"), path("back.log")}.wait();
    }

    void is_killed_and_gone_on_with()
    {
        Json found;
        std::uint64_t epoch = 0;
        std::uint64_t before = 0;
        std::uint64_t after = 0;
        run([&]() -> Task<void> {
            co_await start_pool();
            auto one = fast_worker("one");
            co_await on_probation(1);
            bool stop = false;
            bool ended = false;
            spawn(stream(stop, ended));
            co_await more_vouchers(2);
            while (newest_epoch() < 1)
                co_await pause(50ms);
            auto command = pool_command(url.port, "standby-ports");
            command[2] = "info";
            command.emplace_back("--standby");
            Process standby{std::move(command), path("standby.log")};
            co_await says("standby.log", "standing by");
            co_await more_vouchers(3);
            before = co_await vouchers();
            pool->end(SIGKILL);
            co_await pool_opens("standby-ports");
            EXPECT_EQ(comes_back(), 1);
            co_await more_vouchers(3);
            stop = true;
            while (!ended)
                co_await pause(50ms);
            epoch = co_await open_epoch_published();
            found = co_await accounts();
            after = co_await vouchers();
            EXPECT_EQ(one.end(SIGTERM), 0);
            EXPECT_EQ(standby.end(SIGTERM), 0);
        }());
        EXPECT_TRUE(log_of("back.log").contains("another pool writes to this journal"))
            << log_of("back.log");
        EXPECT_TRUE(log_of("standby.log").contains("took over behind entry"));
        EXPECT_GE(after, before + 3);
        expect_proven("one", found, epoch);
        const Said audited = audit();
        EXPECT_EQ(audited.status, 0) << audited.words << pool_log() << log_of("standby.log");
    }
};

TEST_F(Standby, of_sqlite_goes_on_with_a_killed_pool_and_nothing_is_lost_or_paid_twice)
{
    is_killed_and_gone_on_with();
}

TEST_F(Standby, of_postgres_goes_on_with_a_killed_pool_and_nothing_is_lost_or_paid_twice)
{
    const Postgres server;
    configure(server.address());
    is_killed_and_gone_on_with();
}

TEST_F(Standby, without_its_pools_secrets_does_not_begin)
{
    pool_options.emplace_back("--standby");
    EXPECT_EQ(Process(pool_command(0, "ports"), path("standby.log")).wait(), 1);
    EXPECT_TRUE(log_of("standby.log").contains("auth_secret: is not there"));
    EXPECT_FALSE(std::filesystem::exists(path("pool") + "/auth_secret"));
}

}  // namespace
}  // namespace millpond
