#include "tests/support/load.hpp"
#include "tests/support/sanitizer.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace millpond {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t idle_connections = sanitized ? 1'000 : 10'000;
constexpr std::size_t room = 50;  ///< of the limit, for who works

class IdleConnections : public testing::Test, protected Load {
protected:
    void SetUp() override
    {
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
        if (limit.rlim_cur < idle_connections + 1'000) GTEST_SKIP() << "too few descriptors";
        std::ofstream{path("config.toml")}
            << "[limits]\nconnections = " << idle_connections + room
            << "\nconnections_per_address = " << idle_connections + room << "\n";
        pool_options = {"--no-book", "--config", path("config.toml")};
    }

    /// Opens connections, a few at the same time; true where TLS came up.
    Task<std::size_t> connect(std::size_t count)
    {
        std::size_t up = 0;
        std::size_t next = 0;
        int open = 16;
        for (int i = 0; i < 16; ++i)
            spawn(connect_some(count, next, up, open));
        while (open > 0)
            co_await pause(5ms);
        co_return up;
    }

    Task<void> connect_some(std::size_t count, std::size_t& next, std::size_t& up, int& open)
    {
        while (next < count) {
            ++next;
            auto settings = net::client_settings(url);
            settings.connect = 10s;
            clients_.push_back(std::make_unique<net::Client>(loop, settings));
            const auto certificate = co_await clients_.back()->peer_certificate();
            if (certificate) ++up;
        }
        --open;
    }

    std::size_t resident() const
    {
        std::size_t pages = 0;
        std::ifstream{"/proc/" + std::to_string(pool->id()) + "/statm"} >> pages >> pages;
        return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    }

    Task<std::string> metrics()
    {
        auto call = co_await operators->start(
            {.method = "GET", .path = "/metrics"}, make_blob({}), loop.now() + 10s
        );
        if (!call) co_return "";
        const auto body = co_await (*call)->read_all(1U << 20U);
        co_return body ? std::string{as_text(*body)} : "";
    }

    std::vector<std::unique_ptr<net::Client>> clients_;
};

TEST_F(IdleConnections, cost_little_and_harm_no_stream)
{
    std::size_t up = 0;
    std::size_t more = 0;
    std::size_t before = 0;
    std::size_t after = 0;
    std::string page;
    run([&]() -> Task<void> {
        co_await open(2, 50ms);
        bool connecting = true;
        int streams = 2;
        for (int i = 0; i < 2; ++i) {
            spawn([](Load& load, int number, const bool& go_on, int& count) -> Task<void> {
                co_await load.hurry_while(number, go_on);
                --count;
            }(*this, i, connecting, streams));
        }
        before = resident();
        up = co_await connect(idle_connections);
        after = resident();
        more = co_await connect(2 * room);
        page = co_await metrics();
        connecting = false;
        while (streams > 0)
            co_await pause(20ms);
    }());
    EXPECT_EQ(up, idle_connections);
    EXPECT_LE(more, room);
    EXPECT_NE(page.find("millpond_port_refusals{limit=\"connections\"}"), std::string::npos);
    const std::size_t each = (after - before) / idle_connections;
    RecordProperty("bytes_per_connection", static_cast<int>(each));
    std::printf("%zu idle connections, %zu bytes each\n", up, each);
    if (!sanitized) EXPECT_LT(each, 100'000U);
    EXPECT_EQ(errors(), 0U) << "of " << pushes.size();
    EXPECT_GE(pushes.size(), 4U);
}

}  // namespace
}  // namespace millpond
