#include "edge/net/internal/h2.hpp"

#include "base/assert.hpp"
#include "edge/net/internal/h2_memory.hpp"

#include <algorithm>
#include <cstring>

namespace millpond::net {
namespace {

constexpr std::size_t batch_bytes = 128U << 10U;
constexpr std::int32_t connection_window = 16 << 20;
/// A value as long as this is a signed message: it never comes twice, and would only fill the
/// tables that both ends keep of what may come again.
constexpr std::size_t comes_once = 256;

std::string_view view(const std::uint8_t* bytes, std::size_t size)
{
    return {reinterpret_cast<const char*>(bytes), size};
}

nghttp2_nv field(std::string_view name, std::string_view value)
{
    const auto flags = value.size() < comes_once ? NGHTTP2_NV_FLAG_NONE : NGHTTP2_NV_FLAG_NO_INDEX;
    // nghttp2 copies both and changes neither.
    return {
        const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(name.data())),
        const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(value.data())),
        name.size(),
        value.size(),
        static_cast<std::uint8_t>(flags)
    };
}

bool of_connection(std::string_view name)
{
    return name == "connection" || name == "transfer-encoding" || name == "keep-alive" ||
           name == "upgrade";
}

std::vector<nghttp2_nv> fields_of(const Headers& headers)
{
    std::vector<nghttp2_nv> fields;
    for (const auto& each : headers.fields()) {
        if (!of_connection(each.name)) fields.push_back(field(each.name, each.value));
    }
    return fields;
}

}  // namespace

/// What nghttp2 calls. Each finds its stream, notes what came and leaves the rest to run_ready.
struct H2Connection::Callbacks {
    static H2Connection& self(void* user) { return *static_cast<H2Connection*>(user); }

    static std::shared_ptr<H2Stream> find(H2Connection& connection, std::int32_t id)
    {
        const auto found = connection.streams_.find(id);
        return found == connection.streams_.end() ? nullptr : found->second;
    }

    static int begin_headers(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user)
    {
        auto& connection = self(user);
        if (!connection.settings_.server || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
        auto stream = std::make_shared<H2Stream>();
        stream->id = frame->hd.stream_id;
        stream->connection = connection.weak_from_this();
        stream->last_progress = connection.loop_.now();
        connection.streams_.emplace(stream->id, std::move(stream));
        return 0;
    }

    // NOLINTNEXTLINE(readability-function-size): the shape that nghttp2 calls
    static int header(
        nghttp2_session* /*session*/,
        const nghttp2_frame* frame,
        const std::uint8_t* name,
        std::size_t name_size,
        const std::uint8_t* value,
        std::size_t value_size,
        std::uint8_t /*flags*/,
        void* user
    )
    {
        auto& connection = self(user);
        const auto stream = find(connection, frame->hd.stream_id);
        if (!stream) return 0;
        stream->head_bytes += name_size + value_size + 32;
        if (stream->head_bytes > connection.settings_.header_bytes) {
            if (connection.hooks_.refused) connection.hooks_.refused("header_bytes");
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        }
        const auto key = view(name, name_size);
        if (key.starts_with(':')) {
            stream->pseudo.insert_or_assign(std::string{key}, std::string{view(value, value_size)});
        } else {
            auto& headers = stream->head_done ? stream->trailers : stream->head;
            headers.add(key, std::string{view(value, value_size)});
        }
        return 0;
    }

    static void ended(H2Connection& connection, const std::shared_ptr<H2Stream>& stream)
    {
        stream->in_end = true;
        connection.ready_.emplace_back([stream] {
            if (const auto reader = std::exchange(stream->reader, {})) reader.resume();
        });
    }

    static int frame_received(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user)
    {
        auto& connection = self(user);
        if (frame->hd.type == NGHTTP2_PING && (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) {
            connection.ping_pending_ = false;
            return 0;
        }
        if (frame->hd.type == NGHTTP2_GOAWAY) {
            connection.going_ = true;
            return 0;
        }
        const auto stream = find(connection, frame->hd.stream_id);
        if (!stream) return 0;
        if (frame->hd.type == NGHTTP2_HEADERS) {
            const bool informational =
                stream->pseudo.contains(":status") && stream->pseudo[":status"].starts_with('1');
            if (!stream->head_done && !informational) {
                stream->head_done = true;
                connection.ready_.emplace_back([&connection, stream] {
                    if (connection.hooks_.head) connection.hooks_.head(stream);
                    if (const auto waiter = std::exchange(stream->head_waiter, {})) waiter.resume();
                });
            }
        }
        const bool carries_end =
            frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
        if (carries_end && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
            ended(connection, stream);
        }
        return 0;
    }

    // NOLINTNEXTLINE(readability-function-size): the shape that nghttp2 calls
    static int data_received(
        nghttp2_session* /*session*/,
        std::uint8_t /*flags*/,
        std::int32_t id,
        const std::uint8_t* bytes,
        std::size_t size,
        void* user
    )
    {
        auto& connection = self(user);
        const auto stream = find(connection, id);
        if (!stream) {
            nghttp2_session_consume_connection(connection.session_, size);
            return 0;
        }
        if (stream->discard) {
            nghttp2_session_consume(connection.session_, id, size);
            return 0;
        }
        stream->in_total += size;
        stream->last_progress = connection.loop_.now();
        if (stream->in_total > connection.settings_.body_bytes) {
            nghttp2_session_consume_connection(connection.session_, size);
            if (stream->over_limit) return 0;
            stream->over_limit = true;
            if (connection.hooks_.refused) connection.hooks_.refused("body_bytes");
            connection.ready_.emplace_back([stream] {
                if (const auto reader = std::exchange(stream->reader, {})) reader.resume();
            });
            return 0;
        }
        const bool first = stream->in.empty();
        // One allocation for all that came with this read of the socket.
        if (first) {
            stream->in.reserve(static_cast<std::size_t>(connection.received_end_ - bytes));
        }
        stream->in.insert(stream->in.end(), bytes, bytes + size);
        if (first) {
            connection.ready_.emplace_back([stream] {
                if (const auto reader = std::exchange(stream->reader, {})) reader.resume();
            });
        }
        return 0;
    }

    static int stream_closed(
        nghttp2_session* /*session*/, std::int32_t id, std::uint32_t code, void* user
    )
    {
        auto& connection = self(user);
        const auto stream = find(connection, id);
        if (!stream) return 0;
        connection.streams_.erase(id);
        connection.finish_stream(stream, code);
        return 0;
    }

    static void answered(H2Connection& connection, H2Stream& stream)
    {
        if (!stream.discard || stream.in_end) return;
        connection.ready_.emplace_back([&connection, id = stream.id] {
            const auto found = connection.streams_.find(id);
            // The peer may stop sending (RFC 9113, section 8.1).
            if (found != connection.streams_.end()) {
                connection.reset(*found->second, NGHTTP2_NO_ERROR);
            }
        });
    }

    /// Says how much of the next DATA frame there is; `send_data` writes it.
    // NOLINTNEXTLINE(readability-function-size): the shape that nghttp2 calls
    static ssize_t read_body(
        nghttp2_session* session,
        std::int32_t id,
        std::uint8_t* /*buffer*/,
        std::size_t size,
        std::uint32_t* flags,
        nghttp2_data_source* source,
        void* user
    )
    {
        auto& stream = *static_cast<H2Stream*>(source->ptr);
        if (stream.out_bytes == 0 && !stream.out_end) {
            stream.deferred = true;
            return NGHTTP2_ERR_DEFERRED;
        }
        const std::size_t now = std::min(size, stream.out_bytes);
        if (now > 0) *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
        if (stream.out_end && now == stream.out_bytes) {
            *flags |= NGHTTP2_DATA_FLAG_EOF;
            stream.answered = true;
            answered(self(user), stream);
            if (!stream.out_trailers.fields().empty()) {
                *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
                const auto fields = fields_of(stream.out_trailers);
                nghttp2_submit_trailer(session, id, fields.data(), fields.size());
            }
        }
        return static_cast<ssize_t>(now);
    }

    // NOLINTNEXTLINE(readability-function-size): the shape that nghttp2 calls
    static int send_data(
        nghttp2_session* /*session*/,
        nghttp2_frame* /*frame*/,
        const std::uint8_t* frame_head,
        std::size_t size,
        nghttp2_data_source* source,
        void* user
    )
    {
        auto& connection = self(user);
        auto& stream = *static_cast<H2Stream*>(source->ptr);
        auto& frames = connection.loop_.inside().frames;
        frames.insert(frames.end(), frame_head, frame_head + 9);
        while (size > 0) {
            const Blob& piece = stream.out.front();
            const std::size_t now = std::min(size, piece->size() - stream.out_at);
            const auto from = piece->begin() + static_cast<std::ptrdiff_t>(stream.out_at);
            frames.insert(frames.end(), from, from + static_cast<std::ptrdiff_t>(now));
            stream.out_at += now;
            stream.out_bytes -= now;
            size -= now;
            if (stream.out_at == piece->size()) {
                stream.out.pop_front();
                stream.out_at = 0;
            }
        }
        stream.last_progress = connection.loop_.now();
        if (stream.out_bytes < batch_bytes && stream.writer) {
            connection.ready_.emplace_back([writer = std::exchange(stream.writer, {})] {
                writer.resume();
            });
        }
        return 0;
    }
};

H2Connection::H2Connection(Loop& loop, H2Settings settings) : loop_(loop), settings_(settings)
{
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Callbacks::begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::frame_received);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::data_received);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::stream_closed);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, Callbacks::send_data);
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_max_send_header_block_length(option, 2U << 20U);
    // A header of a megabyte comes in some sixty CONTINUATION frames.
    nghttp2_option_set_max_continuations(option, 1 + settings_.header_bytes / (8U << 10U));
    if (settings_.server) {
        nghttp2_session_server_new3(&session_, callbacks, this, option, h2_memory());
    } else {
        nghttp2_session_client_new3(&session_, callbacks, this, option, h2_memory());
    }
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
}

H2Connection::~H2Connection()
{
    nghttp2_session_del(session_);
}

void H2Connection::on_ready()
{
    const std::array<nghttp2_settings_entry, 3> entries = {{
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, static_cast<std::uint32_t>(settings_.streams_max)
        },
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<std::uint32_t>(settings_.window_bytes)},
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
    }};
    // A server does not name ENABLE_PUSH (RFC 9113, section 7).
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, entries.data(), settings_.server ? 2 : 3);
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, connection_window);
    pump();
    if (hooks_.ready) hooks_.ready();
}

void H2Connection::on_bytes(ByteView bytes)
{
    inside_ = true;
    received_end_ = bytes.data() + bytes.size();
    const ssize_t taken = nghttp2_session_mem_recv(session_, bytes.data(), bytes.size());
    inside_ = false;
    if (taken < 0) {
        close(nghttp2_strerror(static_cast<int>(taken)));
        return;
    }
    run_ready();
    pump();
}

void H2Connection::on_drained()
{
    pump();
}

void H2Connection::run_ready()
{
    if (running_) return;
    const auto self = shared_from_this();
    running_ = true;
    while (!ready_.empty()) {
        for (auto& each : std::exchange(ready_, {}))
            each();
    }
    running_ = false;
}

void H2Connection::pump()
{
    if (inside_ || !transport_ || !transport_->open()) return;
    const auto self = shared_from_this();
    while (transport_->open() && transport_->pending() == 0) {
        auto& frames = loop_.inside().frames;
        inside_ = true;
        while (frames.size() < batch_bytes) {
            const std::uint8_t* bytes = nullptr;
            const std::size_t before = frames.size();
            const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
            if (size > 0) frames.insert(frames.end(), bytes, bytes + size);
            if (size < 0 || frames.size() == before) break;
        }
        inside_ = false;
        const bool some = !frames.empty();
        transport_->send(frames);
        frames.clear();
        const bool more = !running_ && !ready_.empty();
        run_ready();
        if (!some && !more) break;
    }
    const bool over =
        nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
    if (over && transport_->pending() == 0) close("");
}

void H2Connection::finish_stream(const std::shared_ptr<H2Stream>& stream, std::uint32_t code)
{
    stream->closed = true;
    const bool whole = stream->in_end && (stream->out_end || !settings_.server);
    if (!stream->broken && (code != NGHTTP2_NO_ERROR || !whole)) {
        stream->broken = Fault{.what = "reset by peer", .retryable = true};
    }
    // nghttp2 holds a pointer to the stream until here.
    ready_.emplace_back([this, stream] {
        auto gone = std::exchange(stream->on_gone, {});
        if (const auto waiter = std::exchange(stream->head_waiter, {})) waiter.resume();
        if (const auto reader = std::exchange(stream->reader, {})) reader.resume();
        if (const auto writer = std::exchange(stream->writer, {})) writer.resume();
        if (gone && stream->broken) gone();
        if (hooks_.stream_closed) hooks_.stream_closed();
    });
}

void H2Connection::on_closed(const std::string& why)
{
    const auto self = shared_from_this();
    for (auto& [id, stream] : std::exchange(streams_, {})) {
        if (!stream->broken) {
            stream->broken =
                Fault{.what = why.empty() ? "connection closed" : why, .retryable = true};
        }
        finish_stream(stream, NGHTTP2_INTERNAL_ERROR);
    }
    run_ready();
    if (hooks_.closed) hooks_.closed(why);
    hooks_ = {};
}

std::shared_ptr<H2Stream> H2Connection::request(
    const RequestHead& head, const std::string& authority, bool body
)
{
    if (going_ || !transport_ || !transport_->open()) return nullptr;
    const std::string target = head.query.empty() ? head.path : head.path + "?" + head.query;
    std::vector<nghttp2_nv> fields = {
        field(":method", head.method),
        field(":scheme", transport_->alpn().empty() ? "http" : "https"),
        field(":authority", authority),
        field(":path", target),
    };
    const auto rest = fields_of(head.headers);
    fields.insert(fields.end(), rest.begin(), rest.end());
    auto stream = std::make_shared<H2Stream>();
    stream->connection = weak_from_this();
    stream->last_progress = loop_.now();
    stream->out_end = !body;
    nghttp2_data_provider provider{
        .source = {.ptr = stream.get()}, .read_callback = Callbacks::read_body
    };
    const std::int32_t id = nghttp2_submit_request(
        session_, nullptr, fields.data(), fields.size(), body ? &provider : nullptr, nullptr
    );
    if (id < 0) return nullptr;
    stream->id = id;
    streams_.emplace(id, stream);
    return stream;
}

void H2Connection::respond(H2Stream& stream, const ResponseHead& head, bool end)
{
    const std::string status = std::to_string(head.status);
    std::vector<nghttp2_nv> fields = {field(":status", status)};
    const auto rest = fields_of(head.headers);
    fields.insert(fields.end(), rest.begin(), rest.end());
    nghttp2_data_provider provider{
        .source = {.ptr = &stream}, .read_callback = Callbacks::read_body
    };
    stream.head_sent = true;
    stream.out_end = stream.out_end || end;
    nghttp2_submit_response(
        session_, stream.id, fields.data(), fields.size(), end ? nullptr : &provider
    );
    pump();
}

void H2Connection::resume(H2Stream& stream)
{
    if (stream.closed) return;
    if (stream.deferred) {
        stream.deferred = false;
        nghttp2_session_resume_data(session_, stream.id);
    }
    pump();
}

void H2Connection::reset(H2Stream& stream, std::uint32_t code)
{
    if (stream.closed) return;
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id, code);
    pump();
}

void H2Connection::consumed(H2Stream& stream, std::size_t bytes)
{
    if (stream.closed) {
        nghttp2_session_consume_connection(session_, bytes);
    } else {
        nghttp2_session_consume(session_, stream.id, bytes);
    }
    pump();
}

void H2Connection::ping()
{
    ping_pending_ = true;
    nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr);
    pump();
}

void H2Connection::goaway()
{
    if (going_) return;
    going_ = true;
    const std::int32_t last = nghttp2_session_get_last_proc_stream_id(session_);
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, nullptr, 0);
    pump();
}

void H2Connection::close(const std::string& why)
{
    if (transport_) transport_->close(why);
}

}  // namespace millpond::net
