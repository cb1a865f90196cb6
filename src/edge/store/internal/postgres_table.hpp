#pragma once

#include "edge/store/table.hpp"

#include <libpq-fe.h>

namespace millpond::store {

struct CloseConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};

/// Rows in a table of a PostgreSQL database. Who writes holds an advisory lock for as long as it
/// is connected, so a second writer is refused; its rows' numbers would be taken anyway.
class PostgresTable final : public Table {
public:
    static Result<std::unique_ptr<Table>, Fault> open(const std::string& address, Access access);

    Result<void, Fault> append(const std::vector<Row>& rows) override;
    Result<std::optional<Row>, Fault> last() override;
    Result<std::optional<Row>, Fault> last_join() override;
    Result<void, Fault> read(std::uint64_t after, const Each& each) override;

    [[nodiscard]] std::string name() const override { return name_; }

private:
    using Connection = std::unique_ptr<PGconn, CloseConnection>;

    explicit PostgresTable(Connection connection);

    [[nodiscard]] Fault fault() const;
    Result<void, Fault> execute(const char* sql);
    Result<void, Fault> take_the_pen();
    Result<std::optional<Row>, Fault> one(const char* sql);

    Connection connection_;
    std::string name_;
};

}  // namespace millpond::store
