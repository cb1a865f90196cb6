#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "edge/net/client.hpp"
#include "edge/net/http.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millpond::net {

/// The codes of gRPC that we use; any other number may come in.
enum class GrpcCode : std::uint8_t {
    ok = 0,
    cancelled = 1,
    unknown = 2,
    invalid_argument = 3,
    deadline_exceeded = 4,
    resource_exhausted = 8,
    unimplemented = 12,
    internal = 13,
    unavailable = 14,
};

struct GrpcStatus {
    GrpcCode code = GrpcCode::ok;
    std::string message;
    bool operator==(const GrpcStatus&) const = default;
};

constexpr std::size_t grpc_message_bytes_max = 4U << 20U;

[[nodiscard]] bool is_grpc(const RequestHead& head);

/// Server side. Reads the one request message of a unary or server-streaming call.
Task<Result<Bytes, GrpcStatus>> read_message(Exchange& exchange);
/// Sends the 200 head with the content type of gRPC; before the first message.
Task<Result<void, Fault>> start_messages(Exchange& exchange);
Task<Result<void, Fault>> write_message(Exchange& exchange, ByteView message);
/// Ends the call; as trailers only when no head was sent. `more` follows the status.
Task<Result<void, Fault>> finish_with(Exchange& exchange, GrpcStatus status);
Task<Result<void, Fault>> finish_with(Exchange& exchange, GrpcStatus status, Headers more);

/// Client side of a unary call. `trailers` gets what came with the status.
Task<Result<Bytes, GrpcStatus>> call_unary(
    Client& client, std::string path, Bytes request, Time deadline, Headers* trailers = nullptr
);

/// Client side of a server-streaming call.
class MessageStream {
public:
    static Task<Result<std::unique_ptr<MessageStream>, GrpcStatus>> open(
        Client& client, std::string path, Bytes request, Headers extra
    );
    ~MessageStream();
    /// The next message, or how the stream ended (`ok` included).
    Task<Result<Bytes, GrpcStatus>> next();

private:
    explicit MessageStream(std::unique_ptr<Call> call);
    std::unique_ptr<Call> call_;
    Bytes pending_;
};

}  // namespace millpond::net
