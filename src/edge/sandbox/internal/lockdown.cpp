#include "edge/sandbox/internal/lockdown.hpp"

#include <array>
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <memory>

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace millpond::sandbox {
namespace {

constexpr uid_t nobody = 65'534;

bool become_nobody()
{
    return ::setgroups(0, nullptr) == 0 && ::setresgid(nobody, nobody, nobody) == 0 &&
           ::setresuid(nobody, nobody, nobody) == 0;
}

bool drop_capabilities()
{
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const std::array<__user_cap_data_struct, 2> none{};
    return ::syscall(SYS_capset, &header, none.data()) == 0;
}

/// A root folder with nothing in it. Needs a mount namespace.
bool empty_the_root()
{
    const bool mounted = ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                         ::mount(
                             "none",
                             "/tmp",
                             "tmpfs",
                             MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY,
                             "size=4k,mode=555"
                         ) == 0;
    return mounted && ::chdir("/tmp") == 0 && ::syscall(SYS_pivot_root, ".", ".") == 0 &&
           ::umount2(".", MNT_DETACH) == 0 && ::chdir("/") == 0;
}

// Rights that Debian's kernel headers do not name yet; the running kernel may have them.
constexpr std::uint64_t landlock_truncate = 1ULL << 14U;
constexpr std::uint64_t landlock_ioctl = 1ULL << 15U;
constexpr std::uint64_t landlock_tcp = 0b11;
constexpr std::uint64_t landlock_scopes = 0b11;

struct Rules {
    std::uint64_t files = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;
    std::uint64_t network = 0;
    std::uint64_t scopes = 0;
};

/// Every right the kernel knows is handled, none is given.
bool deny_all_files()
{
    const std::int64_t abi =
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1) return false;
    Rules rules;
    if (abi >= 2) rules.files |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3) rules.files |= landlock_truncate;
    if (abi >= 5) rules.files |= landlock_ioctl;
    if (abi >= 4) rules.network = landlock_tcp;
    if (abi >= 6) rules.scopes = landlock_scopes;
    // An older kernel takes only the front of the struct, in the lengths it grew by.
    const std::size_t known = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    const Descriptor ruleset{
        static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, known, 0))
    };
    return ruleset && ::syscall(SYS_landlock_restrict_self, ruleset.number(), 0) == 0;
}

std::uint64_t own_address_space()
{
    const std::unique_ptr<FILE, int (*)(FILE*)> file{
        std::fopen("/proc/self/statm", "re"), std::fclose
    };
    std::uint64_t pages = 0;
    if (!file || std::fscanf(file.get(), "%" SCNu64, &pages) != 1) return 0;
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

bool limit(__rlimit_resource resource, std::uint64_t most)
{
    const rlimit both{.rlim_cur = most, .rlim_max = most};
    return ::setrlimit(resource, &both) == 0;
}

}  // namespace

Shelter take_shelter()
{
    Shelter shelter;
    shelter.own_bytes = own_address_space();
    shelter.drop_user = ::geteuid() == 0;
    bool mounts = ::unshare(CLONE_NEWNS) == 0;
    if (!mounts) {
        // Without the right to it directly: an own user namespace has it, for ordinary users too.
        const bool other = shelter.drop_user && become_nobody();
        shelter.drop_user = shelter.drop_user && !other;
        const bool own = ::unshare(CLONE_NEWUSER) == 0;
        if (other || own) shelter.layers.add(Layer::other_user);
        mounts = own && ::unshare(CLONE_NEWNS) == 0;
    }
    if (::unshare(CLONE_NEWNET) == 0) shelter.layers.add(Layer::no_network);
    if (::unshare(CLONE_NEWIPC) == 0) shelter.layers.add(Layer::no_shared_memory);
    if (mounts && empty_the_root()) shelter.layers.add(Layer::empty_root);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) shelter.layers.add(Layer::no_new_privileges);
    if (deny_all_files()) shelter.layers.add(Layer::no_files);
    return shelter;
}

bool lock_down(const Shelter& shelter, const Bounds& bounds, Layers& layers)
{
    if (shelter.drop_user) {
        if (!become_nobody()) return false;
        layers.add(Layer::other_user);
    }
    if (!drop_capabilities()) return false;
    const std::uint64_t cpu_seconds = std::uint64_t{bounds.cpu_ms} * bounds.jobs_max / 1'000 + 2;
    const bool limited = limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
                         limit(RLIMIT_NOFILE, inputs_max + 4) && limit(RLIMIT_MEMLOCK, 0) &&
                         limit(RLIMIT_CPU, cpu_seconds);
    if (!limited) return false;
    // A sanitizer reserves terabytes of addresses, so it and this limit exclude each other.
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
    if (limit(RLIMIT_AS, shelter.own_bytes + bounds.memory_bytes)) layers.add(Layer::memory);
#endif
    return ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0;
}

}  // namespace millpond::sandbox
