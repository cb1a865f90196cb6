#include "edge/net/client.hpp"
#include "edge/net/grpc.hpp"
#include "edge/net/server.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

namespace millpond::net {
namespace {

/// Answers what it gets; under /messages it is a gRPC stream of three.
Task<void> echo(Exchange& exchange)
{
    if (is_grpc(exchange.head())) {
        const auto request = co_await read_message(exchange);
        if (!request) {
            std::ignore = co_await finish_with(exchange, request.error());
            co_return;
        }
        if (exchange.head().path == "/refuse") {
            std::ignore =
                co_await finish_with(exchange, {GrpcCode::unknown, "no: 100% r\xc3\xa9solu"});
            co_return;
        }
        std::ignore = co_await start_messages(exchange);
        for (int i = 0; i < (exchange.head().path == "/three" ? 3 : 1); ++i) {
            std::ignore = co_await write_message(exchange, *request);
        }
        std::ignore = co_await finish_with(exchange, {});
        co_return;
    }
    const auto body = co_await exchange.read_all(64U << 20U);
    if (!body) {
        std::ignore = co_await exchange.reply(413, "text/plain", body.error().what);
        co_return;
    }
    std::string text{exchange.head().method + " " + exchange.head().path + " "};
    text += as_text(*body);
    std::ignore = co_await exchange.reply(200, "text/plain", std::move(text));
}

class Port : public testing::Test {
protected:
    void open(ServerLimits limits = {})
    {
        ServerSettings settings{
            .host = "127.0.0.1",
            .certificate_file = folder_.path() / "cert.pem",
            .key_file = folder_.path() / "key.pem",
        };
        settings.limits = limits;
        auto opened = Server::open(loop_, settings, echo);
        ASSERT_TRUE(opened) << opened.error().what;
        server_ = std::move(*opened);
        client_ = std::make_unique<Client>(
            loop_, ClientSettings{.host = "127.0.0.1", .port = server_->port()}
        );
    }

    void run(Task<void> task)
    {
        spawn(until_done(std::move(task)));
        loop_.run();
    }

    /// Runs a command beside the loop and gives back what it printed.
    std::string run_command(const std::string& command)
    {
        std::string output;
        std::thread peer{[&] {
            FILE* pipe = ::popen(command.c_str(), "r");
            char buffer[4096];
            while (std::fgets(buffer, sizeof buffer, pipe) != nullptr)
                output += buffer;
            ::pclose(pipe);
            loop_.stop();
        }};
        loop_.run();
        peer.join();
        return output;
    }

    std::string url() const { return "https://127.0.0.1:" + std::to_string(server_->port()); }

    Time soon() { return loop_.now() + std::chrono::seconds{20}; }

    TempDir folder_;
    Loop loop_;
    std::unique_ptr<Server> server_;
    std::unique_ptr<Client> client_;

private:
    Task<void> until_done(Task<void> task)
    {
        co_await std::move(task);
        loop_.stop();
    }
};

Task<void> post(Client& client, Bytes body, Time deadline, Result<Bytes, Fault>& out)
{
    auto call = co_await client.start(
        {.method = "POST", .path = "/a"}, make_blob(std::move(body)), deadline
    );
    if (!call) {
        out = because(call.error());
        co_return;
    }
    auto answer = co_await (*call)->read_all(64U << 20U);
    out = std::move(answer);
}

TEST_F(Port, carries_five_megabytes_both_ways)
{
    open();
    const Bytes body(5U << 20U, 'x');
    Result<Bytes, Fault> answer = because(Fault{});
    run(post(*client_, body, soon(), answer));
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(answer->size(), body.size() + 8);
    EXPECT_EQ(as_text(ByteView{*answer}.first(9)), "POST /a x");
}

TEST_F(Port, answers_curl_over_http_2_and_http_1_1)
{
    open();
    EXPECT_EQ(run_command("curl -sk --http2 -d hello " + url() + "/p"), "POST /p hello");
    EXPECT_EQ(run_command("curl -sk --http1.1 -d hello " + url() + "/p"), "POST /p hello");
    EXPECT_EQ(run_command("curl -sk --no-alpn " + url() + "/p"), "GET /p ");
    EXPECT_EQ(run_command("curl -sk --http1.1 " + url() + "/1 " + url() + "/2"), "GET /1 GET /2 ");
}

TEST_F(Port, carries_grpc_messages_and_their_status)
{
    open();
    Result<Bytes, GrpcStatus> unary = because(GrpcStatus{});
    Result<Bytes, GrpcStatus> refused = because(GrpcStatus{});
    std::vector<std::string> messages;
    GrpcStatus end{GrpcCode::unknown, ""};
    const auto talk = [&](Client& client, Time deadline) -> Task<void> {
        unary = co_await call_unary(client, "/one", Bytes{1, 2, 3}, deadline);
        refused = co_await call_unary(client, "/refuse", Bytes{1}, deadline);
        auto stream = co_await MessageStream::open(client, "/three", Bytes{'m'}, {});
        while (true) {
            const auto next = co_await (*stream)->next();
            if (!next) {
                end = next.error();
                break;
            }
            messages.emplace_back(as_text(*next));
        }
    };
    run(talk(*client_, soon()));
    EXPECT_EQ(unary.value(), (Bytes{1, 2, 3}));
    EXPECT_EQ(refused.error(), (GrpcStatus{GrpcCode::unknown, "no: 100% r\xc3\xa9solu"}));
    EXPECT_EQ(messages, (std::vector<std::string>{"m", "m", "m"}));
    EXPECT_EQ(end.code, GrpcCode::ok);
}

TEST_F(Port, refuses_a_body_over_its_limit_by_name)
{
    open({.body_bytes = 1'000});
    EXPECT_EQ(
        run_command("head -c 5000 /dev/zero | curl -sk --http2 --data-binary @- " + url()),
        "body_bytes"
    );
    EXPECT_EQ(
        run_command("head -c 5000 /dev/zero | curl -sk --http1.1 --data-binary @- " + url()),
        "body_bytes"
    );
    const auto counts = server_->counts();
    ASSERT_EQ(counts.refused.size(), 1U);
    EXPECT_EQ(counts.refused[0], (std::pair<std::string, std::uint64_t>{"body_bytes", 2}));
}

TEST_F(Port, takes_headers_of_300_kilobytes)
{
    open();
    Result<Bytes, Fault> answer = because(Fault{});
    const auto ask = [&](Client& client, Time deadline) -> Task<void> {
        RequestHead head{.method = "GET", .path = "/h"};
        // nghttp2 takes up to 64 KiB in one field.
        for (int i = 0; i < 5; ++i)
            head.headers.add("x-field", std::string(60'000, 'a'));
        auto call = co_await client.start(std::move(head), make_blob({}), deadline);
        answer = co_await (*call)->read_all(1'000);
    };
    run(ask(*client_, soon()));
    EXPECT_EQ(as_text(answer.value()), "GET /h ");
}

TEST_F(Port, tells_a_client_that_pins_another_certificate)
{
    open();
    Client strict{
        loop_, {.host = "127.0.0.1", .port = server_->port(), .pinned_certificate = "00"}
    };
    Result<Bytes, Fault> answer = because(Fault{});
    run(post(strict, {'x'}, soon(), answer));
    ASSERT_FALSE(answer);
    EXPECT_EQ(
        answer.error().what,
        "certificate is " + server_->certificate_sha256() + ", not the pinned 00"
    );
}

}  // namespace
}  // namespace millpond::net
