#include "edge/objects/internal/exchange.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

namespace millpond::objects {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using asio::use_awaitable;
using Plain = beast::tcp_stream;
using Secure = beast::ssl_stream<Plain>;

asio::awaitable<void> connect(Plain& stream, const Url& url)
{
    asio::ip::tcp::resolver resolver{co_await asio::this_coro::executor};
    const auto found =
        co_await resolver.async_resolve(url.host, std::to_string(url.port), use_awaitable);
    co_await stream.async_connect(found, use_awaitable);
}

asio::awaitable<void> connect(Secure& stream, const Url& url)
{
    co_await connect(stream.next_layer(), url);
    SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
    stream.set_verify_callback(ssl::host_name_verification{url.host});
    co_await stream.async_handshake(ssl::stream_base::client, use_awaitable);
}

template <typename Stream>
asio::awaitable<Answer> exchange(Stream& stream, const Question& question)
{
    co_await connect(stream, question.url);
    http::request<http::string_body> request{
        question.post ? http::verb::post : http::verb::get, question.url.target, 11
    };
    request.set(http::field::host, question.url.host);
    request.set(http::field::user_agent, "millpond");
    request.set(http::field::connection, "close");
    if (question.post) {
        request.set(http::field::content_type, question.content_type);
        request.body() = question.body;
        request.prepare_payload();
    }
    co_await http::async_write(stream, request, use_awaitable);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(question.answer_bytes_max);
    co_await http::async_read(stream, buffer, parser, use_awaitable);
    Answer answer{.status = static_cast<int>(parser.get().result_int()), .body = {}};
    answer.body = std::move(parser.get().body());
    co_return answer;
}

ssl::context trusting(const Question& question)
{
    ssl::context context{ssl::context::tls_client};
    if (!question.certificates_file.empty())
        context.load_verify_file(question.certificates_file);
    else if (question.url.tls)
        context.set_default_verify_paths();
    context.set_verify_mode(ssl::verify_peer);
    return context;
}

bool is_plain(char c)
{
    return c > ' ' && c < '\x7f';
}

}  // namespace

Result<Url, Fault> parse_url(std::string_view text)
{
    const Fault fault{.what = "object store: not a URL of http or https"};
    Url url;
    if (text.starts_with("http://")) {
        url.tls = false;
        url.port = 80;
        text.remove_prefix(7);
    } else if (text.starts_with("https://")) {
        text.remove_prefix(8);
    } else {
        return because(fault);
    }
    const std::size_t slash = std::min(text.find('/'), text.size());
    std::string_view host = text.substr(0, slash);
    if (slash < text.size()) url.target = text.substr(slash);
    if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
        const std::string_view digits = host.substr(colon + 1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
        if (error != std::errc{} || end != digits.data() + digits.size() || url.port == 0)
            return because(fault);
        host = host.substr(0, colon);
    }
    // No user, no numbers in brackets: names are what an operator allows.
    const bool sound = !host.empty() && std::ranges::all_of(host, is_plain) &&
                       host.find_first_of("@[]?#\\") == std::string_view::npos &&
                       std::ranges::all_of(url.target, is_plain);
    if (!sound) return because(fault);
    url.host = host;
    return url;
}

Result<Answer, Fault> ask(const Question& question)
{
    const auto failed = [&](const std::string& why) {
        return Fault{.what = "object store: " + question.url.host + ": " + why, .retryable = true};
    };
    try {
        asio::io_context context{1};
        ssl::context tls = trusting(question);
        Plain plain{context};
        Secure secure{context, tls};
        std::optional<Result<Answer, Fault>> done;
        const auto work = [&]() -> asio::awaitable<Answer> {
            if (question.url.tls) co_return co_await exchange(secure, question);
            co_return co_await exchange(plain, question);
        };
        asio::co_spawn(context, work, [&](const std::exception_ptr& failure, Answer answer) {
            if (!failure) {
                done = std::move(answer);
                return;
            }
            try {
                std::rethrow_exception(failure);
            } catch (const std::exception& error) {
                done = because(failed(error.what()));
            }
        });
        context.run_for(question.patience);
        if (!done) return because(failed("no answer in time"));
        return *std::move(done);
    } catch (const std::exception& error) {
        return because(failed(error.what()));
    }
}

}  // namespace millpond::objects
