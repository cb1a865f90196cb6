// deps: millpond::edge::net
#include "edge/net/time_slice.hpp"

#include <cstdint>
#include <optional>
#include <thread>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace millpond;

namespace {

/// ns; none where the kernel tells of no slices.
std::optional<std::uint64_t> own_slice()
{
    std::uint64_t attributes[6] = {};
    if (::syscall(SYS_sched_getattr, 0, attributes, sizeof(attributes), 0) != 0) return {};
    const std::uint64_t slice = attributes[3];
    return slice == 0 ? std::nullopt : std::optional{slice};
}

std::optional<std::uint64_t> usual_slice()
{
    std::optional<std::uint64_t> slice;
    std::jthread{[&] { slice = own_slice(); }}.join();
    return slice;
}

struct TimeSlice : testing::Test {
    void SetUp() override
    {
        if (!usual_slice()) GTEST_SKIP() << "this kernel knows no slices of one thread";
        // Here a loop may have run and asked.
        const int policy = ::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
        if (policy != SCHED_OTHER) GTEST_SKIP() << "another policy was chosen";
        if (::getpriority(PRIO_PROCESS, 0) < 0) GTEST_SKIP() << "a negative niceness was chosen";
    }
};

TEST_F(TimeSlice, is_short_for_the_thread_that_asks)
{
    std::jthread{[] {
        net::ask_for_short_slices();
        EXPECT_EQ(own_slice(), 100'000);
    }}.join();
}

TEST_F(TimeSlice, is_the_usual_one_for_what_such_a_thread_starts)
{
    const auto usual = usual_slice();
    std::jthread{[&] {
        net::ask_for_short_slices();
        std::jthread{[&] { EXPECT_EQ(own_slice(), usual); }}.join();
        const pid_t child = ::fork();
        if (child == 0) ::_exit(own_slice() == usual ? 0 : 1);
        int status = -1;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }}.join();
}

TEST_F(TimeSlice, leaves_a_policy_alone_that_somebody_chose)
{
    std::jthread{[] {
        const sched_param none{};
        ASSERT_EQ(::sched_setscheduler(0, SCHED_IDLE, &none), 0);
        net::ask_for_short_slices();
        EXPECT_EQ(::sched_getscheduler(0), SCHED_IDLE);
    }}.join();
}

}  // namespace
