#include "edge/chain/endpoint.hpp"

#include "edge/chain/internal/web_socket.hpp"
#include "edge/web/exchange.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace millpond::chain {
namespace {

constexpr std::size_t answer_bytes_max = std::size_t{64} << 20U;

/// A connection to each question.
class HttpEndpoint final : public Endpoint {
public:
    HttpEndpoint(NodeUrl url, Duration patience) : url_(std::move(url)), patience_(patience) {}

    Result<std::string, Fault> ask(const std::string& question, std::uint64_t /*id*/) override
    {
        auto answer = web::exchange({
            .place = {.tls = url_.tls, .host = url_.host, .port = url_.port, .target = url_.target},
            .post = true,
            .content_type = "application/json",
            .body = question,
            .patience = patience_,
            .answer_bytes_max = answer_bytes_max,
        });
        // a refusal may come with any status; what is no JSON is told by who reads it
        if (answer) return std::move(answer->body);
        return because(Fault{.what = name() + ": " + answer.error().what, .retryable = true});
    }

    [[nodiscard]] std::string name() const override
    {
        return url_.host + ":" + std::to_string(url_.port);
    }

private:
    NodeUrl url_;
    Duration patience_;
};

struct Scheme {
    std::string_view prefix;
    bool tls;
    bool web_socket;
    std::uint16_t port;
};

constexpr std::array schemes{
    Scheme{.prefix = "http://", .tls = false, .web_socket = false, .port = 80},
    Scheme{.prefix = "https://", .tls = true, .web_socket = false, .port = 443},
    Scheme{.prefix = "ws://", .tls = false, .web_socket = true, .port = 80},
    Scheme{.prefix = "wss://", .tls = true, .web_socket = true, .port = 443},
};

bool sound_target(std::string_view target)
{
    return std::ranges::all_of(target, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

Result<NodeUrl, Fault> parse_node_url(std::string_view text)
{
    const Fault fault{.what = "a node's URL is http, https, ws or wss, a host and a port"};
    for (const Scheme& scheme : schemes) {
        if (!text.starts_with(scheme.prefix)) continue;
        text.remove_prefix(scheme.prefix.size());
        const std::size_t slash = std::min(text.find_first_of("/?"), text.size());
        NodeUrl url{.tls = scheme.tls, .web_socket = scheme.web_socket, .port = scheme.port};
        std::string_view authority = text.substr(0, slash);
        const std::string_view target = text.substr(slash);
        if (!target.empty()) url.target = (target.front() == '?' ? "/" : "") + std::string{target};
        const std::size_t bracket = authority.find(']');
        const std::size_t colon =
            authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
        if (colon != std::string_view::npos) {
            const std::string_view digits = authority.substr(colon + 1);
            const auto [end, error] =
                std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
            const bool whole = error == std::errc{} && end == digits.data() + digits.size();
            if (!whole || url.port == 0) return because(fault);
            authority = authority.substr(0, colon);
        }
        if (authority.starts_with('[') && authority.ends_with(']'))
            authority = authority.substr(1, authority.size() - 2);
        const bool sound = !authority.empty() && sound_target(authority) &&
                           authority.find_first_of("@[]") == std::string_view::npos;
        if (!sound || !sound_target(target)) return because(fault);
        url.host = authority;
        return url;
    }
    return because(fault);
}

std::unique_ptr<Endpoint> make_endpoint(NodeUrl url, Duration patience)
{
    if (url.web_socket) return make_web_socket(std::move(url), patience);
    return std::make_unique<HttpEndpoint>(std::move(url), patience);
}

}  // namespace millpond::chain
