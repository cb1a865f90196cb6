#include "edge/net/internal/exchange.hpp"

#include "edge/net/internal/h2_io.hpp"

#include <array>
#include <cstdio>

namespace millpond::net {
namespace {

class H2Exchange final : public Exchange {
public:
    H2Exchange(std::shared_ptr<H2Stream> stream, RequestHead head)
        : stream_(std::move(stream)),
          head_(std::move(head))
    {
    }

    // NOLINTNEXTLINE(bugprone-exception-escape): only memory running out throws, and ends us
    ~H2Exchange() override
    {
        h2::give_back(*stream_, stream_->in.size());
        stream_->in.clear();
        stream_->on_gone = {};
        const auto connection = stream_->connection.lock();
        if (!connection || stream_->closed) return;
        stream_->discard = true;
        if (!stream_->out_end) {
            connection->reset(*stream_, NGHTTP2_INTERNAL_ERROR);
        } else if (stream_->answered && !stream_->in_end) {
            connection->reset(*stream_, NGHTTP2_NO_ERROR);
        }
    }

    [[nodiscard]] const RequestHead& head() const override { return head_; }

    Task<Result<Blob, Fault>> read() override { return h2::read(stream_); }

    Task<Result<void, Fault>> respond(ResponseHead head) override
    {
        const auto connection = stream_->connection.lock();
        if (!connection || stream_->closed) {
            co_return because(Fault{.what = "connection closed", .retryable = true});
        }
        connection->respond(*stream_, head, head_.method == "HEAD");
        co_return Result<void, Fault>{};
    }

    Task<Result<void, Fault>> write(Blob piece) override
    {
        if (head_.method == "HEAD") co_return Result<void, Fault>{};
        auto written = co_await h2::write(stream_, std::move(piece));
        co_return written;
    }

    Task<Result<void, Fault>> finish(Headers trailers) override
    {
        if (!stream_->out_end) h2::end(*stream_, std::move(trailers));
        co_return Result<void, Fault>{};
    }

    void on_gone(std::move_only_function<void()> then) override
    {
        stream_->on_gone = std::move(then);
    }

    [[nodiscard]] bool gone() const override { return stream_->broken.has_value(); }

    [[nodiscard]] bool responded() const override { return stream_->head_sent; }

private:
    std::shared_ptr<H2Stream> stream_;
    RequestHead head_;
};

class H1Exchange final : public Exchange {
public:
    H1Exchange(std::shared_ptr<H1Connection> connection, RequestHead head)
        : connection_(std::move(connection)),
          head_(std::move(head))
    {
    }

    // NOLINTNEXTLINE(bugprone-exception-escape): only memory running out throws, and ends us
    ~H1Exchange() override { connection_->exchange_done(finished_); }

    [[nodiscard]] const RequestHead& head() const override { return head_; }

    Task<Result<Blob, Fault>> read() override { return connection_->read(); }

    Task<Result<void, Fault>> respond(ResponseHead head) override
    {
        responded_ = true;
        std::string text = "HTTP/1.1 " + std::to_string(head.status) + " " +
                           (head.status < 300 ? "OK" : "Refused") + "\r\n";
        for (const auto& field : head.headers.fields()) {
            text += field.name + ": " + field.value + "\r\n";
        }
        chunked_ = !head.headers.find("content-length");
        if (chunked_) text += "transfer-encoding: chunked\r\n";
        if (!connection_->keep_alive) text += "connection: close\r\n";
        text += "\r\n";
        const auto bytes = as_bytes(text);
        auto sent = co_await connection_->send(Bytes(bytes.begin(), bytes.end()));
        co_return sent;
    }

    Task<Result<void, Fault>> write(Blob piece) override
    {
        if (connection_->head_request || piece->empty()) co_return Result<void, Fault>{};
        Bytes bytes;
        if (chunked_) {
            std::array<char, 20> size{};
            const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", piece->size());
            bytes.insert(bytes.end(), size.begin(), size.begin() + digits);
        }
        bytes.insert(bytes.end(), piece->begin(), piece->end());
        if (chunked_) bytes.insert(bytes.end(), {'\r', '\n'});
        auto sent = co_await connection_->send(std::move(bytes));
        co_return sent;
    }

    Task<Result<void, Fault>> finish(Headers /*trailers*/) override
    {
        if (finished_) co_return Result<void, Fault>{};
        finished_ = true;
        if (!chunked_ || connection_->head_request) co_return Result<void, Fault>{};
        auto sent = co_await connection_->send(Bytes{'0', '\r', '\n', '\r', '\n'});
        co_return sent;
    }

    void on_gone(std::move_only_function<void()> then) override
    {
        connection_->on_gone = std::move(then);
    }

    [[nodiscard]] bool gone() const override { return connection_->broken.has_value(); }

    [[nodiscard]] bool responded() const override { return responded_; }

private:
    std::shared_ptr<H1Connection> connection_;
    RequestHead head_;
    bool responded_ = false;
    bool chunked_ = false;
    bool finished_ = false;
};

}  // namespace

std::unique_ptr<Exchange> over_h2(std::shared_ptr<H2Stream> stream, RequestHead head)
{
    return std::make_unique<H2Exchange>(std::move(stream), std::move(head));
}

std::unique_ptr<Exchange> over_h1(std::shared_ptr<H1Connection> connection, RequestHead head)
{
    return std::make_unique<H1Exchange>(std::move(connection), std::move(head));
}

}  // namespace millpond::net
