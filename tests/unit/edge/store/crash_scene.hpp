#pragma once

#include "core/book/book.hpp"
#include "edge/store/follower.hpp"
#include "edge/store/table.hpp"
#include "tests/support/sanitizer.hpp"
#include "tests/unit/core/book/pool_days.hpp"

#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

/// What is held of a journal whose writer was cut off.
namespace millpond::store {

using book::Book;
using book::PoolDays;

/// `MILLPOND_EVERY_POSITION=1` tries all of them, which runs for minutes; else some. The in-memory
/// test of core/book takes all of them each time.
inline bool every_position()
{
    return std::getenv("MILLPOND_EVERY_POSITION") != nullptr;  // NOLINT(concurrency-mt-unsafe)
}

/// More than 10,000 events.
inline std::vector<BookEvent> a_days_events()
{
    auto events = book::a_day(sanitized ? 200 : 2'600).history;
    if (!sanitized) EXPECT_GE(events.size(), 10'000U);
    return events;
}

/// What the journal holds, applied: the book as a pool finds it that begins again. What was found
/// before is not read again; the chain binds it.
struct Found {
    Found()
    {
        for (std::uint64_t epoch = 1; epoch < 4; ++epoch)
            book.tell_seeds(epoch, PoolDays::secret(epoch));
    }

    Book book{book::short_rules()};
    std::size_t events = 0;
    Position at;
    std::map<Address, Wei> promised;
    std::optional<PayEarned> last;
};

inline void read_on(const std::string& location, const std::vector<BookEvent>& events, Found& found)
{
    // As a pool does: a server may still commit what a writer sent that is gone by now.
    ASSERT_TRUE(open_table(location, Access::write)) << "nobody else writes any more";
    auto follower = Follower::open(location);
    ASSERT_TRUE(follower) << follower.error().what;
    follower->go_on_behind(found.at);
    const auto read =
        follower->catch_up([&](std::uint64_t, const Entry& entry) -> std::optional<std::string> {
            const auto& event = std::get<BookEvent>(entry.body);
            if (event != events.at(found.events++)) return "is another";
            if (const auto taken = found.book.apply(event); !taken) return text_of(taken.error());
            const auto* money = std::get_if<MoneyEvent>(&event);
            const auto* pay = money == nullptr ? nullptr : std::get_if<PayEarned>(money);
            if (pay == nullptr) return std::nullopt;
            Wei& sum = found.promised[pay->transcoder];
            sum = *add(sum, pay->shares.transcoder);
            found.last = *pay;
            return std::nullopt;
        });
    ASSERT_TRUE(read) << read.error().what;
    found.at = {.seq = follower->entries(), .hash = follower->last_hash()};
}

inline void expect_nothing_lost_or_paid_twice(const Found& found, std::uint64_t told)
{
    ASSERT_GE(found.events, told) << "told and lost";
    Book again = found.book;
    ASSERT_TRUE(again.apply(BookReopened{}));
    const auto& pay = again.ledger().state().pay;
    for (const auto& [account, wei] : found.promised)
        ASSERT_EQ(ledger::cumulative_earned(pay.at(account)), wei);
    if (found.last) ASSERT_FALSE(again.apply(MoneyEvent{*found.last})) << "paid twice";
}

/// Read again from its first entry, it is what it was read to be and what was to be written.
inline void expect_whole(
    const std::string& location, const std::vector<BookEvent>& events, Found& found
)
{
    Found whole;
    read_on(location, events, whole);
    EXPECT_EQ(whole.events, events.size());
    read_on(location, events, found);
    EXPECT_EQ(found.book.fingerprint(), whole.book.fingerprint());
    Book once = Found{}.book;
    for (const BookEvent& event : events)
        ASSERT_TRUE(once.apply(event));
    EXPECT_EQ(whole.book.fingerprint(), once.fingerprint());
}

}  // namespace millpond::store
