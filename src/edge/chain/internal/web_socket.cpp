#include "edge/chain/internal/web_socket.hpp"

#include "edge/chain/internal/answers.hpp"

#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>

namespace millpond::chain {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
namespace websocket = beast::websocket;
using asio::use_awaitable;
using Plain = beast::tcp_stream;
using Secure = beast::ssl_stream<Plain>;

constexpr std::size_t answer_bytes_max = std::size_t{64} << 20U;
constexpr std::string_view agent = "millpond";

/// Reads the system's certificates only where they are needed: that takes a while.
ssl::context trusting_the_system(const NodeUrl& url)
{
    ssl::context context{ssl::context::tls_client};
    if (url.tls) context.set_default_verify_paths();
    context.set_verify_mode(ssl::verify_peer);
    return context;
}

asio::awaitable<void> connect(Plain& stream, const NodeUrl& url)
{
    asio::ip::tcp::resolver resolver{co_await asio::this_coro::executor};
    const auto found =
        co_await resolver.async_resolve(url.host, std::to_string(url.port), use_awaitable);
    co_await stream.async_connect(found, use_awaitable);
    stream.socket().set_option(asio::ip::tcp::no_delay{true});
}

asio::awaitable<void> connect(Secure& stream, const NodeUrl& url)
{
    co_await connect(stream.next_layer(), url);
    SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
    stream.set_verify_callback(ssl::host_name_verification{url.host});
    co_await stream.async_handshake(ssl::stream_base::client, use_awaitable);
}

/// Runs one exchange to its end or to the end of patience.
template <typename Work>
Result<std::string, Fault> run(
    asio::io_context& context, const std::string& name, Duration patience, Work work
)
{
    std::optional<Result<std::string, Fault>> done;
    asio::co_spawn(
        context,
        std::move(work),
        [&](const std::exception_ptr& failure, std::string answer) {
            if (!failure) {
                done = std::move(answer);
                return;
            }
            try {
                std::rethrow_exception(failure);
            } catch (const std::exception& error) {
                done = because(Fault{.what = name + ": " + error.what(), .retryable = true});
            }
        }
    );
    context.restart();
    context.run_for(patience);
    if (!done) return because(Fault{.what = name + ": no answer in time", .retryable = true});
    return std::move(*done);
}

/// One connection for all questions, made again after it broke.
template <typename Stream>
class WebSocketEndpoint final : public Endpoint {
public:
    WebSocketEndpoint(NodeUrl url, Duration patience)
        : url_(std::move(url)),
          patience_(patience),
          tls_(trusting_the_system(url_))
    {
    }

    Result<std::string, Fault> ask(const std::string& question, std::uint64_t id) override
    {
        auto answer = run(context_, name(), patience_, [&]() -> asio::awaitable<std::string> {
            if (!socket_) co_await open();
            co_await socket_->async_write(asio::buffer(question), use_awaitable);
            for (;;) {
                beast::flat_buffer buffer;
                co_await socket_->async_read(buffer, use_awaitable);
                const std::string text = beast::buffers_to_string(buffer.data());
                if (names_id(text, id)) co_return text;
            }
        });
        if (!answer) forget();
        return answer;
    }

    [[nodiscard]] std::string name() const override
    {
        return url_.host + ":" + std::to_string(url_.port);
    }

private:
    using Socket = websocket::stream<Stream, false>;  // what a node says is short: not deflated

    asio::awaitable<void> open()
    {
        auto socket = make_socket();
        co_await connect(socket->next_layer(), url_);
        socket->set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
            request.set(http::field::user_agent, agent);
        }));
        socket->read_message_max(answer_bytes_max);
        co_await socket->async_handshake(url_.host, url_.target, use_awaitable);
        socket_ = std::move(socket);
    }

    std::unique_ptr<Socket> make_socket()
    {
        if constexpr (std::is_same_v<Stream, Secure>)
            return std::make_unique<Socket>(context_, tls_);
        else
            return std::make_unique<Socket>(context_);
    }

    /// What still waits on the broken connection ends with it.
    void forget()
    {
        if (socket_) beast::get_lowest_layer(*socket_).close();
        context_.restart();
        context_.run_for(patience_);
        socket_.reset();
    }

    NodeUrl url_;
    Duration patience_;
    ssl::context tls_;
    asio::io_context context_{1};
    std::unique_ptr<Socket> socket_;
};

}  // namespace

std::unique_ptr<Endpoint> make_web_socket(NodeUrl url, Duration patience)
{
    if (url.tls) return std::make_unique<WebSocketEndpoint<Secure>>(std::move(url), patience);
    return std::make_unique<WebSocketEndpoint<Plain>>(std::move(url), patience);
}

}  // namespace millpond::chain
