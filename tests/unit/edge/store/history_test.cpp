// What holds over long random histories, in memory and as each store gives them back.
#include "core/book/snapshot.hpp"
#include "core/ledger/invariants.hpp"
#include "edge/store/verify.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/sanitizer.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/core/book/random_days.hpp"
#include "tests/unit/edge/store/history_pen.hpp"

#include <cstdlib>

namespace millpond::store {
namespace {

using book::Book;
using book::PoolDays;
using book::RandomDays;

/// `MILLPOND_HISTORY_EVENTS=1000000` for as many as one has time for.
std::uint64_t events_wanted()
{
    const char* given = std::getenv("MILLPOND_HISTORY_EVENTS");  // NOLINT(concurrency-mt-unsafe)
    return given != nullptr ? std::strtoull(given, nullptr, 10) : sanitized ? 3'000 : 50'000;
}

/// Holds the books against what must be true after every event.
class Watch {
public:
    void look(const Book& book, const BookEvent& event)
    {
        ++events_;
        kinds_.insert(event.index());
        if (const auto* money = std::get_if<MoneyEvent>(&event)) look_at_money(book, *money);
        if (std::holds_alternative<EpochBegan>(event)) look_at_books(book);
        // Vouchers are cumulative: neither number nor amount may fall, but where both agreed on
        // the amount, and never below what is published.
        if (const auto* agreed = std::get_if<CorrectionAgreed>(&event)) {
            look_at_books(book);
            newest_[agreed->account].earned = book.accounts().at(agreed->account).published;
            look_at_vouchers(book, agreed->account);
            ASSERT_EQ(newest_[agreed->account].earned, agreed->earned);
        }
        const auto* given = std::get_if<TaskGiven>(&event);
        if (given != nullptr) look_at_vouchers(book, given->account);
        if (!std::holds_alternative<BookReopened>(event)) return;
        for (const auto& [address, account] : book.accounts())
            look_at_vouchers(book, address);
    }

    [[nodiscard]] std::uint64_t events() const { return events_; }

    [[nodiscard]] std::size_t kinds() const { return kinds_.size(); }

    [[nodiscard]] std::size_t kinds_of_money() const { return money_.size(); }

private:
    void look_at_money(const Book& book, const MoneyEvent& event)
    {
        money_.insert(event.index());
        look_at_books(book);
        if (const auto* earned = std::get_if<PayEarned>(&event))
            look_at_vouchers(book, earned->transcoder);
    }

    void look_at_books(const Book& book) const
    {
        const auto broken = ledger::violation(book.ledger().state());
        ASSERT_FALSE(broken) << *broken << " after event " << events_;
    }

    void look_at_vouchers(const Book& book, const Address& address)
    {
        const Voucher& now = book.accounts().at(address).lanes.account();
        Voucher& before = newest_[address];
        ASSERT_GE(now.seq, before.seq) << "after event " << events_;
        ASSERT_GE(now.earned, before.earned) << "after event " << events_;
        before = now;
    }

    std::uint64_t events_ = 0;
    std::set<std::size_t> kinds_;
    std::set<std::size_t> money_;
    std::map<Address, Voucher> newest_;
};

/// A live book, and the same history in stores; what the book was at each epoch's end.
struct Written {
    std::vector<Hash32> ends;
    Hash32 whole{};
    std::uint64_t events = 0;
};

Written write_history(const std::vector<std::string>& locations)
{
    std::vector<HistoryPen> pens;
    for (const std::string& location : locations)
        pens.emplace_back(location);
    Watch watch;
    Written written;
    RandomDays random{29};
    PoolDays& days = random.days;
    days.written = [&](const BookEvent& event) {
        watch.look(days.book, event);
        if (std::holds_alternative<EpochEnded>(event))
            written.ends.push_back(days.book.fingerprint());
    };
    while (watch.events() < events_wanted() && !testing::Test::HasFailure()) {
        random.epoch(sanitized ? 8 : 60);
        constexpr std::size_t at_once = 500;
        for (std::size_t from = 0; from < days.history.size(); from += at_once) {
            const std::size_t count = std::min(at_once, days.history.size() - from);
            for (HistoryPen& pen : pens)
                pen.write(std::span{days.history}.subspan(from, count));
        }
        days.history.clear();
    }
    EXPECT_GE(watch.kinds(), sanitized ? 10U : std::variant_size_v<BookEvent>);
    EXPECT_GE(watch.kinds_of_money(), sanitized ? 3U : 7U);
    written.whole = days.book.fingerprint();
    written.events = pens.front().at.seq;
    return written;
}

/// The store's rows applied from the first one; halfway from a snapshot instead.
void expect_replayed(const std::string& location, const Written& written)
{
    Book book{book::short_rules()};
    std::vector<Hash32> ends;
    std::uint64_t entries = 0;
    const auto read = read_journal(
        location,
        [&](std::uint64_t seq, const Entry& entry) -> std::optional<std::string> {
            const auto& event = std::get<BookEvent>(entry.body);
            entries = seq;
            if (const auto* began = std::get_if<EpochBegan>(&event))
                book.tell_seeds(began->epoch, PoolDays::secret(began->epoch));
            if (const auto taken = book.apply(event); !taken) return text_of(taken.error());
            if (!std::holds_alternative<EpochEnded>(event)) return std::nullopt;
            ends.push_back(book.fingerprint());
            if (ends.size() % 3 == 0) {
                auto known =
                    book::decode_snapshot(book::short_rules(), book::encode_snapshot(book, {}, {}));
                if (!known) return known.error().what;
                book = std::move(known->book);
            }
            return std::nullopt;
        }
    );
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(entries, written.events);
    EXPECT_EQ(ends, written.ends);
    EXPECT_EQ(book.fingerprint(), written.whole);
}

TEST(RandomHistory, balances_at_every_step_and_is_byte_for_byte_what_both_stores_give_back)
{
    const TempDir folder;
    const Postgres server;
    const std::vector<std::string> locations = {folder.path() / "journal.sqlite", server.address()};
    const Written written = write_history(locations);
    RecordProperty("events", std::to_string(written.events));
    ASSERT_GE(written.events, events_wanted());
    for (const std::string& location : locations)
        expect_replayed(location, written);
}

}  // namespace
}  // namespace millpond::store
