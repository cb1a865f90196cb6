#include "edge/net/grpc.hpp"

#include <charconv>

namespace millpond::net {
namespace {

constexpr std::size_t prefix_bytes = 5;
constexpr std::string_view grpc_type = "application/grpc";

// gRPC over HTTP/2: Status-Message is percent-encoded where a byte is not printable ASCII.
std::string percent_encode(std::string_view text)
{
    std::string encoded;
    for (const char c : text) {
        if (c >= ' ' && c <= '~' && c != '%') {
            encoded.push_back(c);
        } else {
            const auto byte = static_cast<std::uint8_t>(c);
            encoded.push_back('%');
            encoded.push_back("0123456789ABCDEF"[byte >> 4U]);
            encoded.push_back("0123456789ABCDEF"[byte & 15U]);
        }
    }
    return encoded;
}

std::string percent_decode(std::string_view text)
{
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte =
            text[i] == '%' && i + 2 < text.size() ? parse_hex(text.substr(i + 1, 2)) : std::nullopt;
        if (byte) {
            decoded.push_back(static_cast<char>(byte->front()));
            i += 2;
        } else {
            decoded.push_back(text[i]);
        }
    }
    return decoded;
}

Blob frame(ByteView message)
{
    Bytes bytes;
    bytes.reserve(prefix_bytes + message.size());
    const auto size = static_cast<std::uint32_t>(message.size());
    bytes.push_back(0);
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        bytes.push_back(static_cast<std::uint8_t>(size >> shift));
    }
    bytes.insert(bytes.end(), message.begin(), message.end());
    return make_blob(std::move(bytes));
}

/// How many bytes the first message of `bytes` takes, once its prefix is there.
Result<std::optional<std::size_t>, GrpcStatus> first_message_size(const Bytes& bytes)
{
    if (bytes.size() < prefix_bytes) return std::optional<std::size_t>{};
    if (bytes[0] != 0) {
        return because(GrpcStatus{GrpcCode::unimplemented, "compressed messages are not supported"}
        );
    }
    std::size_t size = 0;
    for (std::size_t i = 1; i < prefix_bytes; ++i)
        size = (size << 8U) | bytes[i];
    if (size > grpc_message_bytes_max) {
        return because(GrpcStatus{GrpcCode::resource_exhausted, "message too large"});
    }
    return std::optional{prefix_bytes + size};
}

GrpcStatus status_of(const Headers& trailers)
{
    const auto code = trailers.find("grpc-status");
    if (!code) return {GrpcCode::unknown, "the answer carries no grpc-status"};
    unsigned number = 0;
    std::from_chars(code->data(), code->data() + code->size(), number);
    return {
        static_cast<GrpcCode>(number), percent_decode(trailers.find("grpc-message").value_or(""))
    };
}

GrpcStatus status_of(const Fault& fault)
{
    const bool late = fault.what == "deadline";
    return {late ? GrpcCode::deadline_exceeded : GrpcCode::unavailable, fault.what};
}

RequestHead call_head(std::string path, const Headers& extra)
{
    RequestHead head{.method = "POST", .path = std::move(path)};
    head.headers.add("content-type", std::string{grpc_type});
    head.headers.add("te", "trailers");
    for (const auto& field : extra.fields())
        head.headers.add(field.name, field.value);
    return head;
}

}  // namespace

bool is_grpc(const RequestHead& head)
{
    return head.http_major == 2 &&
           head.headers.find("content-type").value_or("").starts_with(grpc_type);
}

Task<Result<Bytes, GrpcStatus>> read_message(Exchange& exchange)
{
    const auto encoding = exchange.head().headers.find("grpc-encoding");
    if (encoding && *encoding != "identity") {
        co_return because(GrpcStatus{
            GrpcCode::unimplemented, "grpc-encoding " + std::string{*encoding} + " is not supported"
        });
    }
    Bytes bytes;
    while (true) {
        const auto size = first_message_size(bytes);
        if (!size) co_return because(size.error());
        if (*size && bytes.size() >= **size) {
            const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(**size);
            co_return Bytes(bytes.begin() + prefix_bytes, end);
        }
        const auto piece = co_await exchange.read();
        if (!piece) co_return because(status_of(piece.error()));
        if ((*piece)->empty()) {
            co_return because(GrpcStatus{GrpcCode::invalid_argument, "no whole message came"});
        }
        bytes.insert(bytes.end(), (*piece)->begin(), (*piece)->end());
    }
}

Task<Result<void, Fault>> start_messages(Exchange& exchange)
{
    ResponseHead head;
    head.headers.add("content-type", std::string{grpc_type});
    auto sent = co_await exchange.respond(std::move(head));
    co_return sent;
}

Task<Result<void, Fault>> write_message(Exchange& exchange, ByteView message)
{
    auto written = co_await exchange.write(frame(message));
    co_return written;
}

Task<Result<void, Fault>> finish_with(Exchange& exchange, GrpcStatus status)
{
    return finish_with(exchange, std::move(status), Headers{});
}

Task<Result<void, Fault>> finish_with(Exchange& exchange, GrpcStatus status, Headers more)
{
    Headers trailers;
    trailers.add("grpc-status", std::to_string(static_cast<unsigned>(status.code)));
    if (!status.message.empty()) trailers.add("grpc-message", percent_encode(status.message));
    for (const auto& field : more.fields())
        trailers.add(field.name, field.value);
    if (!exchange.responded()) {
        const auto started = co_await start_messages(exchange);
        if (!started) co_return started;
    }
    auto finished = co_await exchange.finish(std::move(trailers));
    co_return finished;
}

Task<Result<Bytes, GrpcStatus>> call_unary(
    Client& client, std::string path, Bytes request, Time deadline, Headers* trailers
)
{
    auto call = co_await client.start(call_head(std::move(path), {}), frame(request), deadline);
    if (!call) co_return because(status_of(call.error()));
    const auto answer = co_await (*call)->read_all(grpc_message_bytes_max + prefix_bytes);
    if (!answer) co_return because(status_of(answer.error()));
    if (trailers != nullptr) *trailers = (*call)->trailers();
    const auto status = status_of((*call)->trailers());
    if (status.code != GrpcCode::ok) co_return because(status);
    const auto size = first_message_size(*answer);
    if (!size) co_return because(size.error());
    if (!*size || **size != answer->size()) {
        co_return because(GrpcStatus{GrpcCode::internal, "the answer is not one message"});
    }
    co_return Bytes(answer->begin() + prefix_bytes, answer->end());
}

MessageStream::MessageStream(std::unique_ptr<Call> call) : call_(std::move(call)) {}

MessageStream::~MessageStream() = default;

Task<Result<std::unique_ptr<MessageStream>, GrpcStatus>> MessageStream::open(
    Client& client, std::string path, Bytes request, Headers extra
)
{
    auto call =
        co_await client.start(call_head(std::move(path), extra), frame(request), Time::max());
    if (!call) co_return because(status_of(call.error()));
    co_return std::unique_ptr<MessageStream>{new MessageStream{std::move(*call)}};
}

Task<Result<Bytes, GrpcStatus>> MessageStream::next()
{
    while (true) {
        const auto size = first_message_size(pending_);
        if (!size) co_return because(size.error());
        if (*size && pending_.size() >= **size) {
            const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(**size);
            Bytes message(pending_.begin() + prefix_bytes, end);
            pending_.erase(pending_.begin(), end);
            co_return message;
        }
        const auto piece = co_await call_->read();
        if (!piece) co_return because(status_of(piece.error()));
        if ((*piece)->empty()) co_return because(status_of(call_->trailers()));
        pending_.insert(pending_.end(), (*piece)->begin(), (*piece)->end());
    }
}

}  // namespace millpond::net
