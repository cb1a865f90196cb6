#include "edge/net/internal/transport.hpp"

#include "edge/net/internal/tls.hpp"

#include <cerrno>
#include <cstring>

#include <boost/asio/post.hpp>
#include <openssl/err.h>
#include <sys/socket.h>

namespace millpond::net {
namespace {

using Socket = boost::asio::ip::tcp::socket;

// So that one peer with a fast line cannot keep the loop for itself.
constexpr std::size_t bytes_per_turn = 512U << 10U;

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
    SSL_set_fd(ssl_, socket_.native_handle());
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
        if (result != 1) {
            settle(classify(result), true);
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
        if (result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {.wait = Wait::either};
        return {.wait = Wait::none, .why = result == 0 ? "" : std::strerror(errno)};
    }
    switch (SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ: return {.wait = Wait::readable};
        case SSL_ERROR_WANT_WRITE: return {.wait = Wait::writable};
        case SSL_ERROR_ZERO_RETURN: return {.wait = Wait::none};
        case SSL_ERROR_SYSCALL:
            return {
                .wait = Wait::none, .why = errno == 0 ? "connection ended" : std::strerror(errno)
            };
        default: return {.wait = Wait::none, .why = last_tls_error()};
    }
}

void Transport::settle(const Next& next, bool reading)
{
    switch (next.wait) {
        case Wait::readable: wait_readable(); return;
        case Wait::writable: wait_writable(); return;
        case Wait::either: reading ? wait_readable() : wait_writable(); return;
        case Wait::none: close(next.why); return;
    }
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
        if (filled > 0) {
            turn += filled;
            bytes_in_ += filled;
            const auto owner = owner_;
            owner->on_bytes(ByteView{scratch.data(), filled});
            if (!open_) return;
        }
        if (result <= 0) {
            settle(next, true);
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
    out_.insert(out_.end(), bytes.begin(), bytes.end());
    flush();
}

void Transport::flush()
{
    while (open_ && !writing_ && out_at_ < out_.size()) {
        const std::size_t left = out_.size() - out_at_;
        int result = 0;
        if (ssl_ != nullptr) {
            ERR_clear_error();
            result = SSL_write(ssl_, out_.data() + out_at_, static_cast<int>(left));
        } else {
            result = static_cast<int>(
                ::send(socket_.native_handle(), out_.data() + out_at_, left, MSG_NOSIGNAL)
            );
        }
        if (result <= 0) {
            settle(classify(result), false);
            return;
        }
        out_at_ += static_cast<std::size_t>(result);
        bytes_out_ += static_cast<std::uint64_t>(result);
    }
    if (out_at_ < out_.size()) return;
    out_.clear();
    out_at_ = 0;
    if (out_.capacity() > (4U << 10U)) out_.shrink_to_fit();
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
            if (!self->ready_) {
                self->handshake();
                return;
            }
            self->flush();
            if (self->open_ && self->pending() == 0) {
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
    }
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
