#include "tests/system/pool_fixture.hpp"

#include <fstream>

namespace millpond {
namespace {

using Json = nlohmann::json;

/// The part of JSON Schema that the document uses.
std::string mismatch(const Json& schema, const Json& value, const std::string& where)
{
    const auto is = [&](const std::string& type) {
        if (type == "object") return value.is_object();
        if (type == "array") return value.is_array();
        if (type == "string") return value.is_string();
        if (type == "integer") return value.is_number_integer();
        if (type == "number") return value.is_number();
        if (type == "boolean") return value.is_boolean();
        return type == "null" && value.is_null();
    };
    const Json types = schema["type"].is_array() ? schema["type"] : Json::array({schema["type"]});
    bool fits = false;
    for (const auto& type : types)
        fits = fits || is(type);
    if (!fits) return where + " is not " + types.dump();
    if (schema.contains("enum") && std::ranges::find(schema["enum"], value) == schema["enum"].end())
        return where + " is " + value.dump();
    if (value.is_array()) {
        for (const auto& each : value) {
            if (auto found = mismatch(schema["items"], each, where + "[]"); !found.empty())
                return found;
        }
    }
    if (!value.is_object()) return {};
    for (const auto& name : schema.value("required", Json::array())) {
        if (!value.contains(name.get<std::string>()))
            return where + " lacks " + name.get<std::string>();
    }
    for (const auto& [name, each] : value.items()) {
        const Json& inner = schema.contains("properties") && schema["properties"].contains(name)
                                ? schema["properties"][name]
                                : schema["additionalProperties"];
        if (!inner.is_object()) return where + " has an undescribed " + name;
        if (auto found = mismatch(inner, each, where + "." + name); !found.empty()) return found;
    }
    return {};
}

class OperatorPages : public PoolTest {};

TEST_F(OperatorPages, are_what_the_openapi_document_says)
{
    PoolConfig config;
    config.book.keep = true;
    config.policy.qualification_segments = 20;
    open(config);
    add_worker("one");
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
        for (const auto& [pattern, operations] : document["paths"].items()) {
            std::string path = pattern;
            if (const auto at = path.find("{address}"); at != std::string::npos)
                path.replace(at, std::string::npos, address);
            auto call =
                co_await operators_->start({.method = "GET", .path = path}, make_blob({}), soon());
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
    EXPECT_EQ(pages, 10);
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
