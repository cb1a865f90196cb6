#include "edge/net/leave.hpp"

#include <cstdio>
#include <iostream>

#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#define MILLPOND_LOOKS_FOR_LEAKS
#endif
#endif

namespace millpond::net {

void leave_process(int code)
{
    std::cout.flush();
    std::fflush(nullptr);
#ifdef MILLPOND_LOOKS_FOR_LEAKS
    __lsan_do_leak_check();
#endif
    ::_exit(code);
}

}  // namespace millpond::net
