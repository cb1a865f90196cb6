#pragma once

#include "edge/net/client.hpp"
#include "edge/net/loop.hpp"
#include "edge/net/url.hpp"
#include "edge/store/verify.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace millpond {

/// Real programs, started and killed as an operator's machine would.
class Programs {
public:
    /// Starts the pool; returns its ports once they are open.
    Task<void> start_pool(int port = 0)
    {
        std::filesystem::remove(path("ports"));
        pool.emplace(pool_command(port, "ports"), path("pool.log"));
        co_await pool_opens("ports");
    }

    /// `ports` is the file that it tells its ports in.
    [[nodiscard]] std::vector<std::string> pool_command(int port, const std::string& ports) const
    {
        std::vector<std::string> command{
            MILLPOND_PROGRAM,
            "--log",
            "warn",
            "pool",
            "--port",
            std::to_string(port),
            "--operator-port",
            "0",
            "--datadir",
            path("pool"),
            "--port-file",
            path(ports)
        };
        command.insert(command.end(), pool_options.begin(), pool_options.end());
        return command;
    }

    /// Waits until it is open and talks to it from then on.
    Task<void> pool_opens(std::string ports_file)
    {
        while (!std::filesystem::exists(path(ports_file)))
            co_await pause(std::chrono::milliseconds{5});
        const auto ports = nlohmann::json::parse(std::ifstream{path(ports_file)});
        url = {.host = "127.0.0.1", .port = ports["service"].get<std::uint16_t>()};
        operator_port = ports["operator"].get<std::uint16_t>();
        operators = std::make_unique<net::Client>(
            loop, net::ClientSettings{.host = "127.0.0.1", .port = operator_port, .tls = false}
        );
    }

    /// A transcoder that encodes, at low priority as on a machine that is shared.
    Process worker(const std::string& name)
    {
        return Process{
            {MILLPOND_TRANSCODER,
             "--pool",
             "127.0.0.1:" + std::to_string(url.port),
             "--key",
             path(name + ".key"),
             "--name",
             name,
             "--nice",
             "10"},
            path(name + ".log")
        };
    }

    Task<nlohmann::json> page(std::string of)
    {
        auto call = co_await operators->start(
            {.method = "GET", .path = std::move(of)},
            make_blob({}),
            loop.now() + std::chrono::seconds{5}
        );
        if (!call) co_return nlohmann::json{};
        const auto body = co_await (*call)->read_all(1U << 20U);
        co_return body ? nlohmann::json::parse(as_text(*body), nullptr, false) : nlohmann::json{};
    }

    Task<void> ready(std::size_t count)
    {
        while (true) {
            const auto status = co_await page("/api/v1/status");
            if (status.is_object() && status["transcoders_ready"].get<std::size_t>() >= count)
                co_return;
            co_await pause(std::chrono::milliseconds{20});
        }
    }

    Task<void> pause(Duration length) { co_await loop.sleep_until(loop.now() + length); }

    void run(Task<void> task)
    {
        spawn([](Task<void> each, net::Loop& on) -> Task<void> {
            co_await std::move(each);
            on.post([&on] { on.stop(); });  // also where it ends at once
        }(std::move(task), loop));
        loop.run();
    }

    [[nodiscard]] Result<store::JournalSummary, Fault> journal() const
    {
        return store::verify_journal(path("pool") + "/journal.sqlite");
    }

    /// What the pool had to say, for a test that fails.
    [[nodiscard]] std::string pool_log() const
    {
        std::ifstream in{path("pool.log")};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

    [[nodiscard]] std::string path(const std::string& name) const { return folder.path() / name; }

    TempDir folder;
    net::Loop loop;
    net::Url url;
    std::uint16_t operator_port = 0;
    std::vector<std::string> pool_options{"--no-book"};  ///< by load, so that all work at once
    std::optional<Process> pool;
    std::unique_ptr<net::Client> operators;
};

}  // namespace millpond
