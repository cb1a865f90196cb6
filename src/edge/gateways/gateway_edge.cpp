#include "edge/gateways/gateway_edge.hpp"

#include "crypto/digest.hpp"
#include "crypto/signature.hpp"
#include "edge/gateways/internal/offer.hpp"
#include "edge/gateways/internal/renditions.hpp"
#include "edge/gateways/internal/segment_papers.hpp"
#include "edge/gateways/internal/source_intake.hpp"
#include "edge/net/grpc.hpp"
#include "edge/wire/headers.hpp"
#include "edge/wire/messages.hpp"
#include "edge/wire/payment_values.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

namespace millpond {
namespace {

constexpr std::string_view get_orchestrator_path = "/net.Orchestrator/GetOrchestrator";
constexpr std::string_view end_session_path = "/net.Orchestrator/EndTranscodingSession";
constexpr std::string_view ping_path = "/net.Orchestrator/Ping";
constexpr std::string_view segment_path = "/segment";
constexpr std::string_view payment_path = "/payment";

/// A request for a segment while it is open.
struct Pending {
    net::Exchange& exchange;
    wire::OrchestratorInfo info;  ///< what its answer tells about the session
    Ladder ladder;
    Address sender;                     ///< who pays, on a chain
    std::optional<wire::OsInfo> store;  ///< of the gateway, for what comes of it
};

std::string session_name()
{
    std::array<std::uint8_t, 16> random{};
    crypto::fill_random(random);
    return to_hex(random);
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
    Paid paid;
    ObjectStores* stores = nullptr;  ///< none: everything goes through this port
    net::BodyStore results;
    std::map<SegmentId, std::shared_ptr<Pending>> pending;
    std::uint64_t arrivals = 0;
    bool draining = false;

    [[nodiscard]] std::int64_t now_s() const
    {
        return std::chrono::duration_cast<std::chrono::seconds>(loop.now().time_since_epoch())
            .count();
    }

    /// What a gateway is told about a session; on a chain also what its tickets must be like. The
    /// text says why they cannot be asked for.
    Task<Result<wire::OrchestratorInfo, std::string>> info(wire::AuthToken token, Address sender)
    {
        wire::OrchestratorInfo message;
        message.transcoder = settings.service_uri;
        message.address = Bytes(20, 0);
        message.capabilities = what_is_offered(pool.fleet, stores != nullptr);
        message.nodes = settings.nodes;
        const SessionId session{token.session};
        message.auth_token = std::move(token);
        if (stores != nullptr) {
            if (auto form = stores->form_for(session.value(), loop.now()))
                message.storage.push_back(*std::move(form));
        }
        if (paid.desk == nullptr) co_return message;
        const auto terms = co_await paid.desk->ask(sender, session);
        if (!terms) co_return because(terms.error());
        message.price_info = wire::message_of(terms->price);
        if (!message.price_info) co_return because(std::string{"price out of range"});
        message.ticket_params = wire::message_of(terms->params);
        const auto address = paid.signer->address();
        message.address.assign(address.begin(), address.end());
        co_return message;
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
            co_await refuse_capped(exchange);
            co_return;
        }
        const auto token = wire::make_auth_token(
            settings.token_secret, session_name(), now_s() + settings.token_seconds
        );
        const auto message_of_session = co_await info(token, address_of(request->address));
        if (!message_of_session) {
            metrics.count("millpond_gateways_refused_total", {{"reason", "no terms"}});
            std::ignore = co_await refuse_call(exchange, message_of_session.error());
            co_return;
        }
        std::ignore = co_await answer_message(exchange, wire::encode(*message_of_session));
    }

    /// A refusal has no message that could name the other nodes.
    Task<void> refuse_capped(net::Exchange& exchange)
    {
        net::GrpcStatus capped{
            net::GrpcCode::unknown, "Invalid orchestrator request: OrchestratorCapped"
        };
        net::Headers more;
        if (!settings.nodes.empty())
            more.add(wire::nodes_trailer_name, wire::nodes_trailer(settings.nodes));
        std::ignore = co_await net::finish_with(exchange, std::move(capped), std::move(more));
    }

    /// Off-chain gateways sign nothing; what is signed must be right.
    [[nodiscard]] bool signed_by_sender(const wire::OrchestratorRequest& request) const
    {
        if (request.signature.empty() && paid.desk == nullptr) return true;
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

    Task<void> refuse_segment(net::Exchange& exchange, HttpRefusal refusal)
    {
        const std::string& label = refusal.label.empty() ? refusal.text : refusal.label;
        metrics.count("millpond_segments_refused_total", {{"reason", label}});
        std::ignore = co_await exchange.reply(
            refusal.status, "text/plain; charset=utf-8", refusal.text + "\n"
        );
    }

    /// A request's papers once they are found good and what came with them is taken.
    struct Accepted {
        SegmentPapers papers;
        SessionId session;
        Address sender;
        wire::OrchestratorInfo info;
    };

    /// Everything that is said of a request by its head, in the reference's order.
    Task<Result<Accepted, HttpRefusal>> accept(const net::RequestHead& head, bool segment)
    {
        auto papers = read_papers(head, pool.sessions.limits().duration_max);
        if (!papers) co_return because(papers.error());
        Accepted accepted{.papers = *std::move(papers)};
        accepted.sender = address_of(accepted.papers.payment.sender);
        const Payment payment = wire::payment_of(accepted.papers.payment);
        TicketDesk::Signers signers;
        if (paid.desk == nullptr) {
            if (!millpond::signed_by_sender(accepted.papers))
                co_return because(HttpRefusal{403, "ErrSegSig"});
        } else {
            const auto& data = accepted.papers.data;
            signers =
                co_await paid.desk->recover(payment, wire::segment_message(data), data.signature);
            const bool somebody = accepted.sender != Address{};
            if (!somebody || signers.segment != accepted.sender)
                co_return because(HttpRefusal{403, "ErrSegSig"});
        }
        const auto session = check_papers(
            accepted.papers,
            what_is_offered(pool.fleet, stores != nullptr),
            settings.token_secret,
            now_s()
        );
        if (!session) co_return because(session.error());
        if (auto refusal = store_refusal(accepted.papers, stores)) co_return because(*refusal);
        accepted.session = *session;
        const bool known = pool.sessions.all().contains(*session);
        if (segment && !known && (draining || !pool.sessions.has_room()))
            co_return because(HttpRefusal{403, "OrchestratorCapped"});
        // What pays for nothing that is transcoded here is kept under the stream's own name.
        if (!segment)
            accepted.session = SessionId{std::string{as_text(accepted.papers.data.manifest)}};
        auto told = co_await info(*accepted.papers.data.auth_token, accepted.sender);
        if (!told) co_return because(HttpRefusal{500, "Internal Server Error"});
        accepted.info = *std::move(told);
        if (paid.desk == nullptr) co_return accepted;
        auto refusal = co_await take_tickets(payment, std::move(signers.tickets), accepted);
        if (refusal) co_return because(*std::move(refusal));
        co_return accepted;
    }

    Task<std::optional<HttpRefusal>> take_tickets(
        Payment payment, std::vector<std::optional<Address>> signers, Accepted& accepted
    )
    {
        const payment::Account account{.sender = accepted.sender, .session = accepted.session};
        const bool first = paid.desk->desk().balances().find(account) == nullptr;
        const auto taken =
            co_await paid.desk->receive(std::move(payment), std::move(signers), account.session);
        if (!taken) co_return HttpRefusal{400, taken.error(), "tickets refused"};
        if (!paid.desk->covers(account)) co_return HttpRefusal{400, "Insufficient balance"};
        if (!first) co_return std::nullopt;
        // The session has its price only now.
        auto told = co_await info(*accepted.papers.data.auth_token, accepted.sender);
        if (!told) co_return HttpRefusal{500, "Internal Server Error"};
        accepted.info = *std::move(told);
        co_return std::nullopt;
    }

    Task<void> take_payment(net::Exchange& exchange)
    {
        const auto accepted = co_await accept(exchange.head(), false);
        if (!accepted) {
            co_await refuse_segment(exchange, accepted.error());
            co_return;
        }
        const Bytes answer = wire::encode(wire::PaymentResult{.info = accepted->info});
        std::ignore =
            co_await exchange.reply(200, "application/octet-stream", std::string{as_text(answer)});
    }

    Task<void> take_segment(net::Exchange& exchange)
    {
        auto accepted = co_await accept(exchange.head(), true);
        if (!accepted) {
            co_await refuse_segment(exchange, accepted.error());
            co_return;
        }
        const auto address = co_await source_address(exchange, accepted->papers, stores);
        if (!address) {
            co_await refuse_segment(exchange, address.error());
            co_return;
        }
        const SegmentId named{
            .session = accepted->session, .seq = accepted->papers.data.seq, .arrival = ++arrivals
        };
        Segment segment = segment_of(accepted->papers, named, loop.now());
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
        const bool stored = !address->empty();
        const auto body = std::make_shared<net::Body>(
            stored ? std::optional<std::size_t>{} : length_of(exchange.head())
        );
        sources.put(id, body);
        pending.emplace(
            id,
            std::make_shared<Pending>(Pending{
                .exchange = exchange,
                .info = std::move(accepted->info),
                .ladder = segment.ladder,
                .sender = accepted->sender,
                .store = stores == nullptr ? std::nullopt : store_of(accepted->papers),
            })
        );
        std::ignore = co_await exchange.respond({});
        SourceIntake intake{exchange, hashes, metrics};
        spawn(
            stored ? intake.fetch(*stores, *address, body, segment.source_hash)
                   : intake.run(body, segment.source_hash)
        );
        co_await flow->serve(std::move(segment), *admission);
        co_await intake.over();
        pending.erase(id);
    }

    /// Puts what came back where the gateway can fetch it: here, or in a store of its own.
    Task<Result<std::vector<wire::TranscodedSegment>, Fault>> keep(
        const Pending& open, SegmentId segment, Delivery delivery
    )
    {
        std::vector<wire::TranscodedSegment> all;
        for (std::size_t i = 0; i < open.ladder.size(); ++i) {
            const RenditionBytes& rendition = delivery.claim.renditions[i];
            const std::string name = rendition_name(open.ladder, i, segment.seq);
            auto url = co_await keep_file(open, segment.session, name, rendition.bytes);
            if (!url) co_return because(url.error());
            auto& told = all.emplace_back();
            told.url = *std::move(url);
            told.pixels = delivery.pixels[i];
            if (!rendition.signature) continue;
            const std::string beside = signature_name(name);
            auto hash = co_await keep_file(open, segment.session, beside, rendition.signature);
            if (!hash) co_return because(hash.error());
            told.perceptual_hash_url = *std::move(hash);
        }
        co_return all;
    }

    Task<Result<std::string, Fault>> keep_file(
        const Pending& open, SessionId session, std::string name, Blob file
    )
    {
        if (open.store) {
            std::string type{content_type_of(name)};
            auto put = co_await stores->put(*open.store, std::move(name), std::move(type), file);
            co_return put;
        }
        results.put(session.value(), name, std::make_shared<net::Body>(std::move(file)));
        co_return settings.service_uri + std::string{stream_path} + session.value() + "/" + name;
    }

    Task<Result<void, Fault>> answer(
        SegmentId id, wire::TranscodeResult result, net::Headers trailers
    )
    {
        const auto found = pending.find(id);
        if (found == pending.end()) co_return because(Fault{.what = "request is over"});
        const auto open = found->second;
        result.seq = id.seq;
        result.info = std::move(open->info);
        auto sent = co_await open->exchange.write(make_blob(wire::encode(result)));
        if (sent) sent = co_await open->exchange.finish(std::move(trailers));
        co_return sent;
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
        "millpond_store_failures_total", "sources or renditions that a store did not give or take"
    );
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

void GatewayEdge::set_stores(ObjectStores& stores)
{
    inside_->stores = &stores;
}

void GatewayEdge::set_paid(Paid paid)
{
    inside_->paid = paid;
}

bool GatewayEdge::handles(const std::string& path)
{
    return path == get_orchestrator_path || path == end_session_path || path == ping_path ||
           path == segment_path || path == payment_path || path == "/healthz" ||
           path.starts_with(stream_path);
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
    } else if (path == payment_path) {
        co_await inside_->take_payment(exchange);
    } else if (path == "/healthz") {
        std::ignore = co_await exchange.reply(200, "text/plain", "");
    } else {
        co_await send_rendition(exchange, inside_->results);
    }
}

Task<Result<void, Fault>> GatewayEdge::deliver(SegmentId segment, Delivery delivery)
{
    const auto found = inside_->pending.find(segment);
    if (found == inside_->pending.end()) co_return because(Fault{.what = "request is over"});
    const auto open = found->second;
    auto told = co_await inside_->keep(*open, segment, delivery);
    if (!told) {
        inside_->metrics.count("millpond_store_failures_total", {{"of", "rendition"}});
        wire::TranscodeResult failed{.seq = 0, .result = told.error().what, .info = {}};
        net::Headers none;
        std::ignore = co_await inside_->answer(segment, std::move(failed), std::move(none));
        co_return because(told.error());
    }
    wire::TranscodeData data{.segments = *std::move(told), .signature = {}};
    const Paid& paid = inside_->paid;
    if (paid.desk != nullptr) {
        data.signature = signed_result(*paid.signer, delivery.claim);
        const auto pixels =
            std::accumulate(delivery.pixels.begin(), delivery.pixels.end(), std::int64_t{0});
        paid.desk->charge(
            {.sender = open->sender, .session = segment.session},
            Pixels{static_cast<std::uint64_t>(std::max<std::int64_t>(0, pixels))}
        );
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
