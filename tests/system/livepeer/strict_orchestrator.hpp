#pragma once

#include "base/mailbox.hpp"
#include "edge/media/inspect.hpp"
#include "edge/net/grpc.hpp"
#include "edge/net/server.hpp"
#include "edge/wire/headers.hpp"
#include "edge/wire/messages.hpp"
#include "edge/wire/multipart.hpp"

#include <coroutine>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace millpond {

/// An orchestrator with standalone transcoders, as livepeer-wire 4 describes it, and as strict as
/// it may be: whatever a transcoder does that it need not put up with fails the test.
class StrictOrchestrator {
public:
    struct Rendition {
        std::string content_type;
        std::int64_t pixels = 0;
        Bytes bytes;
        Bytes signature;  ///< the perceptual hash that followed it
    };

    struct Result {
        std::vector<Rendition> renditions;
        std::string error;
    };

    StrictOrchestrator(net::Loop& loop, const std::string& folder, std::string secret)
        : loop_(loop),
          secret_(std::move(secret))
    {
        auto opened = net::Server::open(
            loop,
            {.host = "127.0.0.1",
             .certificate_file = folder + "/cert.pem",
             .key_file = folder + "/key.pem"},
            [this](net::Exchange& exchange) { return route(exchange); }
        );
        server_ = std::move(*opened);
    }

    [[nodiscard]] std::string address() const
    {
        return "127.0.0.1:" + std::to_string(server_->port());
    }

    /// Of the registrations that stand, the newest's.
    [[nodiscard]] std::int64_t capacity() const
    {
        return members_.empty() ? 0 : members_.back()->capacity;
    }

    std::vector<Bytes> registrations;  ///< the requests, in order
    std::vector<Bytes> notices;        ///< that were sent

    [[nodiscard]] std::size_t registered() const { return members_.size(); }

    /// Gives a segment to the newest transcoder and waits for what becomes of it.
    Task<Result> give(
        std::string session, std::int64_t seq, Blob source, Ladder ladder, bool signatures = false
    )
    {
        const std::int64_t task = next_task_++;
        const std::string path = "/stream/" + session + "/" + std::to_string(seq) + ".tempfile";
        if (source) sources_[path] = source;
        wire::NotifySegment notice{.url = "https://" + address() + path, .seg_data = {}};
        notice.task = task;
        notice.orchestrator = "offchain";
        auto& data = notice.seg_data.emplace();
        data.manifest = Bytes{'l', 'i', 'v', 'e'};
        data.seq = seq;
        data.hash = Bytes(32, 0);
        data.duration_ms = 2'000;
        data.calc_perceptual_hash = signatures;
        data.capabilities = wire::job_capabilities(ladder, signatures);
        data.auth_token = wire::AuthToken{.token = {1}, .session = std::move(session)};
        data.ladder = std::move(ladder);
        notices.push_back(wire::encode(notice));
        members_.back()->letters.push(notices.back());
        Waiting& waiting = waiting_[task];
        co_await waiting;
        Result result = *std::move(waiting.result);
        waiting_.erase(task);
        sources_.erase(path);
        co_return result;
    }

    void tear_down(const std::string& session)
    {
        wire::NotifySegment notice;
        notice.seg_data.emplace().auth_token = wire::AuthToken{.session = session};
        members_.back()->letters.push(wire::encode(notice));
    }

    /// Ends every registration, as an orchestrator that drops its transcoders.
    void drop_all()
    {
        for (const auto& member : members_)
            member->letters.push(std::nullopt);
    }

    void close()
    {
        drop_all();
        server_->drain();
    }

private:
    struct Member {
        std::int64_t capacity = 0;
        Mailbox<std::optional<Bytes>> letters;  ///< nothing ends the registration
    };

    struct Waiting {
        std::optional<Result> result;
        std::coroutine_handle<> waiter;

        [[nodiscard]] bool await_ready() const { return result.has_value(); }

        void await_suspend(std::coroutine_handle<> handle) { waiter = handle; }

        void await_resume() const noexcept {}
    };

    Task<void> route(net::Exchange& exchange)
    {
        const std::string& path = exchange.head().path;
        if (path == "/net.Transcoder/RegisterTranscoder") {
            co_await enlist(exchange);
        } else if (path == "/transcodeResults") {
            co_await take_result(exchange);
        } else if (const auto source = sources_.find(path); source != sources_.end()) {
            EXPECT_EQ(exchange.head().method, "GET");
            net::ResponseHead head;
            head.headers.add("content-length", std::to_string(source->second->size()));
            const Blob bytes = source->second;
            if (!co_await exchange.respond(std::move(head))) co_return;
            if (!co_await exchange.write(bytes)) co_return;
            std::ignore = co_await exchange.finish({});
        } else {
            std::ignore = co_await exchange.reply(404, "text/plain", "ErrNotFound\n");
        }
    }

    Task<void> enlist(net::Exchange& exchange)
    {
        EXPECT_TRUE(net::is_grpc(exchange.head()));
        const auto message = co_await net::read_message(exchange);
        if (!message) co_return;
        registrations.push_back(*message);
        const auto request = wire::parse<wire::RegisterRequest>(*message);
        EXPECT_TRUE(request);
        if (request->secret != secret_) {
            std::ignore =
                co_await net::finish_with(exchange, {net::GrpcCode::unknown, "invalid secret"});
            co_return;
        }
        EXPECT_GT(request->capacity, 0);
        EXPECT_TRUE(request->capabilities);
        EXPECT_EQ(request->capabilities->version, "0.9.1");
        EXPECT_TRUE(request->capabilities->mandatories.empty());
        EXPECT_TRUE(wire::has_capability(*request->capabilities, 26));
        const auto member = std::make_shared<Member>();
        member->capacity = request->capacity;
        members_.push_back(member);
        exchange.on_gone([member] { member->letters.push(std::nullopt); });
        bool begun = false;  // the reference sends no head before its first message
        while (const auto letter = co_await member->letters.next()) {
            if (!begun && !co_await net::start_messages(exchange)) break;
            begun = true;
            if (!co_await net::write_message(exchange, *letter)) break;
        }
        std::erase(members_, member);
        if (!exchange.gone()) std::ignore = co_await net::finish_with(exchange, {});
    }

    Task<void> take_result(net::Exchange& exchange)
    {
        const net::RequestHead head = exchange.head();
        EXPECT_EQ(head.method, "POST");
        EXPECT_EQ(head.http_major, 2);
        const auto field = [&head](const char* name) {
            return std::string{head.headers.find(name).value_or("")};
        };
        EXPECT_EQ(field("authorization"), "Livepeer-Transcoder-1.0");
        EXPECT_EQ(field("credentials"), secret_);
        EXPECT_FALSE(field("pixels").empty());
        const auto waiting = waiting_.find(std::stoll(field("taskid")));
        const auto body = co_await exchange.read_all(300'000'000);
        EXPECT_TRUE(body);
        std::ignore = co_await exchange.reply(200, "text/plain", "OK");
        if (waiting == waiting_.end() || !body) co_return;
        Result result;
        if (field("content-type") == "livepeer/transcoding-error") {
            result.error = as_text(*body);
            EXPECT_FALSE(result.error.empty());
        } else {
            EXPECT_GT(std::stoll(field("pixels")), 0);
            result.renditions = read_parts(field("content-type"), *body);
        }
        waiting->second.result = std::move(result);
        if (waiting->second.waiter) waiting->second.waiter.resume();
    }

    static std::vector<Rendition> read_parts(const std::string& content_type, const Bytes& body)
    {
        std::vector<Rendition> renditions;
        const auto boundary = wire::boundary_of(content_type);
        EXPECT_TRUE(boundary);
        wire::MultipartReader reader{*boundary, 300'000'000};
        const auto events = reader.feed(body);
        EXPECT_TRUE(events && reader.complete());
        bool of_signature = false;
        for (const auto& event : *events) {
            if (const auto* start = std::get_if<wire::MultipartReader::PartStart>(&event)) {
                Rendition part;
                for (const auto& [name, value] : start->headers) {
                    if (name == "pixels") part.pixels = std::stoll(value);
                    if (name == "content-type") part.content_type = value;
                }
                of_signature = part.content_type == "application/octet-stream";
                if (!of_signature) renditions.push_back(std::move(part));
                EXPECT_FALSE(renditions.empty()) << "Unknown perceptual hash";
            }
            if (const auto* bytes = std::get_if<wire::MultipartReader::PartBytes>(&event)) {
                auto& to = of_signature ? renditions.back().signature : renditions.back().bytes;
                to.insert(to.end(), bytes->bytes.begin(), bytes->bytes.end());
            }
        }
        for (const Rendition& each : renditions)
            EXPECT_EQ(media::inspect(each.bytes, media::Depth::frames).pixels, each.pixels);
        return renditions;
    }

    net::Loop& loop_;
    std::string secret_;
    std::unique_ptr<net::Server> server_;
    std::vector<std::shared_ptr<Member>> members_;
    std::map<std::string, Blob> sources_;
    std::map<std::int64_t, Waiting> waiting_;
    std::int64_t next_task_ = 0;  ///< the reference begins with 0, which the wire does not show
};

}  // namespace millpond
