// A pool that is killed while it writes its journal, and begins again, over and over.
#include "edge/store/journal.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/sanitizer.hpp"
#include "tests/unit/edge/store/crash_scene.hpp"

#include <algorithm>
#include <csignal>
#include <random>

#include <sys/wait.h>
#include <unistd.h>

namespace millpond::store {
namespace {

/// Where a kill is tried: behind every event, one a transaction, or behind some of them.
std::vector<std::size_t> positions(std::size_t events)
{
    std::mt19937_64 chance{17};
    const bool all = every_position();
    const std::size_t wanted = all ? events : sanitized ? 4 : 25;
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < wanted; ++i)
        found.push_back(all ? i + 1 : 1 + chance() % events);
    std::ranges::sort(found);
    const auto rest = std::ranges::unique(found);
    found.erase(rest.begin(), rest.end());
    return found;
}

/// Events of a transaction: a kill falls between two of them or into one.
std::size_t at_once()
{
    return every_position() ? 1 : 12;
}

/// Writes the events from `from` on and says how many are durable.
[[noreturn]] void write(
    const std::string& location, const std::vector<BookEvent>& events, std::size_t from, int told
)
{
    net::Loop loop;
    auto journal = StoredJournal::open(loop, location);
    if (!journal) ::_exit(1);
    spawn(
        [](StoredJournal& to,
           net::Loop& on,
           const std::vector<BookEvent>& what,
           std::size_t next,
           int pipe) -> Task<void> {
            while (next < what.size()) {
                std::vector<Entry> entries;
                for (; entries.size() < at_once() && next < what.size(); ++next)
                    entries.push_back({.at = on.now(), .body = what[next]});
                const auto written = co_await to.append(std::move(entries));
                const std::uint64_t durable = next;
                if (!written || ::write(pipe, &durable, sizeof durable) != sizeof durable)
                    ::_exit(1);
            }
            on.stop();
        }(**journal, loop, events, from, told)
    );
    loop.run();
    ::_exit(0);
}

/// Lets a process write from `from` on and kills it once `kill_at` events are durable: whatever it
/// does then is cut off. Gives back how many it had told of.
std::uint64_t write_and_kill(
    const std::string& location,
    const std::vector<BookEvent>& events,
    std::size_t from,
    std::size_t kill_at
)
{
    std::array<int, 2> pipe{};
    EXPECT_EQ(::pipe(pipe.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(pipe[0]);
        write(location, events, from, pipe[1]);
    }
    ::close(pipe[1]);
    std::uint64_t told = from;
    std::uint64_t durable = 0;
    bool killed = false;
    while (::read(pipe[0], &durable, sizeof durable) == sizeof durable) {
        told = durable;
        if (told < kill_at || killed) continue;
        ::kill(child, SIGKILL);
        killed = true;
    }
    ::close(pipe[0]);
    ::waitpid(child, nullptr, 0);
    return told;
}

void run_with_kills(const std::string& location)
{
    const std::vector<BookEvent> events = a_days_events();
    Found found;
    int kills = 0;
    for (const std::size_t position : positions(events.size())) {
        if (position <= found.events) continue;
        const std::uint64_t told = write_and_kill(location, events, found.events, position);
        ++kills;
        read_on(location, events, found);
        expect_nothing_lost_or_paid_twice(found, told);
        if (testing::Test::HasFatalFailure()) return;
    }
    testing::Test::RecordProperty("kills", kills);
    if (found.events < events.size())
        std::ignore = write_and_kill(location, events, found.events, events.size() + 1);
    expect_whole(location, events, found);
}

TEST(CrashOnDisk, of_sqlite_loses_nothing_and_pays_nothing_twice)
{
    const TempDir folder;
    run_with_kills(folder.path() / "journal.sqlite");
}

TEST(CrashOnDisk, of_postgres_loses_nothing_and_pays_nothing_twice)
{
    const Postgres server;
    run_with_kills(server.address());
}

}  // namespace
}  // namespace millpond::store
