#include "edge/net/time_slice.hpp"

#include <cstdint>

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace millpond::net {

namespace {

/// Linux's `sched_attr`, as sched_setattr(2) gives it; its header cannot stand beside glibc's.
struct Attributes {
    std::uint32_t size = sizeof(Attributes);
    std::uint32_t policy = SCHED_OTHER;
    std::uint64_t flags = 1;  // SCHED_FLAG_RESET_ON_FORK
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t slice = 100'000;  // ns
    std::uint64_t deadline = 0;
    std::uint64_t period = 0;
};

static_assert(sizeof(Attributes) == 48);

}  // namespace

void ask_for_short_slices()
{
    // Of a thread that asked before, the policy is another one, too.
    const int nice = ::getpriority(PRIO_PROCESS, 0);
    if (nice < 0 || ::sched_getscheduler(0) != SCHED_OTHER) return;
    const Attributes wished{.nice = nice};
    // Refused is as good as unknown: the thread only wakes later.
    ::syscall(SYS_sched_setattr, 0, &wished, 0);
}

}  // namespace millpond::net
