#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millpond::store {

/// One journal entry as it lies in a database.
struct Row {
    std::uint64_t seq = 0;  ///< from 1, without a gap
    Time at;
    std::string kind;
    std::string body;  ///< JSON
    Hash32 hash{};     ///< chained()

    bool operator==(const Row&) const = default;
};

/// SHA-256 over the hash before, seq, time, kind and body: a row that is changed, moved or taken
/// out breaks every hash behind it.
[[nodiscard]] Hash32 chained(const Hash32& before, const Row& row);

/// The journal's rows in some database. Used by one thread at a time.
struct Table {
    virtual ~Table() = default;

    /// All rows or none; durable when it returns. Rows with a number that is taken are a fault.
    virtual Result<void, Fault> append(const std::vector<Row>& rows) = 0;
    virtual Result<std::optional<Row>, Fault> last() = 0;
    /// The last row of the kind `transcoder_joined`.
    virtual Result<std::optional<Row>, Fault> last_join() = 0;

    /// Rows with a number above `after`, in order, until `each` says no.
    using Each = std::function<bool(const Row&)>;
    virtual Result<void, Fault> read(std::uint64_t after, const Each& each) = 0;

    /// For messages: where it is, without secrets.
    [[nodiscard]] virtual std::string name() const = 0;
};

enum class Access : std::uint8_t {
    write,  ///< makes the table where it is missing; one at a time
    read,
};

/// `location` is a file for SQLite, or a `postgres://` address for PostgreSQL.
Result<std::unique_ptr<Table>, Fault> open_table(const std::string& location, Access access);

}  // namespace millpond::store
