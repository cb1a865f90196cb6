#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace millpond::bench {

/// gRPC's own C++ library over TLS with a generic bidi stream, as a yardstick: a callback server
/// that answers each message with one of `answer_bytes` that begins with the time it was sent.
/// Runs until the process is killed; `ready` hears the port.
void run_grpc_server(
    const std::string& folder,
    std::size_t answer_bytes,
    const std::function<void(std::uint16_t)>& ready
);

/// The median time in nanoseconds that a message of the server takes to reach us, in a ping-pong.
[[nodiscard]] std::int64_t grpc_message_ns(
    const std::string& folder, std::uint16_t port, int messages
);

/// Opens so many streams, each on a connection of its own and each with one message answered, and
/// keeps them until the process is killed.
void hold_grpc_streams(
    const std::string& folder, std::uint16_t port, int streams, const std::function<void()>& ready
);

}  // namespace millpond::bench
