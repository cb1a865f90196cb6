#include "edge/store/journal.hpp"

#include "base/assert.hpp"
#include "edge/net/time_slice.hpp"
#include "edge/store/entry_json.hpp"

#include <algorithm>
#include <condition_variable>
#include <coroutine>
#include <deque>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>

namespace millpond::store {

namespace {

/// Entries of a transaction. More would not write faster, and while one part of those who wait is
/// written, the other can go on.
constexpr std::size_t most_at_once = 2'000;

/// All of its row but the number and the hash, which the writer knows.
std::vector<Row> rows_of(const std::vector<Entry>& entries)
{
    std::vector<Row> rows;
    rows.reserve(entries.size());
    for (const Entry& entry : entries) {
        rows.push_back({
            .at = entry.at,
            .kind = std::string{kind_of(entry.body)},
            .body = to_json(entry.body),
        });
    }
    return rows;
}

}  // namespace

struct StoredJournal::Inside {
    struct Batch {
        std::vector<Row> rows;
        std::coroutine_handle<> waiting;
        std::optional<Fault>* fault = nullptr;  ///< in the frame of who waits
    };

    using Batches = std::vector<Batch>;

    explicit Inside(net::Loop& on) : loop(on) {}

    net::Loop& loop;
    std::unique_ptr<Table> table;
    std::uint64_t last_seq = 0;
    Hash32 last_hash{};  // the writer's; others read it under mutex
    TranscoderId last_transcoder;

    Batches gathered;        // the loop's
    bool gathering = false;  // the loop's

    mutable std::mutex mutex;
    std::condition_variable wake;
    std::deque<Batch> waiting;          // guarded by mutex
    bool stopping = false;              // guarded by mutex
    Counts counts;                      // guarded by mutex
    std::optional<Position> epoch_end;  // guarded by mutex
    std::optional<Fault> broken;        // the writer's
    std::thread writer;

    Result<void, Fault> resume()
    {
        MILLPOND_TRY(const auto last, table->last());
        if (last) {
            last_seq = last->seq;
            last_hash = last->hash;
        }
        MILLPOND_TRY(const auto joined, table->last_join());
        if (joined) {
            MILLPOND_TRY(const EntryBody body, parse_entry(joined->kind, joined->body));
            if (const auto* entry = std::get_if<TranscoderJoined>(&body))
                last_transcoder = entry->transcoder;
        }
        return {};
    }

    void commit(Batches& batches)
    {
        if (broken) return;
        std::vector<Row> rows;
        rows.reserve(batches.size());
        Hash32 hash = last_hash;
        std::optional<Position> ended;
        for (auto& batch : batches) {
            for (Row& row : batch.rows) {
                row.seq = last_seq + rows.size() + 1;
                row.hash = hash = chained(hash, row);
                if (row.kind == "epoch_ended") ended = {.seq = row.seq, .hash = row.hash};
                rows.push_back(std::move(row));
            }
        }
        const auto written = table->append(rows);
        if (!written) {
            broken = written.error();
            return;
        }
        last_seq += rows.size();
        const std::scoped_lock lock{mutex};
        last_hash = hash;
        if (ended) epoch_end = ended;
        counts.entries += rows.size();
        ++counts.commits;
    }

    void add(Batch batch)
    {
        gathered.push_back(std::move(batch));
        if (!gathering) hand_over();
    }

    void hand_over()
    {
        if (gathered.empty()) return;
        {
            const std::scoped_lock lock{mutex};
            std::ranges::move(gathered, std::back_inserter(waiting));
        }
        gathered.clear();
        wake.notify_one();
    }

    /// Who waited goes on, and often appends again: all of that is handed over together, or the
    /// first of them would get a flush of its own and the others wait for it.
    void tell(const Batches& batches, const std::optional<Fault>& fault)
    {
        gathering = true;
        for (const Batch& batch : batches) {
            *batch.fault = fault;
            batch.waiting.resume();
        }
        gathering = false;
        hand_over();
    }

    /// The next transaction's; none when the journal is closed.
    Batches take()
    {
        std::unique_lock lock{mutex};
        wake.wait(lock, [&] { return stopping || !waiting.empty(); });
        Batches taken;
        std::size_t entries = 0;
        while (!waiting.empty() && entries < most_at_once) {
            entries += waiting.front().rows.size();
            taken.push_back(std::move(waiting.front()));
            waiting.pop_front();
        }
        return taken;
    }

    static void serve(const std::shared_ptr<Inside>& inside)
    {
        net::ask_for_short_slices();
        while (true) {
            Batches batches = inside->take();
            if (batches.empty()) return;
            inside->commit(batches);
            inside->loop.post([inside, batches = std::move(batches), fault = inside->broken] {
                inside->tell(batches, fault);
            });
        }
    }
};

Result<std::unique_ptr<StoredJournal>, Fault> StoredJournal::open(
    net::Loop& loop, const std::string& location
)
{
    auto journal = std::make_unique<StoredJournal>(loop);
    const auto taken = journal->take_pen(location);
    if (!taken) return because(taken.error());
    return journal;
}

StoredJournal::StoredJournal(net::Loop& loop) : inside_(std::make_shared<Inside>(loop)) {}

Result<void, Fault> StoredJournal::take_pen(const std::string& location)
{
    MILLPOND_ASSERT(!inside_->table);
    MILLPOND_TRY(inside_->table, open_table(location, Access::write));
    if (const auto resumed = inside_->resume(); !resumed) return because(resumed.error());
    inside_->writer = std::thread{[inside = inside_] { Inside::serve(inside); }};
    return {};
}

StoredJournal::~StoredJournal()
{
    inside_->hand_over();
    {
        const std::scoped_lock lock{inside_->mutex};
        inside_->stopping = true;
    }
    inside_->wake.notify_one();
    if (inside_->writer.joinable()) inside_->writer.join();
    inside_->table.reset();
}

Task<Result<void, Fault>> StoredJournal::append(std::vector<Entry> entries)
{
    MILLPOND_ASSERT(inside_->table);

    struct Awaiter {
        Inside& inside;
        std::vector<Row> rows;
        std::optional<Fault> fault;

        [[nodiscard]] bool await_ready() const noexcept { return false; }

        void await_suspend(std::coroutine_handle<> waiting)
        {
            inside.add({.rows = std::move(rows), .waiting = waiting, .fault = &fault});
        }

        void await_resume() const noexcept {}
    };

    // Written out here: the writer's thread has the chain and the rows, and is what limits the
    // rate.
    Awaiter awaiter{.inside = *inside_, .rows = rows_of(entries), .fault = std::nullopt};
    co_await awaiter;
    if (awaiter.fault) co_return because(*awaiter.fault);
    co_return Result<void, Fault>{};
}

StoredJournal::Counts StoredJournal::counts() const
{
    const std::scoped_lock lock{inside_->mutex};
    return inside_->counts;
}

std::optional<Position> StoredJournal::epoch_end() const
{
    const std::scoped_lock lock{inside_->mutex};
    return inside_->epoch_end;
}

Hash32 StoredJournal::last_hash() const
{
    const std::scoped_lock lock{inside_->mutex};
    return inside_->last_hash;
}

TranscoderId StoredJournal::last_transcoder() const
{
    return inside_->last_transcoder;
}

}  // namespace millpond::store
