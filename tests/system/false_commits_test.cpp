// What a transcoder may not sign: results of offered tasks with every kind of wrong commit, sent to
// a pool through its TLS port.
#include "core/receipt/receipt.hpp"
#include "edge/wire/pool_word.hpp"
#include "tests/system/impostor.hpp"
#include "tests/system/pool_fixture.hpp"

namespace millpond {
namespace {

using namespace std::chrono_literals;

/// A transcoder that works well until it is offered something in writing.
class FalseCommits : public PoolTest {
protected:
    struct Job {
        wire::NotifySegment notice;
        std::vector<Bytes> renditions;
    };

    Task<Job> work(Impostor& impostor)
    {
        auto notice = co_await impostor.job();
        EXPECT_TRUE(notice.has_value());
        const auto source = net::parse_url(notice->url);
        auto call = co_await impostor.client.start(
            {.method = "GET", .path = source->path, .query = source->query}, make_blob({}), soon()
        );
        const auto bytes = co_await (*call)->read_all(8U << 20U);
        Job job{.notice = *std::move(notice), .renditions = {}};
        auto made = honest_.transcode(
            {.session = "own",
             .source = make_blob(Bytes{bytes->begin(), bytes->end()}),
             .ladder = job.notice.seg_data->ladder}
        );
        for (const auto& each : made->renditions)
            job.renditions.push_back(*each.bytes);
        co_return job;
    }

    Task<Answer> send(const Impostor& impostor, const Job& job, const std::string& commit)
    {
        auto head = impostor.head_for(job.notice.task, job.notice.seg_data->ladder, job.renditions);
        if (!commit.empty()) head.headers.add(wire::commit_header_name, commit);
        co_return co_await post(std::move(head), Impostor::body_of(job.renditions));
    }

    static ResultCommit right_commit(const Job& job, const TaskOffer& offer)
    {
        std::vector<Hash32> hashes;
        for (const Bytes& each : job.renditions)
            hashes.push_back(crypto::keccak256(each));
        return {
            .offer_hash = receipt::hash_of(offer),
            .output_root = receipt::output_root(hashes),
            .pixels = 1,
            .finished_at = offer.issued_at,
        };
    }

    static std::string text(
        const ResultCommit& commit, const crypto::PrivateKey& key, Hash32 domain
    )
    {
        return to_base64(receipt::encode(receipt::sign(commit, key, domain)));
    }

    Task<void> push_when_ready(int& delivered)
    {
        std::ignore = co_await account_of_tier("PROBATION");
        client::Pusher pusher{
            loop_, {.pool = url(), .manifest = "m", .ladder = ladder(), .attempts_max = 1}
        };
        const auto pushed =
            co_await pusher.push({.seq = 0, .bytes = make_blob(clip(1)), .duration = 1s});
        if (pushed.error.empty()) ++delivered;
        co_await pusher.end();
        ended_ = true;
    }

    Transcoding honest_ = media_transcode({.threads = 1});
    bool ended_ = false;
};

TEST_F(FalseCommits, are_refused_by_name_and_the_right_one_is_taken)
{
    PoolConfig config;
    config.policy.qualification_segments = 20;
    config.policy.qualification_speed_pct = 100;
    open(config);
    int delivered = 0;
    std::vector<Answer> refused;
    Answer taken;
    run([&]() -> Task<void> {
        Impostor impostor{loop_, url()};
        EXPECT_EQ(co_await impostor.join(), "");
        bool asked = false;
        while (true) {
            Job job = co_await work(impostor);
            if (job.notice.millpond.empty()) {
                EXPECT_EQ((co_await send(impostor, job, "")).status, 200);
                const auto found = co_await page("/api/v1/accounts");
                const bool ready = !found["accounts"].empty() &&
                                   found["accounts"][0]["standing"]["qualified"] >= 19;
                if (ready && !std::exchange(asked, true)) spawn(push_when_ready(delivered));
                continue;
            }
            const auto word = wire::parse_word(job.notice.millpond);
            const auto offer = receipt::decode<TaskOffer>(word->offer);
            const Hash32 domain = crypto::domain_separator({});
            const ResultCommit right = right_commit(job, offer->value);
            const auto stranger = crypto::PrivateKey::generate();
            ResultCommit other_offer = right;
            other_offer.offer_hash[0] ^= 1U;
            for (const std::string& commit :
                 {std::string{},
                  std::string{"%%%"},
                  to_base64(Bytes(20, 1)),
                  text(right, stranger, domain),
                  text(right, impostor.key, crypto::domain_separator({.chain_id = 5})),
                  text(other_offer, impostor.key, domain)})
                refused.push_back(co_await send(impostor, job, commit));
            taken = co_await send(impostor, job, text(right, impostor.key, domain));
            break;
        }
        while (!ended_)
            co_await loop_.sleep_until(loop_.now() + 10ms);
    }());
    ASSERT_EQ(refused.size(), 6U);
    const std::vector<std::string> words = {
        "commit missing\n",
        "commit is not base64\n",
        "commit: malformed: length\n",
        "commit: wrong_key: signature\n",
        "commit: wrong_key: signature\n",
        "commit is for another offer\n",
    };
    for (std::size_t i = 0; i < words.size(); ++i) {
        EXPECT_EQ(refused[i].status, 403);
        EXPECT_EQ(refused[i].body, words[i]);
    }
    EXPECT_EQ(taken.status, 200) << taken.body;
    EXPECT_EQ(delivered, 1);
}

}  // namespace
}  // namespace millpond
