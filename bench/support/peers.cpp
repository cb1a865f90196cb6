#include "bench/support/peers.hpp"

#include "bench/support/child.hpp"
#include "bench/support/pool.hpp"
#include "core/payment/ticket.hpp"
#include "crypto/digest.hpp"
#include "crypto/keccak.hpp"
#include "edge/net/grpc.hpp"
#include "edge/net/url.hpp"
#include "edge/wire/headers.hpp"
#include "edge/wire/millpond_headers.hpp"
#include "edge/wire/multipart.hpp"
#include "edge/wire/payment_values.hpp"

#include <algorithm>

namespace millpond::bench {
namespace {

constexpr Duration patience = std::chrono::seconds{60};
constexpr int joining_at_once = 16;
constexpr std::string_view boundary = "bench0123456789";

/// Random bytes and their hash.
struct Hashed {
    explicit Hashed(std::size_t size)
    {
        Bytes random(size);
        crypto::fill_random(random);
        bytes = make_blob(std::move(random));
        hash = crypto::keccak256(*bytes);
    }

    Blob bytes;
    Hash32 hash{};
};

const Hashed& source()
{
    static const Hashed made{source_bytes};
    return made;
}

const std::vector<Hashed>& renditions()
{
    static const std::vector<Hashed> made = [] {
        std::vector<Hashed> all;
        for (std::size_t i = 0; i < bench_ladder().size(); ++i)
            all.emplace_back(rendition_bytes);
        return all;
    }();
    return made;
}

template <typename T, typename E>
T must(Result<T, E> result, const char* what)
{
    if (!result) {
        if constexpr (requires { result.error().what; }) {
            give_up(std::string{what} + ": " + result.error().what);
        } else {
            give_up(std::string{what} + ": " + result.error().message);
        }
    }
    return std::move(*result);
}

/// Reads an answer to its end and drops it; gives back its size.
Task<std::size_t> drop_answer(net::Call& call)
{
    std::size_t size = 0;
    while (true) {
        const auto piece = must(co_await call.read(), "answer");
        if (piece->empty()) co_return size;
        size += piece->size();
    }
}

}  // namespace

net::ClientSettings settings_for(std::uint16_t port)
{
    return {.host = "127.0.0.1", .port = port, .connect = patience};
}

FakeTranscoder::FakeTranscoder(net::Loop& loop, std::uint16_t port, std::string name)
    : loop_(loop),
      name_(std::move(name)),
      control_(loop, settings_for(port)),
      data_(loop, settings_for(port))
{
    on_notice = [](FakeTranscoder& self, wire::NotifySegment notice) {
        return self.work(std::move(notice));
    };
}

FakeTranscoder::~FakeTranscoder() = default;

Task<void> FakeTranscoder::serve()
{
    wire::Join join;
    join.address = key_.address();
    join.name = name_;
    join.signed_at_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(loop_.now().time_since_epoch())
            .count();
    const auto digest = parse_hex(must(co_await control_.peer_certificate(), "connect"));
    std::ranges::copy(*digest, join.pool_certificate.begin());
    const auto signature = key_.sign_personal(wire::join_message(join));
    join.signature.assign(signature.begin(), signature.end());
    net::Headers extra;
    extra.add(wire::join_header_name, wire::join_header(join));
    wire::RegisterRequest request;
    request.capacity = 100;
    request.capabilities = wire::transcoding_capabilities();
    const auto stream = must(
        co_await net::MessageStream::open(
            control_, "/net.Transcoder/RegisterTranscoder", wire::encode(request), extra
        ),
        "join"
    );
    if (on_joined) on_joined();
    while (true) {
        const auto message = co_await stream->next();
        if (!message) co_return;
        auto notice = wire::parse<wire::NotifySegment>(*message);
        if (!notice) give_up(notice.error().what);
        if (!notice->url.empty()) spawn(on_notice(*this, std::move(*notice)));
    }
}

net::RequestHead FakeTranscoder::result_head(const wire::NotifySegment& notice, bool failed) const
{
    net::RequestHead head{.method = "POST", .path = "/transcodeResults"};
    head.headers.add("authorization", "Livepeer-Transcoder-1.0");
    head.headers.add("taskid", std::to_string(notice.task));
    head.headers.add("pixels", "1");
    wire::SignedClaim claim;
    claim.task = notice.task;
    claim.ladder_hash = wire::ladder_hash(notice.seg_data->ladder);
    if (!failed) {
        std::ranges::copy(notice.seg_data->hash, claim.source_hash.begin());
        for (const auto& each : renditions())
            claim.renditions.push_back(each.hash);
    }
    const auto signature = key_.sign_personal(wire::claim_message(claim));
    claim.signature.assign(signature.begin(), signature.end());
    head.headers.add(wire::claim_header_name, wire::claim_header(claim));
    return head;
}

Task<void> FakeTranscoder::post_error(wire::NotifySegment notice, std::string text)
{
    auto head = result_head(notice, true);
    head.headers.add("content-type", "livepeer/transcoding-error");
    const auto bytes = as_bytes(text);
    const auto call = must(
        co_await work_->start(
            std::move(head), make_blob(Bytes(bytes.begin(), bytes.end())), loop_.now() + patience
        ),
        "post"
    );
    std::ignore = co_await drop_answer(*call);
}

Task<void> FakeTranscoder::work(wire::NotifySegment notice)
{
    const auto url = must(net::parse_url(notice.url), "url");
    const auto get = must(
        co_await work_->start(
            {.method = "GET", .path = url.path}, make_blob({}), loop_.now() + patience
        ),
        "fetch"
    );
    if (co_await drop_answer(*get) != source_bytes) give_up("a source came short");
    auto head = result_head(notice, false);
    head.headers.add("content-type", "multipart/mixed; boundary=" + std::string{boundary});
    std::vector<wire::ResultPart> parts;
    for (const auto& each : renditions())
        parts.push_back({.content_type = "video/mp2t", .pixels = 1, .body = each.bytes});
    const auto post = must(co_await work_->start(std::move(head), loop_.now() + patience), "post");
    for (const auto& piece : wire::multipart_body(boundary, parts)) {
        const auto sent = co_await post->write(piece);
        if (!sent) give_up("post: " + sent.error().what);
    }
    std::ignore = co_await post->finish();
    if (must(co_await post->head(), "post").status != 200) give_up("a result was refused");
}

std::int64_t nanoseconds_now()
{
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

namespace {

void give_habit(FakeTranscoder& transcoder, Habit habit)
{
    if (habit == Habit::work_on_one) transcoder.use_one_connection();
    if (habit != Habit::tell_time) return;
    transcoder.on_notice = [](FakeTranscoder& self, wire::NotifySegment notice) {
        return self.post_error(std::move(notice), std::to_string(nanoseconds_now()));
    };
}

}  // namespace

void run_transcoders(std::uint16_t port, int count, Habit habit, const std::function<void()>& ready)
{
    net::Loop loop;
    std::ignore = renditions();
    std::vector<std::unique_ptr<FakeTranscoder>> all;
    int joined = 0;
    const std::function<void()> join_next = [&] {
        if (all.size() == static_cast<std::size_t>(count)) return;
        const std::string name = "fake" + std::to_string(all.size());
        all.push_back(std::make_unique<FakeTranscoder>(loop, port, name));
        give_habit(*all.back(), habit);
        all.back()->on_joined = [&] {
            if (++joined == count) ready();
            loop.post([&] { join_next(); });
        };
        spawn(all.back()->serve());
    };
    for (int i = 0; i < joining_at_once; ++i)
        join_next();
    loop.run();
}

FakeGateway::FakeGateway(net::Loop& loop, std::uint16_t port)
    : loop_(loop),
      client_(loop, settings_for(port))
{
}

FakeGateway::~FakeGateway() = default;

Task<void> FakeGateway::open()
{
    wire::OrchestratorRequest request;
    request.address = Bytes(20, 0);
    if (key_) {
        const auto address = key_->address();
        request.address.assign(address.begin(), address.end());
        const auto signature = key_->sign_personal(wire::orchestrator_request_message(address));
        request.signature.assign(signature.begin(), signature.end());
    }
    request.capabilities = wire::job_capabilities(bench_ladder());
    const Time latest = loop_.now() + patience;
    while (loop_.now() < latest) {
        const auto answer = co_await net::call_unary(
            client_, "/net.Orchestrator/GetOrchestrator", wire::encode(request), latest
        );
        if (answer) {
            take_info(must(wire::parse<wire::OrchestratorInfo>(*answer), "session"));
            co_return;
        }
        // Nobody is measured yet.
        co_await loop_.sleep_until(loop_.now() + std::chrono::milliseconds{20});
    }
    give_up("the pool takes no sessions");
}

void FakeGateway::pay(std::uint32_t tickets)
{
    key_ = crypto::PrivateKey::generate();
    tickets_ = tickets;
}

void FakeGateway::take_info(wire::OrchestratorInfo info)
{
    info_ = std::move(info);
    nonce_ = 0;
}

void FakeGateway::sign(wire::SegData& data) const
{
    const auto signature = key_->sign_personal(wire::segment_message(data));
    data.signature.assign(signature.begin(), signature.end());
}

std::string FakeGateway::payment_header()
{
    const Address sender{key_->address()};
    wire::Payment payment;
    payment.sender.assign(sender.value().begin(), sender.value().end());
    payment.expected_price = info_.price_info;
    payment.ticket_params = info_.ticket_params;
    const auto params = wire::params_of(*payment.ticket_params);
    payment.expiration_params = std::exchange(payment.ticket_params->expiration_params, {});
    for (std::uint32_t i = 0; i < tickets_; ++i) {
        const auto signature = key_->sign_personal(payment::ticket_hash(params, sender, ++nonce_));
        payment.ticket_sender_params.push_back(
            {.sender_nonce = nonce_, .signature = {signature.begin(), signature.end()}}
        );
    }
    return wire::payment_header(payment);
}

Task<void> FakeGateway::fetch(std::string url, int& left, std::coroutine_handle<>& waiting)
{
    const auto parsed = must(net::parse_url(url), "url");
    const auto call = must(
        co_await client_.start(
            {.method = "GET", .path = parsed.path}, make_blob({}), loop_.now() + patience
        ),
        "fetch"
    );
    if (co_await drop_answer(*call) != rendition_bytes) give_up("a rendition came short");
    if (--left == 0 && waiting) waiting.resume();
}

Task<void> FakeGateway::push()
{
    wire::SegData data;
    const std::string_view manifest = "bench";
    data.manifest.assign(manifest.begin(), manifest.end());
    data.seq = ++seq_;
    data.hash.assign(source().hash.begin(), source().hash.end());
    data.duration_ms = 2'000;
    data.capabilities = wire::job_capabilities(bench_ladder());
    data.auth_token = info_.auth_token;
    data.ladder = bench_ladder();
    if (key_) sign(data);
    net::RequestHead head{.method = "POST", .path = "/segment"};
    head.headers.add("livepeer-segment", wire::segment_header(data));
    head.headers.add("livepeer-payment", key_ ? payment_header() : "");
    head.headers.add("content-type", "video/MP2T");
    const auto call = must(
        co_await client_.start(std::move(head), source().bytes, loop_.now() + patience), "segment"
    );
    const auto answer = must(co_await call->read_all(1U << 20U), "segment");
    const auto result = must(wire::parse<wire::TranscodeResult>(answer), "segment");
    const auto* done = std::get_if<wire::TranscodeData>(&result.result);
    if (done == nullptr) give_up("a segment was refused");
    if (key_ && result.info) take_info(*result.info);

    struct Wait {
        int& left;
        std::coroutine_handle<>& waiting;

        [[nodiscard]] bool await_ready() const { return left == 0; }

        void await_suspend(std::coroutine_handle<> handle) const { waiting = handle; }

        void await_resume() const noexcept {}
    };

    int left = static_cast<int>(done->segments.size());
    std::coroutine_handle<> waiting;
    for (const auto& each : done->segments)
        spawn(fetch(each.url, left, waiting));
    co_await Wait{.left = left, .waiting = waiting};
}

DirectGateway::DirectGateway(net::Loop& loop, std::uint16_t port)
    : loop_(loop),
      client_(loop, settings_for(port))
{
}

DirectGateway::~DirectGateway() = default;

Task<void> DirectGateway::push()
{
    const auto call = must(
        co_await client_.start(
            {.method = "POST", .path = "/"}, source().bytes, loop_.now() + patience
        ),
        "direct"
    );
    if (co_await drop_answer(*call) != 4 * rendition_bytes) give_up("an answer came short");
}

void run_to_end(net::Loop& loop, Task<void> task)
{
    const auto then_stop = [](net::Loop& on, Task<void> inner) -> Task<void> {
        co_await std::move(inner);
        on.stop();
    };
    spawn(then_stop(loop, std::move(task)));
    loop.run();
}

}  // namespace millpond::bench
