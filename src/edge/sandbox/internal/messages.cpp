#include "edge/sandbox/internal/messages.hpp"

#include "base/assert.hpp"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace millpond::sandbox {
namespace {

constexpr std::size_t control_bytes = CMSG_SPACE(inputs_max * sizeof(int));

}  // namespace

bool send_message(int socket, std::span<const ByteView> parts, std::span<const int> descriptors)
{
    MILLPOND_ASSERT(descriptors.size() <= inputs_max);
    std::vector<iovec> pieces;
    std::size_t size = 0;
    for (const ByteView part : parts) {
        // sendmsg only reads; its struct does not say so.
        pieces.push_back({const_cast<std::uint8_t*>(part.data()), part.size()});
        size += part.size();
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    alignas(cmsghdr) std::array<std::uint8_t, control_bytes> control{};
    if (!descriptors.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(head), descriptors.data(), descriptors.size_bytes());
    }
    ssize_t sent = 0;
    do {
        sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent == static_cast<ssize_t>(size);
}

std::optional<Received> receive_message(int socket, std::span<std::uint8_t> into)
{
    iovec piece{into.data(), into.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    alignas(cmsghdr) std::array<std::uint8_t, control_bytes> control{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t got = 0;
    do {
        got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return std::nullopt;
    Received received{.bytes = static_cast<std::size_t>(got)};
    for (cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr;
         head = CMSG_NXTHDR(&message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(head) + i * sizeof(int), sizeof number);
            received.descriptors.emplace_back(number);
        }
    }
    return received;
}

}  // namespace millpond::sandbox
