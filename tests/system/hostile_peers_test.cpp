#include "crypto/keccak.hpp"
#include "tests/system/impostor.hpp"
#include "tests/system/pool_fixture.hpp"

#include <fstream>

namespace millpond {
namespace {

using namespace std::chrono_literals;

class HostilePeers : public PoolTest {
protected:
    /// A stream of a second gateway goes on beside the attack; it must not notice.
    Task<void> push_beside(int segments, int& delivered)
    {
        client::Pusher pusher{
            loop_, {.pool = url(), .manifest = "beside", .ladder = ladder(), .attempts_max = 1}
        };
        const auto source = make_blob(clip());
        for (int seq = 0; seq < segments; ++seq) {
            const auto result = co_await pusher.push({.seq = seq, .bytes = source, .duration = 2s});
            if (result.error.empty() && result.renditions.size() == 2) ++delivered;
        }
        co_await pusher.end();
    }

    wire::SegData segment_data(const Bytes& source, std::int64_t expires_in_s = 600)
    {
        Hash32 secret{};
        std::ifstream{folder_.path() / "pool" / "auth_secret", std::ios::binary}.read(
            reinterpret_cast<char*>(secret.data()), 32
        );
        const auto now_s =
            std::chrono::duration_cast<std::chrono::seconds>(loop_.now().time_since_epoch())
                .count();
        wire::SegData data;
        data.manifest = {'m'};
        const Hash32 hash = crypto::keccak256(source);
        data.hash.assign(hash.begin(), hash.end());
        data.duration_ms = 2'000;
        data.capabilities = wire::job_capabilities(ladder());
        data.auth_token = wire::make_auth_token(secret, "cafe", now_s + expires_in_s);
        data.ladder = ladder();
        return data;
    }

    static net::RequestHead segment_head(const std::string& header)
    {
        net::RequestHead head{.method = "POST", .path = "/segment"};
        head.headers.add("livepeer-segment", header);
        head.headers.add("livepeer-payment", "");
        head.headers.add("content-type", "video/MP2T");
        return head;
    }

    static std::string error_in(const Answer& answer)
    {
        const auto bytes = as_bytes(answer.body);
        const auto result = wire::parse<wire::TranscodeResult>(bytes);
        if (!result) return "unreadable";
        const auto* text = std::get_if<std::string>(&result->result);
        return text == nullptr ? "" : *text;
    }
};

TEST_F(HostilePeers, a_result_for_anothers_task_is_refused_and_the_stream_goes_on)
{
    open();
    std::int64_t task_seen = 0;
    Answer stolen;
    Answer guessed;
    int delivered = 0;
    run([&]() -> Task<void> {
        Impostor victim{loop_, url()};
        Impostor thief{loop_, url()};
        EXPECT_EQ(co_await victim.join(), "");
        EXPECT_EQ(co_await thief.join(), "");
        const auto job = co_await victim.job();
        EXPECT_TRUE(job.has_value());
        task_seen = job->task;
        const std::vector<Bytes> fake(job->seg_data->ladder.size(), Bytes(200, 'x'));
        stolen = co_await post(
            thief.head_for(job->task, job->seg_data->ladder, fake), Impostor::body_of(fake)
        );
        guessed = co_await post(
            thief.head_for(job->task + 2, job->seg_data->ladder, fake), Impostor::body_of(fake)
        );
        add_worker("honest");
        co_await ready(1);
        co_await push_beside(2, delivered);
    }());
    EXPECT_GT(task_seen, 1'000'000) << "task ids are drawn from 63 bits";
    EXPECT_EQ(stolen.status, 403);
    EXPECT_EQ(stolen.body, "claim is not signed by this task's transcoder\n");
    EXPECT_EQ(guessed.status, 404);
    EXPECT_EQ(delivered, 2);
}

TEST_F(HostilePeers, a_replayed_result_is_refused)
{
    open();
    Answer first;
    Answer replayed;
    run([&]() -> Task<void> {
        Impostor worker{loop_, url()};
        EXPECT_EQ(co_await worker.join(), "");
        const auto job = co_await worker.job();
        const std::vector<Bytes> fake(job->seg_data->ladder.size(), Bytes(200, 'x'));
        const auto head = worker.head_for(job->task, job->seg_data->ladder, fake);
        first = co_await post(head, Impostor::body_of(fake));
        replayed = co_await post(head, Impostor::body_of(fake));
    }());
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(replayed.status, 404);
    EXPECT_EQ(replayed.body, "unknown or finished task\n");
}

TEST_F(HostilePeers, a_claim_that_is_not_the_result_is_refused)
{
    open();
    Answer answer;
    run([&]() -> Task<void> {
        Impostor worker{loop_, url()};
        EXPECT_EQ(co_await worker.join(), "");
        const auto job = co_await worker.job();
        const std::vector<Bytes> claimed(job->seg_data->ladder.size(), Bytes(200, 'x'));
        const std::vector<Bytes> sent(job->seg_data->ladder.size(), Bytes(200, 'y'));
        answer = co_await post(
            worker.head_for(job->task, job->seg_data->ladder, claimed), Impostor::body_of(sent)
        );
    }());
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body, "claim does not match the result\n");
}

TEST_F(HostilePeers, a_join_with_a_foreign_signature_is_refused)
{
    open();
    std::string refused;
    run([&]() -> Task<void> {
        Impostor worker{loop_, url()};
        refused = co_await worker.join(false);
        if (refused.empty()) refused = (co_await worker.job()).error();
    }());
    EXPECT_EQ(refused, "join sig check failed");
}

TEST_F(HostilePeers, bad_segment_heads_get_the_references_words)
{
    open();
    const Bytes source = clip();
    std::vector<std::pair<std::string, Answer>> answers;
    run([&]() -> Task<void> {
        const auto ask = [&](std::string name, wire::SegData data) -> Task<void> {
            answers.emplace_back(
                name,
                co_await post(segment_head(wire::segment_header(data)), make_blob(Bytes{source}))
            );
        };
        co_await ask("expired auth token", segment_data(source, -1));
        auto data = segment_data(source);
        data.auth_token->token[0] ^= 1U;
        co_await ask("invalid auth token", data);
        data = segment_data(source);
        data.auth_token.reset();
        co_await ask("missing auth token", data);
        data = segment_data(source);
        data.signature = Bytes(65, 1);
        co_await ask("ErrSegSig", data);
        data = segment_data(source);
        data.duration_ms = 400'000;
        co_await ask("invalid duration", data);
        data = segment_data(source);
        data.ladder.assign(17, ladder()[0]);
        co_await ask("Too many outputs", data);
        data = segment_data(source);
        data.ladder[0].encoder_profile = static_cast<H264Profile>(9);
        co_await ask("unrecognized encoder profile", data);
        data = segment_data(source);
        data.ladder[0].container = static_cast<Container>(9);
        co_await ask("unrecognized profile output format", data);
        answers.emplace_back(
            "ErrorSegEncoding", co_await post(segment_head("%%%"), make_blob(Bytes{source}))
        );
    }());
    for (const auto& [expected, answer] : answers) {
        EXPECT_EQ(answer.status, 403) << expected;
        EXPECT_EQ(answer.body, expected + "\n");
    }
}

TEST_F(HostilePeers, a_body_that_is_empty_or_not_what_was_signed_is_refused)
{
    open();
    add_worker("honest");
    const Bytes source = clip();
    Answer empty;
    Answer other;
    int delivered = 0;
    run([&]() -> Task<void> {
        co_await ready(1);
        empty = co_await post(segment_head(wire::segment_header(segment_data({}))), make_blob({}));
        Bytes changed = source;
        changed[changed.size() / 2] ^= 1U;
        other = co_await post(
            segment_head(wire::segment_header(segment_data(source))), make_blob(std::move(changed))
        );
        co_await push_beside(1, delivered);
    }());
    EXPECT_EQ(error_in(empty), "Forbidden");
    EXPECT_EQ(error_in(other), "Forbidden");
    EXPECT_EQ(delivered, 1);
}

TEST_F(HostilePeers, a_body_of_a_gigabyte_is_cut_off_at_its_limit_while_others_stream)
{
    PoolConfig config = by_load();
    config.service.limits.body_bytes = 20'000'000;
    open(config);
    add_worker("honest");
    std::size_t sent = 0;
    int delivered = 0;
    run([&]() -> Task<void> {
        co_await ready(1);
        auto head = segment_head(wire::segment_header(segment_data(clip())));
        head.headers.add("content-length", "1000000000");
        net::Client hostile{loop_, net::client_settings(url())};
        auto call = co_await hostile.start(std::move(head), soon());
        const auto megabyte = make_blob(Bytes(1'000'000, 'x'));
        while (sent < 1'000'000'000 && co_await (*call)->write(megabyte))
            sent += megabyte->size();
        co_await push_beside(1, delivered);
    }());
    EXPECT_LT(sent, 100'000'000U);
    EXPECT_EQ(delivered, 1);
}

TEST_F(HostilePeers, a_body_that_crawls_is_ended_while_others_stream)
{
    PoolConfig config = by_load();
    config.service.limits.stall = 300ms;
    open(config);
    add_worker("honest");
    std::string ended;
    int delivered = 0;
    run([&]() -> Task<void> {
        co_await ready(1);
        net::Client hostile{loop_, net::client_settings(url())};
        auto head = segment_head(wire::segment_header(segment_data(clip())));
        head.headers.add("content-length", "100000");
        auto call = co_await hostile.start(std::move(head), soon());
        while (ended.empty()) {
            const auto written = co_await (*call)->write(make_blob(Bytes(1, 'x')));
            if (!written) ended = written.error().what;
            co_await loop_.sleep_until(loop_.now() + 50ms);
        }
        co_await push_beside(1, delivered);
    }());
    EXPECT_NE(ended, "deadline");
    EXPECT_EQ(delivered, 1);
}

TEST_F(HostilePeers, garbage_instead_of_renditions_goes_to_another_transcoder)
{
    open();
    add_worker(
        "liar",
        [honest = media_transcode({.threads = 1})](const TranscodeJob& job
        ) -> Result<TranscodeOutput, std::string> {
            if (job.session.starts_with("benchmark-")) return honest.transcode(job);
            TranscodeOutput output;
            for (std::size_t i = 0; i < job.ladder.size(); ++i)
                output.renditions.push_back({.bytes = make_blob(Bytes(5'000, 'g')), .pixels = 1});
            return output;
        }
    );
    int delivered = 0;
    nlohmann::json transcoders;
    run([&]() -> Task<void> {
        co_await ready(1);
        add_worker("honest");
        co_await ready(2);
        // Two streams at the same time go to two transcoders, whichever is the faster.
        client::Pusher first{
            loop_, {.pool = url(), .manifest = "first", .ladder = ladder(), .attempts_max = 1}
        };
        client::Pusher second{
            loop_, {.pool = url(), .manifest = "second", .ladder = ladder(), .attempts_max = 1}
        };
        const auto source = make_blob(clip());
        for (auto* pusher : {&first, &second}) {
            const auto result = co_await pusher->push({.seq = 0, .bytes = source, .duration = 2s});
            if (result.error.empty()) ++delivered;
        }
        transcoders = co_await page("/api/v1/transcoders");
    }());
    EXPECT_EQ(delivered, 2);
    EXPECT_NE(transcoders.dump().find("refused_result: unreadable"), std::string::npos)
        << transcoders.dump();
}

}  // namespace
}  // namespace millpond
