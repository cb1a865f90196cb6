#pragma once

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace millpond {

/// A program started by a test, killed when it goes out of scope.
class Process {
public:
    explicit Process(std::vector<std::string> command, const std::string& log = "/dev/null")
    {
        pid_ = ::fork();
        if (pid_ != 0) return;
        const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(out, 1);
        ::dup2(out, 2);
        std::vector<char*> arguments;
        for (auto& each : command)
            arguments.push_back(each.data());
        arguments.push_back(nullptr);
        ::execv(arguments.front(), arguments.data());
        ::_exit(127);
    }

    Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

    Process& operator=(Process&& other) noexcept
    {
        std::swap(pid_, other.pid_);
        return *this;
    }

    ~Process() { end(SIGKILL); }

    [[nodiscard]] pid_t id() const { return pid_; }

    void signal(int number) const
    {
        if (pid_ > 0) ::kill(pid_, number);
    }

    /// Sends the signal and waits; gives back the exit code, or minus the signal that ended it.
    int end(int number)
    {
        if (pid_ <= 0) return 0;
        ::kill(pid_, number);
        return wait();
    }

    int wait()
    {
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

private:
    pid_t pid_ = -1;
};

}  // namespace millpond
