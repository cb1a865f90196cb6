#include "bench/support/relay.hpp"

#include "bench/support/child.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace millpond::bench {
namespace {

sockaddr_in local(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void without_delay(int socket)
{
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool write_all(int to, const char* bytes, std::size_t size)
{
    while (size > 0) {
        const auto sent = ::send(to, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

/// Passes bytes on no faster than the line is: each piece arrives when its last bit would.
void carry(int from, int to, double bits_per_second)
{
    using Clock = std::chrono::steady_clock;
    std::array<char, 8'192> piece{};
    auto free_at = Clock::now();
    while (true) {
        const auto size = ::recv(from, piece.data(), piece.size(), 0);
        if (size <= 0) break;
        const std::chrono::duration<double> takes{static_cast<double>(size) * 8 / bits_per_second};
        free_at =
            std::max(free_at, Clock::now()) + std::chrono::duration_cast<Clock::duration>(takes);
        std::this_thread::sleep_until(free_at);
        if (!write_all(to, piece.data(), static_cast<std::size_t>(size))) break;
    }
    ::shutdown(to, SHUT_WR);
}

}  // namespace

void run_paced_relay(
    std::uint16_t to, double bits_per_second, const std::function<void(std::uint16_t)>& ready
)
{
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = local(0);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener, 16) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        give_up("the relay cannot listen");
    }
    ready(ntohs(address.sin_port));
    while (true) {
        const int near = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        const int far = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const auto server = local(to);
        if (::connect(far, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0)
            give_up("the relay cannot connect");
        without_delay(near);
        without_delay(far);
        std::thread{carry, near, far, bits_per_second}.detach();
        std::thread{carry, far, near, bits_per_second}.detach();
    }
}

}  // namespace millpond::bench
