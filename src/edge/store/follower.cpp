#include "edge/store/follower.hpp"

#include "edge/store/entry_json.hpp"

namespace millpond::store {

Result<Follower, Fault> Follower::open(const std::string& location)
{
    MILLPOND_TRY(auto table, open_table(location, Access::read));
    return Follower{std::move(table)};
}

Result<std::optional<Entry>, Fault> Follower::look_at(const Position& position)
{
    std::optional<Entry> found;
    if (position.seq == 0) return found;
    const auto read = table_->read(position.seq - 1, [&](const Row& row) {
        if (row.seq != position.seq || row.hash != position.hash) return false;
        if (auto parsed = parse_entry(row.kind, row.body))
            found = Entry{.at = row.at, .body = std::move(*parsed)};
        return false;
    });
    if (!read) return because(read.error());
    return found;
}

void Follower::go_on_behind(const Position& position)
{
    last_ = position.seq;
    hash_ = position.hash;
}

Result<void, Fault> Follower::catch_up(const EachEntry& each)
{
    std::optional<Fault> broken;
    const auto read = table_->read(last_, [&](const Row& row) {
        const std::string where = table_->name() + ": entry " + std::to_string(row.seq);
        if (row.seq != last_ + 1) {
            broken = Fault{.what = where + " follows a gap"};
        } else if (row.hash != chained(hash_, row)) {
            broken = Fault{.what = where + " breaks the chain"};
        } else if (auto parsed = parse_entry(row.kind, row.body); !parsed) {
            broken = Fault{.what = where + ": " + parsed.error().what};
        } else if (auto problem = each(row.seq, {.at = row.at, .body = std::move(*parsed)})) {
            broken = Fault{.what = where + ": " + *problem};
        }
        if (broken) return false;
        last_ = row.seq;
        hash_ = row.hash;
        return true;
    });
    if (!read) return because(read.error());
    if (broken) return because(*broken);
    return {};
}

}  // namespace millpond::store
