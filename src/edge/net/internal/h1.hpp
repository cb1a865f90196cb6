#pragma once

#include "edge/net/http.hpp"
#include "edge/net/internal/transport.hpp"
#include "edge/net/server.hpp"

#include <coroutine>
#include <memory>
#include <optional>

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

namespace millpond::net {

/// A connection that speaks HTTP/1.1: one exchange after another, parsed by Beast.
class H1Connection final : public TransportOwner,
                           public std::enable_shared_from_this<H1Connection> {
public:
    struct Hooks {
        /// A request's head has come; the task it starts calls `exchange_done` at its end.
        std::function<void(std::shared_ptr<H1Connection>, RequestHead)> request;
        std::function<void()> closed;
        std::function<void(const char* limit)> refused;
    };

    H1Connection(Loop& loop, const ServerLimits& limits, Hooks hooks);

    void attach(std::shared_ptr<Transport> transport) { transport_ = std::move(transport); }

    /// The bytes that the choice of protocol had to look at.
    void on_ready() override;
    void on_bytes(ByteView bytes) override;
    void on_drained() override;
    void on_closed(const std::string& why) override;

    Task<Result<Blob, Fault>> read();
    Task<Result<void, Fault>> send(Bytes bytes);
    void exchange_done(bool answered);

    void close() { transport_->close(""); }

    /// After the exchange in hand, or now if there is none.
    void drain();

    std::move_only_function<void()> on_gone;
    std::optional<Fault> broken;
    bool head_request = false;  ///< HEAD: no body in the answer
    bool keep_alive = true;
    Time last_progress;
    std::size_t body_seen = 0;
    std::size_t body_at_last_check = 0;
    bool busy = false;  ///< an exchange is open
    bool reading_body = false;
    bool started_head = false;

private:
    void parse();
    void reject(int status, const char* limit);

    Loop& loop_;
    const ServerLimits& limits_;
    Hooks hooks_;
    std::shared_ptr<Transport> transport_;  ///< which keeps us until it closes
    using Parser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;
    std::optional<Parser> parser_;
    Bytes raw_;   ///< received and not parsed yet
    Bytes body_;  ///< parsed and not read yet
    bool body_end_ = false;
    bool draining_ = false;
    std::coroutine_handle<> reader_;
    std::coroutine_handle<> writer_;
};

}  // namespace millpond::net
