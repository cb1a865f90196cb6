#pragma once

#include "base/bytes.hpp"
#include "edge/sandbox/internal/descriptor.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// What pool, zygote and workers tell each other. One machine, one program: plain structs.
namespace millpond::sandbox {

constexpr int control_descriptor = 3;  ///< of the zygote
constexpr std::size_t inputs_max = 16;
constexpr std::size_t request_bytes_max = 64U << 10U;

/// Pool to zygote, first: the bounds of every worker to come.
struct Bounds {
    std::uint64_t memory_bytes = 0;
    std::uint32_t cpu_ms = 0;  ///< of one job
    std::uint32_t jobs_max = 1;
};

/// Pool to zygote, with the worker's end of a socket pair: fork one.
struct ForkOrder {
    std::uint32_t worker = 0;
};

/// Zygote to pool. `forked` carries a descriptor of the process.
struct ZygoteReport {
    // NOLINTNEXTLINE(performance-enum-size): a message has no padding
    enum class Kind : std::uint32_t { forked, not_forked, exited };
    Kind kind = Kind::forked;
    std::uint32_t worker = 0;
    std::int32_t status = 0;  ///< errno, or what wait() says
};

/// Pool to worker, with the tray that holds the inputs if there are any; the request follows.
struct JobHead {
    std::uint32_t request_bytes = 0;
    std::uint32_t inputs = 0;
    std::array<std::uint64_t, inputs_max> sizes{};
};

/// Worker to pool; the payload follows.
struct Frame {
    // NOLINTNEXTLINE(performance-enum-size): a message has no padding
    enum class Kind : std::uint32_t {
        ready,    ///< the layers, once they are all in place
        answer,   ///< what the entry gave back
        trapped,  ///< the number of a system call the filter stopped
    };
    Kind kind = Kind::ready;
    std::uint32_t bytes = 0;
};

/// How a worker ends when a limit of its own process is reached.
constexpr int exit_out_of_time = 121;
constexpr int exit_out_of_memory = 122;
constexpr int exit_trapped = 123;

/// One packet or the beginning of a stream, with descriptors. False when it did not go out whole.
[[nodiscard]] bool send_message(
    int socket, std::span<const ByteView> parts, std::span<const int> descriptors
);

struct Received {
    std::size_t bytes = 0;  ///< 0: the other end is gone
    std::vector<Descriptor> descriptors;
};

/// Nothing when the socket has nothing, or fails.
[[nodiscard]] std::optional<Received> receive_message(int socket, std::span<std::uint8_t> into);

template <typename T>
ByteView bytes_of(const T& plain)
{
    return {reinterpret_cast<const std::uint8_t*>(&plain), sizeof plain};
}

template <typename T>
std::span<std::uint8_t> room_of(T& plain)
{
    return {reinterpret_cast<std::uint8_t*>(&plain), sizeof plain};
}

}  // namespace millpond::sandbox
