#include "apps/millpond/demo_child.hpp"

#include <csignal>
#include <cstdio>
#include <fstream>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

namespace millpond {

Child::Child(std::vector<std::string> command, const std::filesystem::path& log, bool quiet)
    : pid_(::fork())
{
    if (pid_ != 0) return;
    if (std::freopen(log.c_str(), "a", stderr) == nullptr) ::_exit(127);
    if (quiet) ::dup2(STDERR_FILENO, STDOUT_FILENO);
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (auto& each : command)
        arguments.push_back(each.data());
    arguments.push_back(nullptr);
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

void Child::signal(int number) const
{
    if (pid_ > 0) ::kill(pid_, number);
}

void Child::end(int number)
{
    signal(number);
    wait();
}

int Child::wait()
{
    if (pid_ <= 0) return -1;
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Task<Result<nlohmann::json, Fault>> ask(net::Loop& loop, net::Client& client, std::string path)
{
    auto call = co_await client.start(
        {.method = "GET", .path = std::move(path)},
        make_blob({}),
        loop.now() + std::chrono::seconds{2}
    );
    if (!call) co_return because(call.error());
    const auto body = co_await (*call)->read_all(4U << 20U);
    if (!body) co_return because(body.error());
    auto json = nlohmann::json::parse(as_text(*body), nullptr, false);
    if (json.is_discarded()) co_return because(Fault{.what = "not JSON"});
    co_return json;
}

Task<Result<nlohmann::json, Fault>> read_ports(net::Loop& loop, std::filesystem::path file)
{
    for (int i = 0; i < 1'000; ++i) {
        if (std::ifstream in{file}) co_return nlohmann::json::parse(in);
        co_await loop.sleep_until(loop.now() + std::chrono::milliseconds{20});
    }
    co_return because(Fault{.what = "the pool did not open its ports, see its log"});
}

}  // namespace millpond
