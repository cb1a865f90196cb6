#include "core/ledger/ledger.hpp"

#include "base/assert.hpp"
#include "core/ledger/internal/pay_rules.hpp"
#include "core/ledger/post.hpp"
#include "core/ledger/split.hpp"

#include <algorithm>
#include <utility>

namespace millpond::ledger {
namespace {

struct Route {
    Account debit;
    Account credit;
};

Route route_of(PoolMove move)
{
    switch (move) {
        case PoolMove::income_realised: return {Account::treasury, Account::income_expected};
        case PoolMove::reserve_funded: return {Account::treasury, Account::variance_reserve};
        case PoolMove::reserve_used: return {Account::variance_reserve, Account::income_expected};
        case PoolMove::checks_paid: return {Account::check_budget, Account::treasury};
        case PoolMove::gas_paid: return {Account::gas_budget, Account::treasury};
        case PoolMove::margin_drawn: return {Account::margin, Account::treasury};
        case PoolMove::fund_paid: return {Account::fund_due, Account::treasury};
        case PoolMove::refund_paid: return {Account::refunds, Account::treasury};
        case PoolMove::forfeit_to_fund: return {Account::forfeits, Account::fund_due};
        case PoolMove::forfeit_to_checks: return {Account::forfeits, Account::check_budget};
        case PoolMove::forfeit_to_refunds: return {Account::forfeits, Account::refunds};
    }
    MILLPOND_ASSERT(false);
}

}  // namespace

Ledger::Ledger(const Terms& terms, const Split& split)
{
    MILLPOND_ASSERT(check_split(split).has_value());
    state_.terms = terms;
    state_.split = split;
}

Result<PayEarned, Refusal> Ledger::earn(const Work& work) const
{
    const auto found = state_.pay.find(work.transcoder);
    const std::uint64_t last = found == state_.pay.end() ? 0 : found->second.vouchers;
    const auto fee = fee_floor(work.price, work.pixels);
    if (!fee) return because(Refusal::fee_is_not_the_price);
    PayEarned event{
        .transcoder = work.transcoder,
        .seq = last + 1,
        .task = work.task,
        .epoch = state_.epoch,
        .pixels = work.pixels,
        .price = work.price,
        .rate = work.rate,
        .fee = *fee,
        .shares = split_fee(*fee, state_.split, work.rate),
        .at = work.at,
        .releases_at = work.at + work.hold,
    };
    if (const auto sound = check_terms_of(event); !sound) return because(sound.error());
    return event;
}

Result<Posting, Refusal> Ledger::apply(const MoneyEvent& event)
{
    return std::visit([this](const auto& what) { return on(what); }, event);
}

Result<Posting, Refusal> Ledger::post_pool(Posting posting)
{
    PayBalances none;
    if (const auto posted = post(posting, state_.pool, none); !posted) {
        return because(posted.error());
    }
    return posting;
}

Result<Posting, Refusal> Ledger::on(const SplitScheduled& event)
{
    if (const auto next = check_next(event.number, state_.splits_scheduled); !next) {
        return because(next.error());
    }
    if (const auto sound = check_split(event.split); !sound) return because(sound.error());
    const std::uint64_t last =
        state_.splits.empty() ? state_.epoch : state_.splits.back().from_epoch;
    if (event.from_epoch <= last) return because(Refusal::split_is_not_for_a_later_epoch);
    if (event.begins - event.at < state_.terms.split_notice) {
        return because(Refusal::split_is_too_soon);
    }
    if (state_.splits.size() >= state_.terms.splits_max) return because(Refusal::too_many_splits);
    state_.splits_scheduled = event.number;
    state_.splits.push_back({event.from_epoch, event.begins, event.split});
    return Posting{};
}

Result<Posting, Refusal> Ledger::on(const EpochOpened& event)
{
    if (event.epoch <= state_.epoch) return because(Refusal::already_posted);
    if (state_.epoch != 0 && event.epoch != state_.epoch + 1) {
        return because(Refusal::out_of_sequence);
    }
    // A split that is due must not come into force before its notice has run out.
    const auto later = std::ranges::find_if(state_.splits, [&](const FutureSplit& split) {
        return split.from_epoch > event.epoch;
    });
    const bool early = std::any_of(state_.splits.begin(), later, [&](const FutureSplit& split) {
        return split.begins > event.at;
    });
    if (early) return because(Refusal::epoch_is_too_early);
    Posting posting;
    posting.move(Account::rounding, Account::fund_due, left_on(state_.at(Account::rounding)));
    MILLPOND_TRY(posting, post_pool(std::move(posting)));
    state_.epoch = event.epoch;
    if (later != state_.splits.begin()) state_.split = std::prev(later)->split;
    state_.splits.erase(state_.splits.begin(), later);
    return posting;
}

Result<Posting, Refusal> Ledger::on(const PoolMoved& event)
{
    std::uint64_t& last = state_.moves[static_cast<std::size_t>(event.move)];
    if (const auto next = check_next(event.number, last); !next) return because(next.error());
    if (event.amount.is_zero()) return because(Refusal::amount_is_zero);
    if (event.reference.empty()) return because(Refusal::reference_is_missing);
    const Route route = route_of(event.move);
    Posting posting;
    posting.move(route.debit, route.credit, event.amount);
    MILLPOND_TRY(posting, post_pool(std::move(posting)));
    last = event.number;
    return posting;
}

}  // namespace millpond::ledger
