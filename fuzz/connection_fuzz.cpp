// deps: millpond::edge::net outside::asio
// The byte streams of HTTP/1.1 and HTTP/2, and gRPC on top, as a server without TLS gets them: the
// port itself on loopback. The first byte says how the rest is cut on its way.
#include "base/assert.hpp"
#include "edge/net/grpc.hpp"
#include "edge/net/internal/inside.hpp"
#include "edge/net/server.hpp"

#include <array>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

using namespace millpond;

namespace {

using Tcp = boost::asio::ip::tcp;

constexpr std::size_t body_max = 64U << 10U;

/// Says back what came, so that every way of answering is taken.
Task<void> answer(net::Exchange& exchange)
{
    if (net::is_grpc(exchange.head())) {
        const auto message = co_await net::read_message(exchange);
        if (message) std::ignore = co_await net::start_messages(exchange);
        if (message) std::ignore = co_await net::write_message(exchange, *message);
        std::ignore =
            co_await net::finish_with(exchange, message ? net::GrpcStatus{} : message.error());
        co_return;
    }
    if (exchange.head().path == "/unread") co_return;
    const auto body = co_await exchange.read_all(body_max);
    const std::string text = body ? std::string{as_text(*body)} : body.error().what;
    std::ignore = co_await exchange.reply(body ? 200 : 413, "text/plain", text);
}

class Port {
public:
    Port()
    {
        auto opened = net::Server::open(
            loop_,
            {.host = "127.0.0.1",
             .tls = false,
             .limits = {.streams_per_connection = 8, .header_bytes = 16'384, .body_bytes = 40'000}},
            answer
        );
        MILLPOND_ASSERT(opened.has_value());
        server_ = std::move(*opened);
    }

    void take(ByteView bytes, std::size_t step)
    {
        boost::system::error_code error;
        Tcp::socket client{io()};
        client.connect({boost::asio::ip::address_v4::loopback(), server_->port()}, error);
        MILLPOND_ASSERT(!error);
        // Gone at once when it closes: thousands a second would use up the system's ports.
        client.set_option(boost::asio::socket_base::linger{true, 0});
        client.non_blocking(true);
        for (std::size_t at = 0; at < bytes.size() && !error; at += step) {
            const auto piece = bytes.subspan(at, std::min(step, bytes.size() - at));
            client.write_some(boost::asio::buffer(piece.data(), piece.size()), error);
            turn(client);
        }
        client.shutdown(Tcp::socket::shutdown_send, error);
        // Whatever came, a peer that ends its side leaves nothing open.
        for (int turns = 0; server_->counts().open > 0 || server_->counts().accepted == taken_;
             ++turns) {
            MILLPOND_ASSERT(turns < 100'000);
            turn(client);
        }
        taken_ = server_->counts().accepted;
    }

private:
    boost::asio::io_context& io() { return loop_.inside().io; }

    void turn(Tcp::socket& client)
    {
        io().restart();
        io().poll();
        std::array<std::uint8_t, 16U << 10U> answered{};
        boost::system::error_code error;
        while (client.read_some(boost::asio::buffer(answered), error) > 0) {
        }
    }

    net::Loop loop_;
    std::unique_ptr<net::Server> server_;
    std::uint64_t taken_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static Port port;
    if (size == 0 || size > body_max) return 0;
    const std::size_t step = data[0] == 0 ? size : data[0];
    // Few pieces: what a long input says does not depend on being cut very finely.
    port.take({data + 1, size - 1}, std::max(step, size / 16));
    return 0;
}
