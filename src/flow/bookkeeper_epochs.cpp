// Epochs and ticks: when each begins, what is published and kept at an epoch's end, and how a start
// comes to where the journal ended.
#include "core/book/snapshot.hpp"
#include "core/receipt/receipt.hpp"
#include "flow/bookkeeper.hpp"

#include <algorithm>
#include <utility>

namespace millpond {

void Bookkeeper::go_on_behind(const EpochEnded& ended)
{
    next_epoch_ = ended.root.epoch + 1;
    beacon_ = receipt::hash_of(ended.root);
}

Result<void, Fault> Bookkeeper::resume(ByteView snapshot, const EpochEnded& ended)
{
    MILLPOND_TRY(book::Known known, book::decode_snapshot(settings_.book, snapshot));
    book_ = std::move(known.book);
    payouts_ = std::move(known.payouts);
    recent_ = std::move(known.recent);
    go_on_behind(ended);
    return {};
}

Result<void, Fault> Bookkeeper::replay(const BookEvent& event)
{
    if (const auto* began = std::get_if<EpochBegan>(&event)) {
        MILLPOND_TRY(const Hash32 secret, epochs_.secret(began->epoch));
        book_.tell_seeds(began->epoch, secret);
    }
    const auto* ended = std::get_if<EpochEnded>(&event);
    std::optional<settle::EpochDocument> unpublished;
    if (ended != nullptr && !epochs_.published(ended->root.epoch))
        unpublished = book_.close(ended->root.next_anchor, ended->audit_journal);
    if (unpublished && receipts_) receipts_->sign(*unpublished);
    if (const auto taken = book_.apply(event); !taken)
        return because(Fault{.what = "the book: " + book::text_of(taken.error())});
    note(event);
    if (ended != nullptr) go_on_behind(*ended);
    return unpublished ? epochs_.publish_late(*unpublished) : Result<void, Fault>{};
}

Result<void, Fault> Bookkeeper::begin(Time now)
{
    if (receipts_) {
        receipts_->resume();
        pending_.push_back(
            {.at = now,
             .body =
                 OperatorNamed{
                     .address = receipts_->operator_address(),
                     .chain_id = receipts_->domain().chain_id,
                     .registry = Address{receipts_->domain().contract},
                 }}
        );
    }
    const bool anew = book_.epoch() || next_epoch_ > 1;
    if (anew) enter(BookReopened{}, now);
    publish_rules(!anew, now);
    if (!book_.epoch()) return begin_epoch(next_epoch_, now);
    begin_tick(now);
    return {};
}

void Bookkeeper::publish_rules(bool first, Time now)
{
    const policy::Rules& wanted = settings_.book.rules;
    if (!first && wanted.hash == book_.newest_rules().hash) return;
    const ledger::State& money = book_.ledger().state();
    const Split& split = money.splits.empty() ? money.split : money.splits.back().split;
    const bool other_split = !first && settings_.book.split != split;
    const Duration notice = other_split ? money.terms.split_notice : Duration{};
    std::uint64_t from = epoch_behind(now + notice);
    // What was told before stays told.
    if (!book_.future_rules().empty())
        from = std::max(from, book_.future_rules().back().from_epoch);
    if (other_split && !money.splits.empty())
        from = std::max(from, money.splits.back().from_epoch + 1);
    enter(
        RulesPublished{
            .from_epoch = from,
            .rules = wanted.hash,
            .parameters = canonical_text(wanted.parameters),
            .at = now,
        },
        now
    );
    if (!other_split) return;
    enter(
        MoneyEvent{SplitScheduled{
            .number = money.splits_scheduled + 1,
            .split = settings_.book.split,
            .from_epoch = from,
            .begins = now + money.terms.split_notice,
            .at = now,
        }},
        now
    );
}

std::uint64_t Bookkeeper::epoch_behind(Time time) const
{
    if (!book_.epoch()) return next_epoch_;
    const EpochBegan& open = *book_.epoch();
    const Duration length = open.tick * static_cast<Duration::rep>(open.ticks);
    std::uint64_t epoch = open.epoch + 1;
    for (Time begins = open.at + length; begins < time; begins += length)
        ++epoch;
    return epoch;
}

Result<void, Fault> Bookkeeper::begin_epoch(std::uint64_t epoch, Time now)
{
    MILLPOND_TRY(const Hash32 secret, epochs_.secret(epoch));
    book_.tell_seeds(epoch, secret);
    enter(
        EpochBegan{
            .epoch = epoch,
            .anchor = draw::SeedChain{secret, settings_.ticks}.anchor(),
            .beacon = beacon_,
            .ticks = settings_.ticks,
            .tick = settings_.tick,
            .rules = book_.rules_of(epoch).hash,
            .at = now,
        },
        now
    );
    begin_tick(now);
    if (broken_) return because(*broken_);
    return {};
}

void Bookkeeper::begin_tick(Time now)
{
    const EpochBegan& epoch = *book_.epoch();
    const auto passed = std::max<Duration::rep>(0, (now - epoch.at) / epoch.tick);
    const auto tick = static_cast<std::uint32_t>(
        std::min<Duration::rep>(passed + 1, static_cast<Duration::rep>(epoch.ticks))
    );
    if (tick > book_.tick()) enter(TickBegan{.tick = tick, .at = now}, now);
}

Task<Result<void, Fault>> Bookkeeper::end_epoch(Time now)
{
    const std::uint64_t next = book_.epoch()->epoch + 1;
    const auto secret = epochs_.secret(next);
    if (!secret) co_return because(secret.error());
    const Hash32 anchor = draw::SeedChain{*secret, settings_.ticks}.anchor();
    const Hash32 journal = epochs_.journal_hash();
    auto document = book_.close(anchor, journal);
    if (!document) co_return because(Fault{.what = "the book: the epoch's pay has no sum"});
    if (receipts_) receipts_->sign(*document);
    enter(EpochEnded{.root = document->root, .audit_journal = journal}, now);
    if (broken_) co_return because(*broken_);
    Bytes known = book::encode_snapshot(book_, payouts_, recent_);
    go_on_behind({.root = document->root, .audit_journal = journal});
    if (auto begun = begin_epoch(next, now); !begun) co_return begun;
    // The secret is told when its epoch's end cannot be taken back.
    if (auto durable = co_await append({}); !durable) co_return durable;
    if (auto told = co_await epochs_.publish(*std::move(document)); !told) co_return told;
    co_return co_await epochs_.keep(next - 1, std::move(known));
}

void Bookkeeper::release_pay(Time now)
{
    for (const Address& account : book_.ledger().releasable(now))
        enter(MoneyEvent{PayReleased{.transcoder = account, .at = now}}, now);
}

Task<Result<void, Fault>> Bookkeeper::turn(Time now)
{
    const EpochBegan& epoch = *book_.epoch();
    const std::uint32_t before = book_.tick();
    const bool over =
        early_ || now >= epoch.at + epoch.tick * static_cast<Duration::rep>(epoch.ticks);
    // What was paid is examined first, but for what is at work right now.
    if (over && !book_.owed()) {
        early_ = false;
        if (auto ended = co_await end_epoch(now); !ended) co_return ended;
    } else {
        begin_tick(now);
    }
    if (book_.tick() != before) release_pay(now);
    if (broken_) co_return because(*broken_);
    if (!pending_.empty()) co_return co_await append({});
    co_return Result<void, Fault>{};
}

}  // namespace millpond
