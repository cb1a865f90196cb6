#include "edge/net/client.hpp"

#include "edge/net/internal/h2.hpp"
#include "edge/net/internal/h2_io.hpp"
#include "edge/net/internal/tls.hpp"

#include <charconv>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

namespace millpond::net {
namespace {

using Tcp = boost::asio::ip::tcp;

class H2Call final : public Call {
public:
    H2Call(Loop& loop, std::shared_ptr<H2Stream> stream, Time deadline)
        : loop_(loop),
          stream_(std::move(stream))
    {
        timer_ = loop_.at(deadline, [stream = stream_] {
            if (stream->closed || stream->broken) return;
            stream->broken = Fault{.what = "deadline", .retryable = true};
            if (const auto connection = stream->connection.lock()) {
                connection->reset(*stream, NGHTTP2_CANCEL);
            }
        });
    }

    ~H2Call() override
    {
        loop_.cancel(timer_);
        h2::give_back(*stream_, stream_->in.size());
        stream_->in.clear();
        stream_->discard = true;
        const bool over = stream_->closed || (stream_->in_end && stream_->out_end);
        if (over) return;
        if (const auto connection = stream_->connection.lock()) {
            connection->reset(*stream_, NGHTTP2_CANCEL);
        }
    }

    Task<Result<void, Fault>> write(Blob piece) override
    {
        auto written = co_await h2::write(stream_, std::move(piece));
        co_return written;
    }

    Task<Result<void, Fault>> finish() override
    {
        if (!stream_->out_end) h2::end(*stream_, {});
        co_return Result<void, Fault>{};
    }

    Task<Result<ResponseHead, Fault>> head() override
    {
        while (!stream_->head_done && !stream_->broken) {
            co_await h2::Wait{stream_->head_waiter};
        }
        const auto& broken = stream_->broken;
        if (!stream_->head_done && broken) co_return because(*broken);
        ResponseHead head;
        const std::string& status = stream_->pseudo[":status"];
        std::from_chars(status.data(), status.data() + status.size(), head.status);
        head.headers = stream_->head;
        co_return head;
    }

    Task<Result<Blob, Fault>> read() override
    {
        auto piece = co_await h2::read(stream_);
        co_return piece;
    }

    [[nodiscard]] const Headers& trailers() const override
    {
        // A trailers-only answer has them in its head (gRPC over HTTP/2).
        return stream_->trailers.fields().empty() ? stream_->head : stream_->trailers;
    }

private:
    Loop& loop_;
    std::shared_ptr<H2Stream> stream_;
    Clock::TimerId timer_ = 0;
};

}  // namespace

Task<Result<Bytes, Fault>> Call::read_all(std::size_t limit)
{
    Bytes all;
    while (true) {
        const auto piece = co_await read();
        if (!piece) co_return because(piece.error());
        if ((*piece)->empty()) co_return all;
        if (all.size() + (*piece)->size() > limit) {
            co_return because(Fault{.what = "body_too_large", .retryable = false});
        }
        all.insert(all.end(), (*piece)->begin(), (*piece)->end());
    }
}

struct Client::Inside : std::enable_shared_from_this<Client::Inside> {
    Inside(Loop& on, ClientSettings with)
        : loop(on),
          settings(std::move(with)),
          resolver(on.inside().io)
    {
        if (settings.tls) tls = make_client_context();
    }

    Loop& loop;
    ClientSettings settings;
    Tcp::resolver resolver;
    SslContext tls;
    std::shared_ptr<H2Connection> connection;
    std::shared_ptr<Transport> transport;
    std::string certificate;
    bool connecting = false;
    std::optional<Fault> failed;
    std::vector<std::coroutine_handle<>> waiting;
    Clock::TimerId connect_timer = 0;
    Clock::TimerId ping_timer = 0;
    std::uint64_t attempt = 0;

    [[nodiscard]] bool usable() const
    {
        return connection && transport && transport->open() && !connection->going();
    }

    [[nodiscard]] std::string authority() const
    {
        return settings.host + ":" + std::to_string(settings.port);
    }

    void connect()
    {
        connecting = true;
        failed.reset();
        certificate.clear();
        const std::uint64_t mine = ++attempt;
        connect_timer = loop.at(loop.now() + settings.connect, [weak = weak_from_this(), mine] {
            if (const auto self = weak.lock())
                self->done(mine, Fault{.what = "connect timeout", .retryable = true});
        });
        resolver.async_resolve(
            settings.host,
            std::to_string(settings.port),
            [weak = weak_from_this(), mine](
                const boost::system::error_code& error, const Tcp::resolver::results_type& found
            ) {
                const auto self = weak.lock();
                if (!self || mine != self->attempt) return;
                if (error || found.empty()) {
                    self->done(
                        mine,
                        Fault{
                            .what = self->settings.host + ": " + error.message(), .retryable = true
                        }
                    );
                    return;
                }
                self->dial(mine, found.begin()->endpoint());
            }
        );
    }

    void dial(std::uint64_t mine, const Tcp::endpoint& endpoint)
    {
        auto socket = std::make_shared<Tcp::socket>(loop.inside().io);
        socket->async_connect(
            endpoint,
            [weak = weak_from_this(), mine, socket](const boost::system::error_code& error) {
                const auto self = weak.lock();
                if (!self || mine != self->attempt || !self->connecting) return;
                if (error) {
                    self->done(
                        mine,
                        Fault{.what = self->authority() + ": " + error.message(), .retryable = true}
                    );
                    return;
                }
                self->start_session(mine, std::move(*socket));
            }
        );
    }

    void start_session(std::uint64_t mine, Tcp::socket socket)
    {
        transport = std::make_shared<Transport>(loop.inside(), std::move(socket));
        connection = std::make_shared<H2Connection>(loop, H2Settings{.server = false});
        connection->attach(transport);
        connection->set_hooks({
            .ready =
                [weak = weak_from_this(), mine] {
                    if (const auto self = weak.lock()) self->session_ready(mine);
                },
            .head = {},
            .closed =
                [weak = weak_from_this(), mine](const std::string& why) {
                    const auto self = weak.lock();
                    if (!self || mine != self->attempt) return;
                    self->loop.cancel(self->ping_timer);
                    if (self->connecting) {
                        self->done(
                            mine, Fault{.what = why.empty() ? "closed" : why, .retryable = true}
                        );
                    }
                },
            .refused = {},
            .stream_closed = {},
        });
        transport->connect(connection, tls.get(), settings.host);
    }

    void session_ready(std::uint64_t mine)
    {
        if (mine != attempt || !connecting) return;
        certificate = transport->peer_certificate();
        if (!settings.pinned_certificate.empty() && certificate != settings.pinned_certificate) {
            done(
                mine,
                Fault{
                    .what = "certificate is " + certificate + ", not the pinned " +
                            settings.pinned_certificate
                }
            );
            return;
        }
        if (settings.tls && transport->alpn() != "h2") {
            done(mine, Fault{.what = authority() + " does not speak HTTP/2"});
            return;
        }
        watch();
        done(mine, std::nullopt);
    }

    void done(std::uint64_t mine, std::optional<Fault> fault)
    {
        if (mine != attempt || !connecting) return;
        connecting = false;
        loop.cancel(connect_timer);
        failed = std::move(fault);
        if (failed && transport) {
            transport->close(failed->what);
            connection.reset();
        }
        for (const auto each : std::exchange(waiting, {})) {
            loop.post([each] { each.resume(); });
        }
    }

    void watch()
    {
        ping_timer = loop.at(loop.now() + settings.ping, [weak = weak_from_this()] {
            const auto self = weak.lock();
            if (!self || !self->connection || !self->transport->open()) return;
            if (self->connection->streams() > 0) {
                if (self->connection->ping_pending()) {
                    self->connection->close("peer does not answer pings");
                    return;
                }
                self->connection->ping();
            }
            self->watch();
        });
    }
};

namespace {

struct WaitForConnection {
    std::vector<std::coroutine_handle<>>& waiting;

    [[nodiscard]] bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> handle) const { waiting.push_back(handle); }

    void await_resume() const noexcept {}
};

/// A usable connection, made if there is none.
Task<Result<void, Fault>> connected(std::shared_ptr<Client::Inside> inside)
{
    if (inside->usable()) co_return Result<void, Fault>{};
    if (!inside->connecting) inside->connect();
    while (inside->connecting)
        co_await WaitForConnection{inside->waiting};
    if (const auto& failed = inside->failed) co_return because(*failed);
    co_return Result<void, Fault>{};
}

}  // namespace

Client::Client(Loop& loop, ClientSettings settings)
    : inside_(std::make_shared<Inside>(loop, std::move(settings)))
{
}

Client::~Client()
{
    close();
}

void Client::close()
{
    inside_->loop.cancel(inside_->ping_timer);
    if (inside_->transport) inside_->transport->close("closed");
}

Task<Result<std::unique_ptr<Call>, Fault>> Client::start(RequestHead head, Time deadline)
{
    const auto inside = inside_;
    const auto ready = co_await connected(inside);
    if (!ready) co_return because(ready.error());
    auto stream = inside->connection->request(head, inside->authority(), true);
    if (!stream) co_return because(Fault{.what = "connection closed", .retryable = true});
    inside->connection->pump();
    co_return std::make_unique<H2Call>(inside->loop, std::move(stream), deadline);
}

Task<Result<std::unique_ptr<Call>, Fault>> Client::start(RequestHead head, Blob body, Time deadline)
{
    const auto inside = inside_;
    const auto ready = co_await connected(inside);
    if (!ready) co_return because(ready.error());
    const bool has_body = !body->empty();
    if (has_body || head.method == "POST" || head.method == "PUT") {
        head.headers.add("content-length", std::to_string(body->size()));
    }
    auto stream = inside->connection->request(head, inside->authority(), has_body);
    if (!stream) co_return because(Fault{.what = "connection closed", .retryable = true});
    if (has_body) {
        stream->out_bytes = body->size();
        stream->out.push_back(std::move(body));
        stream->out_end = true;
    }
    inside->connection->pump();
    co_return std::make_unique<H2Call>(inside->loop, std::move(stream), deadline);
}

Task<Result<std::string, Fault>> Client::peer_certificate()
{
    const auto inside = inside_;
    const auto ready = co_await connected(inside);
    if (!ready) co_return because(ready.error());
    co_return inside->certificate;
}

}  // namespace millpond::net
