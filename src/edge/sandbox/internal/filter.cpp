#include "edge/sandbox/internal/filter.hpp"

#include "edge/sandbox/internal/descriptor.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>

#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>

namespace millpond::sandbox {
namespace {

struct Release {
    void operator()(void* context) const { seccomp_release(context); }
};

// Nothing here names a file, a process or a peer. There is no clone: work in a worker is one
// thread.
constexpr std::array plain = {
    SCMP_SYS(read),           SCMP_SYS(write),         SCMP_SYS(recvmsg),
    SCMP_SYS(close),          SCMP_SYS(fstat),         SCMP_SYS(lseek),
    SCMP_SYS(munmap),         SCMP_SYS(mremap),        SCMP_SYS(brk),
    SCMP_SYS(madvise),        SCMP_SYS(futex),         SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
    SCMP_SYS(getpid),         SCMP_SYS(gettid),        SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_yield),    SCMP_SYS(getrandom),     SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),           SCMP_SYS(exit_group),
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    SCMP_SYS(sigaltstack),    SCMP_SYS(getrlimit),     SCMP_SYS(prlimit64),
#endif
};

bool add_rules(void* context)
{
    for (const int call : plain) {
        if (seccomp_rule_add(context, SCMP_ACT_ALLOW, call, 0) != 0) return false;
    }
    // No new code: memory is never executable.
    const scmp_arg_cmp not_executable{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
    // The trap's handler cannot be taken away.
    const scmp_arg_cmp not_the_trap{0, SCMP_CMP_NE, SIGSYS, 0};
    const scmp_arg_cmp cpu_timer{0, SCMP_CMP_EQ, ITIMER_PROF, 0};
    return seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, not_executable) == 0 &&
           seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_executable) == 0 &&
           seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(rt_sigaction), 1, not_the_trap) ==
               0 &&
           seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(setitimer), 1, cpu_timer) == 0 &&
           // stdio asks for a terminal; abort() goes on to an invalid instruction.
           seccomp_rule_add(context, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0) == 0 &&
           seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 0) == 0;
}

/// libseccomp writes its program to a file only.
std::vector<sock_filter> exported(void* context)
{
    const Descriptor file{::memfd_create("filter", MFD_CLOEXEC)};
    if (!file || seccomp_export_bpf(context, file.number()) != 0) return {};
    const off_t size = ::lseek(file.number(), 0, SEEK_END);
    std::vector<sock_filter> program(static_cast<std::size_t>(size) / sizeof(sock_filter));
    const std::size_t bytes = program.size() * sizeof(sock_filter);
    const ssize_t got = ::pread(file.number(), program.data(), bytes, 0);
    return got == static_cast<ssize_t>(bytes) ? program : std::vector<sock_filter>{};
}

}  // namespace

Result<Filter, Fault> Filter::make()
{
    const std::unique_ptr<void, Release> context{seccomp_init(SCMP_ACT_TRAP)};
    const bool made =
        context != nullptr &&
        seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
        add_rules(context.get());
    Filter filter;
    if (made) filter.program_ = exported(context.get());
    if (filter.program_.empty()) return because(Fault{.what = "the filter cannot be made"});
    return filter;
}

bool Filter::load() const
{
    const sock_fprog program{
        static_cast<std::uint16_t>(program_.size()), const_cast<sock_filter*>(program_.data())
    };
    return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

}  // namespace millpond::sandbox
