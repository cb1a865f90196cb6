#pragma once

#include "edge/store/entry_json.hpp"
#include "edge/store/table.hpp"
#include "tests/unit/core/book/pool_days.hpp"

#include <map>
#include <string>
#include <vector>

namespace millpond {

using History = std::vector<BookEvent>;

/// The rules of book::short_rules as a pool's configuration.
inline constexpr const char* short_rules_toml = R"(
[policy]
qualification_segments = 3
probation_passes = 4
probation_streams = 1
probation_seconds = 0
r1_cover_w = 5
r1_harm_w = 1
r1_bribe_w = 0
)";

/// Makes the rows of a journal one after the other, each chained to the one before.
class Chain {
public:
    void add(const BookEvent& event)
    {
        const auto* money = std::get_if<MoneyEvent>(&event);
        const auto* earned = money == nullptr ? nullptr : std::get_if<PayEarned>(money);
        // What the pool measured stands in front of what it pays for.
        if (earned != nullptr)
            put(Judged{.task = earned->task, .verdict = "accepted", .pixels = pixels});
        put(event);
    }

    void put(const EntryBody& body)
    {
        store::Row row{
            .seq = rows.size() + 1,
            .at = Time{Duration{static_cast<std::int64_t>(rows.size())}},
            .kind = std::string{store::kind_of(body)},
            .body = store::to_json(body),
        };
        row.hash = store::chained(last(), row);
        rows.push_back(std::move(row));
    }

    [[nodiscard]] Hash32 last() const { return rows.empty() ? Hash32{} : rows.back().hash; }

    static constexpr std::int64_t pixels = 100'000'000;  ///< of every segment of PoolDays
    std::vector<store::Row> rows;
};

/// What an operator hands to an auditor.
struct Submission {
    History history;
    std::vector<settle::EpochDocument> documents;
    std::string config = short_rules_toml;
    std::map<TaskId, TaskId> delivered;  ///< in front of whose result which other task's was

    [[nodiscard]] settle::EpochDocument& document(std::uint64_t epoch)
    {
        return documents.at(epoch - 1);
    }

    /// The journal's rows. Whoever forges history does not stop at its hashes: chain, audit roots
    /// and documents are made to fit each other again.
    std::vector<store::Row> seal()
    {
        Chain chain;
        chain.put(PoolStarted{.version = "0.1"});
        for (BookEvent& event : history) {
            if (auto* ended = std::get_if<EpochEnded>(&event)) {
                settle::EpochDocument& published = document(ended->root.epoch);
                published.audit.journal = ended->audit_journal = chain.last();
                published.root.audit_root = settle::hash_of(published.audit);
                ended->root = published.root;
            }
            const auto* done = std::get_if<TaskDone>(&event);
            if (done != nullptr && delivered.contains(done->task))
                chain.put(Delivered{.segment = {}, .task = delivered.at(done->task)});
            chain.add(event);
        }
        return std::move(chain.rows);
    }
};

/// Keeps a chain beside the days, so that each epoch is closed on the journal in front of it.
class HonestRun {
public:
    explicit HonestRun(book::PoolDays& days) : days_(days)
    {
        chain_.put(PoolStarted{.version = "0.1"});
    }

    void end_epoch()
    {
        for (; taken_ < days_.history.size(); ++taken_)
            chain_.add(days_.history[taken_]);
        days_.end_epoch(chain_.last());
    }

private:
    book::PoolDays& days_;
    Chain chain_;
    std::size_t taken_ = 0;
};

}  // namespace millpond
