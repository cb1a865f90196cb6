#include "edge/sandbox/internal/zygote_link.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace millpond::sandbox {
namespace {

struct Pair {
    Descriptor ours;  ///< does not block
    Descriptor theirs;
};

Pair make_pair_of(int type)
{
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) return {};
    Pair pair{.ours = Descriptor{ends[0]}, .theirs = Descriptor{ends[1]}};
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return pair;
}

/// Starts the program with nothing of ours but `control` and the three standard descriptors, in a
/// session of its own: a terminal's Ctrl-C is for the pool, which lets work in hand finish.
int spawn_program(const std::vector<std::string>& command, int control, pid_t& process)
{
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, control, control_descriptor);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, control_descriptor + 1);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    ::sigemptyset(&none);
    sigset_t ignored;
    ::sigemptyset(&ignored);
    ::sigaddset(&ignored, SIGPIPE);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &ignored);
    ::posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID
    );
    std::vector<std::string> words = command;
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (auto& each : words)
        arguments.push_back(each.data());
    arguments.push_back(nullptr);
    const int error = ::posix_spawn(
        &process, arguments.front(), &actions, &attributes, arguments.data(), environ
    );
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    return error;
}

}  // namespace

Result<std::unique_ptr<ZygoteLink>, Fault> ZygoteLink::start(
    const std::vector<std::string>& command, const Bounds& bounds
)
{
    if (command.empty()) return because(Fault{.what = "sandbox: no program to run"});
    Pair pair = make_pair_of(SOCK_SEQPACKET);
    pid_t process = -1;
    const int error = pair.ours ? spawn_program(command, pair.theirs.number(), process) : errno;
    if (error != 0)
        return because(Fault{
            .what = "sandbox: " + command.front() + ": " + std::generic_category().message(error)
        });
    std::unique_ptr<ZygoteLink> link{new ZygoteLink{std::move(pair.ours), process}};
    const std::array parts{bytes_of(bounds)};
    if (!send_message(link->descriptor(), parts, {}))
        return because(Fault{.what = "sandbox: " + command.front() + " does not listen"});
    return link;
}

ZygoteLink::~ZygoteLink()
{
    ::kill(process_, SIGKILL);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

Descriptor ZygoteLink::order_worker(std::uint32_t worker)
{
    Pair pair = make_pair_of(SOCK_STREAM);
    const ForkOrder order{.worker = worker};
    const std::array parts{bytes_of(order)};
    const std::array theirs{pair.theirs.number()};
    if (!pair.ours || !send_message(control_.number(), parts, theirs)) return {};
    return std::move(pair.ours);
}

std::optional<ZygoteLink::News> ZygoteLink::next()
{
    News news;
    auto got = receive_message(control_.number(), room_of(news.report));
    if (!got) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
        return News{.gone = true};
    }
    if (got->bytes != sizeof news.report) return News{.gone = true};
    if (!got->descriptors.empty()) news.process = std::move(got->descriptors.front());
    return news;
}

}  // namespace millpond::sandbox
