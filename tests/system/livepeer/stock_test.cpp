#include "edge/media/transcode.hpp"
#include "edge/media/video_signature.hpp"
#include "edge/net/grpc.hpp"
#include "edge/wire/join_token.hpp"
#include "edge/wire/millpond_headers.hpp"
#include "edge/wire/multipart.hpp"
#include "tests/support/process.hpp"
#include "tests/system/pool_fixture.hpp"

namespace millpond {
namespace {

/// A standalone transcoder of the reference (livepeer-wire 4), which signs nothing.
class StockTranscoder {
public:
    StockTranscoder(net::Loop& loop, const net::Url& pool, std::string secret)
        : loop_(loop),
          secret_(std::move(secret)),
          control_(loop, net::client_settings(pool)),
          data_(loop, net::client_settings(pool))
    {
    }

    /// The parts of its results, where they are not what is right.
    std::function<void(std::vector<wire::ResultPart>&)> garble;
    std::optional<std::string> other_credentials;
    Capabilities capabilities = wire::transcoding_capabilities();
    std::string ended;                   ///< how its registration ended
    std::vector<int> answers;            ///< to its results
    std::vector<std::string> refusals;   ///< their texts, of those that were not taken
    std::vector<std::string> torn_down;  ///< sessions
    bool gone = false;

    Task<void> stay()
    {
        wire::RegisterRequest request{.secret = secret_, .capacity = 10, .capabilities = {}};
        request.capabilities = capabilities;
        auto stream = co_await net::MessageStream::open(
            control_, "/net.Transcoder/RegisterTranscoder", wire::encode(request), {}
        );
        while (stream) {
            const auto message = co_await (*stream)->next();
            if (!message) {
                ended = std::to_string(static_cast<int>(message.error().code)) + " " +
                        message.error().message;
                break;
            }
            co_await take(*wire::parse<wire::NotifySegment>(*message));
        }
        gone = true;
    }

    void leave()
    {
        control_.close();
        data_.close();
    }

private:
    Task<void> take(wire::NotifySegment notice)
    {
        EXPECT_TRUE(notice.seg_data && notice.seg_data->auth_token) << "crashes GPU transcoders";
        if (notice.url.empty()) {
            torn_down.push_back(notice.seg_data->auth_token->session);
            co_return;
        }
        EXPECT_NE(notice.task, 0);
        EXPECT_EQ(as_text(notice.seg_data->manifest).find('/'), std::string_view::npos);
        const auto url = net::parse_url(notice.url);
        auto source = co_await data_.start(
            {.method = "GET", .path = url->path},
            make_blob({}),
            loop_.now() + std::chrono::seconds{4}
        );
        const auto bytes = co_await (*source)->read_all(300'000'000);
        media::StreamTranscoder transcoder{{}};
        const auto made = transcoder.transcode(*bytes, notice.seg_data->ladder);
        EXPECT_TRUE(made);
        std::vector<wire::ResultPart> parts;
        for (const auto& each : made->renditions) {
            parts.push_back({"video/mp2t", each.pixels, make_blob(Bytes{each.bytes})});
            if (!notice.seg_data->calc_perceptual_hash) continue;
            EXPECT_TRUE(wire::has_capability(*notice.seg_data->capabilities, 14));
            parts.push_back(wire::signature_part(make_blob(*media::video_signature(each.bytes))));
        }
        if (garble && notice.seg_data->calc_perceptual_hash) garble(parts);
        net::RequestHead head{.method = "POST", .path = "/transcodeResults"};
        head.headers.add("authorization", "Livepeer-Transcoder-1.0");
        head.headers.add("credentials", other_credentials.value_or(secret_));
        head.headers.add("taskid", std::to_string(notice.task));
        head.headers.add("pixels", std::to_string(made->source_pixels));
        head.headers.add("content-type", "multipart/mixed; boundary=0123456789abcdef0123");
        auto call = co_await data_.start(std::move(head), loop_.now() + std::chrono::seconds{20});
        for (const auto& piece : wire::multipart_body("0123456789abcdef0123", parts))
            std::ignore = co_await (*call)->write(piece);
        std::ignore = co_await (*call)->finish();
        const auto answer = co_await (*call)->head();
        answers.push_back(answer ? answer->status : 0);
        if (!answer || answer->status == 200) co_return;
        const auto text = co_await (*call)->read_all(1'024);
        if (text) refusals.emplace_back(as_text(*text));
    }

    net::Loop& loop_;
    std::string secret_;
    net::Client control_;
    net::Client data_;
};

/// A pool that lets stock transcoders in by secret or token.
class Stock : public PoolTest {
protected:
    void start()
    {
        PoolConfig config = by_load();
        config.secret = "shared";
        open(std::move(config));
    }

    StockTranscoder& add(const std::string& secret, std::initializer_list<unsigned> lacks = {})
    {
        transcoders_.push_back(std::make_unique<StockTranscoder>(loop_, url(), secret));
        for (const unsigned each : lacks)
            transcoders_.back()->capabilities.bits[0] &= ~(std::uint64_t{1} << each);
        spawn(transcoders_.back()->stay());
        return *transcoders_.back();
    }

    void TearDown() override
    {
        for (const auto& each : transcoders_)
            each->leave();
        run(until([this] {
            return std::ranges::all_of(transcoders_, [](const auto& each) { return each->gone; });
        }));
        PoolTest::TearDown();
    }

    Task<void> until(std::function<bool()> holds)
    {
        while (!holds())
            co_await loop_.sleep_until(loop_.now() + std::chrono::milliseconds{20});
    }

    /// Through the program, as its owner does it.
    std::string token(const std::string& worker)
    {
        const std::string out = folder_.path() / "token";
        Process program{
            {MILLPOND_TRANSCODER,
             "token",
             "--pool",
             "127.0.0.1:" + std::to_string(node_->service_port()),
             "--key",
             folder_.path() / "owner_key",
             "--worker",
             worker},
            out
        };
        std::string text;
        run(until([&] {
            std::ifstream in{out};
            text = {std::istreambuf_iterator<char>{in}, {}};
            return text.ends_with('\n');
        }));
        text.pop_back();
        return text;
    }

    client::PushResult push_one(
        bool signatures = false, int attempts = 3, const Ladder& rungs = ladder()
    )
    {
        client::PushResult pushed;
        client::Pusher::Settings settings{
            .pool = url(),
            .manifest = "m",
            .ladder = rungs,
            .attempts_max = attempts,
            .signatures = signatures,
        };
        run([](Stock& test, client::Pusher::Settings with, client::PushResult& to) -> Task<void> {
            client::Pusher pusher{test.loop_, std::move(with)};
            to = co_await pusher.push(
                {.seq = 1, .bytes = make_blob(clip()), .duration = std::chrono::seconds{2}}
            );
            co_await pusher.end();
        }(*this, std::move(settings), pushed));
        return pushed;
    }

    std::vector<std::unique_ptr<StockTranscoder>> transcoders_;
};

TEST_F(Stock, works_for_the_account_that_its_token_was_given_to)
{
    start();
    const std::string secret = token("gpu-0");
    auto& stock = add(secret);
    run(ready(1));
    const auto pushed = push_one(true);
    EXPECT_EQ(pushed.error, "");
    ASSERT_EQ(pushed.signatures.size(), 2U);
    EXPECT_EQ(*pushed.signatures[0], *media::video_signature(*pushed.renditions[0]));
    const auto one = page_now("/api/v1/transcoders")["transcoders"][0];
    EXPECT_EQ(one["kind"], "stock");
    EXPECT_EQ(one["name"], "gpu-0");
    const auto account = crypto::parse_address(secret.substr(0, 42));
    EXPECT_EQ(one["address"], "0x" + to_hex(*account));
    run(until([&] { return stock.torn_down.size() >= 2; }));  // the measurement's and the stream's
}

TEST_F(Stock, is_told_the_fatal_words_where_its_token_is_not_the_pools)
{
    start();
    std::string forged = token("gpu-0");
    forged.back() = forged.back() == '0' ? '1' : '0';
    auto& stock = add(forged);
    run(until([&] { return stock.gone; }));
    EXPECT_EQ(stock.ended, "2 invalid secret");
}

TEST_F(Stock, answers_for_a_task_with_its_own_secret_alone)
{
    start();
    auto& stock = add(token("gpu-0"));
    stock.other_credentials = "shared";
    run(until([&] { return !stock.answers.empty(); }));
    EXPECT_EQ(stock.answers[0], 401);
}

TEST_F(Stock, has_perceptual_hashes_refused_by_name_that_are_none)
{
    using Parts = std::vector<wire::ResultPart>;
    start();
    const auto refused_for = [this](std::function<void(Parts&)> garble) -> StockTranscoder& {
        auto& stock = add("shared");
        stock.garble = std::move(garble);
        return stock;
    };
    auto& before = refused_for([](Parts& parts) { std::swap(parts[0], parts[1]); });
    auto& large = refused_for([](Parts& parts) { parts[1].body = make_blob(Bytes(1U << 20U, 1)); });
    auto& noise = refused_for([](Parts& parts) { parts[1].body = make_blob(Bytes(300, 9)); });
    auto& none = refused_for([](Parts& parts) { parts.erase(parts.begin() + 1); });
    run(ready(4));
    EXPECT_NE(push_one(true, 1).error, "");
    using Texts = std::vector<std::string>;
    EXPECT_EQ(before.refusals, Texts{"Unknown perceptual hash\n"});
    EXPECT_EQ(large.refusals, Texts{"perceptual hash too large\n"});
    EXPECT_EQ(noise.refusals, Texts{"perceptual hash: not one region\n"});
    EXPECT_EQ(none.refusals, Texts{"perceptual hash missing\n"});
}

TEST_F(Stock, is_given_only_what_it_says_it_can_do)
{
    start();
    auto& no_mp4 = add("shared", {capability::mp4});
    run(ready(1));
    Ladder in_mp4 = ladder();
    in_mp4[0].container = Container::mp4;
    Ladder with_gops = in_mp4;
    with_gops[1].gop_ms = 1'000;
    EXPECT_EQ(push_one(false, 1, in_mp4).error, "incompatible capabilities");
    auto& no_gops = add("shared", {capability::gop});
    run(ready(2));
    const auto before = no_mp4.answers.size();
    EXPECT_EQ(push_one(false, 1, in_mp4).error, "");
    EXPECT_EQ(no_gops.answers.size(), 2U) << "its measurement and the segment";
    EXPECT_EQ(
        push_one(false, 1, with_gops).error, "no transcoders can provide requested capabilities"
    );
    EXPECT_EQ(no_mp4.answers.size(), before);
}

TEST_F(Stock, still_joins_with_the_shared_secret)
{
    start();
    add("shared");
    run(ready(1));
    EXPECT_EQ(push_one().error, "");
}

}  // namespace
}  // namespace millpond
