#include "tests/support/scripted_chain.hpp"
#include "tests/system/livepeer/paying_gateway.hpp"
#include "tests/system/pool_fixture.hpp"

namespace millpond {
namespace {

constexpr Duration segment_length = std::chrono::seconds{2};

/// Two pools under one orchestrator's address, each with a key, a chain's view and transcoders of
/// its own; the first names the second.
class Nodes : public PoolTest {
protected:
    PoolConfig under_one_address(const std::string& name, bool paid = true) const
    {
        PoolConfig config = by_load();
        config.payments.on_chain = paid;
        config.payments.recipient = "0x1563915e194D8CfBA1943570603F7606A3115508";
        config.book.price = {.per = Wei{5'000}};
        config.data_dir = folder_.path() / name;
        return config;
    }

    void start(PoolConfig first)
    {
        const bool paid = first.payments.on_chain;
        PoolConfig second = under_one_address("second", paid);
        second.service.host = "127.0.0.1";
        second.service.port = 0;
        second.operator_port.port = 0;
        second.sandbox.command = {MILLPOND_PROGRAM, "sandbox"};
        auto opened = PoolNode::open(loop_, second, chain_of(second_script_, paid));
        ASSERT_TRUE(opened) << opened.error().what;
        second_ = std::move(*opened);
        first.service_nodes = {address_of_second()};
        open(std::move(first), chain_of(script_, paid));
        add_worker("of the first");
        run(ready(1));
        second_worker_ = std::make_unique<Worker>(
            loop_,
            crypto::PrivateKey::generate(),
            Worker::Settings{
                .pool = {.host = "127.0.0.1", .port = second_->service_port()},
                .name = "of the second"
            },
            media_transcode({.threads = 1}),
            Worker::Hooks{.state = {}, .done = {}, .stopped = [this] { second_stopped_ = true; }}
        );
        second_worker_->start();
    }

    static std::unique_ptr<PaymentChain> chain_of(ChainScript& script, bool paid)
    {
        return paid ? std::make_unique<ScriptedChain>(script) : nullptr;
    }

    std::string address_of_second() const
    {
        return "https://127.0.0.1:" + std::to_string(second_->service_port());
    }

    void TearDown() override
    {
        gateway_.hang_up();
        other_.hang_up();
        second_worker_->stop();
        run(until([this] { return second_stopped_; }));
        bool drained = false;
        second_->drain([&] { drained = true; });
        run(until([&] { return drained; }));
        second_worker_.reset();
        second_.reset();
        PoolTest::TearDown();
    }

    Task<void> until(std::function<bool()> holds)
    {
        while (!holds())
            co_await loop_.sleep_until(loop_.now() + std::chrono::milliseconds{20});
    }

    std::string discover(PayingGateway& gateway)
    {
        std::string refusal;
        run([](PayingGateway& from, std::string& to) -> Task<void> {
            to = co_await from.discover();
        }(gateway, refusal));
        return refusal;
    }

    /// The second pool's machine has to be measured before.
    void discover_when_ready(PayingGateway& gateway)
    {
        while (!discover(gateway).empty())
            run(until([n = 0]() mutable { return n++ > 2; }));
    }

    std::string push(PayingGateway& gateway, std::int64_t seq)
    {
        PayingGateway::Sent sent;
        run([](PayingGateway& from, std::int64_t number, Blob bytes, PayingGateway::Sent& to
            ) -> Task<void> {
            to = co_await from.push(number, std::move(bytes), segment_length);
        }(gateway, seq, source_, sent));
        return sent.text;
    }

    struct Refused {
        std::string text;
        net::Headers trailers;
    };

    Refused refused()
    {
        Refused refused;
        run([](Nodes& test, Refused& to) -> Task<void> {
            wire::OrchestratorRequest request;
            const auto address = test.gateway_.key.address();
            request.address.assign(address.begin(), address.end());
            const auto signature =
                test.gateway_.key.sign_personal(wire::orchestrator_request_message(address));
            request.signature.assign(signature.begin(), signature.end());
            const auto answer = co_await net::call_unary(
                *test.client_,
                "/net.Orchestrator/GetOrchestrator",
                wire::encode(request),
                test.soon(),
                &to.trailers
            );
            to.text = answer ? "" : answer.error().message;
        }(*this, refused));
        return refused;
    }

    /// Two streams of our own gateway, of which the first pool has room for one.
    Task<void> push_twice()
    {
        const client::Pusher::Settings settings{
            .pool = url(), .manifest = "m", .ladder = ladder(), .attempts_max = 40
        };
        const client::PushedSegment segment{.seq = 1, .bytes = source_, .duration = segment_length};
        client::Pusher one{loop_, settings};
        const auto here = co_await one.push(segment);
        EXPECT_EQ(here.error, "");
        client::Pusher next{loop_, settings};
        const auto there = co_await next.push(segment);
        EXPECT_EQ(there.error, "");
        EXPECT_EQ(there.renditions.size(), ladder().size());
        co_await one.end();
        co_await next.end();
    }

    ChainScript script_;
    ChainScript second_script_;
    std::unique_ptr<PoolNode> second_;
    std::unique_ptr<Worker> second_worker_;
    bool second_stopped_ = false;
    PayingGateway gateway_{loop_, ladder()};
    PayingGateway other_{loop_, ladder()};
    Blob source_ = make_blob(clip());
};

TEST_F(Nodes, of_one_address_are_told_and_work_each_on_its_own_papers)
{
    start(under_one_address("pool"));
    gateway_.connect(url());
    EXPECT_EQ(discover(gateway_), "");
    ASSERT_EQ(gateway_.info.nodes, std::vector<std::string>{address_of_second()});
    other_.connect(*net::parse_url(gateway_.info.nodes[0]));
    discover_when_ready(other_);
    EXPECT_EQ(other_.info.transcoder, address_of_second());
    EXPECT_TRUE(other_.info.nodes.empty()) << "gateways follow one level alone";
    EXPECT_EQ(other_.info.ticket_params->recipient, gateway_.info.ticket_params->recipient);
    EXPECT_NE(other_.info.address, gateway_.info.address) << "each signs with its own key";
    EXPECT_EQ(push(gateway_, 1), "");
    EXPECT_EQ(push(other_, 1), "");
    // A node's papers are good at that node alone.
    const auto token = gateway_.info.auth_token;
    other_.change_segment = [&](wire::SegData& data) { data.auth_token = token; };
    EXPECT_EQ(push(other_, 2), "invalid auth token");
    other_.change_segment = {};
    const auto params = gateway_.info.ticket_params;
    other_.tickets = 1;
    other_.change_payment = [&](wire::Payment& payment) {
        payment.expiration_params = params->expiration_params;
        payment.ticket_params = params;
        payment.ticket_params->expiration_params.reset();
    };
    EXPECT_EQ(push(other_, 3), "invalid recipientRand for ticket recipientRandHash");
    other_.change_payment = {};
    other_.tickets.reset();
    EXPECT_EQ(push(other_, 4), "");
}

TEST_F(Nodes, are_told_with_the_refusal_where_there_is_no_room)
{
    PoolConfig first = under_one_address("pool");
    first.pool.sessions.sessions = 1;
    start(std::move(first));
    gateway_.connect(url());
    EXPECT_EQ(discover(gateway_), "");
    EXPECT_EQ(push(gateway_, 1), "");
    const auto [refusal, trailers] = refused();
    EXPECT_EQ(refusal, "Invalid orchestrator request: OrchestratorCapped");
    EXPECT_EQ(
        wire::parse_nodes_trailer(trailers.find(wire::nodes_trailer_name).value_or("")),
        std::vector<std::string>{address_of_second()}
    );
}

TEST_F(Nodes, are_where_our_own_gateway_goes_on_from_a_full_one)
{
    PoolConfig first = under_one_address("pool", false);
    first.pool.sessions.sessions = 1;
    start(std::move(first));
    run(push_twice());
}

}  // namespace
}  // namespace millpond
