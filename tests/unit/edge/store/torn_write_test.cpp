// A pool that ends in the middle of each write that its store makes: SQLite's to its files,
// PostgreSQL's client's to the server.
#include "edge/store/journal.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/edge/store/crash_scene.hpp"

#include <algorithm>
#include <atomic>

#include <dlfcn.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace millpond::store {
namespace {

constexpr int torn = 9;

/// Writes until the end; none below 1.
std::atomic<int> writes_left{0};

bool is_last()
{
    return writes_left.load() > 0 && writes_left.fetch_sub(1) == 1;
}

ssize_t torn_pwrite(int file, const void* bytes, std::size_t size, off_t at)
{
    if (!is_last()) return ::pwrite(file, bytes, size, at);
    std::ignore = ::pwrite(file, bytes, size / 2, at);
    ::_exit(torn);
}

void watch_sqlite()
{
    sqlite3_vfs* files = sqlite3_vfs_find(nullptr);
    const auto call = reinterpret_cast<sqlite3_syscall_ptr>(&torn_pwrite);
    for (const char* name : {"pwrite", "pwrite64"})
        ASSERT_EQ(files->xSetSystemCall(files, name, call), SQLITE_OK);
}

/// One transaction, behind what is there; the process ends in that write of it. With 0 it does
/// not, and goes on for so many transactions.
int write_in_child(
    const std::string& location,
    const std::vector<BookEvent>& events,
    std::size_t from,
    int end_in_write,
    int transactions
)
{
    constexpr std::size_t at_once = 12;
    const pid_t child = ::fork();
    if (child != 0) {
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    net::Loop loop;
    auto journal = StoredJournal::open(loop, location);
    if (!journal) ::_exit(1);
    writes_left = end_in_write;
    spawn(
        [](StoredJournal& to, net::Loop& on, auto& what, std::size_t next, int left) -> Task<void> {
            for (; left > 0 && next < what.size(); --left) {
                std::vector<Entry> entries;
                for (; entries.size() < at_once && next < what.size(); ++next)
                    entries.push_back({.at = on.now(), .body = what[next]});
                if (!co_await to.append(std::move(entries))) ::_exit(1);
            }
            on.stop();
        }(**journal, loop, events, from, transactions)
    );
    loop.run();
    ::_exit(0);
}

void run_with_torn_writes(const std::string& location)
{
    const std::vector<BookEvent> events = a_days_events();
    // Between those whose every write is torn, so many are written whole.
    const int whole = every_position() ? 0 : sanitized ? 12 : 40;
    Found found;
    int ends = 0;
    int kept = 0;
    while (found.events < events.size()) {
        for (int write = 1;; ++write) {
            const std::size_t before = found.events;
            const int status = write_in_child(location, events, before, write, 1);
            ASSERT_TRUE(status == 0 || status == torn) << status;
            read_on(location, events, found);
            // Whoever was told of it was told by a process that went on.
            const std::size_t told = status == 0 ? std::min(before + 12, events.size()) : before;
            expect_nothing_lost_or_paid_twice(found, told);
            if (testing::Test::HasFatalFailure()) return;
            const std::size_t gained = found.events - before;
            ASSERT_TRUE(gained == 0 || before + gained == std::min(before + 12, events.size()))
                << "a transaction is there or not";
            ends += status == torn ? 1 : 0;
            kept += status == torn && gained > 0 ? 1 : 0;
            if (gained > 0) break;
        }
        if (whole == 0 || found.events == events.size()) continue;
        ASSERT_EQ(write_in_child(location, events, found.events, 0, whole), 0);
        read_on(location, events, found);
        if (testing::Test::HasFatalFailure()) return;
    }
    testing::Test::RecordProperty("ends", ends);
    testing::Test::RecordProperty("kept", kept);
    EXPECT_GE(ends, every_position() ? 800 : 4);
    expect_whole(location, events, found);
}

TEST(TornWrite, of_sqlite_loses_nothing_and_pays_nothing_twice)
{
    watch_sqlite();
    const TempDir folder;
    run_with_torn_writes(folder.path() / "journal.sqlite");
}

TEST(TornWrite, to_postgres_loses_nothing_and_pays_nothing_twice)
{
    const Postgres server;
    run_with_torn_writes(server.address());
}

}  // namespace
}  // namespace millpond::store

/// What libpq sends goes through here.
extern "C" ssize_t send(int fd, const void* buf, size_t n, int flags)
{
    using Send = ssize_t (*)(int, const void*, size_t, int);
    static const auto next = reinterpret_cast<Send>(::dlsym(RTLD_NEXT, "send"));
    if (!millpond::store::is_last()) return next(fd, buf, n, flags);
    std::ignore = next(fd, buf, n / 2, flags);
    ::_exit(millpond::store::torn);
}
