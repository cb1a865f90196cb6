// A pool that ends behind any of its entries and begins again.
#include "tests/support/sanitizer.hpp"
#include "tests/unit/core/book/pool_days.hpp"

#include <map>

namespace millpond::book {
namespace {

constexpr int segments = sanitized ? 200 : 2'600;

const PayEarned* as_pay(const BookEvent& event)
{
    const auto* money = std::get_if<MoneyEvent>(&event);
    return money == nullptr ? nullptr : std::get_if<PayEarned>(money);
}

TEST(Crash, behind_any_entry_loses_nothing_and_pays_nothing_twice)
{
    const PoolDays days = a_day(segments);
    if (!sanitized) ASSERT_GE(days.history.size(), 10'000U);
    Book book{short_rules()};
    for (std::uint64_t epoch = 1; epoch < 4; ++epoch)
        book.tell_seeds(epoch, PoolDays::secret(epoch));
    std::map<Address, Wei> promised;
    const PayEarned* last = nullptr;
    for (std::size_t i = 0; i < days.history.size(); ++i) {
        const BookEvent& event = days.history[i];
        ASSERT_TRUE(book.apply(event)) << "entry " << i;
        if (const auto* pay = as_pay(event)) {
            promised[pay->transcoder] = *add(promised[pay->transcoder], pay->shares.transcoder);
            last = pay;
        }
        Book again = book;
        ASSERT_TRUE(again.apply(BookReopened{})) << "after entry " << i;
        ASSERT_TRUE(again.tasks().empty());
        for (const auto& [account, wei] : promised)
            ASSERT_EQ(ledger::cumulative_earned(again.ledger().state().pay.at(account)), wei) << i;
        if (last != nullptr) {
            ASSERT_FALSE(again.apply(MoneyEvent{*last})) << "twice after entry " << i;
        }
        // What was in work when it ended is not paid by an entry that comes late.
        const auto* next = i + 1 < days.history.size() ? as_pay(days.history[i + 1]) : nullptr;
        if (next != nullptr) {
            ASSERT_FALSE(again.apply(MoneyEvent{*next})) << "late after entry " << i;
        }
    }
}

TEST(Crash, leaves_a_book_that_goes_on)
{
    PoolDays days = a_day(50);
    days.begin_epoch();
    days.segment(1);
    const auto task = days.book.choose({
        .segment = {.stream = hash(1), .seq = 900},
        .price = {.per = Wei{50}},
        .duration = std::chrono::seconds{2},
        .at = days.now,
    });
    ASSERT_TRUE(task);
    TaskGiven given = *task;
    given.task = TaskId{987'654};
    days.write(given);
    days.write(BookReopened{});
    EXPECT_FALSE(days.book.choose({.segment = {.stream = hash(1), .seq = 901}, .at = days.now}))
        << "nobody is connected";
    for (std::uint64_t number = 1; number <= 8; ++number) {
        days.write(MachineJoined{
            .transcoder = TranscoderId{100 + number}, .account = account(number), .at = days.now
        });
        days.write(MachineMeasured{
            .transcoder = TranscoderId{100 + number},
            .pixels_per_second = 40'000'000,
            .lanes = 4,
        });
    }
    EXPECT_TRUE(days.segment(1));
    days.end_epoch();
    EXPECT_EQ(days.audit(days.history), std::nullopt);
}

}  // namespace
}  // namespace millpond::book
