// A pool that is killed while it writes its journal, and begins again, over and over.
#include "core/book/book.hpp"
#include "edge/store/follower.hpp"
#include "edge/store/journal.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/sanitizer.hpp"
#include "tests/unit/core/book/pool_days.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <random>

#include <sys/wait.h>
#include <unistd.h>

namespace millpond::store {
namespace {

using book::Book;
using book::PoolDays;

constexpr int segments = sanitized ? 200 : 2'600;

/// Every position where a kill is tried. `MILLPOND_EVERY_POSITION=1` takes all of them, which runs
/// for minutes, one event a transaction; the in-memory test of core/book takes all of them each
/// time.
bool every_position()
{
    return std::getenv("MILLPOND_EVERY_POSITION") != nullptr;  // NOLINT(concurrency-mt-unsafe)
}

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

/// What the journal holds, applied: the book as a pool finds it that begins again. What was found
/// before is not read again; the chain binds it.
struct Found {
    Found()
    {
        for (std::uint64_t epoch = 1; epoch < 4; ++epoch)
            book.tell_seeds(epoch, PoolDays::secret(epoch));
    }

    Book book{book::short_rules()};
    std::size_t events = 0;
    Position at;
    std::map<Address, Wei> promised;
    std::optional<PayEarned> last;
};

void read_on(const std::string& location, const std::vector<BookEvent>& events, Found& found)
{
    // As a pool does: a server may still commit what a writer sent that is gone by now.
    ASSERT_TRUE(open_table(location, Access::write)) << "nobody else writes any more";
    auto follower = Follower::open(location);
    ASSERT_TRUE(follower) << follower.error().what;
    follower->go_on_behind(found.at);
    const auto read =
        follower->catch_up([&](std::uint64_t, const Entry& entry) -> std::optional<std::string> {
            const auto& event = std::get<BookEvent>(entry.body);
            if (event != events.at(found.events++)) return "is another";
            if (const auto taken = found.book.apply(event); !taken) return text_of(taken.error());
            const auto* money = std::get_if<MoneyEvent>(&event);
            const auto* pay = money == nullptr ? nullptr : std::get_if<PayEarned>(money);
            if (pay == nullptr) return std::nullopt;
            Wei& sum = found.promised[pay->transcoder];
            sum = *add(sum, pay->shares.transcoder);
            found.last = *pay;
            return std::nullopt;
        });
    ASSERT_TRUE(read) << read.error().what;
    found.at = {.seq = follower->entries(), .hash = follower->last_hash()};
}

void expect_nothing_lost_or_paid_twice(const Found& found, std::uint64_t told)
{
    ASSERT_GE(found.events, told) << "told and lost";
    Book again = found.book;
    ASSERT_TRUE(again.apply(BookReopened{}));
    const auto& pay = again.ledger().state().pay;
    for (const auto& [account, wei] : found.promised)
        ASSERT_EQ(ledger::cumulative_earned(pay.at(account)), wei);
    if (found.last) ASSERT_FALSE(again.apply(MoneyEvent{*found.last})) << "paid twice";
}

void run_with_kills(const std::string& location)
{
    const std::vector<BookEvent> events = book::a_day(segments).history;
    if (!sanitized) ASSERT_GE(events.size(), 10'000U);
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
    Found whole;
    read_on(location, events, whole);
    EXPECT_EQ(whole.events, events.size());
    read_on(location, events, found);
    EXPECT_EQ(found.book.fingerprint(), whole.book.fingerprint());
    Book once = Found{}.book;
    for (const BookEvent& event : events)
        ASSERT_TRUE(once.apply(event));
    EXPECT_EQ(whole.book.fingerprint(), once.fingerprint());
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
