// deps: millpond::edge::store millpond::edge::media outside::sqlite outside::postgres
// P10: receipts/s of the journal, each acknowledged after its flush, over rows/s of plain SQLite in
// batches of 1,000 (WAL, FULL); the acknowledgement's p99 over that of a bare fdatasync.
// P11: receipts/s of the journal, in SQLite and in PostgreSQL, over transactions/s of 32 clients
// that each insert one receipt at a time into PostgreSQL (synchronous_commit on). Q7: p99 of a
// commit beside encoders at nice 19 over p99 without them, and the same of a bare fdatasync.
#include "bench/support/paired.hpp"
#include "edge/media/generate.hpp"
#include "edge/media/transcode.hpp"
#include "edge/store/entry_json.hpp"
#include "edge/store/journal.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace millpond;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr int batch = 1'000;
constexpr int rows = 60 * batch;
constexpr int peers_at_once = 4 * batch;
constexpr int pairs = 5;
constexpr int clients = 32;

double seconds_since(SteadyClock::time_point started)
{
    return std::chrono::duration<double>(SteadyClock::now() - started).count();
}

double percentile(std::vector<double> seconds, std::size_t percent)
{
    std::ranges::sort(seconds);
    return seconds[seconds.size() * percent / 100];
}

double p99(std::vector<double> seconds)
{
    return percentile(std::move(seconds), 99);
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

double flush_p99(const std::filesystem::path& folder)
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

/// On a thread of its own, with the usual time slices: a loop that ran here has asked for short
/// ones.
double fdatasync_p99(const std::filesystem::path& folder)
{
    double found = 0;
    std::jthread{[&] { found = flush_p99(folder); }}.join();
    return found;
}

/// The yardstick: rows of the same size, ready made, in transactions of a thousand.
double plain_rows_per_second(const std::filesystem::path& path)
{
    sqlite3* database = nullptr;
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

/// One client: connects, waits for `count` transactions of one row each.
void insert_one_by_one(const std::string& address, const std::string& body, std::atomic<int>& left)
{
    PGconn* connection = PQconnectdb(address.c_str());
    const char* sql =
        "INSERT INTO receipts (at, kind, body, hash) VALUES "
        "(1, 'claimed', $1, '\\x00112233445566778899aabbccddeeff')";
    PQclear(PQprepare(connection, "row", sql, 1, nullptr));
    const char* parameter = body.c_str();
    while (left-- > 0) {
        PGresult* done = PQexecPrepared(connection, "row", 1, &parameter, nullptr, nullptr, 0);
        if (PQresultStatus(done) != PGRES_COMMAND_OK) fail(PQerrorMessage(connection));
        PQclear(done);
    }
    PQfinish(connection);
}

/// The yardstick of a pool that gives each receipt a transaction of its own.
double postgres_transactions_per_second(const std::string& address)
{
    PGconn* connection = PQconnectdb(address.c_str());
    PGresult* made = PQexec(
        connection,
        "SET client_min_messages = warning; CREATE TABLE IF NOT EXISTS receipts (seq bigserial "
        "PRIMARY KEY, at bigint, kind text, body text, hash bytea)"
    );
    if (PQresultStatus(made) != PGRES_COMMAND_OK) fail(PQerrorMessage(connection));
    PQclear(made);
    PQfinish(connection);
    constexpr int transactions = 10'000;
    std::atomic<int> left = transactions;
    const std::string body = store::to_json(receipt(123'456));
    const auto started = SteadyClock::now();
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < clients; ++i)
            threads.emplace_back([&] { insert_one_by_one(address, body, left); });
    }
    return transactions / seconds_since(started);
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
        std::vector<Entry> entries;
        entries.push_back({.at = loop.now(), .body = receipt(task)});
        const auto written = co_await journal.append(std::move(entries));
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

std::vector<double> paced(const std::string& path)
{
    return append_all(path, 1'000, 1, std::chrono::milliseconds{5}).took;
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

/// Receipts a second with enough peers to fill two of the journal's transactions.
double durable_receipts_per_second(const std::string& location)
{
    const auto started = SteadyClock::now();
    std::ignore = append_all(location, rows, peers_at_once, Duration{});
    return rows / seconds_since(started);
}

/// CPU seconds that the whole process took for it.
template <typename Run>
double cpu_of(const Run& run)
{
    const std::clock_t before = std::clock();
    run();
    return static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
}

void against_sqlite(const std::filesystem::path& folder)
{
    bench::Pairs rate;
    bench::Pairs cost;
    bench::Pairs wait;
    for (int i = 0; i < pairs; ++i) {
        const std::string end = std::to_string(i) + ".sqlite";
        double durable = 0;
        double plain = 0;
        const double durable_cpu =
            cpu_of([&] { durable = durable_receipts_per_second(folder / ("many" + end)); });
        const double plain_cpu =
            cpu_of([&] { plain = plain_rows_per_second(folder / ("plain" + end)); });
        rate.add(durable, plain);
        cost.add(durable_cpu, plain_cpu);
        const double ack = p99(append_all(folder / ("few" + end), 10'000, clients, {}).took);
        const double bare = fdatasync_p99(folder);
        wait.add(ack, bare);
        std::printf(
            "    %.0f receipts/s, plain %.0f rows/s; p99 %.2f ms, fdatasync %.2f ms\n",
            durable,
            plain,
            ack * 1e3,
            bare * 1e3
        );
    }
    rate.print("P10", "durable receipts/s over plain SQLite in batches of 1,000", "at least 1.0");
    cost.print("P10", "CPU of a receipt, peers counted, over CPU of a plain row", "none");
    wait.print("P10", "acknowledgement p99 of 32 peers over fdatasync p99", "at most 3");
}

void against_postgres(const std::filesystem::path& folder)
{
    const Postgres server;
    bench::Pairs in_sqlite;
    bench::Pairs in_postgres;
    for (int i = 0; i < pairs; ++i) {
        const auto file = folder / ("beside" + std::to_string(i) + ".sqlite");
        const double sqlite = durable_receipts_per_second(file);
        const double one_by_one = postgres_transactions_per_second(server.address());
        const double postgres = durable_receipts_per_second(server.address());
        in_sqlite.add(sqlite, one_by_one);
        in_postgres.add(postgres, one_by_one);
        std::printf(
            "    receipts/s %.0f in SQLite, %.0f in PostgreSQL; 32 clients %.0f transactions/s\n",
            sqlite,
            postgres,
            one_by_one
        );
    }
    const std::string over = " over PostgreSQL transactions/s of 32 clients";
    in_sqlite.print("P11", "durable receipts/s in SQLite" + over, "at least 4");
    in_postgres.print("P11", "durable receipts/s in PostgreSQL" + over, "at least 4");
}

void beside_encoders(const std::filesystem::path& folder)
{
    const auto clip = media::generate_clip({});
    if (!clip) fail(clip.error().what);
    bench::Pairs slower;
    bench::Pairs slower_median;
    bench::Pairs bare;
    for (int i = 0; i < pairs; ++i) {
        const std::string end = std::to_string(i) + ".sqlite";
        const auto quiet = paced(folder / ("quiet" + end));
        const double bare_quiet = fdatasync_p99(folder);
        const Encoders encoders{*clip};
        const auto busy = paced(folder / ("busy" + end));
        bare.add(fdatasync_p99(folder), bare_quiet);
        slower.add(p99(busy), p99(quiet));
        slower_median.add(percentile(busy, 50), percentile(quiet, 50));
        std::printf(
            "    beside encoders median %.2f and p99 %.2f ms, without %.2f and %.2f ms\n",
            percentile(busy, 50) * 1e3,
            p99(busy) * 1e3,
            percentile(quiet, 50) * 1e3,
            p99(quiet) * 1e3
        );
    }
    slower.print("Q7", "commit p99 beside encoders at nice 19 over without", "at most 2");
    slower_median.print("Q7", "the same of the median", "none");
    bare.print("Q7", "p99 of a bare fdatasync beside encoders over without", "none");
}

}  // namespace

int main()
{
    const TempDir folder;
    against_sqlite(folder.path());
    against_postgres(folder.path());
    beside_encoders(folder.path());
}
