// deps: millpond::edge::store millpond::edge::media outside::sqlite
// P10: receipts/s of the journal, each acknowledged after its flush, over rows/s of plain SQLite in
// batches of 1,000 (WAL, FULL); the acknowledgement's p99 over that of a bare fdatasync.
// Q7: p99 of a commit beside encoders at nice 19 over p99 without them.
#include "edge/media/generate.hpp"
#include "edge/media/transcode.hpp"
#include "edge/store/entry_json.hpp"
#include "edge/store/journal.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace millpond;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr int batch = 1'000;
constexpr int rows = 200 * batch;

double seconds_since(SteadyClock::time_point started)
{
    return std::chrono::duration<double>(SteadyClock::now() - started).count();
}

double p99(std::vector<double> seconds)
{
    std::ranges::sort(seconds);
    return seconds[seconds.size() * 99 / 100];
}

EntryBody receipt(std::int64_t task)
{
    return Claimed{
        .task = TaskId{task}, .renditions = {Hash32{1}, Hash32{2}}, .signature = Bytes(65, 7)
    };
}

[[noreturn]] void fail(const std::string& what)
{
    std::fprintf(stderr, "commit_bench: %s\n", what.c_str());
    std::exit(1);
}

double fdatasync_p99(const std::filesystem::path& folder)
{
    const int file = ::open((folder / "bare").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    const Bytes page(4'096, 7);
    std::vector<double> took;
    for (int i = 0; i < 1'000; ++i) {
        const auto started = SteadyClock::now();
        const bool good = ::write(file, page.data(), page.size()) > 0 && ::fdatasync(file) == 0;
        if (!good) fail("the bare file cannot be written");
        took.push_back(seconds_since(started));
    }
    ::close(file);
    return p99(took);
}

/// The yardstick: rows of the same size, ready made, in transactions of a thousand.
double plain_rows_per_second(const std::filesystem::path& folder)
{
    sqlite3* database = nullptr;
    const auto path = folder / "plain.sqlite";
    const bool opened = sqlite3_open(path.c_str(), &database) == SQLITE_OK &&
                        sqlite3_exec(
                            database,
                            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE "
                            "receipts (seq INTEGER "
                            "PRIMARY KEY, at INTEGER, kind TEXT, body TEXT, hash BLOB)",
                            nullptr,
                            nullptr,
                            nullptr
                        ) == SQLITE_OK;
    sqlite3_stmt* row = nullptr;
    sqlite3_prepare_v2(database, "INSERT INTO receipts VALUES (?, ?, ?, ?, ?)", -1, &row, nullptr);
    if (!opened || row == nullptr) fail(sqlite3_errmsg(database));
    const std::string body = store::to_json(receipt(123'456));
    const Hash32 hash{};
    const auto started = SteadyClock::now();
    for (int i = 0; i < rows; ++i) {
        if (i % batch == 0) sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
        sqlite3_bind_int64(row, 1, i + 1);
        sqlite3_bind_int64(row, 2, i);
        sqlite3_bind_text(row, 3, "claimed", -1, SQLITE_STATIC);
        sqlite3_bind_text(row, 4, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
        sqlite3_bind_blob(row, 5, hash.data(), static_cast<int>(hash.size()), SQLITE_STATIC);
        if (sqlite3_step(row) != SQLITE_DONE) fail(sqlite3_errmsg(database));
        sqlite3_reset(row);
        const bool last = i % batch == batch - 1;
        if (last && sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK)
            fail(sqlite3_errmsg(database));
    }
    const double took = seconds_since(started);
    sqlite3_finalize(row);
    sqlite3_close(database);
    return rows / took;
}

struct Appends {
    int left = 0;
    int running = 0;
    std::vector<double> took;
};

/// One peer after another waits for its own receipt, with `pause` between two.
Task<void> append_on(net::Loop& loop, Journal& journal, Appends& appends, Duration pause)
{
    while (appends.left > 0) {
        const int task = appends.left--;
        const auto started = SteadyClock::now();
        const auto written = co_await journal.append({{.at = loop.now(), .body = receipt(task)}});
        if (!written) fail(written.error().what);
        appends.took.push_back(seconds_since(started));
        if (pause > Duration{}) co_await loop.sleep_until(loop.now() + pause);
    }
    if (--appends.running == 0) loop.stop();
}

Appends append_all(const std::string& path, int count, int peers, Duration pause)
{
    net::Loop loop;
    auto journal = store::StoredJournal::open(loop, path);
    if (!journal) fail(journal.error().what);
    Appends appends{.left = count, .running = peers};
    for (int i = 0; i < peers; ++i)
        loop.post([&] { spawn(append_on(loop, **journal, appends, pause)); });
    loop.run();
    return appends;
}

double paced_p99(const std::string& path)
{
    return p99(append_all(path, 1'000, 1, std::chrono::milliseconds{5}).took);
}

/// Encoders in processes of their own, as transcoders are; gone with it.
class Encoders {
public:
    explicit Encoders(const Bytes& clip)
    {
        for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i) {
            const pid_t child = ::fork();
            if (child == 0) encode(clip);
            children_.push_back(child);
        }
    }

    Encoders(const Encoders&) = delete;
    Encoders& operator=(const Encoders&) = delete;

    ~Encoders()
    {
        for (const pid_t child : children_) {
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
        }
    }

private:
    [[noreturn]] static void encode(const Bytes& clip)
    {
        if (::nice(19) == -1) ::_exit(1);
        media::StreamTranscoder transcoder{{.threads = 1}};
        const Ladder ladder = {{.name = "a", .width = 640, .height = 360, .bitrate = 1'000'000}};
        while (transcoder.transcode(clip, ladder)) {
        }
        ::_exit(1);
    }

    std::vector<pid_t> children_;
};

}  // namespace

int main()
{
    const TempDir folder;
    const auto clip = media::generate_clip({});
    if (!clip) fail(clip.error().what);

    const double bare = fdatasync_p99(folder.path());
    const double plain = plain_rows_per_second(folder.path());
    const auto started = SteadyClock::now();
    const auto appends = append_all(folder.path() / "many.sqlite", rows, 2 * batch, Duration{});
    const double durable = rows / seconds_since(started);
    std::printf(
        "P10 durable receipts/s over plain SQLite in batches of 1,000: %.2f (%.0f / %.0f, target "
        "1.0)\n",
        durable / plain,
        durable,
        plain
    );
    const auto few = append_all(folder.path() / "few.sqlite", 10'000, 32, Duration{});
    const double ack = p99(few.took);
    std::printf(
        "P10 acknowledgement p99 of 32 peers over fdatasync p99: %.2f (%.2f ms / %.2f ms, target "
        "at most 3)\n",
        ack / bare,
        ack * 1e3,
        bare * 1e3
    );
    std::printf("    with %d peers at once p99 is %.2f ms\n", 2 * batch, p99(appends.took) * 1e3);

    const double quiet = paced_p99(folder.path() / "quiet.sqlite");
    double busy = 0;
    {
        const Encoders encoders{*clip};
        busy = paced_p99(folder.path() / "busy.sqlite");
    }
    std::printf(
        "Q7  commit p99 beside encoders at nice 19 over without: %.2f (%.2f ms / %.2f ms, target "
        "at most 2)\n",
        busy / quiet,
        busy * 1e3,
        quiet * 1e3
    );
}
