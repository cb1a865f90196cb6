#include "edge/store/follower.hpp"

#include "core/book/book.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/core/book/pool_days.hpp"
#include "tests/unit/edge/store/history_pen.hpp"

namespace millpond::store {
namespace {

using book::Book;
using book::PoolDays;

void follow(const std::string& location)
{
    const PoolDays days = book::a_day(100);
    const std::span<const BookEvent> events{days.history};
    HistoryPen pen{location};
    auto follower = Follower::open(location);
    ASSERT_TRUE(follower) << follower.error().what;
    Book live{book::short_rules()};
    Book standby{book::short_rules()};
    for (Book* each : {&live, &standby}) {
        for (std::uint64_t epoch = 1; epoch < 4; ++epoch)
            each->tell_seeds(epoch, PoolDays::secret(epoch));
    }
    constexpr std::size_t at_once = 37;
    for (std::size_t from = 0; from < events.size(); from += at_once) {
        const auto part = events.subspan(from, std::min(at_once, events.size() - from));
        for (const BookEvent& event : part)
            ASSERT_TRUE(live.apply(event));
        pen.write(part);
        const auto followed = follower->catch_up(
            [&](std::uint64_t, const Entry& entry) -> std::optional<std::string> {
                const auto taken = standby.apply(std::get<BookEvent>(entry.body));
                return taken ? std::nullopt : std::optional{text_of(taken.error())};
            }
        );
        ASSERT_TRUE(followed) << followed.error().what;
        EXPECT_EQ(follower->entries(), pen.at.seq);
        EXPECT_EQ(follower->last_hash(), pen.at.hash);
        ASSERT_EQ(standby.fingerprint(), live.fingerprint()) << "after entry " << pen.at.seq;
    }
}

TEST(Follower, is_byte_for_byte_where_the_pool_is_on_sqlite)
{
    const TempDir folder;
    follow(folder.path() / "journal.sqlite");
}

TEST(Follower, is_byte_for_byte_where_the_pool_is_on_postgres)
{
    const Postgres server;
    follow(server.address());
}

TEST(Follower, sees_that_what_follows_is_of_another_history)
{
    const TempDir folder;
    const std::string location = folder.path() / "journal.sqlite";
    const PoolDays days = book::a_day(10);
    const std::span<const BookEvent> events{days.history};
    HistoryPen pen{location};
    pen.write(events.first(5));
    auto follower = Follower::open(location);
    ASSERT_TRUE(follower);
    const auto nothing = [](std::uint64_t, const Entry&) { return std::optional<std::string>{}; };
    ASSERT_TRUE(follower->catch_up(nothing));
    pen.at.hash = Hash32{1};
    pen.write(events.subspan(5, 2));
    const auto followed = follower->catch_up(nothing);
    ASSERT_FALSE(followed);
    EXPECT_TRUE(followed.error().what.ends_with("entry 6 breaks the chain"));
    EXPECT_EQ(follower->entries(), 5U);
}

}  // namespace
}  // namespace millpond::store
