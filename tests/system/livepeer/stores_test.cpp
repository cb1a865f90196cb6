#include "crypto/keccak.hpp"
#include "edge/media/inspect.hpp"
#include "edge/net/grpc.hpp"
#include "tests/system/livepeer/store_stand_in.hpp"
#include "tests/system/pool_fixture.hpp"

#include <fstream>

namespace millpond {
namespace {

/// A pool, a gateway, and stores between them.
class Stores : public PoolTest {
protected:
    void start(bool own, std::vector<std::string> hosts)
    {
        PoolConfig config = by_load();
        std::ofstream{folder_.path() / "secret"} << StoreStandIn::secret_key << '\n';
        config.store.secret_key_file = folder_.path() / "secret";
        if (own) config.store.stores.own = account_of(pools_);
        config.store.stores.hosts = std::move(hosts);
        open(std::move(config));
        add_worker("honest");
        run(ready(1));
    }

    void TearDown() override
    {
        pools_.close();
        gateways_.close();
        PoolTest::TearDown();
    }

    static StoreAccount account_of(const StoreStandIn& store)
    {
        return {
            .url = store.url(),
            .bucket = "bucket",
            .access_key = StoreStandIn::access_key,
            .secret_key = StoreStandIn::secret_key,
        };
    }

    /// Through a gateway that trusts these hosts, and may have a store of its own.
    client::PushResult push(ObjectStores::Settings stores)
    {
        client::PushResult pushed;
        const client::Pusher::Settings settings{
            .pool = url(),
            .manifest = "m",
            .ladder = ladder(),
            .attempts_max = 1,
            .stores = std::make_shared<ObjectStores>(loop_, std::move(stores)),
        };
        run([](Stores& test, client::Pusher::Settings with, client::PushResult& to) -> Task<void> {
            client::Pusher pusher{test.loop_, std::move(with)};
            const client::PushedSegment segment{
                .seq = 7, .bytes = test.source_, .duration = std::chrono::seconds{2}
            };
            to = co_await pusher.push(segment);
            co_await pusher.end();
        }(*this, settings, pushed));
        return pushed;
    }

    /// What becomes of a segment of which only this address is sent.
    std::string sent_address(const std::string& address)
    {
        std::string said;
        run([](Stores& test, std::string text, std::string& to) -> Task<void> {
            to = co_await test.send_address(std::move(text));
        }(*this, address, said));
        return said;
    }

    Task<std::string> send_address(std::string address)
    {
        const wire::OrchestratorRequest request{.address = Bytes(20, 0)};
        const auto told = co_await net::call_unary(
            *client_, "/net.Orchestrator/GetOrchestrator", wire::encode(request), soon()
        );
        wire::SegData data;
        data.manifest = Bytes{'m'};
        data.seq = 1;
        const Hash32 hash = crypto::keccak256(*source_);
        data.hash.assign(hash.begin(), hash.end());
        data.duration_ms = 2'000;
        data.capabilities = wire::job_capabilities(ladder());
        data.auth_token = wire::parse<wire::OrchestratorInfo>(*told)->auth_token;
        data.ladder = ladder();
        net::RequestHead head{.method = "POST", .path = "/segment"};
        head.headers.add("livepeer-segment", wire::segment_header(data));
        head.headers.add("livepeer-payment", "");
        head.headers.add("content-type", "application/vnd+livepeer.uri");
        auto answer =
            co_await post(std::move(head), make_blob(Bytes(address.begin(), address.end())));
        if (answer.status != 200) {
            answer.body.pop_back();
            co_return answer.body;
        }
        const auto result = wire::parse<wire::TranscodeResult>(as_bytes(answer.body));
        const auto* error = std::get_if<std::string>(&result->result);
        co_return error == nullptr ? "" : *error;
    }

    std::string metrics()
    {
        std::string text;
        run([](Stores& test, std::string& to) -> Task<void> {
            auto call = co_await test.operators_->start(
                {.method = "GET", .path = "/metrics"}, make_blob({}), test.soon()
            );
            const auto body = co_await (*call)->read_all(1U << 20U);
            to = as_text(*body);
        }(*this, text));
        return text;
    }

    StoreStandIn pools_{loop_};
    StoreStandIn gateways_{loop_};
    Blob source_ = make_blob(clip());
};

TEST_F(Stores, of_the_pool_take_a_segment_whose_address_alone_is_sent)
{
    start(true, {});
    const auto pushed = push({.hosts = {pools_.host()}});
    EXPECT_EQ(pushed.error, "");
    EXPECT_EQ(pushed.renditions.size(), ladder().size());
    ASSERT_EQ(pools_.files.size(), 1U);
    const auto& [path, file] = *pools_.files.begin();
    EXPECT_TRUE(path.starts_with("/bucket/inputs/")) << path;
    EXPECT_TRUE(path.ends_with("/7.ts")) << path;
    EXPECT_TRUE(file == *source_);
    EXPECT_EQ(pools_.reads, 1U) << "the pool fetched it";
}

TEST_F(Stores, of_the_gateway_take_what_comes_back)
{
    start(false, {gateways_.host()});
    const auto pushed = push({.own = account_of(gateways_), .folder = "outputs"});
    EXPECT_EQ(pushed.error, "");
    ASSERT_EQ(gateways_.files.size(), ladder().size());
    ASSERT_EQ(pushed.renditions.size(), ladder().size());
    for (const auto& rung : ladder()) {
        const auto found = std::ranges::find_if(gateways_.files, [&](const auto& each) {
            return each.first.starts_with("/bucket/outputs/") &&
                   each.first.ends_with("/" + rung.name + "/7.ts");
        });
        ASSERT_NE(found, gateways_.files.end()) << rung.name;
        EXPECT_TRUE(media::inspect(found->second, media::Depth::packets).readable);
    }
    EXPECT_TRUE(gateways_.refusals.empty());
}

TEST_F(Stores, take_nothing_that_is_not_signed_for_them)
{
    start(false, {gateways_.host()});
    StoreAccount forged = account_of(gateways_);
    forged.secret_key = "another";
    const auto pushed = push({.own = forged});
    EXPECT_EQ(pushed.error, "object store: 127.0.0.1 answers 403");
    ASSERT_FALSE(gateways_.refusals.empty());
    EXPECT_EQ(gateways_.refusals[0], "SignatureDoesNotMatch");
    EXPECT_NE(
        metrics().find("millpond_store_failures_total{of=\"rendition\"} 1"), std::string::npos
    );
}

TEST_F(Stores, that_fail_are_told_by_name_and_counted)
{
    start(true, {});
    pools_.fails = true;
    EXPECT_EQ(push({.hosts = {pools_.host()}}).error, "object store: 127.0.0.1 answers 503");
    // What was put is gone before the pool fetches it.
    pools_.fails = false;
    EXPECT_EQ(
        sent_address(pools_.url() + "/inputs/none.ts"), "object store: 127.0.0.1 answers 404"
    );
    EXPECT_NE(metrics().find("millpond_store_failures_total{of=\"source\"} 1"), std::string::npos);
    pools_.files["/bucket/inputs/other.ts"] = Bytes(1'000, 7);
    EXPECT_EQ(sent_address(pools_.url() + "/inputs/other.ts"), "Forbidden");
}

TEST_F(Stores, that_nobody_allowed_are_never_talked_to)
{
    start(true, {"*.allowed.example"});
    EXPECT_EQ(sent_address(gateways_.url() + "/inputs/x.ts"), "BadRequest");
    EXPECT_EQ(sent_address("http://169.254.169.254/latest/meta-data"), "BadRequest");
    EXPECT_EQ(sent_address("file:///etc/passwd"), "BadRequest");
    EXPECT_EQ(sent_address(""), "BadRequest");
    EXPECT_EQ(push({.own = account_of(gateways_)}).error, "object store: host is not allowed");
    EXPECT_EQ(gateways_.reads, 0U);
    EXPECT_TRUE(gateways_.files.empty());
}

TEST_F(Stores, are_not_offered_where_none_is_configured)
{
    start(false, {});
    EXPECT_EQ(sent_address(pools_.url() + "/inputs/x.ts"), "BadRequest");
    EXPECT_EQ(push({.own = account_of(gateways_)}).error, "incompatible capabilities");
    EXPECT_EQ(push({.hosts = {pools_.host()}}).error, "") << "it goes the usual way";
    EXPECT_TRUE(pools_.files.empty());
}

}  // namespace
}  // namespace millpond
