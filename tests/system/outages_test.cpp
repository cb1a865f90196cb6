#include "apps/millpond/gateway.hpp"
#include "edge/store/verify.hpp"
#include "tests/support/process.hpp"
#include "tests/system/pool_fixture.hpp"

#include <filesystem>
#include <fstream>

namespace millpond {
namespace {

using namespace std::chrono_literals;

/// Real programs, started and killed as an operator's machine would.
class Outages : public testing::Test {
protected:
    void SetUp() override
    {
        const auto source = clip_path();
        const auto bytes =
            media::generate_clip({.size = {640, 360}, .seconds = 6, .gop_frames = 30});
        ASSERT_TRUE(bytes) << bytes.error().what;
        std::ofstream{source, std::ios::binary} << as_text(*bytes);
    }

    std::string clip_path() const { return folder_.path() / "clip.ts"; }

    /// Starts the pool; returns its ports once they are open.
    Task<void> start_pool(int port = 0)
    {
        std::filesystem::remove(folder_.path() / "ports");
        pool_.emplace(
            std::vector<std::string>{
                MILLPOND_PROGRAM,
                "pool",
                "--port",
                std::to_string(port),
                "--operator-port",
                "0",
                "--datadir",
                (folder_.path() / "pool").string(),
                "--port-file",
                (folder_.path() / "ports").string()
            },
            (folder_.path() / "pool.log").string()
        );
        while (!std::filesystem::exists(folder_.path() / "ports"))
            co_await loop_.sleep_until(loop_.now() + 5ms);
        const auto ports = nlohmann::json::parse(std::ifstream{folder_.path() / "ports"});
        url_ = {.host = "127.0.0.1", .port = ports["service"].get<std::uint16_t>()};
        operators_ = std::make_unique<net::Client>(
            loop_,
            net::ClientSettings{
                .host = "127.0.0.1", .port = ports["operator"].get<std::uint16_t>(), .tls = false
            }
        );
    }

    Process worker(const std::string& name)
    {
        return Process{
            {MILLPOND_TRANSCODER,
             "--pool",
             "127.0.0.1:" + std::to_string(url_.port),
             "--key",
             (folder_.path() / (name + ".key")).string(),
             "--name",
             name,
             "--nice",
             "10"},
            (folder_.path() / (name + ".log")).string()
        };
    }

    Task<nlohmann::json> page(std::string path)
    {
        auto call = co_await operators_->start(
            {.method = "GET", .path = std::move(path)}, make_blob({}), loop_.now() + 5s
        );
        if (!call) co_return nlohmann::json{};
        const auto body = co_await (*call)->read_all(1U << 20U);
        co_return body ? nlohmann::json::parse(as_text(*body), nullptr, false) : nlohmann::json{};
    }

    Task<void> ready(std::size_t count)
    {
        while (true) {
            const auto status = co_await page("/api/v1/status");
            if (status.is_object() && status["transcoders_ready"].get<std::size_t>() >= count)
                co_return;
            co_await loop_.sleep_until(loop_.now() + 20ms);
        }
    }

    Task<void> stream(
        std::string manifest, std::vector<GatewayRow>& rows, int& open, double seconds
    )
    {
        const auto ladder = parse_ladder("P144p30fps16x9");
        auto pushed = co_await run_gateway(
            loop_,
            {.pool = url_,
             .input = clip_path(),
             .ladder = *ladder,
             .realtime = true,
             .loop_seconds = seconds,
             .manifest = std::move(manifest)},
            [](const GatewayRow&) {}
        );
        if (pushed) rows.insert(rows.end(), pushed->begin(), pushed->end());
        --open;
    }

    void run(Task<void> task)
    {
        spawn([](Task<void> each, net::Loop& loop) -> Task<void> {
            co_await std::move(each);
            loop.stop();
        }(std::move(task), loop_));
        loop_.run();
    }

    Result<store::JournalSummary, Fault> journal() const
    {
        return store::verify_journal(folder_.path() / "pool" / "journal.sqlite");
    }

    TempDir folder_;
    net::Loop loop_;
    net::Url url_;
    std::optional<Process> pool_;
    std::unique_ptr<net::Client> operators_;
};

TEST_F(Outages, of_workers_lose_no_segment)
{
    std::vector<GatewayRow> rows;
    int open = 3;
    run([&]() -> Task<void> {
        co_await start_pool();
        std::vector<Process> workers;
        for (int i = 0; i < 4; ++i)
            workers.push_back(worker("w" + std::to_string(i)));
        co_await ready(4);
        for (int i = 0; i < 3; ++i)
            spawn(stream("s" + std::to_string(i), rows, open, 10));
        co_await loop_.sleep_until(loop_.now() + 3s);
        workers[0].end(SIGKILL);
        workers[1].signal(SIGSTOP);
        co_await loop_.sleep_until(loop_.now() + 2s);
        workers[2].end(SIGKILL);
        workers[2] = worker("w2");
        while (open > 0)
            co_await loop_.sleep_until(loop_.now() + 50ms);
        workers[1].signal(SIGCONT);
    }());
    EXPECT_GE(rows.size(), 15U);
    for (const auto& row : rows) {
        EXPECT_EQ(row.result.error, "") << "segment " << row.result.seq;
        EXPECT_EQ(row.result.attempts, 1) << "the gateway had to ask once";
        EXPECT_LT(row.result.took, 2 * std::max<Duration>(1500ms, row.duration));
    }
    EXPECT_EQ(pool_->end(SIGTERM), 0);
    const auto summary = journal();
    ASSERT_TRUE(summary) << summary.error().what;
    EXPECT_EQ(summary->delivered, rows.size());
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
            co_await loop_.sleep_until(loop_.now() + std::chrono::milliseconds{37 * i % 400});
            pool_->end(SIGKILL);
            const auto summary = journal();
            EXPECT_TRUE(summary) << summary.error().what;
            const Time killed = loop_.now();
            co_await start_pool(url_.port);
            net::Client client{loop_, net::client_settings(url_)};
            const auto certificate = co_await client.peer_certificate();
            EXPECT_TRUE(certificate);
            EXPECT_LT(loop_.now() - killed, 2s) << "restart " << i;
            ++restarts;
        }
        co_await ready(1);
        client::Pusher pusher{
            loop_, {.pool = url_, .manifest = "after", .ladder = *parse_ladder("P144p30fps16x9")}
        };
        const auto bytes = media::generate_clip({.size = {640, 360}});
        const auto result =
            co_await pusher.push({.seq = 0, .bytes = make_blob(Bytes{*bytes}), .duration = 2s});
        EXPECT_EQ(result.error, "");
    }());
    EXPECT_EQ(restarts, 20);
    EXPECT_EQ(pool_->end(SIGTERM), 0);
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
        co_await loop_.sleep_until(loop_.now() + 2s);
        code = first.end(SIGTERM);
        while (open > 0)
            co_await loop_.sleep_until(loop_.now() + 50ms);
    }());
    EXPECT_EQ(code, 0);
    for (const auto& row : rows)
        EXPECT_EQ(row.result.error, "");
    EXPECT_EQ(pool_->end(SIGTERM), 0);
    EXPECT_EQ(journal()->failed, 0U);
}

}  // namespace
}  // namespace millpond
