#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "edge/net/http.hpp"
#include "edge/net/loop.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace millpond::net {

/// Every limit of a port, refused by its own name (see docs/limits.md).
struct ServerLimits {
    std::size_t connections = 16'384;
    std::size_t connections_per_address = 4'096;
    std::size_t streams_per_connection = 250;
    std::size_t header_bytes = 1U << 20U;  ///< of one request, all fields
    std::size_t body_bytes = 300'000'000;  ///< of one request
    std::size_t window_bytes = 1U << 20U;  ///< of received, unread bytes per stream
    Duration handshake = std::chrono::seconds{5};
    Duration head = std::chrono::seconds{10};   ///< from a request's first byte to its whole head
    Duration idle = std::chrono::minutes{10};   ///< a connection without an open request
    Duration stall = std::chrono::seconds{10};  ///< a body that does not move, either way
    std::size_t body_rate_min = 10'000;         ///< bytes/s of a request body over each `stall`
    Duration ping = std::chrono::seconds{5};    ///< HTTP/2 PING on a connection with open streams
};

/// How often each limit, by its name, has refused something.
struct ServerCounts {
    std::uint64_t accepted = 0;
    std::size_t open = 0;
    std::vector<std::pair<std::string, std::uint64_t>> refused;
};

struct ServerSettings {
    std::string host = "0.0.0.0";
    std::uint16_t port = 0;  ///< 0 lets the system choose
    bool tls = true;
    std::string certificate_file;  ///< PEM; made at the first start if both files are missing
    std::string key_file;
    std::string certificate_name = "localhost";  ///< the one dNSName of a certificate we make
    ServerLimits limits;
};

/// One port for gRPC, HTTP/2 and HTTP/1.1. Knows no domain: it hands exchanges to the handler.
class Server {
public:
    /// A fault names the file or address that did not work.
    static Result<std::unique_ptr<Server>, Fault> open(
        Loop& loop, ServerSettings settings, Handler handler
    );
    ~Server();

    [[nodiscard]] std::uint16_t port() const;
    /// SHA-256 of the certificate's DER form, hex; empty without TLS.
    [[nodiscard]] const std::string& certificate_sha256() const;
    [[nodiscard]] ServerCounts counts() const;
    /// Accepts nothing new, sends GOAWAY; open exchanges go on to their end.
    void drain();

    struct Inside;

private:
    explicit Server(std::shared_ptr<Inside> inside);
    std::shared_ptr<Inside> inside_;  // also held by its open connections
};

}  // namespace millpond::net
