#include "edge/store/journal.hpp"

#include "edge/store/entry_json.hpp"
#include "edge/store/table.hpp"
#include "edge/store/verify.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/edge/store/book_samples.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>
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
        BookEvent{given_sample()},
        BookEvent{MoneyEvent{earned_sample()}},
    };
}

/// The same journal in each database.
class AnyJournal : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override
    {
        if (GetParam() == "postgres") {
            postgres_.emplace();
            location_ = postgres_->address();
        } else {
            location_ = folder_.path() / "journal.sqlite";
        }
        net::Loop loop;
        const auto table = open_table(location_, Access::write);
        ASSERT_TRUE(table) << table.error().what;
        name_ = (*table)->name();
    }

    /// Appends one after the other; gives back how the last one went.
    Result<void, Fault> append(std::vector<EntryBody> bodies)
    {
        net::Loop loop;
        auto journal = StoredJournal::open(loop, location_);
        if (!journal) return because(journal.error());
        Result<void, Fault> outcome;
        spawn(
            [](StoredJournal& to,
               net::Loop& on,
               std::vector<EntryBody> what,
               Result<void, Fault>& last) -> Task<void> {
                for (auto& body : what)
                    last = co_await to.append({{.at = on.now(), .body = std::move(body)}});
                on.stop();
            }(**journal, loop, std::move(bodies), outcome)
        );
        loop.run();
        last_transcoder_ = (*journal)->last_transcoder();
        return outcome;
    }

    void change(const std::string& sql)
    {
        if (postgres_) {
            PGconn* connection = PQconnectdb(location_.c_str());
            PGresult* result = PQexec(connection, sql.c_str());
            EXPECT_EQ(PQresultStatus(result), PGRES_COMMAND_OK) << PQerrorMessage(connection);
            PQclear(result);
            PQfinish(connection);
            return;
        }
        sqlite3* database = nullptr;
        sqlite3_open(location_.c_str(), &database);
        EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(database);
    }

    TempDir folder_;
    std::optional<Postgres> postgres_;
    std::string location_;
    std::string name_;
    TranscoderId last_transcoder_;
};

TEST_P(AnyJournal, gives_back_what_was_appended_over_restarts)
{
    ASSERT_TRUE(append(one_of_each()));
    ASSERT_TRUE(append({PoolStarted{.version = "0.2 \t\\ \"x\" \n é"}}));
    std::vector<EntryBody> read;
    const auto done = read_journal(location_, [&](std::uint64_t, const Entry& entry) {
        read.push_back(entry.body);
        return std::nullopt;
    });
    ASSERT_TRUE(done) << done.error().what;
    auto expected = one_of_each();
    expected.emplace_back(PoolStarted{.version = "0.2 \t\\ \"x\" \n é"});
    EXPECT_EQ(read, expected);
    EXPECT_EQ(last_transcoder_, TranscoderId{5});
}

TEST_P(AnyJournal, writes_what_gathers_in_few_transactions)
{
    net::Loop loop;
    auto journal = StoredJournal::open(loop, location_);
    ASSERT_TRUE(journal) << journal.error().what;
    int open = 500;
    for (int i = 0; i < 500; ++i) {
        spawn([](StoredJournal& to, net::Loop& on, int& left) -> Task<void> {
            const auto written = co_await to.append({{.at = on.now(), .body = PoolStarted{}}});
            EXPECT_TRUE(written);
            if (--left == 0) on.stop();
        }(**journal, loop, open));
    }
    loop.run();
    EXPECT_EQ((*journal)->counts().entries, 500U);
    EXPECT_LT((*journal)->counts().commits, 250U);
    EXPECT_EQ(verify_journal(location_)->entries, 500U);
}

TEST_P(AnyJournal, is_summed_up)
{
    ASSERT_TRUE(append(one_of_each()));
    const auto summary = verify_journal(location_);
    ASSERT_TRUE(summary) << summary.error().what;
    EXPECT_EQ(summary->entries, 13U);
    EXPECT_EQ(summary->book, 2U);
    EXPECT_EQ(summary->delivered, 1U);
    EXPECT_EQ(summary->failed, 1U);
    EXPECT_EQ(summary->open, 0U);
}

TEST_P(AnyJournal, shows_an_entry_that_was_changed)
{
    ASSERT_TRUE(append(one_of_each()));
    change("UPDATE entries SET body = replace(body, '123', '124') WHERE seq = 6");
    const auto summary = verify_journal(location_);
    ASSERT_FALSE(summary);
    EXPECT_EQ(summary.error().what, name_ + ": entry 6 breaks the chain");
}

TEST_P(AnyJournal, shows_an_entry_that_was_taken_out)
{
    ASSERT_TRUE(append(one_of_each()));
    change("DELETE FROM entries WHERE seq = 4");
    EXPECT_EQ(verify_journal(location_).error().what, name_ + ": entry 5 follows a gap");
}

TEST_P(AnyJournal, shows_a_delivery_nobody_was_judged_for)
{
    ASSERT_TRUE(append({Delivered{.segment = {}, .task = TaskId{1}}}));
    EXPECT_EQ(
        verify_journal(location_).error().what,
        name_ + ": entry 1: delivered does not follow for task 1"
    );
}

TEST_P(AnyJournal, of_the_first_format_loses_its_index_of_kinds_and_nothing_else)
{
    ASSERT_TRUE(append(one_of_each()));
    change("DROP INDEX entries_of_joins");
    change("CREATE INDEX entries_by_kind ON entries (kind, seq)");
    ASSERT_TRUE(append({PoolStarted{.version = "0.2"}}));
    EXPECT_EQ(last_transcoder_, TranscoderId{5});
    EXPECT_EQ(verify_journal(location_)->entries, 14U);
    change("CREATE INDEX entries_by_kind ON entries (kind, seq)");  // the name is free
    change("DROP INDEX entries_of_joins");                          // and this one is there
}

TEST_P(AnyJournal, writes_what_more_than_a_transaction_holds_in_order)
{
    net::Loop loop;
    auto journal = StoredJournal::open(loop, location_);
    ASSERT_TRUE(journal) << journal.error().what;
    int open = 2'500;
    int told = 0;
    for (int i = 0; i < 2'500; ++i) {
        spawn([](StoredJournal& to, net::Loop& on, int& left, int& next, int mine) -> Task<void> {
            Entry entry{.at = on.now(), .body = PoolStarted{.version = std::to_string(mine)}};
            std::vector<Entry> entries;
            entries.push_back(std::move(entry));
            EXPECT_TRUE(co_await to.append(std::move(entries)));
            EXPECT_EQ(next++, mine);
            if (--left == 0) on.stop();
        }(**journal, loop, open, told, i));
    }
    loop.run();
    EXPECT_GE((*journal)->counts().commits, 2U);
    EXPECT_EQ(verify_journal(location_)->entries, 2'500U);
}

TEST_P(AnyJournal, writes_all_rows_of_a_transaction_or_none)
{
    const auto table = open_table(location_, Access::write);
    Row first{.seq = 1, .kind = "pool_started", .body = "{}"};
    Row taken{.seq = 1, .kind = "pool_started", .body = "{}"};
    EXPECT_FALSE((*table)->append({first, taken}));
    EXPECT_EQ(*(*table)->last(), std::nullopt);
    EXPECT_TRUE((*table)->append({first}));
    EXPECT_EQ((*(*table)->last())->seq, 1U);
    EXPECT_FALSE((*table)->append({taken})) << "a second writer's rows";
}

INSTANTIATE_TEST_SUITE_P(
    Of,
    AnyJournal,
    testing::Values("sqlite", "postgres"),
    [](const auto& database) { return database.param; }
);

TEST(SqliteFile, that_does_not_open_is_named)
{
    net::Loop loop;
    const auto journal = StoredJournal::open(loop, "/nowhere/journal.sqlite");
    ASSERT_FALSE(journal);
    EXPECT_TRUE(journal.error().what.starts_with("/nowhere/journal.sqlite: "))
        << journal.error().what;
}

TEST(PostgresServer, lets_one_pool_write_at_a_time)
{
    const Postgres server;
    auto first = open_table(server.address(), Access::write);
    ASSERT_TRUE(first);
    const auto second = open_table(server.address(), Access::write);
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().what.ends_with("another pool writes to this journal"));
    EXPECT_TRUE(open_table(server.address(), Access::read)) << "reading is free";
    first->reset();
    EXPECT_TRUE(open_table(server.address(), Access::write));
}

TEST(PostgresServer, that_goes_away_ends_the_writing_and_loses_nothing_that_was_told)
{
    Postgres server;
    net::Loop loop;
    auto journal = StoredJournal::open(loop, server.address());
    ASSERT_TRUE(journal);
    spawn([](StoredJournal& to, net::Loop& on, Postgres& postgres) -> Task<void> {
        const auto before = co_await to.append({{.at = on.now(), .body = PoolStarted{}}});
        EXPECT_TRUE(before);
        postgres.stop("immediate");
        const auto after = co_await to.append({{.at = on.now(), .body = PoolStarted{}}});
        EXPECT_FALSE(after);
        postgres.start();
        const auto later = co_await to.append({{.at = on.now(), .body = PoolStarted{}}});
        EXPECT_FALSE(later) << "what is in doubt is settled by a restart, not by hope";
        on.stop();
    }(**journal, loop, server));
    loop.run();
    journal->reset();
    EXPECT_EQ(verify_journal(server.address())->entries, 1U);
}

TEST(PostgresServer, never_shows_its_password)
{
    const std::string secret = "postgres://me:hunter2@127.0.0.1:1/pool?connect_timeout=1";
    const auto table = open_table(secret, Access::read);
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().what.find("hunter2"), std::string::npos) << table.error().what;
}

TEST(EntryJson, refuses_what_is_not_an_entry)
{
    EXPECT_FALSE(parse_entry("claimed", "{}"));
    EXPECT_FALSE(parse_entry("claimed", "["));
    EXPECT_FALSE(parse_entry("nonsense", "{}"));
    EXPECT_FALSE(parse_entry("claimed", R"({"task":1,"renditions":["zz"],"signature":""})"));
    EXPECT_TRUE(parse_entry("failed", R"({"task":1,"reason":""})"));
    for (const char* task : {"1.5", "1e300", "true", "9223372036854775808", "\"1\""}) {
        const std::string json = R"({"reason":"","task":)" + std::string{task} + "}";
        EXPECT_FALSE(parse_entry("failed", json)) << json;
    }
}

}  // namespace
}  // namespace millpond::store
