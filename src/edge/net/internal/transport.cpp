#include "edge/net/internal/transport.hpp"

#include "edge/net/internal/tls.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <boost/asio/post.hpp>
#include <openssl/err.h>
#include <sys/socket.h>

namespace millpond::net {
namespace {

using Socket = boost::asio::ip::tcp::socket;

// So that one peer with a fast line cannot keep the loop for itself.
constexpr std::size_t bytes_per_turn = 512U << 10U;
constexpr std::size_t sealed_at_once = 128U << 10U;

std::string describe(const Socket::endpoint_type& endpoint)
{
    return endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
}

}  // namespace

Transport::Transport(Loop::Inside& loop, Socket socket) : loop_(loop), socket_(std::move(socket))
{
    boost::system::error_code ignored;
    const auto endpoint = socket_.remote_endpoint(ignored);
    peer_ = describe(endpoint);
    peer_host_ = endpoint.address().to_string();
    socket_.set_option(boost::asio::ip::tcp::no_delay{true}, ignored);
    socket_.native_non_blocking(true, ignored);
}

Transport::~Transport()
{
    if (ssl_ != nullptr) SSL_free(ssl_);
}

void Transport::begin(std::shared_ptr<TransportOwner> owner, SSL_CTX* tls)
{
    owner_ = std::move(owner);
    if (tls == nullptr) return;
    ssl_ = SSL_new(tls);
    set_ends(ssl_, socket_.native_handle(), loop_.sealed);
}

void Transport::serve(std::shared_ptr<TransportOwner> owner, SSL_CTX* tls)
{
    begin(std::move(owner), tls);
    if (ssl_ != nullptr) SSL_set_accept_state(ssl_);
    boost::asio::post(loop_.io, [self = shared_from_this()] { self->handshake(); });
}

void Transport::connect(
    std::shared_ptr<TransportOwner> owner, SSL_CTX* tls, const std::string& server_name
)
{
    begin(std::move(owner), tls);
    if (ssl_ != nullptr) {
        SSL_set_tlsext_host_name(ssl_, server_name.c_str());
        SSL_set_connect_state(ssl_);
    }
    boost::asio::post(loop_.io, [self = shared_from_this()] { self->handshake(); });
}

void Transport::handshake()
{
    if (!open_) return;
    if (ssl_ != nullptr) {
        ERR_clear_error();
        const int result = SSL_do_handshake(ssl_);
        const Next next = result == 1 ? Next{} : classify(result);
        send_sealed();
        if (result != 1) {
            settle(next);
            return;
        }
    }
    ready_ = true;
    const auto owner = owner_;
    owner->on_ready();
    read();
}

Transport::Next Transport::classify(int result)
{
    if (ssl_ == nullptr) {
        if (result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {.wait = true};
        return {.wait = false, .why = result == 0 ? "" : std::generic_category().message(errno)};
    }
    switch (SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ: return {.wait = true};
        case SSL_ERROR_ZERO_RETURN: return {.wait = false};
        case SSL_ERROR_SYSCALL:
            return {
                .wait = false,
                .why = errno == 0 ? "connection ended" : std::generic_category().message(errno)
            };
        default: return {.wait = false, .why = last_tls_error()};
    }
}

void Transport::settle(const Next& next)
{
    next.wait ? wait_readable() : close(next.why);
}

void Transport::read()
{
    std::size_t turn = 0;
    while (open_ && ready_ && !paused_ && !reading_) {
        if (turn > bytes_per_turn) {
            reading_ = true;
            boost::asio::post(loop_.io, [self = shared_from_this()] {
                self->reading_ = false;
                self->read();
            });
            return;
        }
        auto& scratch = loop_.scratch;
        std::size_t filled = 0;
        int result = 1;
        // Several TLS records in one go: fewer calls into the protocol above.
        while (filled + (16U << 10U) <= scratch.size()) {
            if (ssl_ != nullptr) {
                ERR_clear_error();
                result = SSL_read(
                    ssl_, scratch.data() + filled, static_cast<int>(scratch.size() - filled)
                );
            } else {
                result = static_cast<int>(::recv(
                    socket_.native_handle(), scratch.data() + filled, scratch.size() - filled, 0
                ));
            }
            if (result <= 0) break;
            filled += static_cast<std::size_t>(result);
        }
        const Next next = result <= 0 ? classify(result) : Next{};
        send_sealed();  // an answer of TLS itself, as to a new key
        if (filled > 0) {
            turn += filled;
            bytes_in_ += filled;
            const auto owner = owner_;
            owner->on_bytes(ByteView{scratch.data(), filled});
            if (!open_) return;
        }
        if (result <= 0) {
            settle(next);
            return;
        }
    }
}

void Transport::pause(bool paused)
{
    if (paused_ == paused) return;
    paused_ = paused;
    if (paused_) return;
    boost::asio::post(loop_.io, [self = shared_from_this()] { self->read(); });
}

void Transport::send(ByteView bytes)
{
    if (!open_) return;
    const ByteView rest = pending() == 0 ? seal_and_send(bytes) : bytes;
    plain_.insert(plain_.end(), rest.begin(), rest.end());
}

ByteView Transport::seal_and_send(ByteView bytes)
{
    while (open_ && !writing_ && !bytes.empty()) {
        if (ssl_ == nullptr) {
            bytes = bytes.subspan(send_raw(bytes));
            continue;
        }
        const auto now = bytes.first(std::min(bytes.size(), sealed_at_once));
        ERR_clear_error();
        const int result = SSL_write(ssl_, now.data(), static_cast<int>(now.size()));
        if (result <= 0) {
            close(last_tls_error());
            return {};
        }
        bytes = bytes.subspan(static_cast<std::size_t>(result));
        bytes_out_ += static_cast<std::uint64_t>(result);
        send_sealed();
    }
    return bytes;
}

void Transport::send_sealed()
{
    auto& sealed = loop_.sealed;
    if (sealed.empty()) return;
    // Behind what waits already; else at once, and the rest is kept.
    const std::size_t sent = out_.empty() ? send_raw(sealed) : 0;
    out_.insert(out_.end(), sealed.begin() + static_cast<std::ptrdiff_t>(sent), sealed.end());
    sealed.clear();
}

std::size_t Transport::send_raw(ByteView bytes)
{
    if (!open_ || writing_) return 0;
    const auto sent = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
        close(std::generic_category().message(errno));
        return 0;
    }
    const std::size_t taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    if (ssl_ == nullptr) bytes_out_ += taken;
    if (taken < bytes.size()) wait_writable();
    return taken;
}

void Transport::flush()
{
    if (pending() == 0) return;
    out_at_ += send_raw(ByteView{out_}.subspan(out_at_));
    if (out_at_ < out_.size()) return;
    out_ = {};
    out_at_ = 0;
    const Bytes plain = std::exchange(plain_, {});
    const ByteView rest = seal_and_send(plain);
    plain_.assign(rest.begin(), rest.end());
}

void Transport::wait_readable()
{
    if (reading_ || !open_) return;
    reading_ = true;
    socket_.async_wait(
        Socket::wait_read,
        [self = shared_from_this()](const boost::system::error_code&) {
            self->reading_ = false;
            if (!self->open_) return;
            self->ready_ ? self->read() : self->handshake();
        }
    );
}

void Transport::wait_writable()
{
    if (writing_ || !open_) return;
    writing_ = true;
    socket_.async_wait(
        Socket::wait_write,
        [self = shared_from_this()](const boost::system::error_code&) {
            self->writing_ = false;
            if (!self->open_) return;
            self->flush();
            if (self->open_ && self->ready_ && self->pending() == 0) {
                const auto owner = self->owner_;
                owner->on_drained();
            }
        }
    );
}

void Transport::close(const std::string& why)
{
    if (!open_) return;
    open_ = false;
    if (ssl_ != nullptr && ready_ && pending() == 0) {
        ERR_clear_error();
        SSL_shutdown(ssl_);  // Tells the peer; its answer is not waited for.
        ::send(socket_.native_handle(), loop_.sealed.data(), loop_.sealed.size(), MSG_NOSIGNAL);
    }
    loop_.sealed.clear();
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_both, ignored);
    socket_.close(ignored);
    // The owner keeps us and we keep the owner: that ends here, even if the loop never runs again.
    boost::asio::post(
        loop_.io,
        [self = shared_from_this(), owner = std::exchange(owner_, nullptr), why] {
            if (owner) owner->on_closed(why);
        }
    );
}

std::string Transport::alpn() const
{
    if (ssl_ == nullptr) return {};
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(ssl_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
}

std::string Transport::peer_certificate() const
{
    return ssl_ == nullptr ? std::string{} : fingerprint(SSL_get0_peer_certificate(ssl_));
}

}  // namespace millpond::net
