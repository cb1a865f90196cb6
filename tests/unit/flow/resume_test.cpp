// A pool that begins again from what it knew at an epoch's end.
#include "core/book/snapshot.hpp"
#include "tests/unit/flow/kept_world.hpp"

#include <gtest/gtest.h>

namespace millpond {
namespace {

Bytes known_by(const Bookkeeper& keeper)
{
    return book::encode_snapshot(keeper.book(), keeper.payouts(), keeper.recent());
}

/// As many events as the epoch's end is behind.
std::size_t behind(const std::vector<BookEvent>& history, std::uint64_t epoch)
{
    for (std::size_t i = 0; i < history.size(); ++i) {
        const auto* ended = std::get_if<EpochEnded>(&history[i]);
        if (ended != nullptr && ended->root.epoch == epoch) return i + 1;
    }
    return 0;
}

TEST(BookkeeperResumed, from_each_epochs_end_is_where_a_whole_replay_is)
{
    KeptWorld kept;
    for (std::uint64_t id = 1; id <= 4; ++id)
        kept.join(id);
    kept.stream(120);
    const auto& snapshots = kept.world.epochs.snapshots;
    ASSERT_GE(snapshots.size(), 3U);
    const std::uint64_t newest = snapshots.rbegin()->first;
    const std::vector<BookEvent> history = kept.history();
    const std::size_t end = behind(history, newest);
    for (const auto& [epoch, snapshot] : snapshots) {
        Bookkeeper again{short_rules(), kept.world, kept.world.epochs};
        const std::size_t from = behind(history, epoch);
        ASSERT_GT(from, 0U);
        const auto resumed = again.resume(snapshot, std::get<EpochEnded>(history[from - 1]));
        ASSERT_TRUE(resumed) << resumed.error().what;
        for (std::size_t i = from; i < end; ++i) {
            const auto taken = again.replay(history[i]);
            ASSERT_TRUE(taken) << taken.error().what;
        }
        EXPECT_EQ(known_by(again), snapshots.at(newest)) << "from epoch " << epoch;
        ASSERT_TRUE(again.begin(kept.world.clock.now()));
        EXPECT_EQ(again.book().epoch()->epoch, newest + 1);
    }
}

TEST(BookkeeperResumed, publishes_what_a_killed_pool_had_ended_and_not_published)
{
    KeptWorld kept;
    kept.join(1);
    kept.stream(60);
    const auto published = kept.world.epochs.documents;
    ASSERT_GE(published.size(), 2U);
    MemoryEpochs epochs;
    epochs.documents.push_back(published.front());
    Bookkeeper again{short_rules(), kept.world, epochs};
    for (const BookEvent& event : kept.history())
        ASSERT_TRUE(again.replay(event));
    ASSERT_EQ(epochs.documents.size(), published.size());
    for (std::size_t i = 0; i < published.size(); ++i)
        EXPECT_EQ(epochs.documents[i].root, published[i].root);
}

TEST(BookkeeperResumed, from_bytes_that_are_no_snapshot_is_refused_and_unchanged)
{
    KeptWorld kept;
    Bookkeeper again{short_rules(), kept.world, kept.world.epochs};
    const Hash32 before = again.book().fingerprint();
    EXPECT_FALSE(again.resume(Bytes(100, 7), {}));
    EXPECT_EQ(again.book().fingerprint(), before);
}

}  // namespace
}  // namespace millpond
