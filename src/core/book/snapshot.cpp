#include "core/book/snapshot.hpp"

#include "base/assert.hpp"
#include "core/book/internal/state_fields.hpp"
#include "crypto/keccak.hpp"
#include "model/parameters.hpp"

#include <algorithm>

namespace millpond::book {

/// The parts of the state, each named once.
struct KeptState {
    /// Without what belongs to the open epoch alone.
    static void walk(auto& io, Of<Book> auto& book)
    {
        io(book.announced_, book.machines_, book.accounts_, book.tasks_, book.tried_);
        io(book.replicated_, book.ledger_);
        io(book.given_, book.given_newcomers_, book.given_clusters_);
    }

    static void walk(auto& io, Of<Payouts> auto& payouts) { io(payouts.made_); }

    static void walk(auto& io, Of<RecentTasks> auto& recent) { io(recent.tasks_); }

    static RulesPublished published(std::uint64_t from_epoch, const policy::Rules& rules)
    {
        return {
            .from_epoch = from_epoch,
            .rules = rules.hash,
            .parameters = canonical_text(rules.parameters),
            .at = {},
        };
    }

    /// Those in force, then those to come.
    static void write_rules(StateWriter& to, const Book& book)
    {
        std::vector<RulesPublished> rules{published(0, book.settings_.rules)};
        for (const Book::FutureRules& each : book.future_rules_)
            rules.push_back(published(each.from_epoch, each.rules));
        to(book.settings_.split, rules);
    }

    /// False where parameters are malformed, or make other rules with this table of attacks.
    static bool read_rules(StateReader& from, Book& book)
    {
        std::vector<RulesPublished> all;
        from(book.settings_.split, all);
        if (!from.good() || all.empty()) return false;
        for (const RulesPublished& each : all) {
            const auto parameters = parse_canonical(each.parameters);
            if (!parameters) return false;
            policy::Rules rules = policy::make_rules(*parameters, book.settings_.rules.table);
            const bool in_force = &each == &all.front();
            if (each != published(in_force ? 0 : each.from_epoch, rules)) return false;
            if (in_force) {
                book.settings_.rules = std::move(rules);
            } else {
                book.future_rules_.push_back(
                    {.from_epoch = each.from_epoch, .rules = std::move(rules)}
                );
            }
        }
        return true;
    }

    static void write_epoch(StateWriter& to, const Book& book)
    {
        to(book.epoch_ ? book.epoch_->epoch : 0, book.tick_, book.audit_.root());
        to(book.audit_.tasks(), book.examined_, book.prevented_);
    }

    static void find_places(RecentTasks& recent)
    {
        for (auto& [account, tasks] : recent.tasks_) {
            for (RecentTask& each : tasks)
                recent.places_[each.task] = &each;
        }
    }

    static void find_known(Book& book)
    {
        for (const auto& [address, account] : book.accounts_)
            if (!is_newcomer(account.standing.tier)) book.past_probation_.insert(address);
    }

    static void draw_checks(Book& book)
    {
        for (auto& [id, task] : book.tasks_)
            task.drawn = drawn_checks(task);
    }

    /// Whatever is looked up without asking whether it is there.
    static bool fits_together(const Book& book, const PoolId& pool)
    {
        const auto known = [&](const Address& address) { return book.accounts_.contains(address); };
        const bool accounts = std::ranges::all_of(book.accounts_, [&](const auto& each) {
            const Voucher& voucher = each.second.lanes.account();
            return voucher.pool == pool && voucher.transcoder == each.first &&
                   std::ranges::all_of(each.second.machines, [&](TranscoderId id) {
                       const auto found = book.machines_.find(id);
                       return found != book.machines_.end() && found->second.account == each.first;
                   });
        });
        const bool machines = std::ranges::all_of(book.machines_, [&](const auto& each) {
            return known(each.second.account);
        });
        const bool tasks = std::ranges::all_of(book.tasks_, [&](const auto& each) {
            return known(each.second.given.account);
        });
        const bool groups = std::ranges::all_of(book.replicated_, [&](const auto& each) {
            return std::ranges::all_of(each.second.tasks, [&](TaskId id) {
                return book.tasks_.contains(id);
            });
        });
        return accounts && machines && tasks && groups;
    }
};

namespace {

/// Another number for another layout: a snapshot of an older one is not taken, and the journal is
/// applied from its first entry.
constexpr std::uint32_t layout = 3;

}  // namespace

Hash32 Book::fingerprint() const
{
    StateWriter to;
    KeptState::write_rules(to, *this);
    KeptState::walk(to, *this);
    KeptState::write_epoch(to, *this);
    return crypto::keccak256(to.take());
}

Bytes encode_snapshot(const Book& book, const Payouts& payouts, const RecentTasks& recent)
{
    MILLPOND_ASSERT(!book.epoch());
    StateWriter to;
    to(layout, book.settings().pool);
    KeptState::write_rules(to, book);
    KeptState::walk(to, book);
    KeptState::walk(to, payouts);
    KeptState::walk(to, recent);
    return to.take();
}

Result<Known, Fault> decode_snapshot(const Settings& settings, ByteView bytes)
{
    StateReader from{bytes};
    std::uint32_t found = 0;
    from(found);
    if (found != layout) return because(Fault{.what = "snapshot: of another layout"});
    PoolId pool;
    from(pool);
    if (pool != settings.pool) return because(Fault{.what = "snapshot: of another pool"});
    Known known{.book = Book{settings}, .payouts = {}, .recent = {}};
    if (!KeptState::read_rules(from, known.book))
        return because(Fault{.what = "snapshot: its rules are malformed or of another table"});
    KeptState::walk(from, known.book);
    KeptState::walk(from, known.payouts);
    KeptState::walk(from, known.recent);
    if (!from.good() || !from.at_end()) return because(Fault{.what = "snapshot: malformed"});
    if (!KeptState::fits_together(known.book, settings.pool))
        return because(Fault{.what = "snapshot: its parts do not fit"});
    KeptState::find_places(known.recent);
    KeptState::find_known(known.book);
    KeptState::draw_checks(known.book);
    return known;
}

}  // namespace millpond::book
