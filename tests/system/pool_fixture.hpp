#pragma once

#include "apps/millpond/pool_node.hpp"
#include "client/pusher.hpp"
#include "edge/media/cut.hpp"
#include "edge/media/generate.hpp"
#include "edge/media/inspect.hpp"
#include "edge/net/client.hpp"
#include "edge/store/journal.hpp"
#include "edge/wire/headers.hpp"
#include "tests/support/temp_dir.hpp"
#include "worker/media_transcode.hpp"
#include "worker/worker.hpp"

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace millpond {

/// A whole pool in this process, with honest workers and a gateway, on real sockets and real video.
class PoolTest : public testing::Test {
protected:
    /// Keeps no book, so that whoever joins works at once.
    static PoolConfig by_load()
    {
        PoolConfig config;
        config.book.keep = false;
        return config;
    }

    void open(PoolConfig config = by_load(), std::unique_ptr<PaymentChain> chain = nullptr)
    {
        config.data_dir = folder_.path() / "pool";
        config.service.host = "127.0.0.1";
        config.service.port = 0;
        config.operator_port.port = 0;
        config.sandbox.command = {MILLPOND_PROGRAM, "sandbox"};
        auto opened = PoolNode::open(loop_, config, std::move(chain));
        ASSERT_TRUE(opened) << opened.error().what;
        node_ = std::move(*opened);
        operators_ = std::make_unique<net::Client>(
            loop_,
            net::ClientSettings{.host = "127.0.0.1", .port = node_->operator_port(), .tls = false}
        );
        client_ = std::make_unique<net::Client>(loop_, net::client_settings(url()));
    }

    /// Everybody leaves in order, so that what is left over is a leak.
    void TearDown() override { close(); }

    void close()
    {
        if (!node_) return;
        for (const auto& worker : workers_)
            worker->stop();
        run([](PoolTest& test) -> Task<void> {
            while (test.stopped_ < test.workers_.size())
                co_await test.loop_.sleep_until(test.loop_.now() + std::chrono::milliseconds{10});
        }(*this));
        operators_.reset();
        client_.reset();
        node_->drain([this] { loop_.stop(); });
        loop_.run();
        workers_.clear();
        stopped_ = 0;
        node_.reset();
    }

    net::Url url() const { return {.host = "127.0.0.1", .port = node_->service_port()}; }

    void add_worker(
        const std::string& name,
        TranscodeFunction transcode = {},
        std::optional<crypto::PrivateKey> key = {}
    )
    {
        if (!key) key = crypto::PrivateKey::generate();
        auto honest = media_transcode({.threads = 1});
        workers_.push_back(std::make_unique<Worker>(
            loop_,
            *std::move(key),
            Worker::Settings{.pool = url(), .name = name},
            Transcoding{
                .transcode = transcode ? std::move(transcode) : honest.transcode,
                .end_session = honest.end_session,
            },
            Worker::Hooks{.state = {}, .done = {}, .stopped = [this] { ++stopped_; }}
        ));
        workers_.back()->start();
    }

    static Ladder ladder()
    {
        return {*wire::preset_profile("P240p30fps16x9"), *wire::preset_profile("P144p30fps16x9")};
    }

    static Bytes clip(double seconds = 2)
    {
        return *media::generate_clip({.size = {640, 360}, .seconds = seconds});
    }

    Time soon() { return loop_.now() + std::chrono::seconds{20}; }

    /// Runs a task to its end beside everything else.
    void run(Task<void> task)
    {
        spawn([](Task<void> each, net::Loop& loop) -> Task<void> {
            co_await std::move(each);
            loop.post([&loop] { loop.stop(); });
        }(std::move(task), loop_));
        loop_.run();
    }

    Task<nlohmann::json> page(std::string path)
    {
        auto call = co_await operators_->start(
            {.method = "GET", .path = std::move(path)}, make_blob({}), soon()
        );
        if (!call) co_return nlohmann::json{};
        const auto body = co_await (*call)->read_all(1U << 20U);
        co_return body ? nlohmann::json::parse(as_text(*body), nullptr, false) : nlohmann::json{};
    }

    nlohmann::json page_now(std::string path)
    {
        nlohmann::json found;
        run([](PoolTest& test, std::string of, nlohmann::json& to) -> Task<void> {
            to = co_await test.page(std::move(of));
        }(*this, std::move(path), found));
        return found;
    }

    Task<void> ready(std::size_t count)
    {
        while (true) {
            const auto status = co_await page("/api/v1/status");
            if (status.is_object() && status["transcoders_ready"].get<std::size_t>() >= count)
                co_return;
            co_await loop_.sleep_until(loop_.now() + std::chrono::milliseconds{20});
        }
    }

    /// Waits until the book has an account of that tier.
    Task<std::string> account_of_tier(std::string tier)
    {
        while (true) {
            const auto accounts = co_await page("/api/v1/accounts");
            for (const auto& each : accounts["accounts"]) {
                if (each["standing"]["tier"] == tier) co_return each["address"].get<std::string>();
            }
            co_await loop_.sleep_until(loop_.now() + std::chrono::milliseconds{20});
        }
    }

    /// What opens the operator's desk, in hex.
    std::string operator_secret() const
    {
        std::ifstream in{folder_.path() / "pool" / "operator_secret", std::ios::binary};
        const std::string secret{std::istreambuf_iterator<char>{in}, {}};
        return to_hex(as_bytes(secret));
    }

    static std::string replaced(std::string text, const std::string& what, const std::string& with)
    {
        const auto at = text.find(what);
        if (at != std::string::npos) text.replace(at, what.size(), with);
        return text;
    }

    struct Answer {
        int status = 0;
        std::string body;
        std::string fault;
    };

    Task<Answer> post(net::RequestHead head, Blob body)
    {
        auto call = co_await client_->start(std::move(head), std::move(body), soon());
        if (!call) co_return Answer{.fault = call.error().what};
        const auto answered = co_await (*call)->head();
        if (!answered) co_return Answer{.fault = answered.error().what};
        const auto text = co_await (*call)->read_all(1U << 20U);
        co_return Answer{
            .status = answered->status,
            .body = text ? std::string{as_text(*text)} : "",
            .fault = text ? "" : text.error().what,
        };
    }

    TempDir folder_;
    net::Loop loop_;
    std::unique_ptr<PoolNode> node_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::size_t stopped_ = 0;  ///< of the workers
    std::unique_ptr<net::Client> operators_;
    std::unique_ptr<net::Client> client_;
};

}  // namespace millpond
