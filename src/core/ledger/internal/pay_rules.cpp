#include "core/ledger/internal/pay_rules.hpp"

namespace millpond::ledger {

Result<void, Refusal> check_next(std::uint64_t number, std::uint64_t last)
{
    if (number <= last) return because(Refusal::already_posted);
    if (number != last + 1) return because(Refusal::out_of_sequence);
    return {};
}

Result<void, Refusal> check_hold(Time at, Time releases_at, const Terms& terms)
{
    if (releases_at < at || releases_at - at > terms.hold_max) {
        return because(Refusal::hold_is_out_of_bounds);
    }
    return {};
}

bool has_lapsed(const PayBook& book, Time at, const Terms& terms)
{
    return book.freeze && at >= freeze_end(*book.freeze, terms);
}

bool holds_back(const PayBook& book, Time at, const Terms& terms)
{
    return book.freeze && !has_lapsed(book, at, terms);
}

void thaw_if_lapsed(Posting& posting, const PayBook& book, Time at, const Terms& terms)
{
    if (!has_lapsed(book, at, terms)) return;
    posting.move(Account::frozen, Account::withheld, left_on(book.at(Account::frozen)));
}

void end_if_lapsed(PayBook& book, Time at, const Terms& terms)
{
    if (has_lapsed(book, at, terms)) end_freeze(book, freeze_end(*book.freeze, terms));
}

void end_freeze(PayBook& book, Time at)
{
    if (book.freeze->reason == FreezeReason::review) book.review_ended = at;
    book.freeze.reset();
}

}  // namespace millpond::ledger
