// A worker program whose entry does what hostile bytes would make a decoder do.
#include "tests/unit/edge/sandbox/bad_habits.hpp"

#include "edge/sandbox/serve.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace millpond {
namespace {

[[gnu::noinline]] int deeper(volatile char* above)
{
    volatile char room[4096];  // NOLINT(modernize-avoid-c-arrays): to fill a stack
    if (*above == 1) return 0;
    room[0] = *above;
    return room[0] + deeper(room);
}

Bytes deepest()
{
    volatile char top = 0;
    return Bytes(static_cast<std::size_t>(deeper(&top)));
}

Bytes number(std::uint64_t value)
{
    Bytes bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

std::uint64_t number_in(ByteView request)
{
    std::uint64_t value = 0;
    std::memcpy(&value, request.data() + 1, sizeof value);
    return value;
}

Bytes hog()
{
    std::vector<Bytes> held;
    while (true)
        held.emplace_back(16U << 20U, std::uint8_t{1});
}

Bytes attempt(Habit habit, ByteView first)
{
    void* page = nullptr;
    switch (habit) {
        case Habit::open_file:
            return number(static_cast<std::uint64_t>(::open("/etc/passwd", O_RDONLY)));
        case Habit::open_socket:
            return number(static_cast<std::uint64_t>(::socket(AF_INET, SOCK_STREAM, 0)));
        case Habit::fork: return number(static_cast<std::uint64_t>(::fork()));
        case Habit::start_thread:
            return number(static_cast<std::uint64_t>(
                ::syscall(SYS_clone, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, nullptr)
            ));
        case Habit::execute: ::execl("/bin/sh", "sh", nullptr); break;
        case Habit::trace: ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); break;
        case Habit::kill_parent: ::kill(-1, SIGKILL); break;
        case Habit::make_code:
            page = ::mmap(
                nullptr,
                4096,
                PROT_READ | PROT_WRITE | PROT_EXEC,
                MAP_PRIVATE | MAP_ANONYMOUS,
                -1,
                0
            );
            return number(reinterpret_cast<std::uintptr_t>(page));
        case Habit::take_the_trap: std::signal(SIGSYS, SIG_IGN); break;
        case Habit::write_input: *const_cast<std::uint8_t*>(first.data()) = 0; break;
        default: break;
    }
    return {};
}

Bytes descriptors()
{
    std::uint64_t open = 0;
    for (int i = 0; i < 64; ++i) {
        struct stat ignored{};
        if (::syscall(SYS_fstat, i, &ignored) == 0)
            open |= std::uint64_t{1} << static_cast<unsigned>(i);
    }
    return number(open);
}

Bytes serve(std::span<const ByteView> inputs, ByteView request)
{
    static std::uint64_t asked = 0;
    const auto habit = static_cast<Habit>(request[0]);
    switch (habit) {
        case Habit::join: {
            Bytes all;
            for (const ByteView input : inputs)
                all.insert(all.end(), input.begin(), input.end());
            all.insert(all.end(), request.begin() + 1, request.end());
            return all;
        }
        case Habit::crash: *reinterpret_cast<volatile int*>(16) = 1; return {};
        case Habit::abort: std::abort();
        case Habit::overflow_stack: return deepest();
        case Habit::hang:
            for (volatile std::uint64_t turn = 0;; turn = turn + 1) {
            }
        case Habit::sleep: ::syscall(SYS_futex, &asked, 0, 0, nullptr); return {};
        case Habit::hog_memory: return hog();
        case Habit::talk: return Bytes(number_in(request), std::uint8_t{'t'});
        case Habit::babble: {
            const Bytes noise(5'000, 0xff);
            std::ignore = ::write(0, noise.data(), noise.size());
            return {};
        }
        case Habit::chatter: {
            const std::array<std::uint32_t, 3> frame{2, 4, 77};
            while (::write(0, frame.data(), sizeof frame) > 0) {
            }
            return {};
        }
        case Habit::hang_up:
            ::close(0);
            for (volatile std::uint64_t turn = 0;; turn = turn + 1) {
            }
        case Habit::leave: ::_exit(7);
        case Habit::see_descriptors: return descriptors();
        case Habit::remember: return number(asked++);
        default: return attempt(habit, inputs.empty() ? ByteView{} : inputs.front());
    }
}

}  // namespace
}  // namespace millpond

int main()
{
    return millpond::sandbox::serve(millpond::serve, {});
}
