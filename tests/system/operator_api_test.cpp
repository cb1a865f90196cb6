#include "tests/support/json_schema.hpp"
#include "tests/system/pool_fixture.hpp"

#include <fstream>

namespace millpond {
namespace {

using Json = nlohmann::json;

class OperatorPages : public PoolTest {};

TEST_F(OperatorPages, are_what_the_openapi_document_says)
{
    PoolConfig config;
    config.book.tick = std::chrono::seconds{1};
    config.book.ticks = 4;
    config.policy.qualification_segments = 20;
    open(config);
    add_worker("one");
    const net::Headers operates{{"authorization", "Bearer " + operator_secret()}};
    const Json document =
        Json::parse(std::ifstream{MILLPOND_SOURCE_DIR "/schema/http/operator.json"});
    int pages = 0;
    run([&]() -> Task<void> {
        const std::string address = co_await account_of_tier("PROBATION");
        client::Pusher pusher{loop_, {.pool = url(), .manifest = "m", .ladder = ladder()}};
        const auto pushed = co_await pusher.push(
            {.seq = 0, .bytes = make_blob(clip()), .duration = std::chrono::seconds{2}}
        );
        EXPECT_EQ(pushed.error, "");
        // The epoch of the pay has to end before it can be proven.
        const auto open_now = co_await page("/api/v1/epochs");
        const std::string epoch = open_now["epoch"].dump();
        while ((co_await page("/api/v1/epochs"))["epoch"].dump() == epoch ||
               !(co_await page("/api/v1/epochs/" + epoch)).contains("root"))
            co_await loop_.sleep_until(loop_.now() + std::chrono::milliseconds{50});
        for (const auto& [pattern, operations] : document["paths"].items()) {
            if (!operations.contains("get")) continue;
            std::string path = replaced(pattern, "{address}", address);
            path = replaced(path, "{epoch}", epoch);
            auto call = co_await operators_->start(
                {.method = "GET", .path = path, .headers = operates}, make_blob({}), soon()
            );
            const auto head = co_await (*call)->head();
            EXPECT_EQ(head->status, 200) << path;
            const auto body = co_await (*call)->read_all(1U << 20U);
            const auto& content = operations["get"]["responses"]["200"]["content"];
            ++pages;
            if (!content.contains("application/json")) continue;
            EXPECT_EQ(
                mismatch(content["application/json"]["schema"], Json::parse(as_text(*body)), path),
                ""
            );
        }
        const auto streams = co_await page("/api/v1/streams");
        EXPECT_EQ(streams["streams"].size(), 1U);
    }());
    EXPECT_EQ(pages, 15);
}

TEST_F(OperatorPages, tell_metrics_under_go_livepeers_names)
{
    open();
    add_worker("one");
    std::string text;
    run([&]() -> Task<void> {
        co_await ready(1);
        client::Pusher pusher{loop_, {.pool = url(), .manifest = "m", .ladder = ladder()}};
        std::ignore = co_await pusher.push(
            {.seq = 0, .bytes = make_blob(clip()), .duration = std::chrono::seconds{2}}
        );
        auto call = co_await operators_->start(
            {.method = "GET", .path = "/metrics"}, make_blob({}), soon()
        );
        const auto body = co_await (*call)->read_all(1U << 20U);
        text = as_text(*body);
    }());
    EXPECT_NE(text.find("livepeer_segment_transcoded_total 1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("livepeer_current_sessions_total 1\n"), std::string::npos);
    EXPECT_NE(text.find("millpond_transcoders{state=\"ready\"} 1\n"), std::string::npos);
}

TEST_F(OperatorPages, say_that_a_pool_without_transcoders_is_not_ready)
{
    open();
    int status = 0;
    run([&]() -> Task<void> {
        auto call =
            co_await operators_->start({.method = "GET", .path = "/readyz"}, make_blob({}), soon());
        const auto head = co_await (*call)->head();
        status = head->status;
    }());
    EXPECT_EQ(status, 503);
}

TEST(PoolConfigFile, names_the_line_of_an_unknown_key)
{
    TempDir folder;
    const std::string path = folder.path() / "pool.toml";
    std::ofstream{path} << "data_dir = \"x\"\n[service]\nport = 1\nprot = 2\n";
    PoolConfig config;
    EXPECT_EQ(read_config(path, config).error().what, path + ":4: unknown key service.prot");
    std::ofstream{path} << "[sessions]\nmax = \"many\"\n";
    EXPECT_EQ(
        read_config(path, config).error().what, path + ":2: wrong type or range for sessions.max"
    );
    std::ofstream{path} << "[sessions\n";
    EXPECT_TRUE(read_config(path, config).error().what.starts_with(path + ":1: "));
}

}  // namespace
}  // namespace millpond
