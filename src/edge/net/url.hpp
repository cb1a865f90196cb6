#pragma once

#include "base/result.hpp"
#include "edge/net/client.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millpond::net {

/// The default port of orchestrators and pools (livepeer-wire 1.3).
constexpr std::uint16_t service_port = 8935;

/// Where to send a request: `scheme://host[:port][/path][?query]`.
struct Url {
    bool tls = true;
    std::string host;  ///< an IPv6 address without its brackets
    std::uint16_t port = service_port;
    std::string path = "/";
    std::string query;

    bool operator==(const Url&) const = default;
};

/// Without a scheme it is https; without a port it is 8935, as orchestrators are addressed
/// (livepeer-wire 1.3). The fault quotes what could not be read.
[[nodiscard]] Result<Url, Fault> parse_url(std::string_view text);

/// True when one connection serves both.
[[nodiscard]] bool same_server(const Url& left, const Url& right);

/// Settings for a client of the URL's server.
[[nodiscard]] ClientSettings client_settings(const Url& url);

}  // namespace millpond::net
