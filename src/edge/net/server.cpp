#include "edge/net/server.hpp"

#include "edge/net/internal/exchange.hpp"
#include "edge/net/internal/h1.hpp"
#include "edge/net/internal/h2.hpp"
#include "edge/net/internal/tls.hpp"
#include "edge/net/internal/transport.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <boost/asio/ip/tcp.hpp>

namespace millpond::net {
namespace {

using Tcp = boost::asio::ip::tcp;

constexpr std::string_view h2_preface = "PRI * HTTP/2.0\r\n";

/// Runs a handler to its end and answers for one that did not.
Task<void> serve_exchange(const Handler& handler, std::unique_ptr<Exchange> exchange)
{
    co_await handler(*exchange);
    if (exchange->responded() || exchange->gone()) co_return;
    // A peer that left meanwhile hears nothing, and that is all right.
    std::ignore = co_await exchange->reply(500, "text/plain", "Internal Server Error\n");
}

}  // namespace

struct Server::Inside : std::enable_shared_from_this<Server::Inside> {
    /// What the port knows of one connection.
    struct Peer {
        std::shared_ptr<Transport> transport;
        std::shared_ptr<H2Connection> h2;
        std::shared_ptr<H1Connection> h1;
        Time since;  ///< accepted, or last idle
        Time pinged;
        bool ready = false;
    };

    /// Decides, once TLS is up or the first bytes are there, which protocol a connection speaks.
    struct Choice final : TransportOwner {
        Choice(std::weak_ptr<Inside> inside, std::uint64_t connection)
            : server(std::move(inside)),
              id(connection)
        {
        }

        std::weak_ptr<Inside> server;
        std::uint64_t id;
        std::shared_ptr<TransportOwner> chosen;
        Bytes first;

        void on_ready() override
        {
            const auto inside = server.lock();
            if (!inside) return;
            const auto transport = inside->peers.at(id).transport;
            inside->peers.at(id).ready = true;
            if (!inside->settings.tls) return;
            choose(*inside, transport->alpn() == "h2");
        }

        void choose(Inside& inside, bool h2)
        {
            chosen = h2 ? inside.make_h2(id) : inside.make_h1(id);
            chosen->on_ready();
            if (!first.empty()) chosen->on_bytes(std::exchange(first, {}));
        }

        void on_bytes(ByteView bytes) override
        {
            if (chosen) {
                chosen->on_bytes(bytes);
                return;
            }
            first.insert(first.end(), bytes.begin(), bytes.end());
            const auto inside = server.lock();
            if (!inside) return;
            const auto seen = as_text(first).substr(0, h2_preface.size());
            if (!h2_preface.starts_with(seen)) {
                choose(*inside, false);
            } else if (seen.size() == h2_preface.size()) {
                choose(*inside, true);
            }
        }

        void on_drained() override
        {
            if (chosen) chosen->on_drained();
        }

        void on_closed(const std::string& why) override
        {
            if (chosen) chosen->on_closed(why);
            if (const auto inside = server.lock()) inside->forget(id);
        }
    };

    Inside(Loop& on, ServerSettings with, Handler serves)
        : loop(on),
          settings(std::move(with)),
          handler(std::move(serves)),
          acceptor(on.inside().io)
    {
    }

    Loop& loop;
    ServerSettings settings;
    Handler handler;
    Tcp::acceptor acceptor;
    SslContext tls;
    std::string certificate;
    std::map<std::uint64_t, Peer> peers;
    std::map<std::string, std::size_t> per_address;
    std::map<std::string, std::uint64_t> refused;
    std::uint64_t accepted = 0;
    std::uint64_t last_id = 0;
    Clock::TimerId tick = 0;
    bool draining = false;

    void refuse(const char* limit) { ++refused[limit]; }

    void accept()
    {
        acceptor.async_accept([weak = weak_from_this(
                               )](const boost::system::error_code& error, Tcp::socket socket) {
            const auto self = weak.lock();
            if (!self || error == boost::asio::error::operation_aborted) return;
            if (!error) {
                self->admit(std::move(socket));
                self->accept();
                return;
            }
            // No descriptor is free: trying again at once would only keep the loop busy.
            self->refuse("descriptors");
            self->loop.at(self->loop.now() + std::chrono::milliseconds{100}, [weak] {
                if (const auto live = weak.lock()) live->accept();
            });
        });
    }

    void admit(Tcp::socket socket)
    {
        auto transport = std::make_shared<Transport>(loop.inside(), std::move(socket));
        const std::string host = transport->peer_host();
        if (peers.size() >= settings.limits.connections) {
            refuse("connections");
            return;
        }
        if (per_address[host] >= settings.limits.connections_per_address) {
            refuse("connections_per_address");
            return;
        }
        ++accepted;
        ++per_address[host];
        const std::uint64_t id = ++last_id;
        peers.emplace(id, Peer{.transport = transport, .since = loop.now()});
        transport->serve(std::make_shared<Choice>(weak_from_this(), id), tls.get());
    }

    void forget(std::uint64_t id)
    {
        const auto found = peers.find(id);
        if (found == peers.end()) return;
        const auto count = per_address.find(found->second.transport->peer_host());
        if (count != per_address.end() && --count->second == 0) per_address.erase(count);
        peers.erase(found);
    }

    std::shared_ptr<TransportOwner> make_h2(std::uint64_t id)
    {
        const auto& limits = settings.limits;
        auto connection = std::make_shared<H2Connection>(
            loop,
            H2Settings{
                .server = true,
                .streams_max = limits.streams_per_connection,
                .header_bytes = limits.header_bytes,
                .body_bytes = limits.body_bytes,
                .window_bytes = limits.window_bytes,
            }
        );
        auto& peer = peers.at(id);
        peer.h2 = connection;
        connection->attach(peer.transport);
        connection->set_hooks({
            .ready = {},
            .head =
                [weak = weak_from_this(), id](const std::shared_ptr<H2Stream>& stream) {
                    if (const auto self = weak.lock()) self->start(id, stream);
                },
            .closed = {},
            .refused =
                [weak = weak_from_this()](const char* limit) {
                    if (const auto self = weak.lock()) self->refuse(limit);
                },
            .stream_closed =
                [weak = weak_from_this(), id] {
                    const auto self = weak.lock();
                    if (!self) return;
                    const auto found = self->peers.find(id);
                    if (found != self->peers.end()) found->second.since = self->loop.now();
                },
        });
        return connection;
    }

    void start(std::uint64_t id, const std::shared_ptr<H2Stream>& stream)
    {
        RequestHead head;
        auto pseudo = std::exchange(stream->pseudo, {});
        head.method = pseudo[":method"];
        const std::string& target = pseudo[":path"];
        const std::size_t mark = target.find('?');
        head.path = target.substr(0, mark);
        if (mark != std::string::npos) head.query = target.substr(mark + 1);
        head.headers = std::exchange(stream->head, {});
        head.http_major = 2;
        head.connection = id;
        if (const auto found = peers.find(id); found != peers.end()) {
            head.peer = found->second.transport->peer();
        }
        spawn(serve_exchange(handler, over_h2(stream, std::move(head))));
    }

    std::shared_ptr<TransportOwner> make_h1(std::uint64_t id)
    {
        auto connection = std::make_shared<H1Connection>(
            loop,
            settings.limits,
            H1Connection::Hooks{
                .request =
                    [weak = weak_from_this(),
                     id](const std::shared_ptr<H1Connection>& on, RequestHead head) {
                        const auto self = weak.lock();
                        if (!self) return;
                        head.connection = id;
                        spawn(serve_exchange(self->handler, over_h1(on, std::move(head))));
                    },
                .closed = {},
                .refused =
                    [weak = weak_from_this()](const char* limit) {
                        if (const auto self = weak.lock()) self->refuse(limit);
                    },
            }
        );
        auto& peer = peers.at(id);
        peer.h1 = connection;
        connection->attach(peer.transport);
        return connection;
    }

    void watch()
    {
        const auto& limits = settings.limits;
        const Duration soonest =
            std::min({limits.handshake, limits.head, limits.idle, limits.stall, limits.ping});
        const Duration period = std::clamp<Duration>(
            soonest / 4, std::chrono::milliseconds{20}, std::chrono::seconds{1}
        );
        tick = loop.at(loop.now() + period, [weak = weak_from_this()] {
            const auto self = weak.lock();
            if (!self) return;
            std::vector<std::uint64_t> ids;
            ids.reserve(self->peers.size());
            for (const auto& [id, peer] : self->peers)
                ids.push_back(id);
            for (const std::uint64_t id : ids) {
                const auto found = self->peers.find(id);
                if (found != self->peers.end()) self->check(found->second);
            }
            self->watch();
        });
    }

    void end(Peer& peer, const char* limit)
    {
        refuse(limit);
        peer.transport->close(limit);
    }

    void check(Peer& peer)
    {
        const Time now = loop.now();
        const auto& limits = settings.limits;
        if (!peer.ready || (!peer.h1 && !peer.h2)) {
            if (now - peer.since > limits.handshake) end(peer, "handshake");
            return;
        }
        if (peer.h1) check_h1(peer, now);
        if (peer.h2) check_h2(peer, now);
    }

    void check_h1(Peer& peer, Time now)
    {
        const auto& limits = settings.limits;
        auto& connection = *peer.h1;
        const Duration still = now - connection.last_progress;
        if (connection.started_head && still > limits.head) return end(peer, "head");
        if (!connection.busy && !connection.started_head && still > limits.idle) {
            return end(peer, "idle");
        }
        if (connection.reading_body || peer.transport->pending() > 0) {
            if (still > limits.stall) return end(peer, "stall");
        }
        if (connection.reading_body && now - peer.pinged > limits.stall) {
            const auto moved = connection.body_seen - connection.body_at_last_check;
            const bool fresh = peer.pinged == Time{} || connection.body_at_last_check == 0;
            if (!fresh && too_slow(moved)) return end(peer, "body_rate_min");
            connection.body_at_last_check = connection.body_seen;
            peer.pinged = now;
        }
    }

    [[nodiscard]] bool too_slow(std::size_t moved) const
    {
        const double seconds = std::chrono::duration<double>(settings.limits.stall).count();
        return static_cast<double>(moved) <
               static_cast<double>(settings.limits.body_rate_min) * seconds;
    }

    void check_h2(Peer& peer, Time now)
    {
        const auto& limits = settings.limits;
        auto& connection = *peer.h2;
        if (connection.streams() == 0) {
            if (now - peer.since > limits.idle) end(peer, "idle");
            return;
        }
        if (now - peer.pinged > limits.ping) {
            if (connection.ping_pending()) return end(peer, "ping");
            peer.pinged = now;
            connection.ping();
        }
        std::vector<std::pair<std::shared_ptr<H2Stream>, const char*>> slow;
        for (const auto& [id, stream] : connection.all()) {
            if (now - stream->last_progress <= limits.stall) continue;
            const bool receives = !stream->in_end && stream->in.empty();
            const bool sends = stream->out_bytes > 0;
            if (!stream->head_done) {
                slow.emplace_back(stream, "head");
            } else if (receives || sends) {
                slow.emplace_back(stream, "stall");
            }
        }
        for (const auto& [id, stream] : connection.all()) {
            if (stream->in_end || !stream->head_done || !stream->in.empty()) continue;
            if (stream->rate_checked == Time{}) stream->rate_checked = now;
            if (now - stream->rate_checked <= limits.stall) continue;
            if (too_slow(stream->in_total - stream->in_at_last_check)) {
                slow.emplace_back(stream, "body_rate_min");
            }
            stream->in_at_last_check = stream->in_total;
            stream->rate_checked = now;
        }
        for (const auto& [stream, limit] : slow) {
            if (stream->closed || stream->broken) continue;
            refuse(limit);
            stream->broken = Fault{.what = limit, .retryable = false};
            connection.reset(*stream, NGHTTP2_CANCEL);
        }
    }
};

Server::Server(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {}

Server::~Server()
{
    inside_->loop.cancel(inside_->tick);
    boost::system::error_code ignored;
    inside_->acceptor.close(ignored);
    for (auto& [id, peer] : std::map{inside_->peers})
        peer.transport->close("");
}

Result<std::unique_ptr<Server>, Fault> Server::open(
    Loop& loop, ServerSettings settings, Handler handler
)
{
    auto inside = std::make_shared<Inside>(loop, std::move(settings), std::move(handler));
    auto& with = inside->settings;
    if (with.tls) {
        if (auto made =
                ensure_certificate(with.certificate_file, with.key_file, with.certificate_name);
            !made) {
            return because(made.error());
        }
        auto context = make_server_context(with.certificate_file, with.key_file);
        if (!context) return because(context.error());
        inside->tls = std::move(*context);
        inside->certificate = fingerprint(SSL_CTX_get0_certificate(inside->tls.get()));
    }
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(with.host, error);
    if (error) return because(Fault{.what = "host " + with.host + ": " + error.message()});
    const Tcp::endpoint endpoint{address, with.port};
    auto& acceptor = inside->acceptor;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(Tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(4096, error);
    if (error) {
        return because(Fault{
            .what = "cannot listen on " + with.host + ":" + std::to_string(with.port) + ": " +
                    error.message()
        });
    }
    inside->accept();
    inside->watch();
    return std::unique_ptr<Server>{new Server{std::move(inside)}};
}

std::uint16_t Server::port() const
{
    boost::system::error_code ignored;
    return inside_->acceptor.local_endpoint(ignored).port();
}

const std::string& Server::certificate_sha256() const
{
    return inside_->certificate;
}

ServerCounts Server::counts() const
{
    return {
        .accepted = inside_->accepted,
        .open = inside_->peers.size(),
        .refused = {inside_->refused.begin(), inside_->refused.end()},
    };
}

void Server::drain()
{
    if (std::exchange(inside_->draining, true)) return;
    boost::system::error_code ignored;
    inside_->acceptor.close(ignored);
    for (auto& [id, peer] : std::map{inside_->peers}) {
        if (peer.h2) {
            peer.h2->goaway();
        } else if (peer.h1) {
            peer.h1->drain();
        } else {
            peer.transport->close("");
        }
    }
}

}  // namespace millpond::net
