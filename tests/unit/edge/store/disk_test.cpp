// Disks that take nothing more: what was told stays true, and nothing more is promised.
#include "edge/store/journal.hpp"
#include "edge/store/verify.hpp"
#include "tests/support/small_disk.hpp"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace millpond::store {
namespace {

struct Outcome {
    std::uint64_t told = 0;  ///< entries that were said to be durable
    std::optional<Fault> fault;
    std::optional<Fault> later;  ///< of what was asked after the first fault
};

/// Appends until the journal says no, and once more.
Outcome append_until_refused(const std::string& location, int most)
{
    net::Loop loop;
    auto journal = StoredJournal::open(loop, location);
    Outcome outcome;
    if (!journal) {
        outcome.fault = journal.error();
        return outcome;
    }
    spawn([](StoredJournal& to, net::Loop& on, Outcome& how, int left) -> Task<void> {
        const std::string text(2'000, 'x');
        const auto once = [&] {
            std::vector<Entry> entries;
            entries.push_back({.at = on.now(), .body = PoolStarted{.version = text}});
            return to.append(std::move(entries));
        };
        for (; left > 0 && !how.fault; --left) {
            const auto written = co_await once();
            if (written) {
                ++how.told;
            } else {
                how.fault = written.error();
            }
        }
        const auto again = co_await once();
        if (!again) how.later = again.error();
        on.stop();
    }(**journal, loop, outcome, most));
    loop.run();
    return outcome;
}

std::uint64_t entries_in(const std::string& location)
{
    const auto summary = verify_journal(location);
    EXPECT_TRUE(summary) << summary.error().what;
    return summary ? summary->entries : 0;
}

TEST(FullDisk, ends_the_writing_by_name_and_loses_nothing_that_was_told)
{
    const SmallDisk disk{"2m"};
    if (!disk.mounted()) GTEST_SKIP() << "cannot mount here: FullFile does without";
    const std::string location = disk.path() / "journal.sqlite";
    const Outcome first = append_until_refused(location, 100'000);
    ASSERT_TRUE(first.fault);
    EXPECT_GT(first.told, 100U);
    EXPECT_TRUE(first.fault->what.contains("full")) << first.fault->what;
    EXPECT_TRUE(first.later) << "what is in doubt is settled by a restart, not by hope";
    EXPECT_EQ(entries_in(location), first.told) << "read on the full disk";
    disk.make_room();
}

TEST(FullDisk, is_gone_on_with_when_there_is_room_again)
{
    const SmallDisk disk{"4m"};
    if (!disk.mounted()) GTEST_SKIP() << "cannot mount here: FullFile does without";
    const std::string location = disk.path() / "journal.sqlite";
    const std::uint64_t before = append_until_refused(location, 20).told;
    disk.fill();
    const Outcome full = append_until_refused(location, 100'000);
    ASSERT_TRUE(full.fault);
    disk.make_room();
    const std::uint64_t kept = entries_in(location);
    EXPECT_EQ(kept, before + 1 + full.told) << "20, the one after them, and what fitted";
    EXPECT_EQ(append_until_refused(location, 10).told, 10U);
    EXPECT_EQ(entries_in(location), kept + 11);
}

/// The same without a mount: no file of this process may grow beyond a size.
TEST(FullFile, ends_the_writing_by_name_and_loses_nothing_that_was_told)
{
    const TempDir folder;
    const std::string location = folder.path() / "journal.sqlite";
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{.rlim_cur = 1U << 20U, .rlim_max = before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const Outcome outcome = append_until_refused(location, 100'000);
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, SIG_DFL);
    ASSERT_TRUE(outcome.fault);
    EXPECT_TRUE(outcome.fault->what.contains(location)) << outcome.fault->what;
    EXPECT_GT(outcome.told, 50U);
    EXPECT_EQ(entries_in(location), outcome.told);
}

TEST(ReadOnlyDisk, takes_no_pool_and_still_tells_the_truth)
{
    const SmallDisk disk{"8m"};
    if (!disk.mounted()) GTEST_SKIP() << "cannot mount here";
    const std::string location = disk.path() / "journal.sqlite";
    const std::uint64_t told = append_until_refused(location, 50).told + 1;
    ASSERT_TRUE(disk.make_read_only());
    const Outcome refused = append_until_refused(location, 1);
    ASSERT_TRUE(refused.fault);
    EXPECT_TRUE(refused.fault->what.starts_with(location + ": ")) << refused.fault->what;
    EXPECT_EQ(refused.told, 0U);
    EXPECT_EQ(entries_in(location), told);
}

}  // namespace
}  // namespace millpond::store
