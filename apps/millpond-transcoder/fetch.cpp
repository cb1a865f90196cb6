#include "apps/millpond-transcoder/fetch.hpp"

#include "edge/files/durable.hpp"
#include "edge/net/client.hpp"
#include "edge/net/url.hpp"

#include <optional>

namespace millpond {
namespace {

constexpr std::size_t document_bytes_max = 512U << 20U;
constexpr Duration patience = std::chrono::seconds{60};

Task<Result<std::string, Fault>> fetch(net::Loop& loop, std::string address)
{
    const auto url = net::parse_url(address);
    if (!url) co_return because(url.error());
    net::Client client{loop, net::client_settings(*url)};
    auto call = co_await client.start(
        {.method = "GET", .path = url->path, .query = url->query},
        make_blob({}),
        loop.now() + patience
    );
    if (!call) co_return because(call.error());
    const auto head = co_await (*call)->head();
    if (!head) co_return because(head.error());
    if (head->status != 200)
        co_return because(Fault{.what = address + ": status " + std::to_string(head->status)});
    const auto body = co_await (*call)->read_all(document_bytes_max);
    if (!body) co_return because(body.error());
    co_return std::string{as_text(*body)};
}

}  // namespace

Result<std::string, Fault> fetch_text(const std::string& from)
{
    if (!from.starts_with("http://") && !from.starts_with("https://"))
        return files::read_whole(from, document_bytes_max);
    net::Loop loop;
    std::optional<Result<std::string, Fault>> text;
    spawn([](net::Loop& on, std::string address, auto& into) -> Task<void> {
        into = co_await fetch(on, std::move(address));
        on.stop();
    }(loop, from, text));
    loop.run();
    return *std::move(text);
}

}  // namespace millpond
