#include "edge/transcoders/transcoder_edge.hpp"

#include "base/mailbox.hpp"
#include "crypto/digest.hpp"
#include "crypto/signature.hpp"
#include "edge/net/grpc.hpp"
#include "edge/transcoders/internal/applicant.hpp"
#include "edge/transcoders/internal/result_checks.hpp"
#include "edge/transcoders/internal/result_reader.hpp"
#include "edge/wire/headers.hpp"
#include "edge/wire/join_token.hpp"
#include "edge/wire/messages.hpp"
#include "edge/wire/millpond_headers.hpp"
#include "edge/wire/pool_word.hpp"
#include "edge/wire/video_signature.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <variant>

namespace millpond {
namespace {

constexpr std::string_view register_path = "/net.Transcoder/RegisterTranscoder";
constexpr std::string_view results_path = "/transcodeResults";
constexpr std::string_view source_path = "/source/";
constexpr std::string_view drain_path = "/millpond/drain";
constexpr std::size_t error_text_max = 1'024;
constexpr std::size_t agreement_bytes_max = 1'024;

struct Stop {
    net::GrpcStatus status;
};

struct Gone {};

using Letter = std::variant<Bytes, Stop, Gone>;

/// A transcoder that is registered now.
struct Member {
    TranscoderId id;
    fleet::Kind kind = fleet::Kind::stock;
    crypto::AddressBytes address{};
    std::string name;
    std::string credentials;  ///< that results of a stock one must show; empty for any
    Mailbox<Letter> letters;
    bool draining = false;
    bool ended = false;
};

/// A task in somebody's hands.
struct Work {
    TaskId task;
    std::shared_ptr<Member> member;
    Segment segment;
    Hash32 ladder_hash{};
    std::string source_name;
    std::optional<Result<Claim, TranscodeFault>> outcome;
    std::coroutine_handle<> waiter;
    bool receiving = false;  ///< a result for it is coming in

    void end(Result<Claim, TranscodeFault> with)
    {
        if (outcome) return;
        outcome.emplace(std::move(with));
        if (const auto waiting = std::exchange(waiter, {})) waiting.resume();
    }
};

struct Outcome {
    Work& work;

    [[nodiscard]] bool await_ready() const { return work.outcome.has_value(); }

    void await_suspend(std::coroutine_handle<> waiting) const { work.waiter = waiting; }

    void await_resume() const noexcept {}
};

std::optional<std::int64_t> integer(std::optional<std::string_view> text)
{
    if (!text) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
    return value;
}

/// No honest rendition is larger than this for what was asked.
std::size_t rendition_bytes_max(const VideoProfile& profile, Duration duration)
{
    const double seconds = std::chrono::duration<double>(duration).count() + 1;
    const double video = static_cast<double>(profile.bitrate) / 8 * seconds * 6;
    return std::min<std::size_t>(300'000'000, static_cast<std::size_t>(video) + (8U << 20U));
}

/// What the gateway said that is for a transcoder, and what follows from the profiles.
Capabilities capabilities_of_job(const Segment& segment)
{
    Capabilities job = wire::job_capabilities(segment.ladder, segment.wants_signatures);
    job.version_min = segment.needs.version_min;
    if (!segment.needs.bits.empty()) job.bits[0] |= segment.needs.bits[0];
    return job;
}

}  // namespace

struct TranscoderEdge::Inside {
    Inside(net::Loop& on, HashService& hash, Sources& from, Metrics& counts, Settings with)
        : loop(on),
          hashes(hash),
          sources(from),
          metrics(counts),
          settings(std::move(with))
    {
    }

    net::Loop& loop;
    HashService& hashes;
    Sources& sources;
    Metrics& metrics;
    Settings settings;
    Hooks hooks;
    Receipts* receipts = nullptr;
    std::map<TranscoderId, std::shared_ptr<Member>> members;
    std::map<TaskId, std::shared_ptr<Work>> works;
    std::map<std::string, SegmentId> source_names;
    bool draining = false;

    [[nodiscard]] Door door() const
    {
        return {.now = loop.now(), .settings = settings, .receipts = receipts, .metrics = metrics};
    }

    Task<void> enlist(net::Exchange& exchange)
    {
        auto applicant = co_await read_applicant(
            exchange,
            door(),
            {.closing = draining, .full = members.size() >= settings.transcoders_max}
        );
        if (!applicant) co_return;
        fleet::Transcoder* const transcoder = &applicant->transcoder;
        settings.last = TranscoderId{settings.last.value() + 1};
        transcoder->id = settings.last;
        const auto member = std::make_shared<Member>();
        member->id = transcoder->id;
        member->kind = transcoder->kind;
        member->address = transcoder->address.value();
        member->name = transcoder->name;
        member->credentials = std::move(applicant->credentials);
        const auto started = co_await net::start_messages(exchange);
        if (!started) co_return;
        members.emplace(member->id, member);
        exchange.on_gone([member] { member->letters.push(Gone{}); });
        if (receipts != nullptr && member->kind == fleet::Kind::ours) {
            if (auto newest = receipts->newest(transcoder->address))
                say(*member, {.voucher = *std::move(newest)});
            if (const PoolReceipt* proposed = receipts->proposed(transcoder->address))
                say(*member, word_of(*proposed));
        }
        if (hooks.joined) hooks.joined(std::move(*transcoder));
        const std::string reason = co_await talk(exchange, member);
        remove(member, reason);
    }

    void begin_drain(Member& member)
    {
        member.draining = true;
        if (hooks.draining) hooks.draining(member.id);
        let_go(member);
    }

    /// A draining transcoder's registration ends when it has no task: from then on it can be sure
    /// that none is on its way to it.
    void let_go(Member& member)
    {
        const bool has_task = std::ranges::any_of(works, [&](const auto& each) {
            return each.second->member.get() == &member;
        });
        if (!member.draining || has_task || (hooks.promised && hooks.promised(member.id))) return;
        member.letters.push(Stop{.status = {}});
    }

    static void say(Member& member, const wire::PoolWord& word)
    {
        wire::NotifySegment notice;
        notice.millpond = wire::encode(word);
        member.letters.push(wire::encode(notice));
    }

    static wire::PoolWord word_of(const PoolReceipt& receipt)
    {
        wire::PoolWord word{.reason = receipt.reason};
        const bool voucher = receipt.kind == ReceiptKind::voucher;
        const bool correction = receipt.kind == ReceiptKind::correction;
        (voucher ? word.voucher : correction ? word.correction : word.reject) = receipt.object;
        return word;
    }

    /// To every machine of the account.
    void tell(const PoolReceipt& receipt)
    {
        const wire::PoolWord word = word_of(receipt);
        for (const auto& [id, member] : members) {
            if (member->kind == fleet::Kind::ours && member->address == receipt.to.value())
                say(*member, word);
        }
    }

    Task<void> take_agreement(net::Exchange& exchange)
    {
        auto object = co_await exchange.read_all(agreement_bytes_max);
        if (!object) {
            std::ignore = co_await exchange.reply(413, "text/plain", "agreement: too long\n");
            co_return;
        }
        Result<void, std::string> entered = because(std::string{"agreement: nobody takes it"});
        if (hooks.agreed) entered = co_await hooks.agreed(*std::move(object));
        std::ignore = co_await exchange.reply(
            entered ? 200 : 409, "text/plain", entered ? "OK" : entered.error() + "\n"
        );
    }

    Task<void> send_terms(net::Exchange& exchange)
    {
        if (receipts == nullptr) {
            std::ignore = co_await exchange.reply(404, "text/plain", "the pool signs nothing\n");
            co_return;
        }
        const Bytes terms = wire::encode(wire::Terms{
            .operator_address = receipts->operator_address().value(), .domain = receipts->domain()
        });
        std::ignore =
            co_await exchange.reply(200, "application/octet-stream", std::string{as_text(terms)});
    }

    /// What a machine that does not sign may show instead: to whoever has the account's key.
    Task<void> give_token(net::Exchange& exchange)
    {
        const auto header = exchange.head().headers.find(wire::join_header_name).value_or("");
        const auto join = check_join(header, door());
        if (!join || !wire::is_worker_name(join->name)) {
            const std::string why =
                join ? "a worker's name is letters, digits, - and _" : join.error();
            std::ignore = co_await exchange.reply(403, "text/plain", why + "\n");
            co_return;
        }
        const std::string token = wire::make_join_token(
            settings.token_secret, {.address = join->address, .worker = join->name}
        );
        std::ignore = co_await exchange.reply(200, "text/plain", token + "\n");
    }

    /// Sends what is to be sent until one side ends it; says why.
    Task<std::string> talk(net::Exchange& exchange, std::shared_ptr<Member> member)
    {
        while (true) {
            Letter letter = co_await member->letters.next();
            if (std::holds_alternative<Gone>(letter)) co_return "disconnected";
            if (const auto* stop = std::get_if<Stop>(&letter)) {
                std::ignore = co_await net::finish_with(exchange, stop->status);
                co_return member->draining ? "drained" : "pool is closing";
            }
            const auto sent = co_await net::write_message(exchange, std::get<Bytes>(letter));
            if (!sent) co_return sent.error().what;
        }
    }

    void remove(const std::shared_ptr<Member>& member, const std::string& reason)
    {
        member->ended = true;
        members.erase(member->id);
        std::vector<std::shared_ptr<Work>> cut;
        for (const auto& [task, work] : works) {
            if (work->member == member) cut.push_back(work);
        }
        if (hooks.left) hooks.left(member->id, reason);
        for (const auto& work : cut) {
            // A result that is on its way may still arrive whole, on its own connection.
            if (work->receiving && !draining) continue;
            work->end(because(TranscodeFault{.kind = TranscodeFault::Kind::left, .text = reason}));
        }
    }

    Task<void> send_source(net::Exchange& exchange)
    {
        const std::string name = exchange.head().path.substr(source_path.size());
        const auto named = source_names.find(name);
        const auto source = named == source_names.end() ? nullptr : sources.find(named->second);
        if (!source) {
            std::ignore = co_await exchange.reply(404, "text/plain", "ErrNotFound\n");
            co_return;
        }
        const auto body = source->body;
        net::ResponseHead head;
        head.headers.add("content-type", "video/mp2t");
        if (body->size()) head.headers.add("content-length", std::to_string(*body->size()));
        if (!co_await exchange.respond(std::move(head))) co_return;
        // The transcoder may begin before the hash of the last bytes is made: take_result waits for
        // that. Without a known size only the body's own end tells that it is whole.
        std::size_t sent = 0;
        for (std::size_t index = 0; !body->size() || sent < *body->size(); ++index) {
            const auto piece = co_await body->piece(index);
            // A source that broke off: the transcoder must not take it for whole.
            if (!piece) co_return;
            if ((*piece)->empty()) break;
            if (!co_await exchange.write(*piece)) co_return;
            sent += (*piece)->size();
        }
        std::ignore = co_await exchange.finish({});
    }

    Task<void> refuse_result(net::Exchange& exchange, int status, std::string text)
    {
        metrics.count("millpond_results_refused_total", {{"reason", text}});
        std::ignore = co_await exchange.reply(status, "text/plain", text + "\n");
    }

    /// Who may answer for this task, by what the request's head says; a text when it may not.
    Result<std::shared_ptr<Work>, std::pair<int, std::string>> find_work(
        const net::RequestHead& head
    ) const
    {
        const auto& headers = head.headers;
        if (headers.find("authorization") != "Livepeer-Transcoder-1.0") {
            return because(std::pair{401, std::string{"Unauthorized"}});
        }
        const auto task = integer(headers.find("taskid"));
        if (!task) return because(std::pair{400, std::string{"Invalid Task ID"}});
        const auto found = works.find(TaskId{*task});
        if (found == works.end() || found->second->outcome) {
            return because(std::pair{404, std::string{"unknown or finished task"}});
        }
        const auto& work = found->second;
        if (work->receiving)
            return because(std::pair{409, std::string{"a result for this task is coming in"}});
        if (work->member->kind == fleet::Kind::ours) return work;
        const auto secret = headers.find("credentials").value_or("");
        const std::string& credentials = work->member->credentials;
        if (!credentials.empty() &&
            !equal_in_constant_time(as_bytes(secret), as_bytes(credentials))) {
            return because(std::pair{401, std::string{"Unauthorized"}});
        }
        return work;
    }

    Task<void> take_result(net::Exchange& exchange)
    {
        const auto found = find_work(exchange.head());
        if (!found) {
            co_await refuse_result(exchange, found.error().first, found.error().second);
            co_return;
        }
        const std::shared_ptr<Work>& work = *found;
        std::optional<wire::SignedClaim> claim;
        if (work->member->kind == fleet::Kind::ours) {
            auto checked = check_claim(exchange.head(), work->task, work->member->address);
            // An outsider's word changes nothing for the task.
            if (!checked) {
                co_await refuse_result(exchange, 403, checked.error());
                co_return;
            }
            claim = std::move(*checked);
        }
        const bool failed = is_failure(exchange);
        auto commit = failed ? Bytes{} : check_commit(exchange.head(), work->task, receipts);
        if (!commit) {
            co_await refuse_result(exchange, 403, commit.error());
            co_return;
        }
        work->receiving = true;
        auto result = co_await read_result(exchange, *work);
        work->receiving = false;
        if (!result) {
            const TranscodeFault& fault = result.error();
            if (work->member->ended && fault.text.starts_with("result broke off")) {
                work->end(because(
                    TranscodeFault{.kind = TranscodeFault::Kind::left, .text = "disconnected"}
                ));
                co_return;
            }
            if (fault.kind == TranscodeFault::Kind::reported) {
                std::ignore = co_await exchange.reply(200, "text/plain", "OK");
            } else if (!exchange.gone()) {
                co_await refuse_result(exchange, 400, fault.text);
            }
            work->end(because(fault));
            co_return;
        }
        // No result counts for a source that turns out to be another.
        if (const auto source = sources.find(work->segment.id)) {
            const auto right = co_await source->body->ended();
            if (!right) {
                work->end(because(TranscodeFault{
                    .kind = TranscodeFault::Kind::bad_source, .text = right.error().what
                }));
                co_await refuse_result(exchange, 404, "unknown or finished task");
                co_return;
            }
        }
        if (claim) {
            const auto foreign = what_mismatches(*claim, *commit, work->ladder_hash, *result);
            if (foreign) {
                co_await refuse_garbage(exchange, *work, *foreign + " does not match the result");
                co_return;
            }
        }
        std::ignore = co_await exchange.reply(200, "text/plain", "OK");
        work->end(Claim{
            .task = work->task,
            .transcoder = work->member->id,
            .renditions = std::move(*result),
            .signature = claim ? claim->signature : Bytes{},
            .commit = *std::move(commit),
        });
    }

    static bool is_failure(const net::Exchange& exchange)
    {
        return exchange.head().headers.find("content-type") == "livepeer/transcoding-error";
    }

    Task<void> refuse_garbage(net::Exchange& exchange, Work& work, std::string text)
    {
        co_await refuse_result(exchange, 400, text);
        work.end(
            because(TranscodeFault{.kind = TranscodeFault::Kind::garbage, .text = std::move(text)})
        );
    }

    Task<Result<std::vector<RenditionBytes>, TranscodeFault>> read_result(
        net::Exchange& exchange, const Work& work
    )
    {
        if (is_failure(exchange)) {
            const auto text = co_await exchange.read_all(error_text_max);
            if (!text)
                co_return because(TranscodeFault{
                    .kind = TranscodeFault::Kind::garbage,
                    .text = "error text: " + text.error().what
                });
            co_return because(TranscodeFault{
                .kind = TranscodeFault::Kind::reported, .text = std::string{as_text(*text)}
            });
        }
        std::size_t bytes_max = 0;
        for (const auto& rung : work.segment.ladder) {
            bytes_max = std::max(bytes_max, rendition_bytes_max(rung, work.segment.duration));
        }
        const ResultAsked asked{
            .renditions = work.segment.ladder.size(),
            .bytes_max = bytes_max,
            .signature_bytes_max = work.segment.wants_signatures
                                       ? wire::video_signature_bytes_max(work.segment.duration)
                                       : 0,
        };
        auto result = co_await read_renditions(exchange, hashes, asked);
        co_return result;
    }

    /// Ends the work when its source breaks off or turns out to have another hash.
    Task<void> watch_source(std::shared_ptr<net::Body> body, std::shared_ptr<Work> work)
    {
        for (std::size_t index = 0;; ++index) {
            const auto piece = co_await body->piece(index);
            if (!piece) {
                work->end(because(TranscodeFault{
                    .kind = TranscodeFault::Kind::bad_source, .text = piece.error().what
                }));
                co_return;
            }
            if ((*piece)->empty() || work->outcome) co_return;
        }
    }
};

TranscoderEdge::TranscoderEdge(
    net::Loop& loop, HashService& hashes, Sources& sources, Metrics& metrics, Settings settings
)
    : inside_(std::make_shared<Inside>(loop, hashes, sources, metrics, std::move(settings)))
{
    metrics.describe("millpond_joins_refused_total", "registrations refused, by reason");
    metrics.describe("millpond_results_refused_total", "results refused, by reason");
}

TranscoderEdge::~TranscoderEdge() = default;

void TranscoderEdge::set_hooks(Hooks hooks)
{
    inside_->hooks = std::move(hooks);
}

void TranscoderEdge::set_service(std::string uri, std::string certificate)
{
    inside_->settings.service_uri = std::move(uri);
    inside_->settings.certificate = std::move(certificate);
}

void TranscoderEdge::set_receipts(Receipts* receipts)
{
    inside_->receipts = receipts;
    if (receipts == nullptr) return;
    receipts->on_tell([inside = inside_.get()](const PoolReceipt& each) { inside->tell(each); });
}

bool TranscoderEdge::handles(const std::string& path)
{
    return path == wire::terms_path || path == wire::join_token_path || path == register_path ||
           path == results_path || path == drain_path || path == wire::agreement_path ||
           path.starts_with(source_path);
}

Task<void> TranscoderEdge::serve(net::Exchange& exchange)
{
    const std::string& path = exchange.head().path;
    if (path == register_path) {
        co_await inside_->enlist(exchange);
    } else if (path == results_path) {
        co_await inside_->take_result(exchange);
    } else if (path == wire::terms_path) {
        co_await inside_->send_terms(exchange);
    } else if (path == wire::join_token_path) {
        co_await inside_->give_token(exchange);
    } else if (path == wire::agreement_path) {
        co_await inside_->take_agreement(exchange);
    } else if (path == drain_path) {
        const auto header = exchange.head().headers.find(wire::join_header_name).value_or("");
        const auto join = check_join(header, inside_->door());
        if (!join) {
            std::ignore = co_await exchange.reply(403, "text/plain", join.error() + "\n");
            co_return;
        }
        const auto members = inside_->members;
        for (const auto& [id, member] : members) {
            if (member->kind == fleet::Kind::ours && member->address == join->address &&
                member->name == join->name)
                inside_->begin_drain(*member);
        }
        std::ignore = co_await exchange.reply(200, "text/plain", "OK");
    } else {
        co_await inside_->send_source(exchange);
    }
}

Task<Result<Claim, TranscodeFault>> TranscoderEdge::transcode(
    TaskId task, TranscoderId who, Segment segment, Time deadline
)
{
    const auto member = inside_->members.find(who);
    if (member == inside_->members.end()) {
        co_return because(
            TranscodeFault{.kind = TranscodeFault::Kind::left, .text = "not registered"}
        );
    }
    const auto source = inside_->sources.find(segment.id);
    if (!source)
        co_return because(
            TranscodeFault{.kind = TranscodeFault::Kind::bad_source, .text = "source is gone"}
        );
    auto work = std::make_shared<Work>();
    work->task = task;
    work->member = member->second;
    work->ladder_hash = wire::ladder_hash(segment.ladder);
    Hash32 name{};
    crypto::fill_random(name);
    work->source_name = to_hex(name) + ".ts";
    inside_->works.emplace(task, work);
    inside_->source_names.emplace(work->source_name, segment.id);

    wire::NotifySegment notice;
    notice.url = inside_->settings.service_uri + std::string{source_path} + work->source_name;
    notice.task = task.value();
    notice.orchestrator = "offchain";
    notice.seg_data.emplace();
    auto& data = *notice.seg_data;
    const auto& manifest =
        segment.id.session.value();  // the gateway's own name may not be a file name
    data.manifest.assign(manifest.begin(), manifest.end());
    data.seq = segment.id.seq;
    data.hash.assign(segment.source_hash.begin(), segment.source_hash.end());
    data.duration_ms = static_cast<std::int32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(segment.duration).count()
    );
    data.calc_perceptual_hash = segment.wants_signatures;
    data.capabilities = capabilities_of_job(segment);
    data.auth_token = wire::AuthToken{.session = segment.id.session.value()};
    data.ladder = segment.ladder;
    work->segment = std::move(segment);
    if (const Bytes* offer =
            inside_->receipts == nullptr ? nullptr : inside_->receipts->offer_of(task))
        notice.millpond = wire::encode(wire::PoolWord{.offer = *offer});

    const auto timer = inside_->loop.at(deadline, [work] {
        work->end(because(
            TranscodeFault{.kind = TranscodeFault::Kind::silent, .text = "no result in time"}
        ));
    });
    work->member->letters.push(wire::encode(notice));
    if (!work->outcome) spawn(inside_->watch_source(source->body, work));
    co_await Outcome{*work};
    inside_->loop.cancel(timer);
    inside_->works.erase(task);
    inside_->source_names.erase(work->source_name);
    // Not at once: the flow has to take note first that it is back.
    if (work->member->draining) {
        inside_->loop.post([weak = std::weak_ptr{inside_}, member = work->member] {
            if (const auto inside = weak.lock()) inside->let_go(*member);
        });
    }
    co_return std::move(*work->outcome);
}

void TranscoderEdge::end_session(TranscoderId who, SessionId session)
{
    const auto member = inside_->members.find(who);
    if (member == inside_->members.end()) return;
    wire::NotifySegment notice;
    notice.seg_data.emplace();
    notice.seg_data->auth_token = wire::AuthToken{.session = session.value()};
    member->second->letters.push(wire::encode(notice));
}

void TranscoderEdge::drain()
{
    inside_->draining = true;
    const auto members = inside_->members;
    for (const auto& [id, member] : members)
        member->letters.push(Stop{.status = {}});
}

std::size_t TranscoderEdge::joined() const
{
    return inside_->members.size();
}

}  // namespace millpond
