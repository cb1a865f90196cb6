#include "edge/files/secrecy.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace millpond::files {

void keep_memory_secret()
{
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace millpond::files
