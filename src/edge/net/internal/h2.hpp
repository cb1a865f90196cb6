#pragma once

#include "edge/net/http.hpp"
#include "edge/net/internal/transport.hpp"

#include <coroutine>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nghttp2/nghttp2.h>

namespace millpond::net {

class H2Connection;

/// One HTTP/2 stream, for server and client alike. Owned by its connection while open and by the
/// exchange or call that works with it.
struct H2Stream {
    std::int32_t id = -1;
    std::weak_ptr<H2Connection> connection;

    // What comes in.
    Headers head;
    Headers trailers;
    std::map<std::string, std::string> pseudo;  ///< :method, :path, :status and the like
    std::size_t head_bytes = 0;
    bool head_done = false;
    Bytes in;  ///< received and not yet read
    std::size_t in_total = 0;
    bool in_end = false;
    std::coroutine_handle<> reader;
    std::coroutine_handle<> head_waiter;

    // What goes out.
    std::deque<Blob> out;
    std::size_t out_at = 0;  ///< of the first piece
    std::size_t out_bytes = 0;
    bool out_end = false;
    Headers out_trailers;
    bool head_sent = false;
    bool answered = false;  ///< the last of our answer is on its way
    bool deferred = false;
    std::coroutine_handle<> writer;

    std::optional<Fault> broken;
    /// The body was over its limit: nobody reads on, but the refusal can still be told.
    bool over_limit = false;
    bool closed = false;
    std::move_only_function<void()> on_gone;
    Time last_progress{};
    Time rate_checked{};
    std::size_t in_at_last_check = 0;
    /// Nobody reads on: what comes is dropped, and the stream is reset once our answer is out.
    bool discard = false;
};

struct H2Settings {
    bool server = true;
    std::size_t streams_max = 250;
    std::size_t header_bytes = 1U << 20U;
    std::size_t body_bytes = 300'000'000;
    std::size_t window_bytes = 1U << 20U;
};

/// nghttp2 on a transport. What it calls back runs after nghttp2 has returned, never inside it.
class H2Connection final : public TransportOwner,
                           public std::enable_shared_from_this<H2Connection> {
public:
    struct Hooks {
        std::function<void()> ready;
        /// A stream's head is whole (on a server: a request has come).
        std::function<void(const std::shared_ptr<H2Stream>&)> head;
        std::function<void(const std::string& why)> closed;
        /// A limit was reached on a stream; returns nothing: the stream is refused by its name.
        std::function<void(const char* limit)> refused;
        std::function<void()> stream_closed;
    };

    H2Connection(Loop& loop, H2Settings settings);
    ~H2Connection() override;

    void set_hooks(Hooks hooks) { hooks_ = std::move(hooks); }

    void attach(std::shared_ptr<Transport> transport) { transport_ = std::move(transport); }

    void on_ready() override;
    void on_bytes(ByteView bytes) override;
    void on_drained() override;
    void on_closed(const std::string& why) override;

    /// Starts a request. Nothing when the connection takes no more streams.
    std::shared_ptr<H2Stream> request(
        const RequestHead& head, const std::string& authority, bool body
    );
    void respond(H2Stream& stream, const ResponseHead& head, bool end);
    void resume(H2Stream& stream);
    void reset(H2Stream& stream, std::uint32_t code);
    /// The application has read so many bytes: the peer may send as many more.
    void consumed(H2Stream& stream, std::size_t bytes);
    void ping();
    void goaway();
    void close(const std::string& why);

    [[nodiscard]] std::size_t streams() const { return streams_.size(); }

    [[nodiscard]] const std::map<std::int32_t, std::shared_ptr<H2Stream>>& all() const
    {
        return streams_;
    }

    [[nodiscard]] Transport& transport() { return *transport_; }

    [[nodiscard]] bool ping_pending() const { return ping_pending_; }

    [[nodiscard]] bool going() const { return going_; }

    [[nodiscard]] Loop& loop() { return loop_; }

    void pump();

private:
    struct Callbacks;
    void run_ready();
    void finish_stream(const std::shared_ptr<H2Stream>& stream, std::uint32_t code);

    Loop& loop_;
    H2Settings settings_;
    Hooks hooks_;
    std::shared_ptr<Transport> transport_;  ///< which keeps us until it closes
    nghttp2_session* session_ = nullptr;
    std::map<std::int32_t, std::shared_ptr<H2Stream>> streams_;
    std::vector<std::move_only_function<void()>> ready_;
    bool inside_ = false;   ///< in a call of nghttp2
    bool running_ = false;  ///< in run_ready
    bool ping_pending_ = false;
    bool going_ = false;
    const std::uint8_t* received_end_ = nullptr;  ///< of the bytes nghttp2 is reading
};

}  // namespace millpond::net
