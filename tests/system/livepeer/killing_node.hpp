#pragma once

#include <algorithm>
#include <atomic>
#include <csignal>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace millpond {

/// Stands between a process and a node, and kills the process at one of its questions: before the
/// node has heard it, or before the process has heard the answer.
class KillingNode {
public:
    enum class Moment : std::uint8_t { unasked, unanswered };

    explicit KillingNode(int node) : node_(node), listener_(listen_anywhere(port_))
    {
        thread_ = std::thread{[this] { serve(); }};
    }

    ~KillingNode()
    {
        stopping_ = true;
        thread_.join();
        ::close(listener_);
    }

    KillingNode(const KillingNode&) = delete;
    KillingNode& operator=(const KillingNode&) = delete;

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

    /// At the `nth` question, from now on, that has `what` in it.
    void kill(pid_t process, Moment moment, int nth, std::string what = "")
    {
        moment_ = moment;
        what_ = std::move(what);
        struck_ = false;
        left_ = nth;
        process_ = process;
    }

    /// Lets it live.
    void spare() { process_ = 0; }

    [[nodiscard]] bool struck() const { return struck_; }

private:
    static sockaddr_in loopback(int port)
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

    static int listen_anywhere(int& port)
    {
        const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = loopback(0);
        socklen_t length = sizeof address;
        ::bind(made, reinterpret_cast<sockaddr*>(&address), length);  // NOLINT
        ::listen(made, 64);
        ::getsockname(made, reinterpret_cast<sockaddr*>(&address), &length);  // NOLINT
        port = ntohs(address.sin_port);
        return made;
    }

    void serve()
    {
        while (!stopping_) {
            pollfd waits{.fd = listener_, .events = POLLIN, .revents = 0};
            constexpr int milliseconds = 20;
            if (::poll(&waits, 1, milliseconds) <= 0) continue;
            const int from = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (from < 0) continue;
            pass_on(from);
            ::close(from);
        }
    }

    void pass_on(int from)
    {
        const std::string question = read_question(from);
        if (question.empty()) return;
        const bool due = process_ != 0 && question.find(what_) != std::string::npos && --left_ == 0;
        if (due && moment_ == Moment::unasked) return strike();
        const int to = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = loopback(node_);
        ::connect(to, reinterpret_cast<sockaddr*>(&address), sizeof address);  // NOLINT
        write_all(to, question);
        const std::string answer = read_all(to);
        ::close(to);
        if (due) return strike();
        write_all(from, answer);
    }

    void strike()
    {
        ::kill(process_, SIGKILL);
        process_ = 0;
        struck_ = true;
    }

    static void write_all(int to, std::string_view bytes)
    {
        while (!bytes.empty()) {
            const auto sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    /// A head and as much as it says; nothing where that does not come.
    static std::string read_question(int from)
    {
        std::string text;
        char buffer[16'384];
        while (true) {
            const auto head = text.find("\r\n\r\n");
            const auto length = text.find("Content-Length: ");
            if (head != std::string::npos && length != std::string::npos &&
                text.size() >= head + 4 + std::stoul(text.substr(length + 16)))
                return text;
            const auto got = ::recv(from, buffer, sizeof buffer, 0);
            if (got <= 0) return "";
            text.append(buffer, static_cast<std::size_t>(got));
        }
    }

    /// To the end: every question asks for that.
    static std::string read_all(int from)
    {
        std::string text;
        char buffer[16'384];
        for (;;) {
            const auto got = ::recv(from, buffer, sizeof buffer, 0);
            if (got <= 0) return text;
            text.append(buffer, static_cast<std::size_t>(got));
        }
    }

    int node_;
    int port_ = 0;
    int listener_;
    std::atomic<pid_t> process_ = 0;  ///< set last
    std::atomic<bool> struck_ = false;
    std::atomic<bool> stopping_ = false;
    std::atomic<int> left_ = 0;
    Moment moment_ = Moment::unasked;
    std::string what_;
    std::thread thread_;
};

}  // namespace millpond
