#include "edge/files/secrecy.hpp"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace millpond::files {
namespace {

TEST(Secrecy, of_a_process_that_dies_leaves_no_image_of_its_memory)
{
    const pid_t child = ::fork();
    if (child == 0) {
        keep_memory_secret();
        rlimit core{};
        const bool none = ::getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0;
        if (!none || ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) ::_exit(1);
        ::signal(SIGABRT, SIG_DFL);
        ::kill(::getpid(), SIGABRT);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_FALSE(WCOREDUMP(status));
}

}  // namespace
}  // namespace millpond::files
