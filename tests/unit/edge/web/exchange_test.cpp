#include "edge/web/exchange.hpp"

#include "edge/net/server.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdlib>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace millpond::web {
namespace {

Task<void> answer(net::Exchange& exchange)
{
    const auto body = co_await exchange.read_all(1U << 20U);
    if (exchange.head().path == "/elsewhere") {
        std::ignore = co_await exchange.respond({.status = 302, .headers = {{"location", "/a"}}});
        std::ignore = co_await exchange.finish({});
        co_return;
    }
    std::string said =
        exchange.head().method + " " + exchange.head().path + "?" + exchange.head().query;
    if (body) said.append(" ").append(as_text(*body));
    std::ignore =
        co_await exchange.reply(exchange.head().path == "/none" ? 404 : 200, "text/plain", said);
}

/// A server on a thread of its own, asked from the test's.
class Web : public testing::TestWithParam<bool> {
protected:
    void SetUp() override
    {
        const std::string made =
            "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
            "-subj /CN=store -addext subjectAltName=DNS:localhost -keyout " +
            key() + " -out " + certificate() + " 2>/dev/null";
        ASSERT_EQ(std::system(made.c_str()), 0);
        auto opened = net::Server::open(
            loop_,
            {.host = "127.0.0.1",
             .tls = GetParam(),
             .certificate_file = certificate(),
             .key_file = key()},
            answer
        );
        ASSERT_TRUE(opened) << opened.error().what;
        server_ = std::move(*opened);
        serving_ = std::thread{[this] { loop_.run(); }};
    }

    void TearDown() override
    {
        if (!serving_.joinable()) return;
        loop_.post([this] { loop_.stop(); });
        serving_.join();
    }

    [[nodiscard]] std::string certificate() const { return folder_.path() / "cert.pem"; }

    [[nodiscard]] std::string key() const { return folder_.path() / "key.pem"; }

    [[nodiscard]] Question question(std::string target) const
    {
        return {
            .place =
                {.tls = GetParam(),
                 .host = "localhost",
                 .port = server_->port(),
                 .target = std::move(target)},
            .patience = std::chrono::seconds{20},
            .certificates_file = certificate(),
            .answer_bytes_max = 4096,
        };
    }

private:
    TempDir folder_;
    net::Loop loop_;
    std::unique_ptr<net::Server> server_;
    std::thread serving_;
};

INSTANTIATE_TEST_SUITE_P(over, Web, testing::Bool(), [](const auto& each) {
    return each.param ? "tls" : "plain";
});

class SecureWeb : public Web {};

INSTANTIATE_TEST_SUITE_P(over, SecureWeb, testing::Values(true), [](const auto&) { return "tls"; });

TEST_P(Web, answers_with_a_status_and_a_body)
{
    const auto got = exchange(question("/a/../b?c=d#e"));
    ASSERT_TRUE(got) << got.error().what;
    EXPECT_EQ(got->status, 200);
    EXPECT_EQ(got->body, "GET /a/../b?c=d#e ");
    const auto none = exchange(question("/none"));
    ASSERT_TRUE(none) << none.error().what;
    EXPECT_EQ(none->status, 404);
}

TEST_P(Web, is_sent_every_byte_of_a_body)
{
    Question posted = question("/a");
    posted.post = true;
    posted.content_type = "application/octet-stream";
    posted.body = std::string{"one\0two", 7} + std::string(2000, 'x');
    const auto got = exchange(posted);
    ASSERT_TRUE(got) << got.error().what;
    EXPECT_EQ(got->body, "POST /a? " + posted.body);
}

TEST_P(Web, that_sends_elsewhere_is_not_followed)
{
    const auto got = exchange(question("/elsewhere"));
    ASSERT_TRUE(got) << got.error().what;
    EXPECT_EQ(got->status, 302);
}

TEST_P(Web, that_says_more_than_was_agreed_is_refused)
{
    Question posted = question("/a");
    posted.post = true;
    posted.body = std::string(4096, 'x');
    const auto got = exchange(posted);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().what, "an answer of more than 4096 bytes");
}

TEST_P(SecureWeb, with_a_certificate_nobody_vouches_for_is_refused)
{
    Question asked = question("/a");
    asked.certificates_file = "";
    const auto got = exchange(asked);
    ASSERT_FALSE(got);
    EXPECT_NE(got.error().what.find("certificate"), std::string::npos) << got.error().what;
}

TEST_P(SecureWeb, with_a_certificate_for_another_name_is_refused)
{
    Question asked = question("/a");
    asked.place.host = "127.0.0.1";
    EXPECT_FALSE(exchange(asked));
}

/// Listens and never says a word.
class Silent {
public:
    Silent()
    {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        auto* const any = reinterpret_cast<sockaddr*>(&at);
        EXPECT_EQ(::bind(socket_, any, size), 0);
        EXPECT_EQ(::getsockname(socket_, any, &size), 0);
        EXPECT_EQ(::listen(socket_, 4), 0);
        port_ = ntohs(at.sin_port);
    }

    ~Silent() { ::close(socket_); }

    Silent(const Silent&) = delete;
    Silent& operator=(const Silent&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    int socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    std::uint16_t port_ = 0;
};

Question short_question(std::uint16_t port)
{
    return {
        .place = {.tls = false, .host = "127.0.0.1", .port = port, .target = "/secret"},
        .patience = std::chrono::milliseconds{50},
        .answer_bytes_max = 10,
    };
}

TEST(WebPeer, that_says_nothing_is_left_after_our_patience)
{
    const Silent silent;
    const auto got = exchange(short_question(silent.port()));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().what, "no answer in time");
    EXPECT_TRUE(got.error().retryable);
}

TEST(WebPeer, that_is_not_there_is_told_without_what_was_asked)
{
    const std::uint16_t gone = Silent{}.port();
    const auto got = exchange(short_question(gone));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().what.find("secret"), std::string::npos) << got.error().what;
}

}  // namespace
}  // namespace millpond::web
