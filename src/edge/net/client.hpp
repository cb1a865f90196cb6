#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "edge/net/http.hpp"
#include "edge/net/loop.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millpond::net {

struct ClientSettings {
    std::string host;
    std::uint16_t port = 0;
    bool tls = true;
    /// SHA-256 of the certificate we insist on, hex; empty takes any (livepeer-wire 1.2).
    std::string pinned_certificate;
    Duration connect = std::chrono::seconds{3};  ///< TCP, TLS and settings
    Duration ping = std::chrono::seconds{5};     ///< dead-peer check while streams are open
};

/// One request and its answer, on the client's side. Destroying it cancels what is left.
class Call {
public:
    virtual ~Call() = default;

    /// Sends a piece of the request's body; returns when there is room for the next.
    virtual Task<Result<void, Fault>> write(Blob piece) = 0;
    /// Ends the request's body.
    virtual Task<Result<void, Fault>> finish() = 0;
    /// Waits for the answer's head.
    virtual Task<Result<ResponseHead, Fault>> head() = 0;
    /// The next piece of the answer, empty at its end.
    virtual Task<Result<Blob, Fault>> read() = 0;
    /// What came after the body. Empty before the end.
    [[nodiscard]] virtual const Headers& trailers() const = 0;

    Task<Result<Bytes, Fault>> read_all(std::size_t limit);
};

/// A connection to one server, made when first needed and again after it broke.
/// Speaks HTTP/2 only, as every peer of ours can.
class Client {
public:
    Client(Loop& loop, ClientSettings settings);
    ~Client();

    /// Starts a request. `deadline` ends the whole call with the fault `deadline`.
    /// With `body` known, content-length is set and nothing more may be written.
    Task<Result<std::unique_ptr<Call>, Fault>> start(RequestHead head, Time deadline);
    Task<Result<std::unique_ptr<Call>, Fault>> start(RequestHead head, Blob body, Time deadline);

    /// SHA-256 of the server's certificate, hex; connects first where needed.
    Task<Result<std::string, Fault>> peer_certificate();

    /// Closes the connection; open calls fail with `closed`.
    void close();

    struct Inside;

private:
    std::shared_ptr<Inside> inside_;  // also held by its open calls
};

}  // namespace millpond::net
