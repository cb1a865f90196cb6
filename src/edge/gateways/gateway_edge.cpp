#include "edge/gateways/gateway_edge.hpp"

#include "crypto/digest.hpp"
#include "crypto/signature.hpp"
#include "edge/net/grpc.hpp"
#include "edge/wire/headers.hpp"
#include "edge/wire/messages.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

namespace millpond {
namespace {

constexpr std::string_view get_orchestrator_path = "/net.Orchestrator/GetOrchestrator";
constexpr std::string_view end_session_path = "/net.Orchestrator/EndTranscodingSession";
constexpr std::string_view ping_path = "/net.Orchestrator/Ping";
constexpr std::string_view segment_path = "/segment";
constexpr std::string_view stream_path = "/stream/";
constexpr std::int32_t duration_default_ms = 2'000;

/// A request for a segment while it is open.
struct Pending {
    net::Exchange& exchange;
    wire::AuthToken token;
    Ladder ladder;
};

std::string session_name()
{
    std::array<std::uint8_t, 16> random{};
    crypto::fill_random(random);
    return to_hex(random);
}

/// The profile's name where it is fit for a path, else its place in the ladder.
std::string rendition_name(const Ladder& ladder, std::size_t index)
{
    const std::string& name = ladder[index].name;
    const auto plain = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_' || c == '-';
    };
    const bool fit = !name.empty() && name.size() <= 64 && std::ranges::all_of(name, plain);
    const bool twice = std::ranges::count(ladder, name, &VideoProfile::name) > 1;
    if (fit && !twice) return name;
    return "rendition" + std::to_string(index);
}

Task<Result<void, Fault>> answer_message(net::Exchange& exchange, Bytes message)
{
    auto sent = co_await net::start_messages(exchange);
    if (sent) sent = co_await net::write_message(exchange, message);
    if (sent) sent = co_await net::finish_with(exchange, {});
    co_return sent;
}

Task<Result<void, Fault>> refuse_call(net::Exchange& exchange, std::string text)
{
    auto sent = co_await net::finish_with(exchange, {net::GrpcCode::unknown, std::move(text)});
    co_return sent;
}

/// Status and text of livepeer-wire 3.5.
struct HttpRefusal {
    int status = 403;
    std::string text;
};

}  // namespace

struct GatewayEdge::Inside {
    Inside(
        net::Loop& on,
        HashService& hash,
        Sources& from,
        Metrics& counts,
        const Pool& of,
        Settings with
    )
        : loop(on),
          hashes(hash),
          sources(from),
          metrics(counts),
          pool(of),
          settings(std::move(with)),
          results({})
    {
    }

    net::Loop& loop;
    HashService& hashes;
    Sources& sources;
    Metrics& metrics;
    const Pool& pool;
    Settings settings;
    SegmentFlow* flow = nullptr;  ///< set once, before the first request
    net::BodyStore results;
    std::map<SegmentId, std::shared_ptr<Pending>> pending;
    std::uint64_t arrivals = 0;
    bool draining = false;

    [[nodiscard]] std::int64_t now_s() const
    {
        return std::chrono::duration_cast<std::chrono::seconds>(loop.now().time_since_epoch())
            .count();
    }

    [[nodiscard]] wire::OrchestratorInfo info(wire::AuthToken token) const
    {
        wire::OrchestratorInfo message;
        message.transcoder = settings.service_uri;
        message.address = Bytes(20, 0);
        message.capabilities = wire::transcoding_capabilities();
        message.auth_token = std::move(token);
        return message;
    }

    Task<void> get_orchestrator(net::Exchange& exchange)
    {
        const auto message = co_await net::read_message(exchange);
        if (!message) {
            std::ignore = co_await net::finish_with(exchange, message.error());
            co_return;
        }
        const auto request = wire::parse<wire::OrchestratorRequest>(*message);
        if (!request) {
            std::ignore = co_await refuse_call(
                exchange, "Invalid orchestrator request: " + request.error().what
            );
            co_return;
        }
        if (!signed_by_sender(*request)) {
            std::ignore = co_await refuse_call(
                exchange, "Invalid orchestrator request: orchestrator req sig check failed"
            );
            co_return;
        }
        if (draining || !pool.sessions.has_room() || pool.fleet.ready() == 0) {
            metrics.count("millpond_gateways_refused_total", {{"reason", "OrchestratorCapped"}});
            std::ignore =
                co_await refuse_call(exchange, "Invalid orchestrator request: OrchestratorCapped");
            co_return;
        }
        auto token = wire::make_auth_token(
            settings.token_secret, session_name(), now_s() + settings.token_seconds
        );
        std::ignore = co_await answer_message(exchange, wire::encode(info(std::move(token))));
    }

    /// Off-chain gateways sign nothing; what is signed must be right.
    static bool signed_by_sender(const wire::OrchestratorRequest& request)
    {
        if (request.signature.empty()) return true;
        crypto::AddressBytes address{};
        if (request.address.size() != address.size()) return false;
        std::ranges::copy(request.address, address.begin());
        const auto signer = crypto::recover_personal(
            wire::orchestrator_request_message(address), request.signature
        );
        return signer && *signer == address;
    }

    Task<void> end_session(net::Exchange& exchange)
    {
        const auto message = co_await net::read_message(exchange);
        if (!message) {
            std::ignore = co_await net::finish_with(exchange, message.error());
            co_return;
        }
        const auto request = wire::parse<wire::EndTranscodingSessionRequest>(*message);
        const auto token = request ? request->auth_token : std::nullopt;
        // The expiry does not matter for an end.
        const auto session = wire::check_auth_token(settings.token_secret, token, 0);
        if (!session) {
            std::ignore = co_await refuse_call(exchange, "Invalid auth token");
            co_return;
        }
        std::ignore =
            co_await answer_message(exchange, wire::encode(wire::EndTranscodingSessionResponse{}));
        co_await flow->end_session(SessionId{*session}, "gateway");
    }

    Task<void> ping(net::Exchange& exchange)
    {
        const auto message = co_await net::read_message(exchange);
        if (!message) {
            std::ignore = co_await net::finish_with(exchange, message.error());
            co_return;
        }
        std::ignore = co_await answer_message(exchange, wire::encode(wire::PingPong{}));
    }

    /// Everything that can be said of a segment by its request's head, in the reference's order.
    Result<std::pair<Segment, wire::AuthToken>, HttpRefusal> read_head(const net::RequestHead& head)
    {
        const auto payment =
            wire::parse_payment_header(head.headers.find("livepeer-payment").value_or(""));
        if (!payment) return because(HttpRefusal{402, payment.error().what});
        const auto data =
            wire::parse_segment_header(head.headers.find("livepeer-segment").value_or(""));
        if (!data) return because(HttpRefusal{403, data.error().what});
        const std::int32_t duration_ms =
            data->duration_ms == 0 ? duration_default_ms : data->duration_ms;
        const Duration duration = std::chrono::milliseconds{duration_ms};
        if (duration_ms < 0 || duration > pool.sessions.limits().duration_max) {
            return because(HttpRefusal{403, "invalid duration"});
        }
        if (!signed_by_sender(*data, *payment)) return because(HttpRefusal{403, "ErrSegSig"});
        if (!wire::compatible(
                data->capabilities.value_or(wire::Capabilities{}), wire::transcoding_capabilities()
            )) {
            return because(HttpRefusal{403, "incompatible capabilities"});
        }
        const auto& token = data->auth_token;
        if (!token)
            return because(HttpRefusal{403, std::string{wire::text_of(wire::TokenRefusal::missing)}}
            );
        const auto session = wire::check_auth_token(settings.token_secret, token, now_s());
        if (!session) return because(HttpRefusal{403, std::string{wire::text_of(session.error())}});
        if (data->hash.size() != 32) return because(HttpRefusal{403, "Forbidden"});
        if (head.headers.find("content-type") == "application/vnd+livepeer.uri") {
            // Capabilities 5 and 6 are not advertised.
            return because(HttpRefusal{400, "BadRequest"});
        }
        Segment segment;
        segment.id = {.session = SessionId{*session}, .seq = data->seq, .arrival = ++arrivals};
        segment.manifest = ManifestId{std::string{as_text(data->manifest)}};
        segment.duration = duration;
        std::ranges::copy(data->hash, segment.source_hash.begin());
        segment.ladder = data->ladder;
        segment.arrived = loop.now();
        return std::pair{std::move(segment), *token};
    }

    static bool signed_by_sender(const wire::SegData& data, const wire::Payment& payment)
    {
        if (data.signature.empty() && payment.sender.empty()) return true;
        const auto signer = crypto::recover_personal(wire::segment_message(data), data.signature);
        return signer && std::ranges::equal(*signer, payment.sender);
    }

    Task<void> refuse_segment(net::Exchange& exchange, HttpRefusal refusal)
    {
        metrics.count("millpond_segments_refused_total", {{"reason", refusal.text}});
        std::ignore = co_await exchange.reply(
            refusal.status, "text/plain; charset=utf-8", refusal.text + "\n"
        );
    }

    Task<void> take_segment(net::Exchange& exchange)
    {
        auto read = read_head(exchange.head());
        if (!read) {
            co_await refuse_segment(exchange, read.error());
            co_return;
        }
        auto& [segment, token] = *read;
        const auto admission = draining ? Result<session::Admission, session::Refusal>{because(
                                              session::Refusal::too_many_sessions
                                          )}
                                        : flow->admit(segment);
        if (!admission) {
            co_await refuse_segment(
                exchange, {403, std::string{session::text_of(admission.error())}}
            );
            co_return;
        }
        metrics.count("livepeer_segment_source_appeared_total");
        const SegmentId id = segment.id;
        std::optional<std::size_t> size;
        if (const auto length = exchange.head().headers.find("content-length")) {
            std::size_t value = 0;
            const auto [end, error] =
                std::from_chars(length->data(), length->data() + length->size(), value);
            if (error == std::errc{} && end == length->data() + length->size()) size = value;
        }
        const auto body = std::make_shared<net::Body>(size);
        sources.put(id, body);
        pending.emplace(
            id,
            std::make_shared<Pending>(
                Pending{.exchange = exchange, .token = std::move(token), .ladder = segment.ladder}
            )
        );
        std::ignore = co_await exchange.respond({});
        bool received = false;
        std::coroutine_handle<> waiting;
        spawn(receive(exchange, body, segment.source_hash, received, waiting));
        co_await flow->serve(std::move(segment), *admission);

        struct Received {
            bool& received;
            std::coroutine_handle<>& waiting;

            [[nodiscard]] bool await_ready() const { return received; }

            void await_suspend(std::coroutine_handle<> handle) const { waiting = handle; }

            void await_resume() const noexcept {}
        };

        co_await Received{.received = received, .waiting = waiting};
        pending.erase(id);
    }

    /// Passes the source on as it arrives. Its end is only told once its hash is found right.
    Task<void> receive(
        net::Exchange& exchange,
        std::shared_ptr<net::Body> body,
        Hash32 expected,
        bool& received,
        std::coroutine_handle<>& waiting
    )
    {
        auto hash = hashes.open();
        while (true) {
            const auto piece = co_await exchange.read();
            if (!piece) {
                body->fail(
                    {.what = piece.error().what == "body_bytes"
                                 ? "Internal Server Error"
                                 : "source broke off: " + piece.error().what}
                );
                break;
            }
            if ((*piece)->empty()) {
                const bool right = co_await hash.finish() == expected;
                if (right && body->arrived() > 0) {
                    body->finish();
                } else {
                    metrics.count("millpond_segments_refused_total", {{"reason", "Forbidden"}});
                    body->fail({.what = "Forbidden"});
                }
                break;
            }
            hash.update(*piece);
            body->append(*piece);
        }
        received = true;
        if (waiting) waiting.resume();
    }

    Task<Result<void, Fault>> answer(
        SegmentId id, wire::TranscodeResult result, net::Headers trailers
    )
    {
        const auto found = pending.find(id);
        if (found == pending.end()) co_return because(Fault{.what = "request is over"});
        const auto open = found->second;
        result.seq = id.seq;
        result.info = info(open->token);
        auto sent = co_await open->exchange.write(make_blob(wire::encode(result)));
        if (sent) sent = co_await open->exchange.finish(std::move(trailers));
        co_return sent;
    }

    Task<void> send_rendition(net::Exchange& exchange)
    {
        const std::string_view rest =
            std::string_view{exchange.head().path}.substr(stream_path.size());
        const std::size_t slash = rest.find('/');
        const std::string session{rest.substr(0, slash)};
        const std::string name{slash == std::string_view::npos ? "" : rest.substr(slash + 1)};
        const auto body = results.find(session, name);
        if (!body) {
            std::ignore = co_await exchange.reply(404, "text/plain", "ErrNotFound\n");
            co_return;
        }
        const auto whole = co_await body->whole();
        if (!whole) co_return;
        net::ResponseHead head;
        head.headers.add("content-type", name.ends_with(".mp4") ? "video/mp4" : "video/mp2t");
        head.headers.add("content-length", std::to_string((*whole)->size()));
        head.headers.add("access-control-allow-origin", "*");
        head.headers.add("cache-control", "max-age=5");
        if (!co_await exchange.respond(std::move(head))) co_return;
        if (!co_await exchange.write(*whole)) co_return;
        std::ignore = co_await exchange.finish({});
    }
};

// One parameter more than elsewhere: what the edge is given once, when a pool is put together.
GatewayEdge::GatewayEdge(  // NOLINT(readability-function-size)
    net::Loop& loop,
    HashService& hashes,
    Sources& sources,
    Metrics& metrics,
    const Pool& pool,
    Settings settings
)
    : inside_(std::make_unique<Inside>(loop, hashes, sources, metrics, pool, std::move(settings)))
{
    // Unique over restarts as well.
    inside_->arrivals = static_cast<std::uint64_t>(loop.now().time_since_epoch().count());
    metrics.describe("livepeer_segment_source_appeared_total", "segments that gateways sent");
    metrics.describe("millpond_gateways_refused_total", "GetOrchestrator calls refused, by reason");
    metrics.describe(
        "millpond_segments_refused_total", "segments refused before transcoding, by reason"
    );
}

GatewayEdge::~GatewayEdge() = default;

void GatewayEdge::start(SegmentFlow& flow)
{
    inside_->flow = &flow;
}

void GatewayEdge::set_service(std::string uri)
{
    inside_->settings.service_uri = std::move(uri);
}

bool GatewayEdge::handles(const std::string& path)
{
    return path == get_orchestrator_path || path == end_session_path || path == ping_path ||
           path == segment_path || path == "/healthz" || path.starts_with(stream_path);
}

Task<void> GatewayEdge::serve(net::Exchange& exchange)
{
    const std::string& path = exchange.head().path;
    if (path == get_orchestrator_path) {
        co_await inside_->get_orchestrator(exchange);
    } else if (path == end_session_path) {
        co_await inside_->end_session(exchange);
    } else if (path == ping_path) {
        co_await inside_->ping(exchange);
    } else if (path == segment_path) {
        co_await inside_->take_segment(exchange);
    } else if (path == "/healthz") {
        std::ignore = co_await exchange.reply(200, "text/plain", "");
    } else {
        co_await inside_->send_rendition(exchange);
    }
}

Task<Result<void, Fault>> GatewayEdge::deliver(SegmentId segment, Delivery delivery)
{
    const auto found = inside_->pending.find(segment);
    if (found == inside_->pending.end()) co_return because(Fault{.what = "request is over"});
    const Ladder& ladder = found->second->ladder;
    const std::string& session = segment.session.value();
    const std::string base =
        inside_->settings.service_uri + std::string{stream_path} + session + "/";
    wire::TranscodeData data;
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        const auto* extension = ladder[i].container == Container::mp4 ? ".mp4" : ".ts";
        const std::string name =
            rendition_name(ladder, i) + "/" + std::to_string(segment.seq) + extension;
        inside_->results.put(
            session, name, std::make_shared<net::Body>(delivery.claim.renditions[i].bytes)
        );
        data.segments.push_back({
            .url = base + name,
            .pixels = delivery.pixels[i],
        });
    }
    // For gateways that want to know; others do not look at trailers.
    net::Headers trailers;
    trailers.add("millpond-transcoder", std::to_string(delivery.claim.transcoder.value()));
    trailers.add("millpond-attempts", std::to_string(delivery.attempts));
    auto sent = co_await inside_->answer(segment, {.result = std::move(data)}, std::move(trailers));
    co_return sent;
}

Task<Result<void, Fault>> GatewayEdge::refuse(SegmentId segment, std::string text)
{
    auto sent = co_await inside_->answer(segment, {.result = std::move(text)}, {});
    co_return sent;
}

void GatewayEdge::forget(SegmentId segment)
{
    inside_->sources.forget(segment);
}

void GatewayEdge::end_session(const SessionId& session)
{
    inside_->results.forget_session(session.value());
}

void GatewayEdge::drain()
{
    inside_->draining = true;
}

}  // namespace millpond
