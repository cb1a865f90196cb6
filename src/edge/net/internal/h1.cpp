#include "edge/net/internal/h1.hpp"

#include "edge/net/internal/h2_io.hpp"

#include <array>
#include <charconv>

#include <boost/asio/buffer.hpp>

namespace millpond::net {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t body_held_max = 256U << 10U;

RequestHead to_head(const http::request_header<>& from)
{
    RequestHead head;
    head.method = std::string{from.method_string()};
    const std::string_view target = from.target();
    const std::size_t mark = target.find('?');
    head.path = std::string{target.substr(0, mark)};
    if (mark != std::string_view::npos) head.query = std::string{target.substr(mark + 1)};
    for (const auto& field : from) {
        head.headers.add(std::string_view{field.name_string()}, std::string{field.value()});
    }
    head.http_major = 1;
    return head;
}

}  // namespace

H1Connection::H1Connection(Loop& loop, const ServerLimits& limits, Hooks hooks)
    : loop_(loop),
      limits_(limits),
      hooks_(std::move(hooks))
{
    last_progress = loop_.now();
}

void H1Connection::on_ready() {}

void H1Connection::on_bytes(ByteView bytes)
{
    const auto self = shared_from_this();
    raw_.insert(raw_.end(), bytes.begin(), bytes.end());
    last_progress = loop_.now();
    if (!busy) started_head = true;
    parse();
    if (raw_.size() + body_.size() > body_held_max) transport_->pause(true);
}

void H1Connection::reject(int status, const char* limit)
{
    if (hooks_.refused) hooks_.refused(limit);
    const std::string text = "HTTP/1.1 " + std::to_string(status) + " refused\r\ncontent-length: " +
                             std::to_string(std::string_view{limit}.size()) +
                             "\r\nconnection: close\r\n\r\n" + limit;
    transport_->send(as_bytes(text));
    transport_->close(limit);
}

void H1Connection::parse()
{
    // A request that has been read whole waits until the one before it is answered.
    if (busy && body_end_) return;
    if (!parser_) {
        if (raw_.empty()) return;
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
        parser_->body_limit(limits_.body_bytes);
        parser_->eager(false);
    }
    while (!raw_.empty() && transport_->open() && !body_end_) {
        boost::beast::error_code error;
        std::array<std::uint8_t, 16U << 10U> room{};
        auto& body = parser_->get().body();
        body.data = room.data();
        body.size = room.size();
        body.more = true;
        const std::size_t used = parser_->put(boost::asio::buffer(raw_), error);
        const std::size_t parsed = room.size() - body.size;
        raw_.erase(raw_.begin(), raw_.begin() + static_cast<std::ptrdiff_t>(used));
        body_.insert(body_.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(parsed));
        body_seen += parsed;
        if (error == http::error::need_more) break;
        if (error == http::error::header_limit) return reject(431, "header_bytes");
        if (error == http::error::body_limit) {
            broken = Fault{.what = "body_bytes", .retryable = false};
            if (!busy) return reject(413, "body_bytes");
            if (hooks_.refused) hooks_.refused("body_bytes");
            body_end_ = true;
            keep_alive = false;
            break;
        }
        if (error && error != http::error::need_buffer) return reject(400, "malformed_request");
        if (parser_->is_header_done() && !busy) {
            busy = true;
            started_head = false;
            reading_body = !parser_->is_done();
            keep_alive = parser_->keep_alive() && !draining_;
            head_request = parser_->get().method() == http::verb::head;
            if (parser_->get()[http::field::expect] == "100-continue") {
                transport_->send(as_bytes("HTTP/1.1 100 Continue\r\n\r\n"));
            }
            RequestHead head = to_head(parser_->get());
            head.peer = transport_->peer();
            loop_.post([self = shared_from_this(), head = std::move(head)]() mutable {
                self->hooks_.request(self, std::move(head));
            });
        }
        if (parser_->is_done()) body_end_ = true;
        if (used == 0 && parsed == 0 && !error) break;
    }
    if (busy && parser_->is_done()) body_end_ = true;
    if (body_end_) reading_body = false;
    if (!body_.empty() || body_end_) {
        if (const auto reader = std::exchange(reader_, {})) {
            loop_.post([reader] { reader.resume(); });
        }
    }
}

Task<Result<Blob, Fault>> H1Connection::read()
{
    while (body_.empty() && !body_end_ && !broken)
        co_await h2::Wait{reader_};
    if (broken) co_return because(*broken);
    if (body_.empty()) co_return make_blob({});
    Blob piece = make_blob(std::exchange(body_, {}));
    parse();
    transport_->pause(false);
    co_return piece;
}

Task<Result<void, Fault>> H1Connection::send(Bytes bytes)
{
    if (broken && broken->what != "body_bytes") co_return because(*broken);
    transport_->send(bytes);
    last_progress = loop_.now();
    while (transport_->open() && transport_->pending() > 0) {
        co_await h2::Wait{writer_};
    }
    if (!transport_->open()) {
        co_return because(broken.value_or(Fault{.what = "connection closed", .retryable = true}));
    }
    co_return Result<void, Fault>{};
}

void H1Connection::on_drained()
{
    last_progress = loop_.now();
    if (const auto writer = std::exchange(writer_, {})) writer.resume();
}

void H1Connection::on_closed(const std::string& why)
{
    const auto self = shared_from_this();
    if (!broken) broken = Fault{.what = why.empty() ? "connection closed" : why, .retryable = true};
    auto gone = std::exchange(on_gone, {});
    if (const auto reader = std::exchange(reader_, {})) reader.resume();
    if (const auto writer = std::exchange(writer_, {})) writer.resume();
    if (gone) gone();
    if (hooks_.closed) hooks_.closed();
    hooks_.closed = {};
}

void H1Connection::exchange_done(bool answered)
{
    on_gone = {};
    if (!transport_->open()) return;
    // What the handler did not read would be taken for the next request.
    if (!answered || !keep_alive || !body_end_ || draining_) {
        transport_->close("");
        return;
    }
    busy = false;
    body_end_ = false;
    body_.clear();
    body_seen = 0;
    body_at_last_check = 0;
    broken.reset();
    parser_.reset();
    last_progress = loop_.now();
    transport_->pause(false);
    parse();
}

void H1Connection::drain()
{
    draining_ = true;
    if (!busy) transport_->close("");
}

}  // namespace millpond::net
