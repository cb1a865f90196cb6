#include "edge/store/internal/postgres_table.hpp"

#include <algorithm>
#include <charconv>

namespace millpond::store {
namespace {

// Columns mean what they mean in SQLite.
constexpr const char* schema = R"sql(
SET client_min_messages = warning;
SET synchronous_commit = on;
-- A writer that is cut off loses its lock when its connection is given up, after some ten seconds.
SET tcp_keepalives_idle = 5;
SET tcp_keepalives_interval = 2;
SET tcp_keepalives_count = 3;
SET tcp_user_timeout = 10000;
CREATE TABLE IF NOT EXISTS entries (
    seq  bigint PRIMARY KEY,
    at   bigint NOT NULL,
    kind text   NOT NULL,
    body text   NOT NULL,
    hash bytea  NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_of_joins ON entries (seq) WHERE kind = 'transcoder_joined';
DROP INDEX IF EXISTS entries_by_kind;
)sql";

/// Among the database's advisory locks: "millpond". A writer that has just gone may still hold it
/// for as long as its server needs to notice.
constexpr const char* take_lock =
    "SET lock_timeout = '3s'; SELECT pg_advisory_lock(7883951406480813668)";
constexpr std::string_view lock_timed_out = "55P03";

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};

using Answer = std::unique_ptr<PGresult, ClearResult>;

std::string_view text_at(const Answer& answer, int column)
{
    return {
        PQgetvalue(answer.get(), 0, column),
        static_cast<std::size_t>(PQgetlength(answer.get(), 0, column))
    };
}

template <typename Number>
Number number_at(const Answer& answer, int column)
{
    const auto text = text_at(answer, column);
    Number number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

Row row_of(const Answer& answer)
{
    Row row{
        .seq = number_at<std::uint64_t>(answer, 0),
        .at = Time{Duration{number_at<std::int64_t>(answer, 1)}},
        .kind = std::string{text_at(answer, 2)},
        .body = std::string{text_at(answer, 3)},
    };
    // "\x" and hex digits; a hash of another length stays zero, and so breaks the chain.
    std::string_view digits = text_at(answer, 4);
    digits.remove_prefix(std::min<std::size_t>(digits.size(), 2));
    const auto hash = parse_hex(digits);
    if (hash && hash->size() == row.hash.size()) std::ranges::copy(*hash, row.hash.begin());
    return row;
}

/// A field of COPY's text format.
void add_escaped(std::string& line, std::string_view text)
{
    for (const char c : text) {
        switch (c) {
            case '\\': line += "\\\\"; break;
            case '\t': line += "\\t"; break;
            case '\n': line += "\\n"; break;
            case '\r': line += "\\r"; break;
            default: line += c; break;
        }
    }
}

void add_line(std::string& lines, const Row& row)
{
    lines += std::to_string(row.seq);
    lines += '\t';
    lines += std::to_string(row.at.time_since_epoch().count());
    lines += '\t';
    add_escaped(lines, row.kind);
    lines += '\t';
    add_escaped(lines, row.body);
    lines += "\t\\\\x";
    append_hex(lines, row.hash);
    lines += '\n';
}

}  // namespace

PostgresTable::PostgresTable(Connection connection) : connection_(std::move(connection))
{
    const auto part = [&](const char* value) { return std::string{value == nullptr ? "" : value}; };
    name_ = "postgres://" + part(PQhost(connection_.get())) + "/" + part(PQdb(connection_.get()));
}

Fault PostgresTable::fault() const
{
    std::string text = PQerrorMessage(connection_.get());
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    const bool lost = PQstatus(connection_.get()) != CONNECTION_OK;
    return {.what = name_ + ": " + text, .retryable = lost};
}

Result<std::unique_ptr<Table>, Fault> PostgresTable::open(const std::string& address, Access access)
{
    std::unique_ptr<PostgresTable> table{new PostgresTable{Connection{PQconnectdb(address.c_str())}}
    };
    if (PQstatus(table->connection_.get()) != CONNECTION_OK) return because(table->fault());
    // What is wrong comes back as a fault; libpq would write it to our standard error as well.
    PQsetNoticeProcessor(table->connection_.get(), [](void*, const char*) {}, nullptr);
    if (access == Access::write) {
        const auto pen = table->take_the_pen();
        if (!pen) return because(pen.error());
        const auto made = table->execute(schema);
        if (!made) return because(made.error());
    }
    return table;
}

Result<void, Fault> PostgresTable::take_the_pen()
{
    const Answer answer{PQexec(connection_.get(), take_lock)};
    const char* state = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
    if (state != nullptr && state == lock_timed_out)
        return because(
            Fault{.what = name_ + ": another pool writes to this journal", .retryable = true}
        );
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) return because(fault());
    return execute("RESET lock_timeout");
}

Result<void, Fault> PostgresTable::execute(const char* sql)
{
    const Answer answer{PQexec(connection_.get(), sql)};
    if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return because(fault());
    return {};
}

Result<void, Fault> PostgresTable::append(const std::vector<Row>& rows)
{
    if (rows.empty()) return {};
    // One statement, so one transaction: it is committed when its last result is in.
    const Answer begun{
        PQexec(connection_.get(), "COPY entries (seq, at, kind, body, hash) FROM STDIN")
    };
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) return because(fault());
    std::string lines;
    for (const Row& row : rows)
        add_line(lines, row);
    const bool sent =
        PQputCopyData(connection_.get(), lines.data(), static_cast<int>(lines.size())) == 1;
    const bool ended = PQputCopyEnd(connection_.get(), nullptr) == 1;
    bool good = sent && ended;
    std::optional<Fault> reason;
    while (const Answer answer{PQgetResult(connection_.get())}) {
        if (PQresultStatus(answer.get()) == PGRES_COMMAND_OK) continue;
        good = false;
        reason = fault();
    }
    if (!good) return because(reason.value_or(fault()));
    return {};
}

Result<std::optional<Row>, Fault> PostgresTable::one(const char* sql)
{
    const Answer answer{PQexec(connection_.get(), sql)};
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) return because(fault());
    if (PQntuples(answer.get()) == 0) return std::nullopt;
    return row_of(answer);
}

Result<std::optional<Row>, Fault> PostgresTable::last()
{
    return one("SELECT seq, at, kind, body, hash FROM entries ORDER BY seq DESC LIMIT 1");
}

Result<std::optional<Row>, Fault> PostgresTable::last_join()
{
    return one(
        "SELECT seq, at, kind, body, hash FROM entries WHERE kind = 'transcoder_joined' "
        "ORDER BY seq DESC LIMIT 1"
    );
}

Result<void, Fault> PostgresTable::read(std::uint64_t after, const Each& each)
{
    const std::string from = std::to_string(after);
    const char* parameter = from.c_str();
    const bool sent = PQsendQueryParams(
                          connection_.get(),
                          "SELECT seq, at, kind, body, hash FROM entries WHERE seq > $1 "
                          "ORDER BY seq",
                          1,
                          nullptr,
                          &parameter,
                          nullptr,
                          nullptr,
                          0
                      ) == 1;
    // Row by row: a journal does not fit into memory.
    if (!sent || PQsetSingleRowMode(connection_.get()) != 1) return because(fault());
    bool wanted = true;
    std::optional<Fault> reason;
    while (const Answer answer{PQgetResult(connection_.get())}) {
        const auto status = PQresultStatus(answer.get());
        if (status == PGRES_SINGLE_TUPLE) {
            wanted = wanted && each(row_of(answer));
        } else if (status != PGRES_TUPLES_OK) {
            reason = fault();
        }
    }
    if (reason) return because(*reason);
    return {};
}

}  // namespace millpond::store
