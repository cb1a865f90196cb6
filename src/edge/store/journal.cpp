#include "edge/store/journal.hpp"

#include "crypto/digest.hpp"
#include "edge/store/entry_json.hpp"

#include <condition_variable>
#include <coroutine>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <sqlite3.h>

namespace millpond::store {
namespace {

constexpr const char* schema = R"sql(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 4000;
CREATE TABLE IF NOT EXISTS entries (
    seq  INTEGER PRIMARY KEY,  -- from 1, without a gap
    at   INTEGER NOT NULL,     -- microseconds since the Unix epoch
    kind TEXT NOT NULL,
    body TEXT NOT NULL,        -- JSON
    hash BLOB NOT NULL         -- SHA-256 over the hash before, seq, at, kind and body
) STRICT;
CREATE INDEX IF NOT EXISTS entries_by_kind ON entries (kind, seq);
)sql";

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};

using Database = std::unique_ptr<sqlite3, CloseDatabase>;

struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

Fault fault_of(sqlite3* database, const std::string& path)
{
    return {.what = path + ": " + sqlite3_errmsg(database)};
}

Result<Database, Fault> open_database(const std::string& path, int flags)
{
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
    Database database{raw};
    if (code != SQLITE_OK) return because(fault_of(raw, path));
    sqlite3_busy_timeout(raw, 5'000);
    return database;
}

Result<Statement, Fault> prepare(sqlite3* database, const char* sql, const std::string& path)
{
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(database, sql, -1, &raw, nullptr) != SQLITE_OK) {
        return because(fault_of(database, path));
    }
    return Statement{raw};
}

std::string_view text_at(sqlite3_stmt* row, int column)
{
    const auto* text = sqlite3_column_text(row, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
    return text == nullptr ? std::string_view{}
                           : std::string_view{reinterpret_cast<const char*>(text), size};
}

std::optional<Hash32> hash_at(sqlite3_stmt* row, int column)
{
    const auto* blob = static_cast<const std::uint8_t*>(sqlite3_column_blob(row, column));
    if (blob == nullptr || sqlite3_column_bytes(row, column) != 32) return std::nullopt;
    Hash32 hash{};
    std::copy_n(blob, hash.size(), hash.begin());
    return hash;
}

void append_u64(Bytes& bytes, std::uint64_t value)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

Hash32 chained(
    const Hash32& before, std::uint64_t seq, Time at, std::string_view kind, std::string_view body
)
{
    Bytes bytes(before.begin(), before.end());
    append_u64(bytes, seq);
    append_u64(bytes, static_cast<std::uint64_t>(at.time_since_epoch().count()));
    append_u64(bytes, kind.size());
    bytes.insert(bytes.end(), kind.begin(), kind.end());
    bytes.insert(bytes.end(), body.begin(), body.end());
    return crypto::sha256(bytes);
}

}  // namespace

struct SqliteJournal::Inside {
    struct Batch {
        std::vector<Entry> entries;
        std::function<void(std::optional<Fault>)> done;  ///< on the loop
    };

    Inside(net::Loop& on, std::string file, Database opened)
        : loop(on),
          path(std::move(file)),
          database(std::move(opened))
    {
    }

    net::Loop& loop;
    std::string path;
    Database database;
    Statement insert;
    std::uint64_t last_seq = 0;
    Hash32 last_hash{};
    TranscoderId last_transcoder;

    mutable std::mutex mutex;
    std::condition_variable wake;
    std::vector<Batch> waiting;   // guarded by mutex
    bool stopping = false;        // guarded by mutex
    Counts counts;                // guarded by mutex
    std::optional<Fault> broken;  // the writer's
    std::thread writer;

    Result<void, Fault> resume()
    {
        char* message = nullptr;
        if (sqlite3_exec(database.get(), schema, nullptr, nullptr, &message) != SQLITE_OK) {
            sqlite3_free(message);
            return because(fault_of(database.get(), path));
        }
        MILLPOND_TRY(
            Statement last,
            prepare(database.get(), "SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1", path)
        );
        if (sqlite3_step(last.get()) == SQLITE_ROW) {
            last_seq = static_cast<std::uint64_t>(sqlite3_column_int64(last.get(), 0));
            const auto hash = hash_at(last.get(), 1);
            if (!hash) return because(Fault{.what = path + ": the last entry has no hash"});
            last_hash = *hash;
        }
        MILLPOND_TRY(
            Statement joined,
            prepare(
                database.get(),
                "SELECT body FROM entries WHERE kind = 'transcoder_joined' ORDER BY seq DESC LIMIT "
                "1",
                path
            )
        );
        if (sqlite3_step(joined.get()) == SQLITE_ROW) {
            MILLPOND_TRY(
                const EntryBody body, parse_entry("transcoder_joined", text_at(joined.get(), 0))
            );
            last_transcoder = std::get<TranscoderJoined>(body).transcoder;
        }
        MILLPOND_TRY(
            insert,
            prepare(
                database.get(),
                "INSERT INTO entries (seq, at, kind, body, hash) VALUES (?, ?, ?, ?, ?)",
                path
            )
        );
        return {};
    }

    bool execute(const char* sql)
    {
        return sqlite3_exec(database.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK;
    }

    bool write(const Entry& entry)
    {
        const auto kind = kind_of(entry.body);
        const std::string body = to_json(entry.body);
        const std::uint64_t seq = last_seq + 1;
        const Hash32 hash = chained(last_hash, seq, entry.at, kind, body);
        sqlite3_stmt* row = insert.get();
        sqlite3_bind_int64(row, 1, static_cast<sqlite3_int64>(seq));
        sqlite3_bind_int64(row, 2, entry.at.time_since_epoch().count());
        sqlite3_bind_text(row, 3, kind.data(), static_cast<int>(kind.size()), SQLITE_STATIC);
        sqlite3_bind_text(row, 4, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
        sqlite3_bind_blob(row, 5, hash.data(), static_cast<int>(hash.size()), SQLITE_STATIC);
        const bool done = sqlite3_step(row) == SQLITE_DONE;
        sqlite3_reset(row);
        if (!done) return false;
        last_seq = seq;
        last_hash = hash;
        return true;
    }

    /// One transaction for all of them. After a failure nothing more is written: the chain in
    /// memory would no longer be the one on disk.
    void commit(const std::vector<Batch>& batches)
    {
        if (broken) return;
        bool good = execute("BEGIN IMMEDIATE");
        std::uint64_t written = 0;
        for (const auto& batch : batches) {
            for (const auto& entry : batch.entries) {
                good = good && write(entry);
                ++written;
            }
        }
        good = good && execute("COMMIT");
        if (!good) {
            broken = fault_of(database.get(), path);
            execute("ROLLBACK");
            return;
        }
        const std::scoped_lock lock{mutex};
        counts.entries += written;
        ++counts.commits;
    }

    void serve()
    {
        while (true) {
            std::vector<Batch> batches;
            {
                std::unique_lock lock{mutex};
                wake.wait(lock, [&] { return stopping || !waiting.empty(); });
                if (waiting.empty()) return;
                batches.swap(waiting);
            }
            commit(batches);
            loop.post([batches = std::move(batches), fault = broken] {
                for (const auto& batch : batches)
                    batch.done(fault);
            });
        }
    }
};

Result<std::unique_ptr<SqliteJournal>, Fault> SqliteJournal::open(
    net::Loop& loop, const std::string& path
)
{
    MILLPOND_TRY(
        Database database,
        open_database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX)
    );
    auto inside = std::make_unique<Inside>(loop, path, std::move(database));
    const auto resumed = inside->resume();
    if (!resumed) return because(resumed.error());
    inside->writer = std::thread{[raw = inside.get()] { raw->serve(); }};
    return std::unique_ptr<SqliteJournal>{new SqliteJournal{std::move(inside)}};
}

SqliteJournal::SqliteJournal(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

SqliteJournal::~SqliteJournal()
{
    {
        const std::scoped_lock lock{inside_->mutex};
        inside_->stopping = true;
    }
    inside_->wake.notify_one();
    inside_->writer.join();
}

Task<Result<void, Fault>> SqliteJournal::append(std::vector<Entry> entries)
{
    struct Awaiter {
        Inside& inside;
        std::vector<Entry> entries;
        std::optional<Fault> fault;

        [[nodiscard]] bool await_ready() const noexcept { return false; }

        void await_suspend(std::coroutine_handle<> waiting)
        {
            const std::scoped_lock lock{inside.mutex};
            inside.waiting.push_back({
                .entries = std::move(entries),
                .done =
                    [this, waiting](std::optional<Fault> outcome) {
                        fault = std::move(outcome);
                        waiting.resume();
                    },
            });
            inside.wake.notify_one();
        }

        void await_resume() const noexcept {}
    };

    Awaiter awaiter{.inside = *inside_, .entries = std::move(entries), .fault = std::nullopt};
    co_await awaiter;
    if (awaiter.fault) co_return because(*awaiter.fault);
    co_return Result<void, Fault>{};
}

SqliteJournal::Counts SqliteJournal::counts() const
{
    const std::scoped_lock lock{inside_->mutex};
    return inside_->counts;
}

TranscoderId SqliteJournal::last_transcoder() const
{
    return inside_->last_transcoder;
}

Result<void, Fault> read_journal(
    const std::string& path, const std::function<void(std::uint64_t, const Entry&)>& each
)
{
    MILLPOND_TRY(const Database database, open_database(path, SQLITE_OPEN_READWRITE));
    MILLPOND_TRY(
        const Statement row,
        prepare(database.get(), "SELECT seq, at, kind, body, hash FROM entries ORDER BY seq", path)
    );
    Hash32 before{};
    std::uint64_t expected = 1;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(row.get())) == SQLITE_ROW) {
        const auto seq = static_cast<std::uint64_t>(sqlite3_column_int64(row.get(), 0));
        const std::string where = path + ": entry " + std::to_string(seq);
        if (seq != expected++) return because(Fault{.what = where + " follows a gap"});
        const Time at{Duration{sqlite3_column_int64(row.get(), 1)}};
        const auto kind = text_at(row.get(), 2);
        const auto body = text_at(row.get(), 3);
        const Hash32 hash = chained(before, seq, at, kind, body);
        if (hash_at(row.get(), 4) != hash)
            return because(Fault{.what = where + " breaks the chain"});
        before = hash;
        auto parsed = parse_entry(kind, body);
        if (!parsed) return because(Fault{.what = where + ": " + parsed.error().what});
        each(seq, {.at = at, .body = std::move(*parsed)});
    }
    if (code != SQLITE_DONE) return because(fault_of(database.get(), path));
    return {};
}

namespace {

/// Where a task stands, by the entries so far.
enum class Stand : std::uint8_t { assigned, claimed, accepted, over };

struct Check {
    JournalSummary summary;
    std::map<TaskId, Stand> tasks;
    std::set<SegmentId> delivered;
    std::string problem;

    void move(TaskId task, Stand from, Stand to, const char* what)
    {
        const auto found = tasks.find(task);
        if (found == tasks.end() || found->second != from) {
            problem =
                std::string{what} + " does not follow for task " + std::to_string(task.value());
            return;
        }
        found->second = to;
    }

    void operator()(const PoolStarted&)
    {
        ++summary.starts;
        tasks.clear();
    }

    void operator()(const SessionOpened&) { ++summary.sessions; }

    void operator()(const SessionEnded&) {}

    void operator()(const TranscoderJoined&) {}

    void operator()(const TranscoderLeft&) {}

    void operator()(const Assigned& entry)
    {
        ++summary.assigned;
        if (!tasks.emplace(entry.task, Stand::assigned).second)
            problem = "a task is assigned twice";
    }

    void operator()(const Claimed& entry)
    {
        ++summary.claimed;
        move(entry.task, Stand::assigned, Stand::claimed, "claimed");
    }

    void operator()(const Judged& entry)
    {
        const bool accepted = entry.verdict == "accepted";
        ++(accepted ? summary.accepted : summary.refused);
        move(entry.task, Stand::claimed, accepted ? Stand::accepted : Stand::over, "judged");
    }

    void operator()(const PictureJudged& entry)
    {
        if (!tasks.contains(entry.task))
            problem =
                "a picture is judged that nobody made: task " + std::to_string(entry.task.value());
    }

    void operator()(const Failed& entry)
    {
        ++summary.failed;
        const auto found = tasks.find(entry.task);
        const bool live = found != tasks.end() &&
                          (found->second == Stand::assigned || found->second == Stand::claimed);
        if (!live)
            problem = "failed does not follow for task " + std::to_string(entry.task.value());
        if (live) found->second = Stand::over;
    }

    void operator()(const Delivered& entry)
    {
        ++summary.delivered;
        move(entry.task, Stand::accepted, Stand::over, "delivered");
        if (!delivered.insert(entry.segment).second) problem = "a segment is delivered twice";
    }
};

}  // namespace

Result<JournalSummary, Fault> verify_journal(const std::string& path)
{
    Check check;
    std::string problem;
    const auto read = read_journal(path, [&](std::uint64_t seq, const Entry& entry) {
        ++check.summary.entries;
        if (problem.empty()) {
            std::visit(check, entry.body);
            if (!check.problem.empty())
                problem = "entry " + std::to_string(seq) + ": " + check.problem;
        }
    });
    if (!read) return because(read.error());
    if (!problem.empty()) return because(Fault{.what = path + ": " + problem});
    for (const auto& [task, stand] : check.tasks) {
        if (stand == Stand::assigned || stand == Stand::claimed) ++check.summary.open;
    }
    return check.summary;
}

}  // namespace millpond::store
