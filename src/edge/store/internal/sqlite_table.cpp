#include "edge/store/internal/sqlite_table.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

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
CREATE INDEX IF NOT EXISTS entries_of_joins ON entries (seq) WHERE kind = 'transcoder_joined';
-- The first journals had an entry in an index for every row.
DROP INDEX IF EXISTS entries_by_kind;
)sql";

std::string text_at(sqlite3_stmt* row, int column)
{
    const auto* text = sqlite3_column_text(row, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
    return text == nullptr ? std::string{} : std::string{reinterpret_cast<const char*>(text), size};
}

Row row_at(sqlite3_stmt* statement)
{
    Row row{
        .seq = static_cast<std::uint64_t>(sqlite3_column_int64(statement, 0)),
        .at = Time{Duration{sqlite3_column_int64(statement, 1)}},
        .kind = text_at(statement, 2),
        .body = text_at(statement, 3),
    };
    const auto* blob = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, 4));
    // A hash of another length stays zero, and so breaks the chain.
    if (blob != nullptr && sqlite3_column_bytes(statement, 4) == 32)
        std::copy_n(blob, row.hash.size(), row.hash.begin());
    return row;
}

/// On a read-only disk, closed in order: nobody can write to it, and there is nothing to recover.
bool cannot_change(const std::string& path)
{
    const auto folder = std::filesystem::absolute(path).parent_path();
    std::error_code error;
    return ::access(folder.c_str(), W_OK) != 0 && errno == EROFS &&
           !std::filesystem::exists(path + "-wal", error);
}

/// The file as one that SQLite may read without any file beside it.
std::string frozen_name(const std::string& path)
{
    std::string name = "file:";
    for (const char c : path) {
        if (c == '?' || c == '#' || c == '%') {
            constexpr std::string_view digits = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            name += {'%', digits[byte >> 4U], digits[byte & 15U]};
        } else {
            name += c;
        }
    }
    return name + "?immutable=1";
}

int length_of(std::string_view text)
{
    return static_cast<int>(text.size());
}

}  // namespace

Result<Pen, Fault> Pen::take(const std::string& path)
{
    const std::string name = path + "-pen";
    const auto fault = [&] {
        return Fault{.what = path + ": " + std::generic_category().message(errno)};
    };
    Pen pen{::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    if (pen.file_ < 0) return because(fault());
    if (::flock(pen.file_, LOCK_EX | LOCK_NB) == 0) return pen;
    if (errno != EWOULDBLOCK) return because(fault());
    return because(Fault{.what = path + ": another pool writes to this journal", .retryable = true}
    );
}

Pen::~Pen()
{
    if (file_ >= 0) ::close(file_);
}

Fault SqliteTable::fault() const
{
    return {.what = path_ + ": " + sqlite3_errmsg(database_.get())};
}

Result<std::unique_ptr<Table>, Fault> SqliteTable::open(const std::string& path, Access access)
{
    const int make = access == Access::write ? SQLITE_OPEN_CREATE : 0;
    Pen pen;
    if (access == Access::write) {
        MILLPOND_TRY(pen, Pen::take(path));
    }
    sqlite3* raw = nullptr;
    const bool frozen = access == Access::read && cannot_change(path);
    // Reading a WAL file takes the right to write its index.
    const int mode = frozen ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE | make;
    const std::string name = frozen ? frozen_name(path) : path;
    const int code = sqlite3_open_v2(name.c_str(), &raw, mode | SQLITE_OPEN_NOMUTEX, nullptr);
    std::unique_ptr<SqliteTable> table{new SqliteTable{path, Database{raw}}};
    if (code != SQLITE_OK) return because(table->fault());
    table->pen_ = std::move(pen);
    sqlite3_busy_timeout(raw, 5'000);
    if (access == Access::write) {
        if (!table->execute(schema)) return because(table->fault());
        MILLPOND_TRY(
            table->insert_,
            table->prepare("INSERT INTO entries (seq, at, kind, body, hash) VALUES (?, ?, ?, ?, ?)")
        );
    }
    return table;
}

Result<SqliteTable::Statement, Fault> SqliteTable::prepare(std::string_view sql) const
{
    sqlite3_stmt* raw = nullptr;
    const char* const text = sql.data();  // not terminated: its length goes along
    if (sqlite3_prepare_v2(database_.get(), text, length_of(sql), &raw, nullptr) != SQLITE_OK) {
        return because(fault());
    }
    return Statement{raw};
}

bool SqliteTable::execute(const char* sql) const
{
    return sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

bool SqliteTable::insert(const Row& row) const
{
    sqlite3_stmt* statement = insert_.get();
    sqlite3_bind_int64(statement, 1, static_cast<sqlite3_int64>(row.seq));
    sqlite3_bind_int64(statement, 2, row.at.time_since_epoch().count());
    sqlite3_bind_text(statement, 3, row.kind.data(), length_of(row.kind), SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, row.body.data(), length_of(row.body), SQLITE_STATIC);
    sqlite3_bind_blob(
        statement, 5, row.hash.data(), static_cast<int>(row.hash.size()), SQLITE_STATIC
    );
    const bool done = sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_reset(statement);
    return done;
}

Result<void, Fault> SqliteTable::append(const std::vector<Row>& rows)
{
    bool good = execute("BEGIN IMMEDIATE");
    for (const Row& row : rows)
        good = good && insert(row);
    good = good && execute("COMMIT");
    if (good) return {};
    Fault reason = fault();
    std::ignore = execute("ROLLBACK");
    return because(std::move(reason));
}

Result<std::optional<Row>, Fault> SqliteTable::one(const Statement& statement) const
{
    const int code = sqlite3_step(statement.get());
    if (code == SQLITE_ROW) return row_at(statement.get());
    if (code == SQLITE_DONE) return std::nullopt;
    return because(fault());
}

Result<std::optional<Row>, Fault> SqliteTable::last()
{
    MILLPOND_TRY(
        const Statement statement,
        prepare("SELECT seq, at, kind, body, hash FROM entries ORDER BY seq DESC LIMIT 1")
    );
    return one(statement);
}

Result<std::optional<Row>, Fault> SqliteTable::last_join()
{
    MILLPOND_TRY(
        const Statement statement,
        prepare("SELECT seq, at, kind, body, hash FROM entries WHERE kind = 'transcoder_joined' "
                "ORDER BY seq DESC LIMIT 1")
    );
    return one(statement);
}

Result<void, Fault> SqliteTable::read(std::uint64_t after, const Each& each)
{
    MILLPOND_TRY(
        const Statement statement,
        prepare("SELECT seq, at, kind, body, hash FROM entries WHERE seq > ? ORDER BY seq")
    );
    sqlite3_bind_int64(statement.get(), 1, static_cast<sqlite3_int64>(after));
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
        if (!each(row_at(statement.get()))) return {};
    }
    if (code != SQLITE_DONE) return because(fault());
    return {};
}

}  // namespace millpond::store
