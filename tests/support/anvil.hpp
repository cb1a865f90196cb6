#pragma once

#include "core/chain/transaction.hpp"
#include "edge/chain/node.hpp"

#include <csignal>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace millpond::test {

/// A development chain of Foundry's, in a process of its own, as long as this lives.
class Anvil {
public:
    static constexpr std::uint64_t chain_id = 31'337;
    static constexpr std::int64_t behind_seconds = 15 * 86'400;  ///< its clock is

    /// Blocks come when asked for (`mine`) unless `each_transaction` makes one.
    explicit Anvil(bool each_transaction)
    {
        int out[2] = {-1, -1};
        if (::pipe2(out, O_CLOEXEC) != 0) return;
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
        std::vector<std::string> words{
            program(),
            "--port",
            "0",
            "--host",
            "127.0.0.1",
            "--block-base-fee-per-gas",
            "1000000000",
            // jurors wait for two weeks, and then it must not be later than it is
            "--timestamp",
            std::to_string(std::time(nullptr) - behind_seconds)
        };
        if (!each_transaction) words.emplace_back("--no-mining");
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        ::posix_spawn(&process_, program().c_str(), &actions, nullptr, arguments.data(), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(out[1]);
        read_port(out[0]);
    }

    ~Anvil()
    {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
        if (drain_.joinable()) drain_.join();
    }

    Anvil(const Anvil&) = delete;
    Anvil& operator=(const Anvil&) = delete;

    static std::string program()
    {
        return MILLPOND_SOURCE_DIR
            "/contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";
    }

    static bool installed() { return std::filesystem::exists(program()); }

    [[nodiscard]] std::string url(const std::string& scheme = "http") const
    {
        return scheme + "://127.0.0.1:" + std::to_string(port_);
    }

    [[nodiscard]] std::unique_ptr<chain::Endpoint> endpoint(const std::string& scheme = "http")
        const
    {
        return chain::make_endpoint(*chain::parse_node_url(url(scheme)), std::chrono::seconds{10});
    }

    [[nodiscard]] std::unique_ptr<chain::Node> node() const
    {
        std::vector<std::unique_ptr<chain::Endpoint>> endpoints;
        endpoints.push_back(endpoint());
        return std::make_unique<chain::Node>(chain_id, std::move(endpoints));
    }

    void mine(std::uint64_t blocks = 1) const
    {
        command("anvil_mine", "[" + std::to_string(blocks) + "]");
    }

    /// The last `depth` blocks are replaced by as many empty ones.
    void reorganise(std::uint64_t depth) const
    {
        command("anvil_reorg", "[" + std::to_string(depth) + ", []]");
    }

    std::string command(const std::string& method, const std::string& parameters) const
    {
        auto answer = node()->raw(method, parameters);
        return answer ? *answer : "failed: " + answer.error().what;
    }

    /// One of the accounts that have ether from the start.
    static crypto::PrivateKey key(int number)
    {
        static constexpr const char* keys[] = {
            "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
            "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
            "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
            "7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
        };
        return *crypto::PrivateKey::parse(*parse_hex(keys[number]));
    }

    static Address account(int number) { return Address{key(number).address()}; }

private:
    /// From the line that says where it listens; what follows is read and dropped.
    void read_port(int from)
    {
        std::string text;
        char buffer[4096];
        while (port_ == 0) {
            const auto got = ::read(from, buffer, sizeof buffer);
            if (got <= 0) break;
            text.append(buffer, static_cast<std::size_t>(got));
            const std::string mark = "Listening on 127.0.0.1:";
            const auto at = text.find(mark);
            if (at != std::string::npos && text.find('\n', at) != std::string::npos)
                port_ = std::stoi(text.substr(at + mark.size()));
        }
        drain_ = std::thread{[from] {
            char rest[4096];
            while (::read(from, rest, sizeof rest) > 0)
                continue;
            ::close(from);
        }};
    }

    pid_t process_ = -1;
    int port_ = 0;
    std::thread drain_;
};

}  // namespace millpond::test
