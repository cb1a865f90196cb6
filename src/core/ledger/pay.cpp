// The life of a transcoder's pay: earned, withheld, released, paid; or frozen and forfeited.
#include "core/ledger/internal/pay_rules.hpp"
#include "core/ledger/ledger.hpp"
#include "core/ledger/lots.hpp"
#include "core/ledger/post.hpp"
#include "core/ledger/split.hpp"

#include <utility>

namespace millpond::ledger {
namespace {

/// What a freeze in force or no freeze leaves as the account of pay that is not released.
Account waiting_account(const PayBook& book, Time at, const Terms& terms)
{
    return holds_back(book, at, terms) ? Account::frozen : Account::withheld;
}

Result<void, Refusal> check_freeze(const PayBook& book, const PayFrozen& event, const Terms& terms)
{
    const bool review = event.reason == FreezeReason::review;
    const bool for_fault = book.freeze && book.freeze->reason == FreezeReason::fault_case;
    if (holds_back(book, event.at, terms) && (review || for_fault)) {
        return because(Refusal::already_frozen);
    }
    std::optional<Time> review_ended = book.review_ended;
    const bool for_review = book.freeze && book.freeze->reason == FreezeReason::review;
    if (for_review && has_lapsed(book, event.at, terms)) {
        review_ended = freeze_end(*book.freeze, terms);
    }
    // As long as the longest hold: no pay can wait for two reviews.
    const Duration pause = terms.hold_max + terms.release_step;
    if (review && review_ended && event.at < *review_ended + pause) {
        return because(Refusal::review_is_too_soon);
    }
    return {};
}

/// Whether the event ends the newest review or case of the transcoder, and for the first time.
Result<void, Refusal> check_end(const PayBook& book, std::uint64_t number)
{
    if (number > book.cases) return because(Refusal::out_of_sequence);
    if (number < book.cases || !book.freeze) return because(Refusal::already_posted);
    return {};
}

}  // namespace

Result<PayBook*, Refusal> Ledger::find(const Address& transcoder)
{
    const auto found = state_.pay.find(transcoder);
    if (found == state_.pay.end()) return because(Refusal::unknown_transcoder);
    return &found->second;
}

std::vector<Address> Ledger::releasable(Time now) const
{
    std::vector<Address> found;
    for (const auto& [address, book] : state_.pay) {
        if (book.lots.empty() || book.lots.front().due > now) continue;
        if (book.released_through && now <= *book.released_through) continue;
        if (holds_back(book, now, state_.terms)) continue;
        if (book.fault && now < *book.fault + state_.terms.clean_window) continue;
        found.push_back(address);
    }
    return found;
}

Result<void, Refusal> Ledger::check_terms_of(const PayEarned& event) const
{
    if (event.fee.is_zero()) return because(Refusal::amount_is_zero);
    if (state_.epoch == 0 || event.epoch != state_.epoch) {
        return because(Refusal::epoch_is_not_open);
    }
    if (fee_floor(event.price, event.pixels) != event.fee) {
        return because(Refusal::fee_is_not_the_price);
    }
    if (split_fee(event.fee, state_.split, event.rate) != event.shares) {
        return because(Refusal::shares_are_not_the_split);
    }
    return check_hold(event.at, event.releases_at, state_.terms);
}

Result<Posting, Refusal> Ledger::on(const PayEarned& event)
{
    const auto [place, is_new] = state_.pay.try_emplace(event.transcoder);
    PayBook& book = place->second;
    auto sound = check_next(event.seq, book.vouchers);
    if (sound) sound = check_terms_of(event);
    Posting posting{.transcoder = event.transcoder, .transfers = {}};
    if (sound) {
        const Shares& shares = event.shares;
        posting.transfers.reserve(8);
        thaw_if_lapsed(posting, book, event.at, state_.terms);
        posting.move(Account::income_expected, Account::earned, shares.transcoder);
        const Account waiting = waiting_account(book, event.at, state_.terms);
        posting.move(Account::earned, waiting, shares.transcoder);
        posting.move(Account::income_expected, Account::margin, shares.margin);
        posting.move(Account::income_expected, Account::check_budget, shares.checks);
        posting.move(Account::income_expected, Account::fund_due, shares.fund);
        posting.move(Account::income_expected, Account::gas_budget, shares.gas);
        posting.move(Account::income_expected, Account::rounding, shares.rounding);
        sound = post(posting, state_.pool, book.balances);
    }
    if (!sound) {
        if (is_new) state_.pay.erase(place);
        return because(sound.error());
    }
    end_if_lapsed(book, event.at, state_.terms);
    book.vouchers = event.seq;
    const Lot lot{.due = event.releases_at, .amount = event.shares.transcoder};
    add_lot(book, lot, state_.terms.release_step, event.at);
    return posting;
}

Result<Posting, Refusal> Ledger::on(const PayReleased& event)
{
    MILLPOND_TRY(PayBook* const book, find(event.transcoder));
    if (book->released_through && event.at <= *book->released_through) {
        return because(Refusal::already_posted);
    }
    if (holds_back(*book, event.at, state_.terms)) return because(Refusal::pay_is_frozen);
    if (book->fault && event.at < *book->fault + state_.terms.clean_window) {
        return because(Refusal::fault_is_too_recent);
    }
    const Wei due = sum_due(*book, event.at);
    if (due.is_zero()) return because(Refusal::nothing_is_due);
    Posting posting{.transcoder = event.transcoder, .transfers = {}};
    thaw_if_lapsed(posting, *book, event.at, state_.terms);
    posting.move(Account::withheld, Account::released, due);
    if (const auto posted = post(posting, state_.pool, book->balances); !posted) {
        return because(posted.error());
    }
    end_if_lapsed(*book, event.at, state_.terms);
    drop_due(*book, event.at);
    book->released_through = event.at;
    return posting;
}

Result<Posting, Refusal> Ledger::on(const PayFrozen& event)
{
    MILLPOND_TRY(PayBook* const book, find(event.transcoder));
    if (const auto next = check_next(event.number, book->cases); !next) {
        return because(next.error());
    }
    if (const auto may = check_freeze(*book, event, state_.terms); !may) {
        return because(may.error());
    }
    Posting posting{.transcoder = event.transcoder, .transfers = {}};
    // What a freeze still holds, even one that has run out, stays where it is.
    posting.move(Account::withheld, Account::frozen, left_on(book->at(Account::withheld)));
    if (const auto posted = post(posting, state_.pool, book->balances); !posted) {
        return because(posted.error());
    }
    end_if_lapsed(*book, event.at, state_.terms);
    if (book->freeze) end_freeze(*book, event.at);
    book->freeze = Freeze{.reason = event.reason, .since = event.at};
    book->cases = event.number;
    return posting;
}

Result<Posting, Refusal> Ledger::on(const PayThawed& event)
{
    MILLPOND_TRY(PayBook* const book, find(event.transcoder));
    if (const auto ends = check_end(*book, event.number); !ends) return because(ends.error());
    Posting posting{.transcoder = event.transcoder, .transfers = {}};
    posting.move(Account::frozen, Account::withheld, left_on(book->at(Account::frozen)));
    if (const auto posted = post(posting, state_.pool, book->balances); !posted) {
        return because(posted.error());
    }
    end_if_lapsed(*book, event.at, state_.terms);
    if (book->freeze) end_freeze(*book, event.at);
    return posting;
}

Result<Posting, Refusal> Ledger::on(const PayForfeited& event)
{
    MILLPOND_TRY(PayBook* const book, find(event.transcoder));
    if (const auto ends = check_end(*book, event.number); !ends) return because(ends.error());
    if (has_lapsed(*book, event.at, state_.terms)) return because(Refusal::freeze_has_lapsed);
    const Wei frozen = left_on(book->at(Account::frozen));
    const auto rest = subtract(frozen, event.amount);
    if (!rest) return because(Refusal::exceeds_balance);
    Posting posting{.transcoder = event.transcoder, .transfers = {}};
    posting.move(Account::frozen, Account::forfeited, event.amount);
    posting.move(Account::forfeited, Account::forfeits, event.amount);
    posting.move(Account::frozen, Account::withheld, *rest);
    if (const auto posted = post(posting, state_.pool, book->balances); !posted) {
        return because(posted.error());
    }
    take_first(*book, event.amount);
    end_freeze(*book, event.at);
    book->fault = event.at;
    return posting;
}

Result<Posting, Refusal> Ledger::on(const PayCorrected& event)
{
    MILLPOND_TRY(PayBook* const book, find(event.transcoder));
    if (const auto next = check_next(event.number, book->corrections); !next) {
        return because(next.error());
    }
    const Wei before = cumulative_earned(*book);
    const auto more = subtract(event.cumulative, before);
    const Wei less = subtract(before, event.cumulative).value_or(Wei{});
    if (event.cumulative == before) return because(Refusal::amount_is_zero);
    if (const auto hold = check_hold(event.at, event.releases_at, state_.terms); !hold) {
        return because(hold.error());
    }
    if (holds_back(*book, event.at, state_.terms)) return because(Refusal::pay_is_frozen);
    Posting posting{.transcoder = event.transcoder, .transfers = {}};
    thaw_if_lapsed(posting, *book, event.at, state_.terms);
    if (more) {
        posting.move(Account::corrections, Account::earned, *more);
        posting.move(Account::earned, Account::withheld, *more);
    } else {
        posting.move(Account::withheld, Account::corrected, less);
        posting.move(Account::corrected, Account::corrections, less);
    }
    if (const auto posted = post(posting, state_.pool, book->balances); !posted) {
        return because(posted.error());
    }
    end_if_lapsed(*book, event.at, state_.terms);
    book->corrections = event.number;
    ++book->vouchers;  // one says so
    if (more) {
        const Lot lot{.due = event.releases_at, .amount = *more};
        add_lot(*book, lot, state_.terms.release_step, event.at);
    } else {
        take_last(*book, less);
    }
    return posting;
}

Result<Posting, Refusal> Ledger::on(const PayoutMade& event)
{
    MILLPOND_TRY(PayBook* const book, find(event.transcoder));
    if (event.epoch <= book->paid_epoch) return because(Refusal::already_posted);
    if (event.amount.is_zero()) return because(Refusal::amount_is_zero);
    if (event.reference.empty()) return because(Refusal::reference_is_missing);
    if (event.epoch >= state_.epoch) return because(Refusal::epoch_has_not_ended);
    Posting posting{.transcoder = event.transcoder, .transfers = {}};
    posting.move(Account::released, Account::paid, event.amount);
    posting.move(Account::paid, Account::treasury, event.amount);
    if (const auto posted = post(posting, state_.pool, book->balances); !posted) {
        return because(posted.error());
    }
    book->paid_epoch = event.epoch;
    return posting;
}

}  // namespace millpond::ledger
