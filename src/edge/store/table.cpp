#include "edge/store/table.hpp"

#include "crypto/digest.hpp"
#include "edge/store/internal/postgres_table.hpp"
#include "edge/store/internal/sqlite_table.hpp"

namespace millpond::store {
namespace {

void append_u64(Bytes& bytes, std::uint64_t value)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

}  // namespace

Hash32 chained(const Hash32& before, const Row& row)
{
    Bytes bytes;
    bytes.reserve(before.size() + 3 * sizeof(std::uint64_t) + row.kind.size() + row.body.size());
    bytes.insert(bytes.end(), before.begin(), before.end());
    append_u64(bytes, row.seq);
    append_u64(bytes, static_cast<std::uint64_t>(row.at.time_since_epoch().count()));
    append_u64(bytes, row.kind.size());
    bytes.insert(bytes.end(), row.kind.begin(), row.kind.end());
    bytes.insert(bytes.end(), row.body.begin(), row.body.end());
    return crypto::sha256(bytes);
}

Result<std::unique_ptr<Table>, Fault> open_table(const std::string& location, Access access)
{
    const bool postgres =
        location.starts_with("postgres://") || location.starts_with("postgresql://");
    return postgres ? PostgresTable::open(location, access) : SqliteTable::open(location, access);
}

}  // namespace millpond::store
