#include "edge/sandbox/serve.hpp"

#include "edge/sandbox/internal/worker.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <map>

#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace millpond::sandbox {
namespace {

/// Forks what the pool orders, tells what has ended. Has one thread and touches no foreign byte.
class Zygote {
public:
    Zygote(WorkerParts parts, int exits) : parts_(parts), exits_(exits) {}

    void run()
    {
        std::array<pollfd, 2> watched{
            {{.fd = control_descriptor, .events = POLLIN, .revents = 0},
             {.fd = exits_, .events = POLLIN, .revents = 0}}
        };
        while (true) {
            if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
            if (watched[1].revents != 0) reap();
            if (watched[0].revents != 0 && !take_order()) return;
        }
    }

private:
    bool take_order()
    {
        ForkOrder order;
        const auto got = receive_message(control_descriptor, room_of(order));
        if (!got || got->bytes != sizeof order || got->descriptors.size() != 1) return false;
        fork_worker(order.worker, got->descriptors.front().number());
        return true;
    }

    void fork_worker(std::uint32_t worker, int socket)
    {
        int process = -1;
        std::int64_t pid = fork_process(process);
        if (pid < 0 && parts_.shelter.pid_namespaces && errno != EAGAIN && errno != ENOMEM) {
            parts_.shelter.pid_namespaces = false;
            pid = fork_process(process);
        }
        if (pid == 0) work(socket, parts_);
        if (pid < 0) {
            tell({.kind = ZygoteReport::Kind::not_forked, .worker = worker, .status = errno}, {});
            return;
        }
        const Descriptor held{process};
        workers_[static_cast<pid_t>(pid)] = worker;
        tell({.kind = ZygoteReport::Kind::forked, .worker = worker}, std::array{process});
    }

    /// Like fork(): this process has one thread, so the raw call leaves nothing half done. It is
    /// the only way to a PID namespace per child and to a descriptor nobody can mistake.
    std::int64_t fork_process(int& process) const
    {
        const std::uint64_t flags = CLONE_PIDFD | std::uint64_t{SIGCHLD} |
                                    (parts_.shelter.pid_namespaces ? CLONE_NEWPID : 0U);
        return ::syscall(SYS_clone, flags, nullptr, &process, nullptr, nullptr);
    }

    void reap()
    {
        signalfd_siginfo ignored{};
        while (::read(exits_, &ignored, sizeof ignored) > 0) {
        }
        int status = 0;
        for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
            const auto ended = workers_.extract(pid);
            if (ended.empty()) continue;
            tell(
                {.kind = ZygoteReport::Kind::exited, .worker = ended.mapped(), .status = status}, {}
            );
        }
    }

    static void tell(const ZygoteReport& report, std::span<const int> descriptors)
    {
        const std::array parts{bytes_of(report)};
        if (!send_message(control_descriptor, parts, descriptors)) ::_exit(0);
    }

    WorkerParts parts_;
    int exits_;
    std::map<pid_t, std::uint32_t> workers_;
};

}  // namespace

int serve(Entry entry, const std::function<void()>& warm)
{
    ::prctl(PR_SET_NAME, "sandbox-zygote", 0, 0, 0);
    Bounds bounds;
    const auto first = receive_message(control_descriptor, room_of(bounds));
    if (!first || first->bytes != sizeof bounds) {
        std::fputs("this process is started by a pool, not by hand\n", stderr);
        return 64;
    }
    auto filter = Filter::make();
    if (!filter) {
        std::fputs(("sandbox: " + filter.error().what + "\n").c_str(), stderr);
        return 1;
    }
    sigset_t children;
    ::sigemptyset(&children);
    ::sigaddset(&children, SIGCHLD);
    ::pthread_sigmask(SIG_BLOCK, &children, nullptr);
    const Descriptor exits{::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK)};
    if (warm) warm();
    const Shelter shelter = take_shelter();
    Zygote{
        {.entry = entry, .bounds = bounds, .shelter = shelter, .filter = *filter}, exits.number()
    }
        .run();
    // Its workers die with it (PR_SET_PDEATHSIG); nothing of it is worth an orderly end.
    ::_exit(0);
}

}  // namespace millpond::sandbox
