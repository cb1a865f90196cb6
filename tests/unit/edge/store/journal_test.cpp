#include "edge/store/journal.hpp"

#include "edge/store/entry_json.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace millpond::store {
namespace {

std::vector<EntryBody> one_of_each()
{
    const SegmentId segment{.session = SessionId{"ab"}, .seq = 3, .arrival = 9};
    const TaskId task{77};
    return {
        PoolStarted{.version = "0.1"},
        SessionOpened{.session = SessionId{"ab"}, .manifest = ManifestId{"m\xff/\"x"}},
        TranscoderJoined{.transcoder = TranscoderId{5}, .address = {}, .name = "n"},
        Assigned{.segment = segment, .task = task, .transcoder = TranscoderId{5}, .attempt = 1},
        Claimed{.task = task, .renditions = {Hash32{1}, Hash32{2}}, .signature = {1, 2}},
        Judged{.task = task, .verdict = "accepted", .pixels = 123},
        Delivered{.segment = segment, .task = task},
        Assigned{
            .segment = segment, .task = TaskId{78}, .transcoder = TranscoderId{5}, .attempt = 2
        },
        Failed{.task = TaskId{78}, .reason = "left: gone"},
        TranscoderLeft{.transcoder = TranscoderId{5}, .reason = "r"},
        SessionEnded{.session = SessionId{"ab"}, .reason = "idle"},
    };
}

class JournalFile : public testing::Test {
protected:
    void append(std::vector<EntryBody> bodies)
    {
        net::Loop loop;
        auto journal = SqliteJournal::open(loop, path_);
        ASSERT_TRUE(journal) << journal.error().what;
        spawn([](SqliteJournal& to, net::Loop& on, std::vector<EntryBody> what) -> Task<void> {
            for (auto& body : what) {
                const auto written =
                    co_await to.append({{.at = on.now(), .body = std::move(body)}});
                EXPECT_TRUE(written);
            }
            on.stop();
        }(**journal, loop, std::move(bodies)));
        loop.run();
        last_transcoder_ = (*journal)->last_transcoder();
    }

    void change(const std::string& sql)
    {
        sqlite3* database = nullptr;
        sqlite3_open(path_.c_str(), &database);
        ASSERT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(database);
    }

    TempDir folder_;
    std::string path_ = folder_.path() / "journal.sqlite";
    TranscoderId last_transcoder_;
};

TEST_F(JournalFile, gives_back_what_was_appended_over_restarts)
{
    append(one_of_each());
    append({PoolStarted{.version = "0.2"}});
    std::vector<EntryBody> read;
    const auto done =
        read_journal(path_, [&](std::uint64_t, const Entry& entry) { read.push_back(entry.body); });
    ASSERT_TRUE(done) << done.error().what;
    auto expected = one_of_each();
    expected.emplace_back(PoolStarted{.version = "0.2"});
    EXPECT_EQ(read, expected);
    EXPECT_EQ(last_transcoder_, TranscoderId{5});
}

TEST_F(JournalFile, is_summed_up)
{
    append(one_of_each());
    const auto summary = verify_journal(path_);
    ASSERT_TRUE(summary) << summary.error().what;
    EXPECT_EQ(summary->entries, 11U);
    EXPECT_EQ(summary->delivered, 1U);
    EXPECT_EQ(summary->failed, 1U);
    EXPECT_EQ(summary->open, 0U);
}

TEST_F(JournalFile, shows_an_entry_that_was_changed)
{
    append(one_of_each());
    change("UPDATE entries SET body = replace(body, '123', '124') WHERE seq = 6");
    const auto summary = verify_journal(path_);
    ASSERT_FALSE(summary);
    EXPECT_EQ(summary.error().what, path_ + ": entry 6 breaks the chain");
}

TEST_F(JournalFile, shows_an_entry_that_was_taken_out)
{
    append(one_of_each());
    change("DELETE FROM entries WHERE seq = 4");
    EXPECT_EQ(verify_journal(path_).error().what, path_ + ": entry 5 follows a gap");
}

TEST_F(JournalFile, shows_a_delivery_nobody_was_judged_for)
{
    append({Delivered{.segment = {}, .task = TaskId{1}}});
    EXPECT_EQ(
        verify_journal(path_).error().what,
        path_ + ": entry 1: delivered does not follow for task 1"
    );
}

TEST_F(JournalFile, tells_which_file_does_not_open)
{
    net::Loop loop;
    const auto journal = SqliteJournal::open(loop, "/nowhere/journal.sqlite");
    ASSERT_FALSE(journal);
    EXPECT_TRUE(journal.error().what.starts_with("/nowhere/journal.sqlite: "))
        << journal.error().what;
}

TEST(EntryJson, refuses_what_is_not_an_entry)
{
    EXPECT_FALSE(parse_entry("claimed", "{}"));
    EXPECT_FALSE(parse_entry("claimed", "["));
    EXPECT_FALSE(parse_entry("nonsense", "{}"));
    EXPECT_FALSE(parse_entry("claimed", R"({"task":1,"renditions":["zz"],"signature":""})"));
}

}  // namespace
}  // namespace millpond::store
