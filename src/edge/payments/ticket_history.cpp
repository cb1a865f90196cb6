#include "edge/payments/ticket_history.hpp"

#include "edge/store/entry_json.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <variant>

namespace millpond {
namespace {

/// The number of an entry before which all are older than `since`.
Result<std::uint64_t, Fault> seek(store::Table& table, Time since)
{
    MILLPOND_TRY(const auto last, table.last());
    std::uint64_t low = 0;
    std::uint64_t high = last ? last->seq : 0;
    while (low < high) {
        const std::uint64_t middle = low + ((high - low) / 2);
        std::optional<Time> at;
        const auto read = table.read(middle, [&at](const store::Row& row) {
            at = row.at;
            return false;
        });
        if (!read) return because(read.error());
        if (at && *at < since) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool matters(const std::string& kind)
{
    return kind == "tickets_taken" || kind == "winner_closed" || kind == "judged" ||
           kind == "delivered";
}

}  // namespace

void TicketHistory::take(const Entry& entry)
{
    if (const auto* taken = std::get_if<TicketsTaken>(&entry.body)) {
        senders_.insert_or_assign(taken->session, taken->sender);
        desk_.restore(*taken, entry.at);
    } else if (const auto* closed = std::get_if<WinnerClosed>(&entry.body)) {
        desk_.restore(*closed);
    } else if (const auto* judged = std::get_if<Judged>(&entry.body)) {
        if (judged->verdict == "accepted") accepted_.emplace(judged->task, judged->pixels);
    } else if (const auto* delivered = std::get_if<Delivered>(&entry.body)) {
        const auto pixels = accepted_.extract(delivered->task);
        const auto sender = senders_.find(delivered->segment.session);
        if (pixels.empty() || sender == senders_.end()) return;
        const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(0, pixels.mapped()));
        desk_.restore_work(
            {.sender = sender->second, .session = sender->first}, Pixels{count}, entry.at
        );
    }
}

Result<void, Fault> TicketHistory::read(store::Table& table, Time since)
{
    MILLPOND_TRY(const std::uint64_t after, seek(table, since));
    std::optional<Fault> broken;
    const auto read = table.read(after, [&](const store::Row& row) {
        if (!matters(row.kind)) return true;
        auto body = store::parse_entry(row.kind, row.body);
        if (!body) {
            broken = Fault{
                .what =
                    table.name() + ": entry " + std::to_string(row.seq) + ": " + body.error().what
            };
            return false;
        }
        take({.at = row.at, .body = *std::move(body)});
        return true;
    });
    if (!read) return because(read.error());
    if (broken) return because(*broken);
    accepted_.clear();
    return {};
}

}  // namespace millpond
