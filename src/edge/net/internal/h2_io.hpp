#pragma once

#include "edge/net/internal/h2.hpp"

/// Reading and writing a stream's body from a task; the same for both sides.
namespace millpond::net::h2 {

constexpr std::size_t out_bytes_max = 256U << 10U;  ///< queued per stream before a writer waits

/// Suspends until somebody resumes the handle kept in `slot`.
struct Wait {
    std::coroutine_handle<>& slot;

    [[nodiscard]] bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> waiting) const { slot = waiting; }

    void await_resume() const noexcept {}
};

inline void give_back(H2Stream& stream, std::size_t bytes)
{
    if (bytes == 0) return;
    if (const auto connection = stream.connection.lock()) connection->consumed(stream, bytes);
}

inline Task<Result<Blob, Fault>> read(std::shared_ptr<H2Stream> stream)
{
    while (stream->in.empty() && !stream->in_end && !stream->broken && !stream->over_limit) {
        co_await Wait{stream->reader};
    }
    if (stream->over_limit) co_return because(Fault{.what = "body_bytes", .retryable = false});
    if (!stream->in.empty()) {
        // Room was made for the whole read of the socket, of which other streams had their share.
        if (stream->in.capacity() > 2 * stream->in.size()) stream->in.shrink_to_fit();
        Blob piece = make_blob(std::exchange(stream->in, {}));
        give_back(*stream, piece->size());
        co_return piece;
    }
    // A peer that ended its side and then the stream has said all it had to say.
    if (stream->broken && !(stream->in_end && stream->broken->what == "reset by peer")) {
        co_return because(*stream->broken);
    }
    co_return make_blob({});
}

inline Task<Result<void, Fault>> write(std::shared_ptr<H2Stream> stream, Blob piece)
{
    if (stream->broken) co_return because(*stream->broken);
    if (stream->closed) co_return because(Fault{.what = "stream closed", .retryable = true});
    if (!piece->empty()) {
        stream->out_bytes += piece->size();
        stream->out.push_back(std::move(piece));
        if (const auto connection = stream->connection.lock()) connection->resume(*stream);
    }
    while (stream->out_bytes > out_bytes_max && !stream->broken && !stream->closed) {
        co_await Wait{stream->writer};
    }
    if (stream->broken) co_return because(*stream->broken);
    co_return Result<void, Fault>{};
}

inline void end(H2Stream& stream, Headers trailers)
{
    stream.out_end = true;
    stream.out_trailers = std::move(trailers);
    if (const auto connection = stream.connection.lock()) connection->resume(stream);
}

}  // namespace millpond::net::h2
