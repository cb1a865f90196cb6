#include "worker/worker.hpp"

#include "crypto/digest.hpp"
#include "crypto/keccak.hpp"
#include "edge/net/client.hpp"
#include "edge/net/grpc.hpp"
#include "edge/net/workers.hpp"
#include "edge/wire/headers.hpp"
#include "edge/wire/messages.hpp"
#include "edge/wire/millpond_headers.hpp"
#include "edge/wire/multipart.hpp"
#include "edge/wire/pool_word.hpp"
#include "model/segment.hpp"

#include <algorithm>
#include <deque>
#include <map>

namespace millpond {
namespace {

constexpr Duration retry_first = std::chrono::milliseconds{200};
constexpr Duration retry_max = std::chrono::seconds{10};
constexpr Duration fetch_deadline = std::chrono::seconds{30};
constexpr Duration leave_deadline = std::chrono::minutes{1};
constexpr Duration post_deadline = std::chrono::seconds{60};
constexpr std::size_t terms_bytes_max = 4'096;

}  // namespace

struct Worker::Inside : std::enable_shared_from_this<Worker::Inside> {
    Inside(net::Loop& on, crypto::PrivateKey with, Settings set, Transcoding work, Hooks told)
        : loop(on),
          key(std::move(with)),
          settings(std::move(set)),
          transcoding(std::move(work)),
          hooks(std::move(told)),
          desk(
              on,
              key,
              settings.receipts,
              {.refused = hooks.refused, .tell = [this](std::string text) { tell(std::move(text)); }
              }
          ),
          workers(on, {.name = "transcode", .threads = settings.threads, .nice = settings.nice}),
          control(on, client_settings()),
          data(on, client_settings())
    {
    }

    net::Loop& loop;
    crypto::PrivateKey key;
    Settings settings;
    Transcoding transcoding;
    Hooks hooks;
    ReceiptDesk desk;
    net::Workers workers;
    net::Client control;  ///< the long registration
    net::Client data;     ///< sources and results
    int in_work = 0;
    bool stopping = false;
    bool joined = false;
    bool was_joined = false;                                            ///< in this try
    std::map<std::string, std::deque<std::coroutine_handle<>>> queues;  ///< of sessions in work

    [[nodiscard]] net::ClientSettings client_settings() const
    {
        auto client = net::client_settings(settings.pool);
        client.pinned_certificate = settings.pinned_certificate;
        return client;
    }

    Task<Result<std::string, Fault>> signed_join()
    {
        const auto certificate = co_await control.peer_certificate();
        if (!certificate) co_return because(certificate.error());
        wire::Join join;
        join.address = key.address();
        join.name = settings.name;
        join.voucher = desk.to_show();
        join.pixels_per_second = settings.pixels_per_second;
        join.signed_at_ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(loop.now().time_since_epoch())
                .count();
        if (const auto digest = parse_hex(*certificate); digest && digest->size() == 32) {
            std::ranges::copy(*digest, join.pool_certificate.begin());
        }
        const auto signature = key.sign_personal(wire::join_message(join));
        join.signature.assign(signature.begin(), signature.end());
        co_return wire::join_header(join);
    }

    /// Who signs for the pool; nothing where it signs nothing.
    Task<Result<std::optional<ReceiptDesk::Terms>, std::string>> ask_terms()
    {
        auto call = co_await data.start(
            {.method = "GET", .path = std::string{wire::terms_path}},
            make_blob({}),
            loop.now() + fetch_deadline
        );
        if (!call) co_return because(call.error().what);
        const auto head = co_await (*call)->head();
        if (!head) co_return because(head.error().what);
        const auto bytes = co_await (*call)->read_all(terms_bytes_max);
        if (head->status == 404) co_return std::optional<ReceiptDesk::Terms>{};
        if (head->status != 200 || !bytes) co_return because(std::string{"terms: no answer"});
        const auto terms = wire::parse_terms(*bytes);
        if (!terms) co_return because(terms.error().what);
        co_return ReceiptDesk::Terms{
            .operator_address = Address{terms->operator_address}, .domain = terms->domain
        };
    }

    /// One registration, from its start to its end; says how it ended.
    Task<std::string> stay()
    {
        const auto terms = co_await ask_terms();
        if (!terms) co_return terms.error();
        if (const auto met = desk.meet(*terms); !met)
            co_return "this pool is not joined: " + met.error();
        const auto join = co_await signed_join();
        if (!join) co_return join.error().what;
        net::Headers extra;
        extra.add(wire::join_header_name, *join);
        wire::RegisterRequest request;
        request.capacity = settings.sessions_max;
        request.capabilities = wire::transcoding_capabilities();
        auto stream = co_await net::MessageStream::open(
            control, "/net.Transcoder/RegisterTranscoder", wire::encode(request), extra
        );
        if (!stream) co_return stream.error().message;
        tell("joined");
        joined = was_joined = true;
        while (true) {
            const auto message = co_await (*stream)->next();
            if (!message) {
                joined = false;
                co_return message.error().code == net::GrpcCode::ok
                    ? "the pool ended the registration"
                    : message.error().message;
            }
            const auto notice = wire::parse<wire::NotifySegment>(*message);
            if (!notice) {
                tell("the pool sent a malformed notice: " + notice.error().what);
                continue;
            }
            co_await take(*notice);
        }
    }

    void tell(std::string state) const
    {
        if (hooks.state) hooks.state(std::move(state));
    }

    Task<void> run(std::shared_ptr<Inside> self)
    {
        Duration pause = retry_first;
        while (!stopping) {
            was_joined = false;
            const std::string ended = co_await stay();
            if (stopping) break;
            tell(ended);
            // A pool that took us in and went away is likely to be back at once.
            if (was_joined) pause = retry_first;
            // Not all at once after a restart of the pool.
            const auto jitter = Duration{static_cast<std::int64_t>(
                crypto::random_u64() % static_cast<std::uint64_t>(pause.count())
            )};
            co_await loop.sleep_until(loop.now() + pause / 2 + jitter);
            pause = std::min(pause * 3 / 2, retry_max);
        }
        joined = false;
        maybe_stopped();
        std::ignore = self;
    }

    Task<void> take(wire::NotifySegment notice)
    {
        const auto word = wire::parse_word(notice.millpond);
        if (!word) {
            tell("the pool sent a malformed word: " + word.error().what);
            co_return;
        }
        co_await desk.hear(word->voucher, word->reject, word->reason);
        if (!word->correction.empty()) {
            Bytes agreement = co_await desk.hear_correction(word->correction, word->reason);
            if (!agreement.empty()) spawn(post_agreement(shared_from_this(), std::move(agreement)));
        }
        if (!notice.seg_data || !notice.seg_data->auth_token) co_return;
        const std::string session = notice.seg_data->auth_token->session;
        if (notice.url.empty()) {
            if (transcoding.end_session) transcoding.end_session(session);
            co_return;
        }
        ++in_work;
        const auto accepted = desk.accept({
            .offer = word->offer,
            .ladder = notice.seg_data->ladder,
            .recorded = session.starts_with(benchmark_session_prefix),
        });
        if (!accepted) {
            spawn(decline(shared_from_this(), std::move(notice), accepted.error()));
            co_return;
        }
        spawn(work(shared_from_this(), {.notice = notice, .session = session, .offer = *accepted}));
    }

    struct Work {
        wire::NotifySegment notice;
        std::string session;
        std::optional<Hash32> offer;  ///< its hash
    };

    Task<void> decline(std::shared_ptr<Inside> self, wire::NotifySegment notice, std::string name)
    {
        std::ignore = co_await post_error(std::move(notice), "offer refused: " + name);
        --in_work;
        maybe_stopped();
        std::ignore = self;
    }

    Task<void> work(std::shared_ptr<Inside> self, Work of)
    {
        const Time started = loop.now();
        const std::string session = of.session;
        co_await turn(session);
        const std::string failure = co_await work_in_turn(std::move(of));
        next_turn(session);
        --in_work;
        if (hooks.done) hooks.done(session, failure.empty(), loop.now() - started);
        if (!failure.empty()) tell("a segment failed: " + failure);
        maybe_stopped();
        std::ignore = self;
    }

    /// Segments of one session go one after another, in the order they came.
    Task<void> turn(std::string session)
    {
        const auto [found, first] = queues.try_emplace(session);
        if (first) co_return;

        struct Wait {
            std::deque<std::coroutine_handle<>>& queue;

            [[nodiscard]] bool await_ready() const noexcept { return false; }

            void await_suspend(std::coroutine_handle<> handle) const { queue.push_back(handle); }

            void await_resume() const noexcept {}
        };

        co_await Wait{found->second};
    }

    void next_turn(const std::string& session)
    {
        const auto found = queues.find(session);
        if (found->second.empty()) {
            queues.erase(found);
            return;
        }
        const auto next = found->second.front();
        found->second.pop_front();
        loop.post([next] { next.resume(); });
    }

    /// Tells the pool that nothing comes of it.
    Task<std::string> give_up(Work of, std::string why)
    {
        desk.drop(of.offer);
        auto told = co_await post_error(std::move(of.notice), why);
        co_return told.empty() ? why : told;
    }

    Task<std::string> work_in_turn(Work of)
    {
        const wire::NotifySegment& notice = of.notice;
        const auto source = co_await fetch(notice.url);
        if (!source) {
            auto told = co_await give_up(of, "source: " + source.error().what);
            co_return told;
        }
        TranscodeJob job{
            .session = of.session,
            .source = *source,
            .ladder = notice.seg_data->ladder,
            .duration = std::chrono::milliseconds{notice.seg_data->duration_ms},
            .wants_signatures = notice.seg_data->calc_perceptual_hash,
        };

        struct Worked {
            Result<TranscodeOutput, std::string> output;
            wire::SignedClaim claim;
        };

        Worked worked = co_await workers.run([this, &job] {
            Worked result{.output = transcoding.transcode(job), .claim = {}};
            if (!result.output) return result;
            result.claim.source_hash = crypto::keccak256(*job.source);
            for (const auto& each : result.output->renditions) {
                result.claim.renditions.push_back(crypto::keccak256(*each.bytes));
            }
            return result;
        });
        if (!worked.output) {
            auto told = co_await give_up(of, worked.output.error());
            co_return told;
        }
        Bytes commit;
        if (of.offer) {
            auto signed_commit = co_await sign_commit(*of.offer, worked.claim, *worked.output);
            if (!signed_commit) {
                auto told = co_await give_up(of, signed_commit.error());
                co_return told;
            }
            commit = *std::move(signed_commit);
        }
        auto posted = co_await post_result(
            of, job, *worked.output, result_head_of(of, *worked.output, worked.claim, commit)
        );
        co_return posted;
    }

    Task<Result<Bytes, std::string>> sign_commit(
        Hash32 offer, const wire::SignedClaim& claim, const TranscodeOutput& output
    )
    {
        if (!desk.is_source(offer, claim.source_hash))
            co_return because(std::string{"source: is not the one that was offered"});
        std::uint64_t pixels = 0;
        for (const auto& each : output.renditions)
            pixels += static_cast<std::uint64_t>(std::max<std::int64_t>(0, each.pixels));
        auto commit =
            co_await desk.commit({.offer = offer, .renditions = claim.renditions, .pixels = pixels}
            );
        co_return commit;
    }

    [[nodiscard]] net::RequestHead result_head_of(
        const Work& of, const TranscodeOutput& output, wire::SignedClaim claim, const Bytes& commit
    ) const
    {
        auto head = result_head(of.notice, output.source_pixels);
        sign(head, of.notice, std::move(claim));
        if (!commit.empty()) head.headers.add(wire::commit_header_name, to_base64(commit));
        return head;
    }

    Task<Result<Blob, Fault>> fetch(std::string text)
    {
        const auto url = net::parse_url(text);
        if (!url) co_return because(url.error());
        // Sources come from the pool; another place is a matter of stock orchestrators.
        std::unique_ptr<net::Client> other;
        if (!net::same_server(*url, settings.pool))
            other = std::make_unique<net::Client>(loop, net::client_settings(*url));
        net::Client& client = other ? *other : data;
        auto call = co_await client.start(
            {.method = "GET", .path = url->path, .query = url->query},
            make_blob({}),
            loop.now() + fetch_deadline
        );
        if (!call) co_return because(call.error());
        const auto head = co_await (*call)->head();
        if (!head) co_return because(head.error());
        if (head->status != 200)
            co_return because(Fault{.what = "status " + std::to_string(head->status)});
        auto bytes = co_await (*call)->read_all(settings.source_bytes_max);
        if (!bytes) co_return because(bytes.error());
        co_return make_blob(std::move(*bytes));
    }

    [[nodiscard]] net::RequestHead result_head(
        const wire::NotifySegment& notice, std::int64_t pixels
    ) const
    {
        net::RequestHead head{.method = "POST", .path = "/transcodeResults"};
        head.headers.add("authorization", "Livepeer-Transcoder-1.0");
        head.headers.add("credentials", "");
        head.headers.add("taskid", std::to_string(notice.task));
        head.headers.add("pixels", std::to_string(pixels));
        return head;
    }

    void sign(net::RequestHead& head, const wire::NotifySegment& notice, wire::SignedClaim claim)
        const
    {
        claim.task = notice.task;
        claim.ladder_hash = wire::ladder_hash(notice.seg_data->ladder);
        const auto signature = key.sign_personal(wire::claim_message(claim));
        claim.signature.assign(signature.begin(), signature.end());
        head.headers.add(wire::claim_header_name, wire::claim_header(claim));
    }

    Task<void> post_agreement(std::shared_ptr<Inside> self, Bytes agreement)
    {
        auto call = co_await data.start(
            {.method = "POST", .path = std::string{wire::agreement_path}},
            make_blob(std::move(agreement)),
            loop.now() + post_deadline
        );
        // What did not arrive, or came too late, is proposed anew.
        if (call) std::ignore = co_await (*call)->head();
        std::ignore = self;
    }

    Task<std::string> post_error(wire::NotifySegment notice, std::string text)
    {
        auto head = result_head(notice, 0);
        head.headers.add("content-type", "livepeer/transcoding-error");
        sign(head, notice, {});
        const auto bytes = as_bytes(text);
        auto call = co_await data.start(
            std::move(head),
            make_blob(Bytes(bytes.begin(), bytes.end())),
            loop.now() + post_deadline
        );
        if (!call) co_return call.error().what;
        const auto answer = co_await (*call)->head();
        co_return answer ? "" : answer.error().what;
    }

    Task<std::string> post_result(
        Work of, const TranscodeJob& job, TranscodeOutput output, net::RequestHead head
    )
    {
        Hash32 random{};
        crypto::fill_random(random);
        const std::string boundary = to_hex(random).substr(0, 20);
        head.headers.add("content-type", "multipart/mixed; boundary=" + boundary);
        std::vector<wire::ResultPart> parts;
        for (std::size_t i = 0; i < output.renditions.size(); ++i) {
            const bool mp4 = job.ladder[i].container == Container::mp4;
            parts.push_back({
                .content_type = mp4 ? "video/mp4" : "video/mp2t",
                .pixels = output.renditions[i].pixels,
                .body = output.renditions[i].bytes,
            });
            if (const Blob& signature = output.renditions[i].signature)
                parts.push_back(wire::signature_part(signature));
        }
        const auto pieces = wire::multipart_body(boundary, parts);
        std::size_t size = 0;
        for (const auto& piece : pieces)
            size += piece->size();
        head.headers.add("content-length", std::to_string(size));
        auto call = co_await data.start(std::move(head), loop.now() + post_deadline);
        if (!call) co_return call.error().what;
        for (const auto& piece : pieces) {
            const auto written = co_await (*call)->write(piece);
            // The pool may refuse before it has read all: its answer says why.
            if (!written) break;
        }
        std::ignore = co_await (*call)->finish();
        const auto answer = co_await (*call)->head();
        if (!answer) co_return answer.error().what;
        if (answer->status == 200) co_return "";
        // It was not taken, so it is not owed either.
        desk.drop(of.offer);
        const auto text = co_await (*call)->read_all(1'024);
        co_return "refused with " + std::to_string(answer->status) + " " +
            (text ? std::string{as_text(*text)} : "");
    }

    Task<void> drain(std::shared_ptr<Inside> self)
    {
        if (joined) {
            const auto join = co_await signed_join();
            if (join) {
                net::RequestHead head{.method = "POST", .path = "/millpond/drain"};
                head.headers.add(wire::join_header_name, *join);
                auto call = co_await data.start(
                    std::move(head), make_blob({}), loop.now() + std::chrono::seconds{2}
                );
                if (call) {
                    const auto answer = co_await (*call)->head();
                    agreed = answer && answer->status == 200;
                }
            }
        }
        drained = true;
        maybe_stopped();
        // Not a sleep of this coroutine: nobody would end it for a worker that has long stopped.
        if (agreed && !gone)
            leaving = loop.at(loop.now() + leave_deadline, [self] {
                self->agreed = false;
                self->maybe_stopped();
            });
    }

    bool drained = false;  ///< the pool was told, or cannot be
    bool agreed = false;   ///< it said that it will end the registration
    bool gone = false;
    std::optional<Clock::TimerId> leaving;

    /// While the registration holds, a task may be on its way that was given before the pool knew.
    void maybe_stopped()
    {
        if (!stopping || !drained || in_work > 0 || (agreed && joined)) return;
        gone = true;
        if (leaving) loop.cancel(*leaving);
        control.close();
        data.close();
        if (const auto stopped = std::exchange(hooks.stopped, {})) stopped();
    }
};

Worker::Worker(
    net::Loop& loop, crypto::PrivateKey key, Settings settings, Transcoding transcoding, Hooks hooks
)
    : inside_(std::make_shared<Inside>(
          loop, std::move(key), std::move(settings), std::move(transcoding), std::move(hooks)
      ))
{
}

Worker::~Worker() = default;

void Worker::start()
{
    spawn(inside_->run(inside_));
}

void Worker::stop()
{
    if (inside_->stopping) return;
    inside_->stopping = true;
    spawn(inside_->drain(inside_));
}

}  // namespace millpond
