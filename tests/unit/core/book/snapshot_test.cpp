#include "core/book/snapshot.hpp"

#include "tests/unit/core/book/pool_days.hpp"

namespace millpond::book {
namespace {

/// What follows from the first `count` events.
Known known_after(const std::vector<BookEvent>& history, std::size_t count)
{
    Known known{.book = Book{short_rules()}, .payouts = {}, .recent = {}};
    for (std::uint64_t epoch = 1; epoch < 10; ++epoch)
        known.book.tell_seeds(epoch, PoolDays::secret(epoch));
    for (std::size_t i = 0; i < count; ++i) {
        EXPECT_TRUE(known.book.apply(history[i])) << i;
        known.payouts.note(history[i]);
        known.recent.note(history[i]);
    }
    return known;
}

Bytes bytes_of(const Known& known)
{
    return encode_snapshot(known.book, known.payouts, known.recent);
}

/// Some epochs of life, with what is in work across their ends, a case, payouts and a restart.
PoolDays some_epochs()
{
    PoolDays days = a_day(120);
    for (int epoch = 0; epoch < 3; ++epoch) {
        days.begin_epoch();
        for (int i = 0; i < 60; ++i) {
            if (i % 20 == 19) days.tick();
            days.segment(static_cast<std::uint64_t>(1 + i % 3));
        }
        const auto chosen = days.book.choose(
            {.segment = {.stream = hash(50), .seq = epoch},
             .price = {.per = Wei{50}},
             .duration = std::chrono::seconds{2},
             .at = days.now}
        );
        if (chosen) {
            TaskGiven given = *chosen;
            given.task = TaskId{1'000'000 + epoch};
            days.write(given);
        }
        days.now += std::chrono::hours{30};
        days.tick();
        for (const Address& account : days.book.ledger().releasable(days.now))
            days.write(MoneyEvent{PayReleased{.transcoder = account, .at = days.now}});
        const auto ended = static_cast<std::uint64_t>(1 + epoch);
        for (const Payout& due : Payouts::due(days.book.ledger().state(), ended))
            days.write(MoneyEvent{PayoutMade{
                .transcoder = due.account,
                .epoch = ended,
                .amount = due.amount,
                .reference = "bank " + std::to_string(epoch),
                .at = days.now,
            }});
        days.end_epoch();
    }
    return days;
}

std::vector<std::size_t> ends_of(const std::vector<BookEvent>& history)
{
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < history.size(); ++i)
        if (std::holds_alternative<EpochEnded>(history[i])) ends.push_back(i + 1);
    return ends;
}

TEST(BookSnapshot, goes_on_byte_for_byte_as_if_all_had_been_applied)
{
    const PoolDays days = some_epochs();
    const Known whole = known_after(days.history, days.history.size());
    ASSERT_FALSE(whole.book.tasks().empty()) << "something is in work across an epoch's end";
    const auto ends = ends_of(days.history);
    ASSERT_EQ(ends.size(), 4U);
    for (const std::size_t end : ends) {
        const Bytes bytes = bytes_of(known_after(days.history, end));
        auto read = decode_snapshot(short_rules(), bytes);
        ASSERT_TRUE(read) << read.error().what;
        EXPECT_EQ(bytes_of(*read), bytes);
        for (std::uint64_t epoch = 1; epoch < 10; ++epoch)
            read->book.tell_seeds(epoch, PoolDays::secret(epoch));
        for (std::size_t i = end; i < days.history.size(); ++i) {
            const auto taken = read->book.apply(days.history[i]);
            ASSERT_TRUE(taken) << text_of(taken.error());
            read->payouts.note(days.history[i]);
            read->recent.note(days.history[i]);
        }
        EXPECT_EQ(bytes_of(*read), bytes_of(whole));
        EXPECT_EQ(read->book.fingerprint(), whole.book.fingerprint());
    }
}

TEST(BookSnapshot, knows_the_payments_that_were_made_before_it)
{
    const PoolDays days = some_epochs();
    const Known whole = known_after(days.history, days.history.size());
    const auto read = decode_snapshot(short_rules(), bytes_of(whole));
    ASSERT_TRUE(read);
    Payment again{.epoch = 3, .reference = "bank 2", .payouts = {}};
    for (const BookEvent& event : days.history) {
        const auto* money = std::get_if<MoneyEvent>(&event);
        const auto* made = money == nullptr ? nullptr : std::get_if<PayoutMade>(money);
        if (made != nullptr && made->epoch == 3)
            again.payouts.push_back({.account = made->transcoder, .amount = made->amount});
    }
    ASSERT_FALSE(again.payouts.empty());
    const auto events = read->payouts.events_of(again, read->book.ledger().state(), days.now);
    ASSERT_TRUE(events);
    EXPECT_TRUE(events->empty()) << "it was paid already";
}

TEST(BookSnapshot, is_refused_when_it_is_cut_or_longer_or_changed)
{
    const PoolDays days = a_day(20);
    const Bytes good = bytes_of(known_after(days.history, days.history.size()));
    for (std::size_t length = 0; length < good.size(); length += 97)
        ASSERT_FALSE(decode_snapshot(short_rules(), ByteView{good}.first(length))) << length;
    Bytes longer = good;
    longer.push_back(0);
    EXPECT_FALSE(decode_snapshot(short_rules(), longer));
    for (std::size_t i = 0; i < good.size(); i += 31) {
        Bytes changed = good;
        changed[i] ^= 1U;
        const auto read = decode_snapshot(short_rules(), changed);
        if (read) ASSERT_EQ(bytes_of(*read), changed) << i;
    }
}

TEST(BookSnapshot, is_refused_under_another_pool_or_another_table)
{
    const PoolDays days = a_day(20);
    const Bytes good = bytes_of(known_after(days.history, days.history.size()));
    Settings other = short_rules();
    other.pool = PoolId{hash(98)};
    EXPECT_EQ(decode_snapshot(other, good).error().what, "snapshot: of another pool");
    Settings elsewhere = short_rules();
    AttackTable table = elsewhere.rules.table;
    table.attacks.pop_back();
    elsewhere.rules = policy::make_rules(elsewhere.rules.parameters, table);
    EXPECT_EQ(
        decode_snapshot(elsewhere, good).error().what,
        "snapshot: its rules are malformed or of another table"
    );
}

TEST(BookSnapshot, brings_its_own_rules)
{
    const PoolDays days = a_day(20);
    const Bytes good = bytes_of(known_after(days.history, days.history.size()));
    Settings stricter = short_rules();
    Parameters parameters = stricter.rules.parameters;
    ++parameters.probation_passes;
    stricter.rules = policy::make_rules(parameters, calibration::shipped_attack_table());
    const auto read = decode_snapshot(stricter, good);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->book.settings().rules.hash, short_rules().rules.hash);
    EXPECT_EQ(
        read->book.fingerprint(), known_after(days.history, days.history.size()).book.fingerprint()
    );
}

}  // namespace
}  // namespace millpond::book
