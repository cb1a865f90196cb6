#include "edge/store/journal.hpp"

#include "edge/store/entry_json.hpp"

#include <condition_variable>
#include <coroutine>
#include <mutex>
#include <optional>
#include <thread>

namespace millpond::store {

struct StoredJournal::Inside {
    struct Batch {
        std::vector<Entry> entries;
        std::function<void(std::optional<Fault>)> done;  ///< on the loop
    };

    Inside(net::Loop& on, std::unique_ptr<Table> opened) : loop(on), table(std::move(opened)) {}

    net::Loop& loop;
    std::unique_ptr<Table> table;
    std::uint64_t last_seq = 0;
    Hash32 last_hash{};
    TranscoderId last_transcoder;

    mutable std::mutex mutex;
    std::condition_variable wake;
    std::vector<Batch> waiting;   // guarded by mutex
    bool stopping = false;        // guarded by mutex
    Counts counts;                // guarded by mutex
    std::optional<Fault> broken;  // the writer's
    std::thread writer;

    Result<void, Fault> resume()
    {
        MILLPOND_TRY(const auto last, table->last());
        if (last) {
            last_seq = last->seq;
            last_hash = last->hash;
        }
        MILLPOND_TRY(const auto joined, table->last_of("transcoder_joined"));
        if (joined) {
            MILLPOND_TRY(const EntryBody body, parse_entry(joined->kind, joined->body));
            last_transcoder = std::get<TranscoderJoined>(body).transcoder;
        }
        return {};
    }

    void commit(const std::vector<Batch>& batches)
    {
        if (broken) return;
        std::vector<Row> rows;
        Hash32 hash = last_hash;
        for (const auto& batch : batches) {
            for (const auto& entry : batch.entries) {
                Row row{
                    .seq = last_seq + rows.size() + 1,
                    .at = entry.at,
                    .kind = std::string{kind_of(entry.body)},
                    .body = to_json(entry.body),
                };
                row.hash = hash = chained(hash, row);
                rows.push_back(std::move(row));
            }
        }
        const auto written = table->append(rows);
        if (!written) {
            broken = written.error();
            return;
        }
        last_seq += rows.size();
        last_hash = hash;
        const std::scoped_lock lock{mutex};
        counts.entries += rows.size();
        ++counts.commits;
    }

    void serve()
    {
        while (true) {
            std::vector<Batch> batches;
            {
                std::unique_lock lock{mutex};
                wake.wait(lock, [&] { return stopping || !waiting.empty(); });
                if (waiting.empty()) return;
                batches.swap(waiting);
            }
            commit(batches);
            loop.post([batches = std::move(batches), fault = broken] {
                for (const auto& batch : batches)
                    batch.done(fault);
            });
        }
    }
};

Result<std::unique_ptr<StoredJournal>, Fault> StoredJournal::open(
    net::Loop& loop, const std::string& location
)
{
    MILLPOND_TRY(auto table, open_table(location, Access::write));
    auto inside = std::make_unique<Inside>(loop, std::move(table));
    const auto resumed = inside->resume();
    if (!resumed) return because(resumed.error());
    inside->writer = std::thread{[raw = inside.get()] { raw->serve(); }};
    return std::unique_ptr<StoredJournal>{new StoredJournal{std::move(inside)}};
}

StoredJournal::StoredJournal(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

StoredJournal::~StoredJournal()
{
    {
        const std::scoped_lock lock{inside_->mutex};
        inside_->stopping = true;
    }
    inside_->wake.notify_one();
    inside_->writer.join();
}

Task<Result<void, Fault>> StoredJournal::append(std::vector<Entry> entries)
{
    struct Awaiter {
        Inside& inside;
        std::vector<Entry> entries;
        std::optional<Fault> fault;

        [[nodiscard]] bool await_ready() const noexcept { return false; }

        void await_suspend(std::coroutine_handle<> waiting)
        {
            const std::scoped_lock lock{inside.mutex};
            inside.waiting.push_back({
                .entries = std::move(entries),
                .done =
                    [this, waiting](std::optional<Fault> outcome) {
                        fault = std::move(outcome);
                        waiting.resume();
                    },
            });
            inside.wake.notify_one();
        }

        void await_resume() const noexcept {}
    };

    Awaiter awaiter{.inside = *inside_, .entries = std::move(entries), .fault = std::nullopt};
    co_await awaiter;
    if (awaiter.fault) co_return because(*awaiter.fault);
    co_return Result<void, Fault>{};
}

StoredJournal::Counts StoredJournal::counts() const
{
    const std::scoped_lock lock{inside_->mutex};
    return inside_->counts;
}

TranscoderId StoredJournal::last_transcoder() const
{
    return inside_->last_transcoder;
}

}  // namespace millpond::store
