#include "edge/net/url.hpp"

#include <algorithm>
#include <charconv>

namespace millpond::net {
namespace {

Fault unreadable(std::string_view text)
{
    return {.what = "not an address: '" + std::string{text.substr(0, 200)} + "'"};
}

bool printable(char c)
{
    return c > ' ' && c <= '~';
}

}  // namespace

Result<Url, Fault> parse_url(std::string_view text)
{
    if (!std::ranges::all_of(text, printable)) return because(unreadable(text));
    Url url;
    std::string_view rest = text;
    if (const auto scheme = rest.find("://"); scheme != std::string_view::npos) {
        const auto name = rest.substr(0, scheme);
        if (name != "https" && name != "http") return because(unreadable(text));
        url.tls = name == "https";
        rest.remove_prefix(scheme + 3);
    }
    const auto host_end = std::min(rest.find_first_of("/?"), rest.size());
    const std::string_view authority = rest.substr(0, host_end);
    rest.remove_prefix(host_end);

    // An IPv6 address stands in brackets (RFC 3986, 3.2.2).
    const auto bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
    const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    std::string_view host = authority.substr(0, colon);
    if (bracket != std::string_view::npos) host = host.substr(1, bracket - 1);
    if (host.empty() || host.find_first_of("[]@") != std::string_view::npos) {
        return because(unreadable(text));
    }
    url.host = host;
    if (colon != std::string_view::npos) {
        const auto port = authority.substr(colon + 1);
        const auto* const begin = port.data();
        const auto* const end = begin + port.size();
        const auto read = std::from_chars(begin, end, url.port);
        if (read.ec != std::errc{} || read.ptr != end || url.port == 0) {
            return because(unreadable(text));
        }
    }
    const auto question = std::min(rest.find('?'), rest.size());
    if (question > 0) url.path = rest.substr(0, question);
    if (question < rest.size()) url.query = rest.substr(question + 1);
    return url;
}

bool same_server(const Url& left, const Url& right)
{
    return left.tls == right.tls && left.host == right.host && left.port == right.port;
}

ClientSettings client_settings(const Url& url)
{
    return {.host = url.host, .port = url.port, .tls = url.tls};
}

}  // namespace millpond::net
