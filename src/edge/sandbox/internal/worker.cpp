#include "edge/sandbox/internal/worker.hpp"

#include "edge/sandbox/internal/tray.hpp"

#include <csignal>
#include <cstring>
#include <new>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <unistd.h>

namespace millpond::sandbox {
namespace {

constexpr int pool_descriptor = 0;
constexpr int exit_not_safe = 124;

bool write_all(ByteView bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(pool_descriptor, bytes.data(), bytes.size());
        if (written <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

bool send_frame(Frame::Kind kind, ByteView payload)
{
    const Frame frame{.kind = kind, .bytes = static_cast<std::uint32_t>(payload.size())};
    return write_all(bytes_of(frame)) && write_all(payload);
}

// In a handler only what may be called there: write and _exit.
void on_trap(int /*signal*/, siginfo_t* info, void* /*context*/)
{
    const std::int32_t call = info->si_syscall;
    std::ignore = send_frame(Frame::Kind::trapped, bytes_of(call));
    ::_exit(exit_trapped);
}

void on_out_of_time(int /*signal*/)
{
    ::_exit(exit_out_of_time);
}

void on_out_of_memory()
{
    ::_exit(exit_out_of_memory);
}

void set_handlers()
{
    struct sigaction trap{};
    trap.sa_sigaction = on_trap;
    trap.sa_flags = SA_SIGINFO;
    ::sigaction(SIGSYS, &trap, nullptr);
    struct sigaction time{};
    time.sa_handler = on_out_of_time;
    ::sigaction(SIGPROF, &time, nullptr);
    // A crash is told by its signal, whatever a runtime (a sanitizer's) would rather print.
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
        std::signal(signal, SIG_DFL);
    std::set_new_handler(on_out_of_memory);
    sigset_t none;
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

void set_cpu_timer(std::uint32_t ms)
{
    itimerval timer{};
    timer.it_value = {
        .tv_sec = ms / 1'000, .tv_usec = static_cast<suseconds_t>(ms % 1'000) * 1'000
    };
    ::setitimer(ITIMER_PROF, &timer, nullptr);
}

bool read_all(std::span<std::uint8_t> into)
{
    while (!into.empty()) {
        const ssize_t got = ::read(pool_descriptor, into.data(), into.size());
        if (got <= 0) return false;
        into = into.subspan(static_cast<std::size_t>(got));
    }
    return true;
}

/// A job's inputs, mapped from the pool's tray.
class Inputs {
public:
    /// False when the mapping fails: the bytes do not fit into the memory limit.
    bool map(const JobHead& head, const std::vector<Descriptor>& tray)
    {
        for (std::size_t i = 0; i < head.inputs; ++i)
            size_ += Tray::room_for(head.sizes[i]);
        if (size_ > 0) {
            const int file = tray.front().number();
            at_ = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
            if (at_ == MAP_FAILED) return false;
        }
        const auto* from = static_cast<const std::uint8_t*>(at_);
        for (std::size_t i = 0; i < head.inputs; ++i) {
            views_.emplace_back(from, head.sizes[i]);
            from += Tray::room_for(head.sizes[i]);
        }
        return true;
    }

    Inputs() = default;
    Inputs(const Inputs&) = delete;
    Inputs& operator=(const Inputs&) = delete;

    ~Inputs()
    {
        if (at_ != nullptr) ::munmap(at_, size_);
    }

    [[nodiscard]] std::span<const ByteView> views() const { return views_; }

private:
    void* at_ = nullptr;
    std::size_t size_ = 0;
    std::vector<ByteView> views_;
};

/// False when the pool has hung up or talks nonsense.
bool serve_one(const WorkerParts& parts)
{
    JobHead head;
    auto room = room_of(head);
    const auto first = receive_message(pool_descriptor, room);
    if (!first || first->bytes == 0 || !read_all(room.subspan(first->bytes))) return false;
    if (head.inputs > inputs_max || first->descriptors.empty() != (head.inputs == 0)) return false;
    if (head.request_bytes > request_bytes_max) return false;
    Bytes request(head.request_bytes);
    if (!read_all(request)) return false;
    set_cpu_timer(parts.bounds.cpu_ms);
    Inputs inputs;
    if (!inputs.map(head, first->descriptors)) on_out_of_memory();
    const Bytes answer = parts.entry(inputs.views(), request);
    set_cpu_timer(0);
    return send_frame(Frame::Kind::answer, answer);
}

}  // namespace

void work(int socket, const WorkerParts& parts)
{
    ::prctl(PR_SET_NAME, "sandbox-worker", 0, 0, 0);
    set_handlers();
    const bool alone = ::dup2(socket, pool_descriptor) == pool_descriptor &&
                       ::close_range(pool_descriptor + 1, ~0U, 0) == 0;
    Layers layers = parts.shelter.layers;
    if (parts.shelter.pid_namespaces) layers.add(Layer::no_processes);
    if (!alone || !lock_down(parts.shelter, parts.bounds, layers)) ::_exit(exit_not_safe);
    if (!parts.filter.load()) ::_exit(exit_not_safe);
    layers.add(Layer::system_calls);
    if (!layers.has(Layer::no_new_privileges)) ::_exit(exit_not_safe);
    if (!send_frame(Frame::Kind::ready, bytes_of(layers.bits))) ::_exit(0);
    while (serve_one(parts)) {
    }
    ::_exit(0);
}

}  // namespace millpond::sandbox
