#pragma once

#include "edge/store/table.hpp"

#include <utility>

#include <sqlite3.h>

namespace millpond::store {

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};

struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

/// The right to write a journal: a lock on the file `…-pen` beside it, gone with its process.
class Pen {
public:
    static Result<Pen, Fault> take(const std::string& path);

    Pen() = default;
    ~Pen();

    Pen(Pen&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

    Pen& operator=(Pen&& other) noexcept
    {
        std::swap(file_, other.file_);
        return *this;
    }

private:
    explicit Pen(int file) : file_(file) {}

    int file_ = -1;
};

/// Rows in one SQLite file: WAL, synchronous FULL.
class SqliteTable final : public Table {
public:
    static Result<std::unique_ptr<Table>, Fault> open(const std::string& path, Access access);

    Result<void, Fault> append(const std::vector<Row>& rows) override;
    Result<std::optional<Row>, Fault> last() override;
    Result<std::optional<Row>, Fault> last_join() override;
    Result<void, Fault> read(std::uint64_t after, const Each& each) override;

    [[nodiscard]] std::string name() const override { return path_; }

private:
    using Database = std::unique_ptr<sqlite3, CloseDatabase>;
    using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

    SqliteTable(std::string path, Database database)
        : path_(std::move(path)),
          database_(std::move(database))
    {
    }

    [[nodiscard]] Fault fault() const;
    Result<Statement, Fault> prepare(std::string_view sql) const;
    [[nodiscard]] bool execute(const char* sql) const;
    [[nodiscard]] bool insert(const Row& row) const;
    Result<std::optional<Row>, Fault> one(const Statement& statement) const;

    std::string path_;
    Pen pen_;
    Database database_;
    Statement insert_;
};

}  // namespace millpond::store
