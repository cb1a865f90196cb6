#include "edge/wire/multipart.hpp"
#include "tests/support/scripted_chain.hpp"
#include "tests/system/livepeer/conversation.hpp"
#include "tests/system/livepeer/paying_gateway.hpp"
#include "tests/system/livepeer/strict_orchestrator.hpp"
#include "tests/system/pool_fixture.hpp"

namespace millpond {
namespace {

constexpr std::int64_t year_2100 = 4'102'444'800;
const std::string boundary = "0123456789abcdef0123";

/// Conversations that were recorded once are held again, to the byte, with a pool of the same keys
/// and secrets.
class Recorded : public PoolTest {
protected:
    static Ladder one_rung()
    {
        auto rung = *wire::preset_profile("P144p30fps16x9");
        rung.bitrate = 40'000;
        return {rung};
    }

    void start(const std::string& name, PoolConfig config, std::unique_ptr<PaymentChain> chain = {})
    {
        conversation.emplace(name);
        const auto folder = folder_.path() / "pool";
        std::filesystem::create_directories(folder);
        std::ofstream{folder / "auth_secret"} << std::string(32, 'a');
        std::ofstream{folder / "ticket_secret"} << std::string(32, 't');
        std::ofstream{folder / "operator_key"} << std::string(64, '1') << "\n";
        for (const char* each : {"auth_secret", "ticket_secret", "operator_key"})
            std::filesystem::permissions(folder / each, std::filesystem::perms{0600});
        if (Conversation::recording()) {
            const Bytes clip = *media::generate_clip(
                {.size = {320, 180}, .seconds = 1, .audio = false, .bitrate = 50'000}
            );
            media::StreamTranscoder transcoder{{}};
            conversation->keep("source", clip);
            conversation->keep(
                "rendition", transcoder.transcode(clip, one_rung())->renditions[0].bytes
            );
        }
        source = make_blob(conversation->bytes("source"));
        rendition = make_blob(conversation->bytes("rendition"));
        open(std::move(config), std::move(chain));
    }

    void TearDown() override
    {
        if (conversation && Conversation::recording() && !HasFailure()) conversation->write();
        PoolTest::TearDown();
    }

    /// Encodes what it is measured by, and answers all else with the recorded rendition.
    void add_recorded_worker()
    {
        const auto honest = media_transcode({.threads = 1});
        add_worker("worker", [this, honest](const TranscodeJob& job) {
            if (job.session.starts_with("benchmark-")) return honest.transcode(job);
            const auto pixels = media::inspect(*rendition, media::Depth::packets).pixels;
            return Result<TranscodeOutput, std::string>{TranscodeOutput{
                .renditions = {{.bytes = rendition, .pixels = pixels}}, .source_pixels = 1
            }};
        });
    }

    /// The recorded bytes of that name; they are what is given when recording.
    Bytes recorded(const std::string& name, const Bytes& now)
    {
        if (Conversation::recording()) conversation->keep(name, now);
        return conversation->bytes(name);
    }

    Task<void> until(std::function<bool()> holds)
    {
        while (!holds())
            co_await loop_.sleep_until(loop_.now() + std::chrono::milliseconds{10});
    }

    std::optional<Conversation> conversation;
    Blob source;
    Blob rendition;
};

class RecordedGateway : public Recorded {
protected:
    Task<void> record()
    {
        PayingGateway gateway{loop_, one_rung()};
        gateway.connect(url());
        EXPECT_EQ(co_await gateway.discover(), "");
        Hash32 secret{};
        secret.fill('a');
        gateway.info.auth_token = wire::make_auth_token(secret, std::string(32, 'b'), year_2100);
        gateway.tickets = 2;
        for (std::int64_t seq = 0; seq < 2; ++seq) {
            const auto sent = co_await gateway.push(seq, source, std::chrono::seconds{1});
            EXPECT_EQ(sent.status, 200) << sent.text;
        }
        EXPECT_EQ((co_await gateway.prepay(3)).status, 200);
        gateway.change_payment = [](wire::Payment& payment) {
            payment.ticket_sender_params[0].signature[3] ^= 1;
        };
        EXPECT_EQ((co_await gateway.push(2, source, std::chrono::seconds{1})).status, 400);
        co_await gateway.end();
        conversation->keep(gateway.said);
        gateway.hang_up();
    }

    Task<void> replay(const Exchanged& exchanged)
    {
        Bytes answer;
        if (exchanged.status == 0) {
            auto said = co_await net::call_unary(*client_, exchanged.path, exchanged.body, soon());
            EXPECT_TRUE(said) << exchanged.path;
            answer = said.value_or(Bytes{});
        } else {
            net::RequestHead head{.method = "POST", .path = exchanged.path};
            head.headers = exchanged.headers;
            auto call =
                co_await client_->start(std::move(head), make_blob(Bytes{exchanged.body}), soon());
            const auto status = co_await (*call)->head();
            EXPECT_EQ(status->status, exchanged.status) << exchanged.path;
            answer = *co_await (*call)->read_all(4U << 20U);
        }
        EXPECT_EQ(
            to_hex(timeless_answer(exchanged.path, answer)),
            to_hex(timeless_answer(exchanged.path, exchanged.answer))
        ) << exchanged.path;
    }

    ChainScript script;
};

TEST_F(RecordedGateway, is_answered_as_when_it_was_recorded)
{
    PoolConfig config = by_load();
    config.payments.on_chain = true;
    start("gateway", std::move(config), std::make_unique<ScriptedChain>(script));
    add_recorded_worker();
    run(ready(1));
    if (Conversation::recording()) run(record());
    if (Conversation::recording()) return;
    const auto all = conversation->exchanges();
    EXPECT_EQ(all.size(), 6U);
    for (const Exchanged& each : all)
        run(replay(each));
}

/// A stock transcoder whose every byte was recorded, but for the number of its task.
class RecordedTranscoder : public Recorded {
protected:
    Task<void> serve()
    {
        net::Client client{loop_, net::client_settings(url())};
        wire::RegisterRequest request{.secret = "shared", .capacity = 10, .capabilities = {}};
        request.capabilities = wire::transcoding_capabilities();
        const Bytes registers = recorded("register", wire::encode(request));
        auto stream = co_await net::MessageStream::open(
            client, "/net.Transcoder/RegisterTranscoder", registers, {}
        );
        while (!done) {
            const auto message = co_await (*stream)->next();
            if (!message) break;
            co_await take(client, *wire::parse<wire::NotifySegment>(*message));
        }
        client.close();
        gone = true;
    }

    Task<void> take(net::Client& client, wire::NotifySegment notice)
    {
        if (notice.url.empty()) {
            done = answered > 1;
            co_return;
        }
        const auto path = net::parse_url(notice.url)->path;
        auto get = co_await client.start({.method = "GET", .path = path}, make_blob({}), soon());
        const Bytes fetched = *co_await (*get)->read_all(300'000'000);
        wire::ResultPart part{
            "video/mp2t", media::inspect(*rendition, media::Depth::packets).pixels, rendition
        };
        if (answered == 0) {
            media::StreamTranscoder transcoder{{}};
            const auto made = transcoder.transcode(fetched, notice.seg_data->ladder);
            part = {
                "video/mp2t",
                made->renditions[0].pixels,
                make_blob(Bytes{made->renditions[0].bytes})
            };
        } else {
            EXPECT_EQ(fetched, *source);
            expect_recorded(notice);
        }
        Bytes body;
        for (const auto& piece : wire::multipart_body(boundary, {part}))
            body.insert(body.end(), piece->begin(), piece->end());
        if (answered > 0) body = recorded("result", body);
        net::RequestHead head{.method = "POST", .path = "/transcodeResults"};
        head.headers.add("authorization", "Livepeer-Transcoder-1.0");
        head.headers.add("credentials", "shared");
        head.headers.add("taskid", std::to_string(notice.task));
        head.headers.add("pixels", "1");
        head.headers.add("content-type", "multipart/mixed; boundary=" + boundary);
        auto post = co_await client.start(std::move(head), make_blob(std::move(body)), soon());
        EXPECT_EQ((*co_await (*post)->head()).status, 200);
        ++answered;
    }

    /// All that the pool says of the work, without what is another each time.
    void expect_recorded(wire::NotifySegment notice)
    {
        EXPECT_NE(notice.task, 0);
        notice.url.clear();
        notice.task = 0;
        notice.seg_data->auth_token.reset();
        notice.seg_data->manifest.clear();  // the session
        const Bytes said = wire::encode(notice);
        EXPECT_EQ(to_hex(said), to_hex(recorded("notice", said)));
    }

    Task<void> push(client::PushResult& to)
    {
        client::Pusher pusher{
            loop_, {.pool = url(), .manifest = "m", .ladder = one_rung(), .attempts_max = 1}
        };
        to = co_await pusher.push({.seq = 1, .bytes = source, .duration = std::chrono::seconds{1}});
        co_await pusher.end();
    }

    int answered = 0;
    bool done = false;
    bool gone = false;
};

TEST_F(RecordedTranscoder, is_given_work_and_believed_as_when_it_was_recorded)
{
    PoolConfig config = by_load();
    config.secret = "shared";
    start("transcoder", std::move(config));
    spawn(serve());
    run(ready(1));
    client::PushResult pushed;
    run(push(pushed));
    EXPECT_EQ(pushed.error, "");
    ASSERT_EQ(pushed.renditions.size(), 1U);
    EXPECT_EQ(*pushed.renditions[0], *rendition);
    run(until([this] { return gone; }));
}

class RecordedOrchestrator : public Recorded {};

TEST_F(RecordedOrchestrator, hears_of_the_pool_what_it_heard_when_it_was_recorded)
{
    const std::string folder = folder_.path() / "orchestrator";
    std::filesystem::create_directories(folder);
    StrictOrchestrator orchestrator{loop_, folder, "theirs"};
    PoolConfig config = by_load();
    config.behind.orchestrators = {orchestrator.address()};
    config.behind.secret = "theirs";
    start("orchestrator", std::move(config));
    add_recorded_worker();
    run(until([&] { return orchestrator.registered() == 1; }));
    // How much it can do is measured anew each time.
    auto registered = *wire::parse<wire::RegisterRequest>(orchestrator.registrations[0]);
    registered.capacity = 1;
    EXPECT_EQ(
        to_hex(wire::encode(registered)), to_hex(recorded("register", wire::encode(registered)))
    );
    StrictOrchestrator::Result result;
    run([](StrictOrchestrator& on, Blob bytes, StrictOrchestrator::Result& to) -> Task<void> {
        to = co_await on.give("0badcafe", 7, std::move(bytes), one_rung());
    }(orchestrator, source, result));
    auto notice = *wire::parse<wire::NotifySegment>(orchestrator.notices[0]);
    notice.url = notice.url.substr(notice.url.find("/stream/"));
    EXPECT_EQ(to_hex(wire::encode(notice)), to_hex(recorded("notice", wire::encode(notice))));
    EXPECT_EQ(result.error, "");
    ASSERT_EQ(result.renditions.size(), 1U);
    EXPECT_EQ(result.renditions[0].content_type, "video/mp2t");
    EXPECT_EQ(result.renditions[0].bytes, *rendition);
    orchestrator.close();
}

}  // namespace
}  // namespace millpond
