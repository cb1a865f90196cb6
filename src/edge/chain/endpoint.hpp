#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace millpond::chain {

/// Where a node answers: http, https, ws or wss. What stands behind the host may be somebody's
/// secret, so no text of ours names it.
struct NodeUrl {
    bool tls = false;
    bool web_socket = false;
    std::string host;
    std::uint16_t port = 0;
    std::string target = "/";  ///< path and query

    bool operator==(const NodeUrl&) const = default;
};

[[nodiscard]] Result<NodeUrl, Fault> parse_node_url(std::string_view text);

/// One node's door: a question of JSON-RPC goes in, the answer's text comes back. Blocks for up to
/// its patience, so it belongs on a thread of its own.
class Endpoint {
public:
    virtual ~Endpoint() = default;

    /// Over a web socket, waits for the answer that names `id` and passes over others.
    virtual Result<std::string, Fault> ask(const std::string& question, std::uint64_t id) = 0;
    /// "host:port".
    [[nodiscard]] virtual std::string name() const = 0;
};

[[nodiscard]] std::unique_ptr<Endpoint> make_endpoint(NodeUrl url, Duration patience);

}  // namespace millpond::chain
