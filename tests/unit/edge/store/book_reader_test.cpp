// A start from a snapshot, held against a start that applies the whole journal.
#include "edge/store/book_reader.hpp"

#include "core/book/snapshot.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/core/book/pool_days.hpp"
#include "tests/unit/edge/store/history_pen.hpp"

#include <fstream>
#include <set>

namespace millpond::store {
namespace {

using book::PoolDays;

struct Nowhere final : Journal {
    Task<Result<void, Fault>> append(std::vector<Entry>) override
    {
        co_return Result<void, Fault>{};
    }
};

/// The world as the days had it; nothing was published when they were killed.
struct DaysEpochs final : Epochs {
    std::set<std::uint64_t> late;

    Result<Hash32, Fault> secret(std::uint64_t epoch) override { return PoolDays::secret(epoch); }

    Task<Result<void, Fault>> publish(settle::EpochDocument) override
    {
        co_return Result<void, Fault>{};
    }

    [[nodiscard]] bool published(std::uint64_t epoch) const override
    {
        return late.contains(epoch);
    }

    Result<void, Fault> publish_late(const settle::EpochDocument& document) override
    {
        late.insert(document.root.epoch);
        return {};
    }

    Task<Result<void, Fault>> keep(std::uint64_t, Bytes) override
    {
        co_return Result<void, Fault>{};
    }

    [[nodiscard]] Hash32 journal_hash() const override { return {}; }
};

/// A pool as it finds itself after a start.
struct Started {
    explicit Started(const std::string& location, const SnapshotFiles& snapshots)
    {
        auto reader = BookReader::open(location, keeper);
        EXPECT_TRUE(reader) << reader.error().what;
        start = reader->start(snapshots);
        const auto read = reader->catch_up();
        EXPECT_TRUE(read) << read.error().what;
        entries = reader->entries();
    }

    [[nodiscard]] Bytes known() const
    {
        return book::encode_snapshot(keeper.book(), keeper.payouts(), keeper.recent());
    }

    DaysEpochs epochs;
    Nowhere journal;
    Bookkeeper keeper{
        {.book = book::short_rules(), .price = {}, .ticks = PoolDays::ticks, .receipts = {}},
        journal,
        epochs
    };
    BookReader::Start start;
    std::uint64_t entries = 0;
};

/// Three epochs in the journal and a snapshot of each.
void write_epochs(const std::string& location, const SnapshotFiles& snapshots)
{
    PoolDays days = book::a_day(100);
    for (int epoch = 0; epoch < 2; ++epoch) {
        days.begin_epoch();
        for (int i = 0; i < 40; ++i)
            days.segment(static_cast<std::uint64_t>(1 + i % 3));
        days.end_epoch();
    }
    HistoryPen pen{location};
    book::Known known{.book = book::Book{book::short_rules()}, .payouts = {}, .recent = {}};
    for (std::uint64_t epoch = 1; epoch < 4; ++epoch)
        known.book.tell_seeds(epoch, PoolDays::secret(epoch));
    std::size_t written = 0;
    for (std::size_t i = 0; i < days.history.size(); ++i) {
        const BookEvent& event = days.history[i];
        ASSERT_TRUE(known.book.apply(event));
        known.payouts.note(event);
        known.recent.note(event);
        const auto* ended = std::get_if<EpochEnded>(&event);
        if (ended == nullptr) continue;
        pen.write(std::span{days.history}.subspan(written, i + 1 - written));
        written = i + 1;
        ASSERT_TRUE(snapshots.keep({
            .epoch = ended->root.epoch,
            .behind = pen.at,
            .known = encode_snapshot(known.book, known.payouts, known.recent),
        }));
    }
}

void spoil(const std::filesystem::path& file, std::streamoff at)
{
    std::fstream open{file, std::ios::in | std::ios::out | std::ios::binary};
    open.seekg(at);
    const int byte = open.get();
    open.seekp(at);
    open.put(static_cast<char>(byte ^ 1));
}

void start_in_all_ways(const std::string& location, const std::filesystem::path& folder)
{
    const SnapshotFiles snapshots{folder / "snapshots"};
    write_epochs(location, snapshots);
    const Started whole{location, SnapshotFiles{folder / "none"}};
    EXPECT_EQ(whole.start.epoch, 0U);
    EXPECT_EQ(whole.epochs.late, (std::set<std::uint64_t>{1, 2, 3})) << "what was not published";
    const auto files = snapshots.all();
    ASSERT_EQ(files.size(), 2U) << "the newest two are kept";
    std::ofstream{folder / "snapshots" / "notes.txt"} << "not one of ours";

    const Started newest{location, snapshots};
    EXPECT_EQ(newest.start.epoch, 3U);
    EXPECT_EQ(newest.start.entry, newest.entries) << "nothing is left to apply";
    EXPECT_EQ(newest.known(), whole.known());

    spoil(files[0], 5'000);
    const Started older{location, snapshots};
    EXPECT_EQ(older.start.epoch, 2U);
    ASSERT_EQ(older.start.refused.size(), 1U);
    EXPECT_TRUE(older.start.refused[0].ends_with("3.snapshot is damaged: its sum differs"));
    EXPECT_LT(older.start.entry, older.entries);
    EXPECT_EQ(older.known(), whole.known());

    std::filesystem::resize_file(files[1], 40);
    const Started none{location, snapshots};
    EXPECT_EQ(none.start.epoch, 0U);
    ASSERT_EQ(none.start.refused.size(), 2U);
    EXPECT_TRUE(none.start.refused[1].ends_with("2.snapshot is cut short"));
    EXPECT_EQ(none.entries, whole.entries);
    EXPECT_EQ(none.known(), whole.known());
}

TEST(BookReader, starts_the_same_with_and_without_a_snapshot_on_sqlite)
{
    const TempDir folder;
    start_in_all_ways(folder.path() / "journal.sqlite", folder.path());
}

TEST(BookReader, starts_the_same_with_and_without_a_snapshot_on_postgres)
{
    const TempDir folder;
    const Postgres server;
    start_in_all_ways(server.address(), folder.path());
}

TEST(BookReader, takes_no_snapshot_of_another_journal)
{
    const TempDir folder;
    const SnapshotFiles snapshots{folder.path() / "snapshots"};
    write_epochs(folder.path() / "first.sqlite", snapshots);
    // Another life, whose entry of that number is another one.
    PoolDays days = book::a_day(101);
    HistoryPen pen{folder.path() / "second.sqlite"};
    pen.write(days.history);
    const Started started{folder.path() / "second.sqlite", snapshots};
    EXPECT_EQ(started.start.epoch, 0U);
    ASSERT_EQ(started.start.refused.size(), 2U);
    EXPECT_TRUE(started.start.refused[0].ends_with("is of another journal"));
    EXPECT_EQ(started.entries, pen.at.seq);
}

TEST(BookReader, takes_no_snapshot_that_is_ahead_of_its_journal)
{
    const TempDir folder;
    const SnapshotFiles snapshots{folder.path() / "snapshots"};
    const std::string location = folder.path() / "journal.sqlite";
    write_epochs(location, snapshots);
    // The journal as of the first epoch's end, as a backup would have it.
    const std::string backup = folder.path() / "backup.sqlite";
    {
        HistoryPen pen{backup};
        pen.write(book::a_day(100).history);
    }
    const Started started{backup, snapshots};
    EXPECT_EQ(started.start.epoch, 0U);
    EXPECT_EQ(started.start.refused.size(), 2U);
}

}  // namespace
}  // namespace millpond::store
