#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace millpond::bench {

/// A part of a bench in a process of its own, so that its CPU time and memory can be told from the
/// others'. Killed when it goes out of scope. Fork before any thread is started.
class Child {
public:
    /// Runs `work` in a fork of this process; it may say one line to the parent.
    explicit Child(const std::function<void(const std::function<void(std::string)>& say)>& work);
    /// Runs a program.
    Child(std::vector<std::string> command, const std::vector<std::string>& environment);
    Child(Child&& other) noexcept;
    Child(const Child&) = delete;
    ~Child();

    /// The line it said; ends the bench when it ended without one.
    std::string line();

    /// Seconds of CPU so far, by the names of its threads.
    [[nodiscard]] std::map<std::string, double> cpu_by_thread() const;
    [[nodiscard]] double cpu() const;
    /// What it holds of memory that is its own, in bytes.
    [[nodiscard]] std::size_t memory() const;

private:
    pid_t pid_ = -1;
    int out_ = -1;
};

/// A port that was free a moment ago.
[[nodiscard]] std::uint16_t free_port();

/// Ends the bench with a message.
[[noreturn]] void give_up(const std::string& why);

}  // namespace millpond::bench
