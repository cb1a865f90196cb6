#pragma once

#include "base/result.hpp"
#include "base/task.hpp"
#include "edge/net/client.hpp"
#include "edge/net/loop.hpp"

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/types.h>

namespace millpond {

/// A child process; killed when it goes out of scope.
class Child {
public:
    /// What it says goes behind the end of `log`; its output too, where `quiet`.
    Child(std::vector<std::string> command, const std::filesystem::path& log, bool quiet = false);
    Child(Child&& other) noexcept;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    Child& operator=(Child&&) = delete;

    ~Child() { end(SIGKILL); }

    void signal(int number) const;
    void end(int number);
    /// Its exit code; -1 where it was ended by a signal or is gone already.
    int wait();

private:
    pid_t pid_ = -1;
};

/// A page of a pool that is JSON.
Task<Result<nlohmann::json, Fault>> ask(net::Loop& loop, net::Client& client, std::string path);

/// The ports that a pool wrote into that file, once they are open.
Task<Result<nlohmann::json, Fault>> read_ports(net::Loop& loop, std::filesystem::path file);

}  // namespace millpond
