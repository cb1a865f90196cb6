#include "edge/store/verify.hpp"

#include "edge/store/entry_json.hpp"

#include <map>
#include <optional>
#include <set>
#include <variant>

namespace millpond::store {

Result<void, Fault> read_journal(const std::string& location, const EachEntry& each)
{
    MILLPOND_TRY(const auto table, open_table(location, Access::read));
    return read_journal(*table, each);
}

Result<void, Fault> read_journal(Table& table, const EachEntry& each)
{
    return read_chain(table, [&](const Row& row, const Entry& entry) {
        return each(row.seq, entry);
    });
}

Result<void, Fault> read_chain(Table& table, const EachLink& each)
{
    Hash32 before{};
    std::uint64_t expected = 1;
    std::optional<Fault> broken;
    const auto read = table.read(0, [&](const Row& row) {
        const std::string where = table.name() + ": entry " + std::to_string(row.seq);
        if (row.seq != expected++) {
            broken = Fault{.what = where + " follows a gap"};
        } else if (row.hash != chained(before, row)) {
            broken = Fault{.what = where + " breaks the chain"};
        } else if (auto parsed = parse_entry(row.kind, row.body); !parsed) {
            broken = Fault{.what = where + ": " + parsed.error().what};
        } else if (auto problem = each(row, {.at = row.at, .body = std::move(*parsed)})) {
            broken = Fault{.what = where + ": " + *problem};
        }
        before = row.hash;
        return !broken;
    });
    if (!read) return because(read.error());
    if (broken) return because(*broken);
    return {};
}

namespace {

/// Where a task stands, by the entries so far.
enum class Stand : std::uint8_t { assigned, claimed, accepted, over };

struct Check {
    JournalSummary summary;
    std::map<TaskId, Stand> tasks;
    std::set<TaskId> recorded;  ///< given by the book to a newcomer: no gateway's
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
        if (!tasks.contains(entry.task) && !recorded.contains(entry.task)) {
            problem =
                "a picture is judged that nobody made: task " + std::to_string(entry.task.value());
        }
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

    /// What they say is for an audit.
    void operator()(const ReceiptSigned&) {}

    void operator()(const OperatorNamed&) {}

    /// What they are worth follows from signatures and the pool's secret.
    void operator()(const TicketsTaken&) {}

    void operator()(const WinnerClosed&) {}

    /// Whether it keeps to the rules is for the book to say.
    void operator()(const BookEvent& event)
    {
        ++summary.book;
        const auto* given = std::get_if<TaskGiven>(&event);
        const bool shadow = given != nullptr && given->ruling.mode == 0;
        if (shadow) recorded.insert(given->task);
    }
};

}  // namespace

Result<JournalSummary, Fault> verify_journal(const std::string& location)
{
    MILLPOND_TRY(const auto table, open_table(location, Access::read));
    return verify_journal(*table);
}

Result<JournalSummary, Fault> verify_journal(Table& table)
{
    Check check;
    const auto read =
        read_journal(table, [&](std::uint64_t, const Entry& entry) -> std::optional<std::string> {
            ++check.summary.entries;
            std::visit(check, entry.body);
            return check.problem.empty() ? std::nullopt : std::optional{check.problem};
        });
    if (!read) return because(read.error());
    for (const auto& [task, stand] : check.tasks) {
        if (stand == Stand::assigned || stand == Stand::claimed) ++check.summary.open;
    }
    return check.summary;
}

}  // namespace millpond::store
