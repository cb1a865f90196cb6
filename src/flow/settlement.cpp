#include "flow/settlement.hpp"

#include "core/book/bonds.hpp"
#include "core/book/case_ruling.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace millpond {
namespace {

constexpr std::size_t accounts_at_once = 64;

Wei earned_by_all(const book::Book& book)
{
    Wei sum;
    for (const auto& [address, pay] : book.ledger().state().pay)
        sum = add(sum, ledger::cumulative_earned(pay)).value_or(Wei::max());
    return sum;
}

/// The fraud that each open case is about: nothing was given to the account behind it.
std::vector<chain::Charge> charges_of(const Bookkeeper& keeper)
{
    std::vector<chain::Charge> charges;
    for (const auto& [address, account] : keeper.book().accounts()) {
        if (!account.case_open) continue;
        const auto& tasks = keeper.recent().of(address);
        const auto newest =
            std::ranges::find_if(std::views::reverse(tasks), [](const book::RecentTask& each) {
                return each.examined && each.examined->fraud &&
                       each.examined->finding == ExamFinding::failed &&
                       each.examined->second == ExamFinding::failed;
            });
        if (newest == std::views::reverse(tasks).end()) continue;
        const auto& pay = keeper.book().ledger().state().pay;
        const auto found = pay.find(address);
        charges.push_back({
            .accused = address,
            .task = newest->task,
            .held_back = found == pay.end()
                             ? Wei{}
                             : ledger::left_on(found->second.at(ledger::Account::frozen)),
        });
    }
    return charges;
}

/// The contracts let pay go when its hold is over, the book together with what is due in the same
/// step: so long a claim may be ahead of it.
bool covers_soon(
    const ledger::Ledger& ledger, const ledger::PayBook& pay, const Wei& claimed, Time now
)
{
    if (pay.freeze) return false;
    const ledger::Balance& released = pay.at(ledger::Account::released);
    Wei soon = subtract(released.credits, released.debits).value_or(Wei{});
    for (const ledger::Lot& lot : pay.lots) {
        if (lot.due > now + ledger.state().terms.release_step) break;
        soon = add(soon, lot.amount).value_or(Wei::max());
    }
    return claimed <= soon;
}

}  // namespace

Settlement::Settlement(
    const chain::SettlingTerms& terms,
    Bookkeeper& keeper,
    PoolOnChain& chain,
    Address operator_address,
    Watcher watcher
)
    : terms_(terms),
      keeper_(keeper),
      chain_(chain),
      operator_address_(operator_address),
      watcher_(std::move(watcher))
{
    keeper_.allow_promises(false);
}

Task<Result<void, Fault>> Settlement::step(Time now)
{
    auto looked = co_await look(now);
    status_.trouble = looked ? std::nullopt : std::optional{looked.error()};
    if (!looked) keeper_.allow_promises(still_covered());
    if (looked && status_.assessment.close_early) keeper_.end_epoch_early();
    if (looked && status_.assessment.post) {
        const auto posted = co_await chain_.post(*status_.assessment.post);
        if (!posted) status_.trouble = posted.error();
    }
    watcher_(status_);
    co_return co_await keeper_.append({});
}

Task<Result<void, Fault>> Settlement::look(Time now)
{
    const auto pool = co_await chain_.pool();
    if (!pool) co_return because(pool.error());
    if (pool->founder == operator_address_) {
        if (auto told = co_await prosecute(now); !told) co_return told;
        if (auto taken = co_await take_over_accounts(*pool, now); !taken) co_return taken;
    }
    const auto book = co_await view_of_book(*pool);
    if (!book) co_return because(book.error());
    judge(*pool, *book);
    co_return Result<void, Fault>{};
}

Task<Result<void, Fault>> Settlement::prosecute(Time now)
{
    if (!terms_.opens_cases) co_return Result<void, Fault>{};
    std::vector<chain::Charge> charges = charges_of(keeper_);
    const auto views = co_await chain_.prosecute(std::move(charges));
    if (!views) co_return because(views.error());
    const auto told_now = [&](const chain::ChargeView& old) {
        return std::ranges::any_of(*views, [&](const chain::ChargeView& each) {
            return each.charge.task == old.charge.task;
        });
    };
    std::erase_if(status_.charges, [&](const chain::ChargeView& old) {
        return told_now(old) || !chain::is_over(old.status);
    });
    for (const chain::ChargeView& each : *views) {
        status_.charges.push_back(each);
        if (!chain::is_over(each.status)) continue;
        if (auto entered = co_await close(each, now); !entered) co_return entered;
    }
    co_return Result<void, Fault>{};
}

Task<Result<void, Fault>> Settlement::close(chain::ChargeView charge, Time now)
{
    const Address& accused = charge.charge.accused;
    std::vector<Address> wanted{accused};
    const auto views = co_await chain_.accounts(std::move(wanted));
    if (!views) co_return because(views.error());
    const bool guilty = charge.status == chain::CaseStatus::executed;
    book::CaseOrder order{
        .account = accused,
        .ruling = guilty ? CaseRuling::fraud : CaseRuling::acquitted,
        .reason =
            "court: case 0x" + to_hex(charge.id) + " " + std::string{chain::name_of(charge.status)},
    };
    const auto& pay = keeper_.book().ledger().state().pay;
    const auto found = pay.find(accused);
    if (guilty && found != pay.end() && found->second.freeze) {
        const Wei before = found->second.at(ledger::Account::forfeited).credits;
        const Wei taken = subtract(views->front().forfeited, before).value_or(Wei{});
        order.forfeit = std::min(taken, ledger::left_on(found->second.at(ledger::Account::frozen)));
    }
    auto events = book::events_of(order, keeper_.book(), now);
    if (!events && events.error() == book::CaseRefusal::nothing_is_frozen) {
        order.forfeit.reset();
        events = book::events_of(order, keeper_.book(), now);
    }
    if (!events) co_return because(Fault{.what = std::string{name_of(events.error())}});
    if (auto entered = keeper_.enter_by_hand(*std::move(events), now); !entered) co_return entered;
    // what the court took of the bond is what the book is to say
    looked_at_.erase(accused);
    co_return Result<void, Fault>{};
}

Task<Result<void, Fault>> Settlement::take_over_accounts(const chain::PoolView& pool, Time now)
{
    const auto changed = co_await chain_.changed();
    if (!changed) co_return because(changed.error());
    for (const Address& each : *changed)
        looked_at_.erase(each);
    std::vector<Address> wanted;
    for (const auto& [address, account] : keeper_.book().accounts()) {
        if (wanted.size() == accounts_at_once) break;
        if (address != Address{} && !looked_at_.contains(address)) wanted.push_back(address);
    }
    if (wanted.empty()) co_return Result<void, Fault>{};
    const auto views = co_await chain_.accounts(std::move(wanted));
    if (!views) co_return because(views.error());
    for (const chain::AccountView& each : *views)
        take_over(each, pool, now);
    co_return Result<void, Fault>{};
}

/// What cannot be entered yet is looked at again.
void Settlement::take_over(const chain::AccountView& account, const chain::PoolView& pool, Time now)
{
    const std::string reference = "chain, block " + std::to_string(pool.block);
    const book::BondOnChain bond{
        .account = account.account,
        .active_mlpt = chain::mlpt_of(account.bond_active),
        .unbonding_mlpt = chain::mlpt_of(account.bond_unbonding),
        .reference = reference,
    };
    bool all = true;
    const auto moves = book::events_of(bond, keeper_.book(), now);
    for (const BookEvent& each : moves.events)
        all = keeper_.enter_by_hand({each}, now).has_value() && all;
    all = moves.complete && all;
    const auto& pay = keeper_.book().ledger().state().pay;
    const auto found = pay.find(account.account);
    const Wei paid = found == pay.end() ? Wei{} : found->second.at(ledger::Account::paid).credits;
    differing_.erase(account.account);
    if (account.claimed != paid) {
        const auto more = subtract(account.claimed, paid);
        const PayoutMade payout{
            .transcoder = account.account,
            .epoch = pool.last_epoch,
            .amount = more.value_or(Wei{}),
            .reference = reference,
            .at = now,
        };
        const bool entered = more && keeper_.enter_by_hand({MoneyEvent{payout}}, now).has_value();
        const bool later =
            found != pay.end() &&
            (pool.last_epoch <= found->second.paid_epoch ||
             (more && covers_soon(keeper_.book().ledger(), found->second, *more, now)));
        if (!entered && !(more && later)) differing_.insert(account.account);
        all = entered && all;
    }
    if (all) looked_at_.insert(account.account);
}

Task<Result<std::optional<std::uint64_t>, Fault>> Settlement::first_epoch(const Hash32& anchor)
{
    const auto& open = keeper_.book().epoch();
    if (first_ || !open) co_return first_;
    const std::uint64_t newest = open->epoch;
    if (open->anchor == anchor) first_ = newest;
    for (std::uint64_t epoch = newest - 1; epoch > 0 && !first_; --epoch) {
        const auto published = co_await chain_.published(epoch);
        if (!published) co_return because(published.error());
        if (*published && (*published)->seeds == anchor) first_ = epoch;
    }
    co_return first_;
}

Task<Result<chain::BookView, Fault>> Settlement::view_of_book(const chain::PoolView& pool)
{
    const auto& open = keeper_.book().epoch();
    chain::BookView view{
        .operator_address = operator_address_,
        .earned = earned_by_all(keeper_.book()),
        .closed = open ? open->epoch - 1 : 0,
        .claims_differ = !differing_.empty(),
    };
    std::optional<std::uint64_t> next = pool.last_epoch + 1;
    if (pool.posted_at == 0) {
        const auto first = co_await first_epoch(pool.first_anchor);
        if (!first) co_return because(first.error());
        next = *first;
    } else {
        const auto last = co_await chain_.published(pool.last_epoch);
        if (!last) co_return because(last.error());
        if (*last) view.last_posted = (*last)->root;
    }
    if (!next || *next > view.closed + 1) co_return view;
    const auto published = co_await chain_.published(*next);
    if (!published) co_return because(published.error());
    const auto& now_open = keeper_.book().epoch();
    if (*published) {
        view.next = (*published)->root;
        view.next_seeds = (*published)->seeds;
    } else if (now_open && now_open->epoch == *next) {
        view.next_seeds = now_open->anchor;
    } else {
        const std::string what = "epoch " + std::to_string(*next) + " is not published yet";
        co_return because(Fault{.what = what, .retryable = true});
    }
    co_return view;
}

void Settlement::judge(const chain::PoolView& pool, const chain::BookView& book)
{
    status_.seen = true;
    status_.pool = pool;
    status_.assessment = chain::assess(pool, book, terms_);
    keeper_.allow_promises(status_.assessment.may_promise);
}

/// By what was seen last, where nothing can be seen now.
bool Settlement::still_covered() const
{
    return status_.assessment.may_promise &&
           chain::covers(status_.pool, earned_by_all(keeper_.book()), terms_);
}

}  // namespace millpond
