#include "bench/support/child.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace millpond::bench {
namespace fs = std::filesystem;

namespace {

constexpr double nanoseconds = 1e9;

void die_with_parent()
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
}

}  // namespace

Child::Child(const std::function<void(const std::function<void(std::string)>& say)>& work)
{
    int ends[2] = {};  // NOLINT(modernize-avoid-c-arrays): what pipe takes
    if (::pipe2(ends, O_CLOEXEC) != 0) give_up("pipe");
    std::fflush(nullptr);
    pid_ = ::fork();
    if (pid_ != 0) {
        ::close(ends[1]);
        out_ = ends[0];
        return;
    }
    die_with_parent();
    work([out = ends[1]](std::string text) {
        text += '\n';
        std::ignore = ::write(out, text.data(), text.size());
    });
    ::_exit(0);
}

Child::Child(std::vector<std::string> command, const std::vector<std::string>& environment)
{
    int ends[2] = {};  // NOLINT(modernize-avoid-c-arrays): what pipe takes
    if (::pipe2(ends, O_CLOEXEC) != 0) give_up("pipe");
    std::fflush(nullptr);
    pid_ = ::fork();
    if (pid_ != 0) {
        ::close(ends[1]);
        out_ = ends[0];
        return;
    }
    die_with_parent();
    ::dup2(ends[1], 1);
    for (const auto& each : environment)
        ::putenv(::strdup(each.c_str()));
    std::vector<char*> arguments;
    for (auto& each : command)
        arguments.push_back(each.data());
    arguments.push_back(nullptr);
    ::execvp(arguments.front(), arguments.data());
    ::_exit(127);
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      out_(std::exchange(other.out_, -1))
{
}

Child::~Child()
{
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::close(out_);
}

std::string Child::line()
{
    std::string text;
    char letter = 0;
    while (::read(out_, &letter, 1) == 1) {
        if (letter == '\n') return text;
        text.push_back(letter);
    }
    give_up("a part of the bench ended too early");
}

std::map<std::string, double> Child::cpu_by_thread() const
{
    std::map<std::string, double> seconds;
    std::error_code gone;
    for (const auto& task :
         fs::directory_iterator{"/proc/" + std::to_string(pid_) + "/task", gone}) {
        std::string name;
        std::getline(std::ifstream{task.path() / "comm"}, name);
        double spent = 0;
        std::ifstream{task.path() / "schedstat"} >> spent;
        seconds[name] += spent / nanoseconds;
    }
    return seconds;
}

double Child::cpu() const
{
    double sum = 0;
    for (const auto& [name, seconds] : cpu_by_thread())
        sum += seconds;
    return sum;
}

std::size_t Child::memory() const
{
    std::ifstream in{"/proc/" + std::to_string(pid_) + "/status"};
    std::string word;
    while (in >> word) {
        if (word != "RssAnon:") continue;
        std::size_t kilobytes = 0;
        in >> kilobytes;
        return kilobytes * 1'024;
    }
    give_up("no memory figure of a part of the bench");
}

std::uint16_t free_port()
{
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool bound = ::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(probe);
    if (!bound) give_up("no free port");
    return ntohs(address.sin_port);
}

void give_up(const std::string& why)
{
    std::fprintf(stderr, "bench: %s\n", why.c_str());
    std::exit(1);
}

}  // namespace millpond::bench
