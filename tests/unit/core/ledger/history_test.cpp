// What holds over long random histories.
#include "core/ledger/invariants.hpp"
#include "core/ledger/ledger.hpp"
#include "core/ledger/snapshot.hpp"
#include "tests/support/sanitizer.hpp"
#include "tests/unit/core/ledger/random_events.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <variant>

#include <gtest/gtest.h>

namespace millpond::ledger {
namespace {

constexpr int events_drawn =
    sanitized ? 50'000 : 1'500'000;  // Of which more than a million are posted.

Ledger replay(const std::vector<MoneyEvent>& journal, std::size_t first, std::size_t end)
{
    Ledger ledger{{}, {}};
    for (std::size_t i = first; i < end; ++i)
        EXPECT_TRUE(ledger.apply(journal[i])) << i;
    return ledger;
}

const Address* transcoder_of(const MoneyEvent& event)
{
    return std::visit(
        [](const auto& what) -> const Address* {
            if constexpr (requires { what.transcoder; }) return &what.transcoder;
            return nullptr;
        },
        event
    );
}

struct History {
    std::vector<MoneyEvent> journal;
    std::set<std::size_t> kinds;
    std::set<Refusal> refusals;
    Ledger ledger{{}, {}};
};

/// Applies what is drawn; the invariants are checked after every event.
History live(std::uint64_t seed, int events, int transcoders)
{
    History history;
    RandomEvents random{seed, transcoders};
    for (int i = 0; i < events; ++i) {
        const MoneyEvent event = random.next(history.ledger);
        const Address* who = transcoder_of(event);
        PayBook before;
        if (who != nullptr && history.ledger.state().pay.contains(*who)) {
            before = history.ledger.state().pay.at(*who);
        }
        const auto posted = history.ledger.apply(event);
        if (!posted) {
            history.refusals.insert(posted.error());
            continue;
        }
        history.kinds.insert(event.index());
        history.journal.push_back(event);
        const auto broken = violation(history.ledger.state());
        EXPECT_FALSE(broken) << *broken << " after event " << i << " of seed " << seed;
        EXPECT_FALSE(violation(event)) << i;
        if (who != nullptr) {
            const auto fell = violation(before, history.ledger.state().pay.at(*who), event);
            EXPECT_FALSE(fell) << *fell << " at event " << i << " of seed " << seed;
        }
        if (::testing::Test::HasFailure()) break;
    }
    return history;
}

TEST(LedgerHistory, balances_at_every_step_and_replays_byte_for_byte)
{
    const History history = live(1, events_drawn, 6);
    EXPECT_EQ(history.kinds.size(), std::variant_size_v<MoneyEvent>);
    EXPECT_GE(history.refusals.size(), 12U);
    RecordProperty("posted", static_cast<int>(history.journal.size()));
    const Ledger again = replay(history.journal, 0, history.journal.size());
    EXPECT_EQ(encode_state(again.state()), encode_state(history.ledger.state()));
}

TEST(LedgerHistory, is_not_changed_by_posting_any_prefix_again)
{
    const History history = live(2, 4'000, 4);
    const auto& journal = history.journal;
    for (std::size_t end = 1; end <= journal.size(); end += 97) {
        Ledger ledger = replay(journal, 0, end);
        const Bytes once = encode_state(ledger.state());
        for (std::size_t i = 0; i < end; ++i) {
            const auto again = ledger.apply(journal[i]);
            ASSERT_FALSE(again) << i;
            ASSERT_EQ(again.error(), Refusal::already_posted) << i;
        }
        ASSERT_EQ(encode_state(ledger.state()), once);
    }
}

TEST(LedgerHistory, goes_on_from_a_snapshot_as_if_it_had_never_stopped)
{
    const History history = live(3, 20'000, 8);
    const auto& journal = history.journal;
    const std::size_t half = journal.size() / 2;
    const Bytes snapshot = encode_state(replay(journal, 0, half).state());
    auto read = decode_state(snapshot);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(encode_state(*read), snapshot);
    Ledger resumed{std::move(*read)};
    for (std::size_t i = half; i < journal.size(); ++i)
        ASSERT_TRUE(resumed.apply(journal[i]));
    EXPECT_EQ(encode_state(resumed.state()), encode_state(history.ledger.state()));
}

TEST(LedgerHistory, keeps_at_most_one_lot_for_each_step_of_the_longest_hold)
{
    const History history = live(4, 100'000, 2);
    const Terms terms;
    const auto most = static_cast<std::size_t>(terms.hold_max / terms.release_step) + 2;
    for (const auto& [address, book] : history.ledger.state().pay)
        EXPECT_LE(book.lots.size(), most);
}

TEST(LedgerSnapshot, refuses_bytes_that_are_cut_longer_or_changed)
{
    const Bytes good = encode_state(live(5, 500, 3).ledger.state());
    for (std::size_t length = 0; length < good.size(); ++length)
        ASSERT_FALSE(decode_state(ByteView{good}.first(length))) << length;
    Bytes longer = good;
    longer.push_back(0);
    EXPECT_FALSE(decode_state(longer));
    // A changed byte is refused, or is another state that is written exactly so: never the same.
    for (std::size_t i = 0; i < good.size(); ++i) {
        Bytes changed = good;
        changed[i] ^= 1U;
        const auto read = decode_state(changed);
        if (read) ASSERT_EQ(encode_state(*read), changed) << i;
    }
}

TEST(LedgerSnapshot, refuses_books_that_do_not_balance)
{
    State state = live(6, 500, 3).ledger.state();
    state.pool[static_cast<std::size_t>(Account::treasury)].credits = Wei{77};
    const auto read = decode_state(encode_state(state));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().what, "snapshot: debits are not credits");
}

}  // namespace
}  // namespace millpond::ledger
