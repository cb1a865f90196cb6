#include "edge/media/generate.hpp"
#include "edge/media/transcode.hpp"
#include "tests/system/livepeer/paid_programs.hpp"
#include "tests/system/livepeer/paying_gateway.hpp"

#include <cstdlib>
#include <iostream>
#include <map>

namespace millpond {
namespace {

using test::Anvil;
using test::ether;

constexpr int gateways = 3;
constexpr Duration segment_length = std::chrono::seconds{2};

/// Streams that pay for every segment, while the pool is killed again and again. Set
/// MILLPOND_PAID_KILLS for more of it.
class PaidRestarts : public ::testing::Test {
public:
    struct Stream {
        std::unique_ptr<PayingGateway> gateway;
        std::int64_t seq = 0;
        int since_restart = 0;  ///< segments that were delivered
        bool over = false;
    };

    void SetUp() override
    {
        if (!Anvil::installed()) GTEST_SKIP() << "the contracts' toolchain is not installed";
        chain.emplace();
        chain->fund(ether(1'000), ether(1'000));
        programs.configure(*chain, chain->url(), "");
        media::StreamTranscoder transcoder{{}};
        const auto made = transcoder.transcode(*source, ladder);
        ASSERT_TRUE(made);
        std::ofstream{programs.path("rendition"), std::ios::binary}
            << as_text(made->renditions[0].bytes);
    }

    void TearDown() override
    {
        for (Stream& each : streams)
            each.gateway->hang_up();
    }

    /// Gives back what it has at once: what is tested is the pool.
    [[nodiscard]] Process worker(const std::string& name) const
    {
        const std::string pool = "127.0.0.1:" + std::to_string(programs.url.port);
        return Process{
            {MILLPOND_SCRIPTED, pool, name, "100000000", programs.path("rendition")},
            programs.path("workers.log")
        };
    }

    Task<void> open(Stream& stream)
    {
        stream.gateway = std::make_unique<PayingGateway>(programs.loop, ladder);
        stream.gateway->key = Anvil::key(1);
        stream.gateway->l1_block = chain->node->head()->number;
        stream.gateway->pool_may_die = true;
        stream.gateway->tickets = 6;
        stream.gateway->connect(programs.url);
        EXPECT_EQ(co_await stream.gateway->discover(), "");
    }

    /// One segment after another; what is not delivered is sent again, with other tickets.
    Task<void> play(Stream& stream)
    {
        while (!stopping) {
            const auto sent = co_await stream.gateway->push(stream.seq, source, segment_length);
            if (sent.status == 200 && sent.text.empty()) {
                tickets += sent.tickets;
                ++stream.seq;
                ++stream.since_restart;
                continue;
            }
            ++answers[std::to_string(sent.status) + " " + sent.text];
            stream.gateway->hang_up();
            co_await programs.pause(std::chrono::milliseconds{50});
            stream.gateway->connect(programs.url);
        }
        stream.over = true;
    }

    Task<void> everyone_gets_on()
    {
        for (Stream& each : streams)
            each.since_restart = 0;
        while (std::ranges::any_of(streams, [](const Stream& s) { return s.since_restart < 2; }))
            co_await programs.pause(std::chrono::milliseconds{10});
    }

    Task<void> end()
    {
        stopping = true;
        while (!std::ranges::all_of(streams, &Stream::over))
            co_await programs.pause(std::chrono::milliseconds{10});
    }

    std::size_t tickets_refused() const
    {
        std::size_t count = 0;
        for (const auto& [text, times] : answers)
            count += text.starts_with("400") ? times : 0;
        return count;
    }

    const Ladder ladder{*wire::preset_profile("P144p30fps16x9")};
    PaidPrograms programs;
    std::optional<test::LivepeerOnAnvil> chain;
    Blob source = make_blob(*media::generate_clip({.size = {320, 180}, .seconds = 2}));
    std::vector<Stream> streams{gateways};
    std::map<std::string, std::size_t> answers;  ///< other than a delivery
    std::size_t tickets = 0;
    bool stopping = false;
};

TEST_F(PaidRestarts, refuse_no_ticket_that_was_good_and_drop_no_stream)
{
    const char* asked = std::getenv("MILLPOND_PAID_KILLS");  // NOLINT(concurrency-mt-unsafe)
    const int kills = asked == nullptr ? 1 : std::atoi(asked);
    std::vector<Process> workers;
    programs.run([](PaidRestarts& test, int times, std::vector<Process>& all) -> Task<void> {
        co_await test.programs.start_paid_pool();
        all.push_back(test.worker("one"));
        all.push_back(test.worker("two"));
        co_await test.programs.ready(2);
        for (Stream& each : test.streams)
            co_await test.open(each);
        for (Stream& each : test.streams)
            spawn(test.play(each));
        co_await test.everyone_gets_on();
        for (int i = 0; i < times; ++i) {
            test.programs.pool->end(SIGKILL);
            co_await test.programs.start_paid_pool();
            co_await test.everyone_gets_on();
        }
        co_await test.end();
    }(*this, kills, workers));
    EXPECT_EQ(tickets_refused(), 0U);
    EXPECT_GT(tickets, 0U);
    std::size_t segments = 0;
    for (const Stream& each : streams)
        segments += static_cast<std::size_t>(each.seq);
    std::cout << kills << " kills, " << segments << " segments delivered, " << tickets
              << " tickets with them\n";
    for (const auto& [text, times] : answers)
        std::cout << "  " << times << " times: " << text << "\n";
}

}  // namespace
}  // namespace millpond
