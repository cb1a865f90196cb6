#pragma once

#include "base/bytes.hpp"
#include "edge/net/internal/inside.hpp"

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

namespace millpond::net {

/// Who gets a transport's bytes. Called on the loop, never from inside a call of the owner.
class TransportOwner {
public:
    virtual ~TransportOwner() = default;
    /// TLS is up, or there is none.
    virtual void on_ready() = 0;
    /// Bytes to consume whole before returning.
    virtual void on_bytes(ByteView bytes) = 0;
    /// All that was sent is with the kernel: room for more.
    virtual void on_drained() = 0;
    /// Once; nothing follows. `why` is empty for a clean end.
    virtual void on_closed(const std::string& why) = 0;
};

/// A TCP connection, with or without TLS. OpenSSL reads from the socket itself and frees its
/// buffers when idle, so that a joined transcoder that waits costs little memory. What goes out is
/// sealed in the loop's buffer and leaves in one call; only what the kernel does not take is kept.
/// Shared by its owner and by the wait in progress.
class Transport : public std::enable_shared_from_this<Transport> {
public:
    Transport(Loop::Inside& loop, boost::asio::ip::tcp::socket socket);
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    ~Transport();

    /// The owner is kept as long as the transport is open.
    void serve(std::shared_ptr<TransportOwner> owner, SSL_CTX* tls);
    void connect(
        std::shared_ptr<TransportOwner> owner, SSL_CTX* tls, const std::string& server_name
    );

    /// Takes all bytes; what the kernel does not take at once is kept. Call when `pending` is 0.
    void send(ByteView bytes);

    [[nodiscard]] std::size_t pending() const { return out_.size() - out_at_ + plain_.size(); }

    /// Stops taking bytes from the peer, or goes on.
    void pause(bool paused);
    /// Ends it now. `on_closed` follows from the loop.
    void close(const std::string& why);

    [[nodiscard]] std::string alpn() const;
    [[nodiscard]] std::string peer_certificate() const;

    [[nodiscard]] const std::string& peer() const { return peer_; }

    [[nodiscard]] const std::string& peer_host() const { return peer_host_; }

    [[nodiscard]] bool open() const { return open_; }

    [[nodiscard]] std::uint64_t bytes_in() const { return bytes_in_; }

    [[nodiscard]] std::uint64_t bytes_out() const { return bytes_out_; }

private:
    void begin(std::shared_ptr<TransportOwner> owner, SSL_CTX* tls);
    void handshake();
    void read();
    void flush();
    /// Seals what it is given and hands it to the kernel; gives back what is to wait.
    ByteView seal_and_send(ByteView bytes);
    /// Gives the kernel what OpenSSL has sealed and keeps the rest.
    void send_sealed();
    std::size_t send_raw(ByteView bytes);
    void wait_readable();
    void wait_writable();

    struct Next {
        bool wait = false;  ///< for bytes of the peer; else it is over
        std::string why;
    };

    /// What a failed read or handshake means; before any other call to OpenSSL or the kernel.
    [[nodiscard]] Next classify(int result);
    void settle(const Next& next);

    Loop::Inside& loop_;
    boost::asio::ip::tcp::socket socket_;
    SSL* ssl_ = nullptr;
    std::shared_ptr<TransportOwner> owner_;
    Bytes out_;  ///< for the kernel as it is, from out_at_
    std::size_t out_at_ = 0;
    Bytes plain_;  ///< to be sealed once out_ is gone
    std::uint64_t bytes_in_ = 0;
    std::uint64_t bytes_out_ = 0;
    std::string peer_;
    std::string peer_host_;
    bool open_ = true;
    bool ready_ = false;
    bool paused_ = false;
    bool reading_ = false;  ///< a wait for readability is in progress
    bool writing_ = false;
};

}  // namespace millpond::net
