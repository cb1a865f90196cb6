#include "edge/sandbox/sandbox.hpp"

#include "tests/support/sanitizer.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/edge/sandbox/bad_habits.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace millpond::sandbox {
namespace {

using Kind = Failure::Kind;

Bytes request(Habit habit, std::uint64_t number = 0)
{
    Bytes bytes(1 + sizeof number);
    bytes[0] = static_cast<std::uint8_t>(habit);
    std::memcpy(bytes.data() + 1, &number, sizeof number);
    return bytes;
}

std::uint64_t number_in(const Bytes& answer)
{
    std::uint64_t value = 0;
    if (answer.size() == sizeof value) std::memcpy(&value, answer.data(), sizeof value);
    return value;
}

std::string name_of_process(const std::filesystem::path& folder)
{
    std::ifstream file{folder / "comm"};
    std::string name;
    std::getline(file, name);
    return name;
}

/// Processes of this test's sandboxes: the children of ours, and theirs.
std::vector<pid_t> processes(std::string_view name)
{
    std::vector<std::pair<pid_t, pid_t>> parents;
    std::vector<pid_t> found;
    for (const auto& each : std::filesystem::directory_iterator{"/proc"}) {
        const std::string number = each.path().filename();
        if (!std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; })) continue;
        std::ifstream file{each.path() / "stat"};
        std::string line;
        std::getline(file, line);
        const auto after = line.rfind(')');
        if (after == std::string::npos) continue;
        const char state = line[after + 2];
        if (state == 'Z' || state == 'X') continue;
        parents.emplace_back(std::stoi(number), std::stoi(line.substr(after + 4)));
    }
    const auto child_of = [&](pid_t parent) {
        std::vector<pid_t> children;
        for (const auto& [pid, of] : parents)
            if (of == parent) children.push_back(pid);
        return children;
    };
    for (const pid_t zygote : child_of(::getpid())) {
        std::vector<pid_t> family = child_of(zygote);
        family.push_back(zygote);
        for (const pid_t each : family) {
            if (name_of_process("/proc/" + std::to_string(each)) == name) found.push_back(each);
        }
    }
    return found;
}

std::size_t open_descriptors()
{
    const std::filesystem::directory_iterator all{"/proc/self/fd"};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

class SandboxTest : public testing::Test {
protected:
    void open(Settings settings = {})
    {
        settings.command = {MILLPOND_BAD_HABITS};
        auto opened = Sandbox::open(loop_, std::move(settings));
        ASSERT_TRUE(opened) << opened.error().what;
        sandbox_ = std::move(*opened);
    }

    Result<Bytes, Failure> ask(
        Bytes asked, std::vector<Blob> inputs = {}, std::string owner = "somebody"
    )
    {
        std::optional<Result<Bytes, Failure>> answer;
        spawn(
            [](Sandbox& box,
               std::string whose,
               std::vector<Blob> in,
               Bytes what,
               net::Loop& loop,
               auto& out) -> Task<void> {
                out = co_await box.run(std::move(whose), std::move(in), std::move(what));
                loop.stop();
            }(*sandbox_, std::move(owner), std::move(inputs), std::move(asked), loop_, answer)
        );
        loop_.run();
        return *answer;
    }

    /// The failure of a habit, and that the next job finds a worker as if nothing had been.
    Failure failure_of(Habit habit, std::vector<Blob> inputs = {}, std::uint64_t number = 0)
    {
        const auto answer = ask(request(habit, number), std::move(inputs));
        EXPECT_FALSE(answer);
        const auto next = ask(request(Habit::talk, 3));
        EXPECT_TRUE(next) << next.error().text;
        return answer ? Failure{} : answer.error();
    }

    /// Lets the loop run until something outside holds.
    void run_until(const std::function<bool()>& holds)
    {
        const auto look = [this, &holds](const auto& again) -> void {
            if (holds()) return loop_.stop();
            loop_.at(loop_.now() + std::chrono::milliseconds{5}, [&again] { again(again); });
        };
        loop_.post([&look] { look(look); });
        loop_.run();
    }

    net::Loop loop_;
    std::unique_ptr<Sandbox> sandbox_;
};

TEST_F(SandboxTest, gives_bytes_to_the_entry_and_its_answer_back)
{
    open();
    const auto answer =
        ask(request(Habit::join),
            {make_blob({'a', 'b'}), make_blob({}), make_blob(Bytes(300'000, 'c'))});
    ASSERT_TRUE(answer) << answer.error().text;
    ASSERT_EQ(answer->size(), 2U + 300'000U + 8U);
    EXPECT_EQ((*answer)[1], 'b');
    EXPECT_EQ((*answer)[300'001], 'c');
}

TEST_F(SandboxTest, stands_behind_every_layer_this_machine_has)
{
    open();
    const Layers layers = sandbox_->layers();
    EXPECT_TRUE(layers.has(Layer::no_new_privileges));
    EXPECT_TRUE(layers.has(Layer::system_calls));
    RecordProperty("active", active_text(layers));
    RecordProperty("missing", missing_text(layers));
    std::printf(
        "active: %s; missing: %s\n", active_text(layers).c_str(), missing_text(layers).c_str()
    );
}

TEST_F(SandboxTest, survives_every_way_to_crash)
{
    open();
    for (const Habit habit :
         {Habit::crash,
          Habit::abort,
          Habit::overflow_stack,
          Habit::leave,
          Habit::chatter,
          Habit::hang_up}) {
        const Failure failure = failure_of(habit);
        EXPECT_EQ(failure.kind, Kind::crashed) << static_cast<int>(habit) << ": " << failure.text;
    }
    EXPECT_EQ(failure_of(Habit::write_input, {make_blob(Bytes(100))}).kind, Kind::crashed);
    EXPECT_EQ(failure_of(Habit::babble).kind, Kind::too_much_output);
    EXPECT_EQ(sandbox_->counts().zygotes, 1U);
}

struct Escape {
    const char* name;
    Habit habit;
    long call;                ///< -1 where several may be tried
    bool by_signals = false;  ///< shown by what the thread sanitizer does in the process's stead
};

class EscapeTest : public SandboxTest, public testing::WithParamInterface<Escape> {};

TEST_P(EscapeTest, is_killed_and_named)
{
    if (thread_sanitized && GetParam().by_signals) GTEST_SKIP() << "not the process's own call";
    open();
    const Failure failure = failure_of(GetParam().habit);
    EXPECT_EQ(failure.kind, Kind::killed_by_filter) << failure.text;
    if (GetParam().call >= 0) {
        EXPECT_EQ(failure.text, "forbidden system call " + std::to_string(GetParam().call));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Attempts,
    EscapeTest,
    testing::Values(
        Escape{"open_file", Habit::open_file, SYS_openat},
        Escape{"open_socket", Habit::open_socket, SYS_socket},
        Escape{"fork", Habit::fork, -1, true},
        Escape{"start_thread", Habit::start_thread, SYS_clone},
        Escape{"execute", Habit::execute, SYS_execve},
        Escape{"trace", Habit::trace, SYS_ptrace},
        Escape{"kill_parent", Habit::kill_parent, SYS_kill},
        Escape{"make_code", Habit::make_code, SYS_mmap},
        Escape{"take_the_trap", Habit::take_the_trap, SYS_rt_sigaction, true}
    ),
    [](const auto& info) { return info.param.name; }
);

TEST_F(SandboxTest, ends_what_computes_or_waits_for_ever)
{
    open({.cpu = std::chrono::milliseconds{200}, .wall = std::chrono::seconds{20}});
    const Failure cpu = failure_of(Habit::hang);
    // The thread sanitizer keeps the signal from a loop that calls nothing; the kernel then kills.
    if (!thread_sanitized) {
        EXPECT_EQ(cpu.kind, Kind::out_of_time);
        EXPECT_EQ(cpu.text, "out of CPU time");
    }
    sandbox_.reset();
    open({.wall = std::chrono::milliseconds{200}});
    const Failure wall = failure_of(Habit::sleep);
    EXPECT_EQ(wall.kind, Kind::out_of_time);
    EXPECT_EQ(wall.text, "out of wall time");
}

TEST_F(SandboxTest, ends_what_eats_memory)
{
    open({.memory_bytes = 256U << 20U});
    if (!sandbox_->layers().has(Layer::memory)) GTEST_SKIP() << "not under this sanitizer";
    EXPECT_EQ(failure_of(Habit::hog_memory).kind, Kind::out_of_memory);
}

TEST_F(SandboxTest, takes_an_answer_up_to_its_limit_and_not_one_byte_more)
{
    open({.output_bytes_max = 1'000'000});
    const auto answer = ask(request(Habit::talk, 1'000'000));
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->size(), 1'000'000U);
    EXPECT_EQ(failure_of(Habit::talk, {}, 1'000'001).kind, Kind::too_much_output);
}

TEST_F(SandboxTest, worker_sees_its_socket_and_nothing_else)
{
    open();
    const auto answer = ask(request(Habit::see_descriptors));
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(number_in(*answer), 1U);
}

TEST_F(SandboxTest, process_reads_as_many_jobs_as_it_may)
{
    open({.jobs_per_worker = 3});
    std::vector<std::uint64_t> before;
    for (int i = 0; i < 6; ++i)
        before.push_back(number_in(ask(request(Habit::remember)).value_or(Bytes{})));
    EXPECT_EQ(before, (std::vector<std::uint64_t>{0, 1, 2, 0, 1, 2}));
}

TEST_F(SandboxTest, process_reads_for_one_owner_only)
{
    open({.kept = 2});
    const auto before = [this](const std::string& owner) {
        return number_in(ask(request(Habit::remember), {}, owner).value_or(Bytes{}));
    };
    EXPECT_EQ(before("a"), 0U);
    EXPECT_EQ(before("b"), 0U);
    EXPECT_EQ(before("a"), 1U);
    EXPECT_EQ(before("b"), 1U);
    // A third owner costs the place of the one that was longest unused.
    EXPECT_EQ(before("c"), 0U);
    EXPECT_EQ(before("b"), 2U);
    EXPECT_EQ(before("a"), 0U);
}

TEST_F(SandboxTest, thousand_jobs_leave_no_descriptor_and_no_process)
{
    open({.workers = 2});
    std::ignore = ask(request(Habit::talk, 1));
    const auto settled = [] {
        return processes("sandbox-worker").size() <= 4 && processes("sandbox-zygote").size() == 1;
    };
    run_until(settled);
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 1'000; ++i) {
        const bool bad = i % 10 == 0;
        const auto answer =
            ask(request(bad ? Habit::crash : Habit::talk, 5), {make_blob(Bytes(64))});
        ASSERT_EQ(answer.has_value(), !bad) << i;
    }
    run_until(settled);
    EXPECT_LE(open_descriptors(), before + 8);
    sandbox_.reset();
    EXPECT_TRUE(processes("sandbox-zygote").empty());
    run_until([] { return processes("sandbox-worker").empty(); });
}

TEST_F(SandboxTest, outlives_its_zygote)
{
    open();
    std::ignore = ask(request(Habit::talk, 1));
    // A worker has its zygote's name for a moment.
    run_until([] { return processes("sandbox-zygote").size() == 1; });
    const auto before = processes("sandbox-zygote");
    ::kill(before.front(), SIGKILL);
    run_until([this] { return sandbox_->counts().zygotes == 2; });
    const auto answer = ask(request(Habit::talk, 7));
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->size(), 7U);
    EXPECT_NE(processes("sandbox-zygote"), before);
}

TEST_F(SandboxTest, outlives_a_zygote_that_dies_under_a_job)
{
    open({.wall = std::chrono::milliseconds{500}});
    std::optional<Result<Bytes, Failure>> answer;
    spawn([](Sandbox& box, net::Loop& loop, auto& out) -> Task<void> {
        out = co_await box.run("somebody", {}, request(Habit::sleep));
        loop.stop();
    }(*sandbox_, loop_, answer));
    loop_.at(loop_.now() + std::chrono::milliseconds{100}, [] {
        for (const pid_t each : processes("sandbox-zygote"))
            ::kill(each, SIGKILL);
    });
    loop_.run();
    // Asked again in a new process, it came to its own end.
    EXPECT_EQ(answer->error().kind, Kind::out_of_time);
    EXPECT_EQ(sandbox_->counts().zygotes, 2U);
}

TEST_F(SandboxTest, replaces_a_worker_that_somebody_killed)
{
    open();
    run_until([] { return processes("sandbox-worker").size() == 1; });
    ::kill(processes("sandbox-worker").front(), SIGKILL);
    const auto first = ask(request(Habit::talk, 2));
    const auto second = ask(request(Habit::talk, 2));
    EXPECT_TRUE(second) << second.error().text;
}

TEST_F(SandboxTest, says_so_when_no_worker_can_be_had)
{
    open({.cpu = std::chrono::milliseconds{500}, .patience = std::chrono::milliseconds{100}});
    std::vector<Kind> kinds;
    for (int i = 0; i < 2; ++i) {
        spawn([](Sandbox& box, net::Loop& loop, auto& out) -> Task<void> {
            const auto answer = co_await box.run("somebody", {}, request(Habit::hang));
            out.push_back(answer.error().kind);
            if (out.size() == 2) loop.stop();
        }(*sandbox_, loop_, kinds));
    }
    loop_.run();
    EXPECT_EQ(kinds, (std::vector{Kind::unavailable, Kind::out_of_time}));
}

TEST(Sandbox, leaves_no_process_behind_a_pool_that_dies)
{
    // What is orphaned becomes ours, so that its end can be waited for.
    ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    const pid_t pool = ::fork();
    if (pool == 0) {
        net::Loop loop;
        const auto box = Sandbox::open(loop, {.command = {MILLPOND_BAD_HABITS}, .workers = 3});
        ::kill(::getpid(), box ? SIGKILL : SIGTERM);
    }
    int status = 0;
    ::waitpid(pool, &status, 0);
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
    while (::waitpid(-1, &status, 0) > 0) {
    }
    EXPECT_EQ(errno, ECHILD);
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST(Sandbox, does_not_open_without_its_program)
{
    net::Loop loop;
    EXPECT_FALSE(Sandbox::open(loop, {.command = {"/nonexistent"}}));
    EXPECT_FALSE(Sandbox::open(loop, {.command = {"/bin/true"}}));
    EXPECT_FALSE(Sandbox::open(loop, {.command = {"/bin/cat"}}));
}

/// The same in a process that is an ordinary user's.
TEST(Sandbox, works_for_an_ordinary_user)
{
    if (::geteuid() != 0) GTEST_SKIP() << "this whole test runs as an ordinary user";
    // The build may lie where nobody else can go, as in root's own folder.
    namespace fs = std::filesystem;
    const TempDir dir;
    fs::permissions(dir.path(), fs::perms::owner_all | fs::perms::others_exec);
    const auto program = dir.path() / "bad-habits";
    fs::copy_file(MILLPOND_BAD_HABITS, program);
    const pid_t child = ::fork();
    if (child == 0) {
        if (::setresgid(65'534, 65'534, 65'534) != 0 || ::setresuid(65'534, 65'534, 65'534) != 0)
            ::_exit(2);
        net::Loop loop;
        auto opened = Sandbox::open(loop, {.command = {program.string()}});
        if (!opened) ::_exit(3);
        int code = 4;
        spawn([](Sandbox& box, net::Loop& on, int& out) -> Task<void> {
            const auto good =
                co_await box.run("somebody", {make_blob({'x'})}, request(Habit::join));
            const auto bad = co_await box.run("somebody", {}, request(Habit::open_file));
            if (good && !bad && bad.error().kind == Kind::killed_by_filter) out = 0;
            on.stop();
        }(**opened, loop, code));
        loop.run();
        std::printf("as nobody, missing: %s\n", missing_text((*opened)->layers()).c_str());
        std::fflush(stdout);
        opened->reset();
        ::_exit(code);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace millpond::sandbox
