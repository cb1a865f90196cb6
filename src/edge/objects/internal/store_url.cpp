#include "edge/objects/internal/store_url.hpp"

#include <algorithm>
#include <charconv>

namespace millpond::objects {
namespace {

bool is_plain(char c)
{
    return c > ' ' && c < '\x7f';
}

}  // namespace

Result<web::Place, Fault> parse_url(std::string_view text)
{
    const Fault fault{.what = "object store: not a URL of http or https"};
    web::Place url;
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

}  // namespace millpond::objects
