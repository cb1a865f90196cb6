#include "core/book/corrections.hpp"

#include "base/assert.hpp"
#include "crypto/keccak.hpp"

namespace millpond::book {

std::string_view name_of(CorrectionRefusal refusal)
{
    switch (refusal) {
        case CorrectionRefusal::nothing_was_earned: return "nothing_was_earned";
        case CorrectionRefusal::does_not_sign: return "does_not_sign";
        case CorrectionRefusal::no_epoch_is_open: return "no_epoch_is_open";
        case CorrectionRefusal::reason_is_missing: return "reason_is_missing";
        case CorrectionRefusal::reason_is_too_long: return "reason_is_too_long";
        case CorrectionRefusal::reason_was_given: return "reason_was_given";
        case CorrectionRefusal::number_is_not_next: return "number_is_not_next";
        case CorrectionRefusal::nothing_changes: return "nothing_changes";
        case CorrectionRefusal::below_published: return "below_published";
        case CorrectionRefusal::pay_is_frozen: return "pay_is_frozen";
        case CorrectionRefusal::exceeds_withheld: return "exceeds_withheld";
        case CorrectionRefusal::amount_overflows: return "amount_overflows";
    }
    MILLPOND_ASSERT(false);
}

std::optional<CorrectionRefusal> refusal_of(const CorrectionAgreed& event, const Book& book)
{
    const ledger::State& state = book.ledger().state();
    const auto pay = state.pay.find(event.account);
    if (pay == state.pay.end()) return CorrectionRefusal::nothing_was_earned;
    const Account& account = book.accounts().at(event.account);
    if (account.standing.tier == Tier::unsigned_) return CorrectionRefusal::does_not_sign;
    if (!book.epoch()) return CorrectionRefusal::no_epoch_is_open;
    if (event.reason.empty()) return CorrectionRefusal::reason_is_missing;
    if (event.reason.size() > correction_reason_max) return CorrectionRefusal::reason_is_too_long;
    if (event.reason == account.correction) return CorrectionRefusal::reason_was_given;
    if (event.from_seq != account.lanes.account().seq + 1)
        return CorrectionRefusal::number_is_not_next;
    const Wei before = ledger::cumulative_earned(pay->second);
    if (event.earned == before) return CorrectionRefusal::nothing_changes;
    if (event.earned < account.published) return CorrectionRefusal::below_published;
    const auto& freeze = pay->second.freeze;
    if (freeze && event.at < ledger::freeze_end(*freeze, state.terms))
        return CorrectionRefusal::pay_is_frozen;
    const Wei withheld = ledger::left_on(pay->second.at(ledger::Account::withheld));
    if (const auto less = subtract(before, event.earned); less && *less > withheld)
        return CorrectionRefusal::exceeds_withheld;
    return std::nullopt;
}

Result<CorrectionAgreed, CorrectionRefusal> event_of(
    const CorrectionOrder& order, const Book& book, Time now
)
{
    const auto& pay = book.ledger().state().pay;
    const auto found = pay.find(order.account);
    if (found == pay.end()) return because(CorrectionRefusal::nothing_was_earned);
    const Wei before = ledger::cumulative_earned(found->second);
    const bool more = order.way == CorrectionOrder::Way::more;
    const auto earned = more ? add(before, order.amount) : subtract(before, order.amount);
    if (!earned) {
        return because(
            more ? CorrectionRefusal::amount_overflows : CorrectionRefusal::below_published
        );
    }
    CorrectionAgreed event{
        .account = order.account,
        .from_seq = book.accounts().at(order.account).lanes.account().seq + 1,
        .earned = *earned,
        .reason = order.reason,
        .at = now,
    };
    if (const auto refusal = refusal_of(event, book)) return because(*refusal);
    return event;
}

Correction to_sign(const CorrectionAgreed& event, const PoolId& pool)
{
    return {
        .pool = pool,
        .transcoder = event.account,
        .from_seq = event.from_seq,
        .new_earned = event.earned,
        .reason_hash = crypto::keccak256(as_bytes(event.reason)),
    };
}

Book::Outcome Book::on(const CorrectionAgreed& event)
{
    const std::string what = "0x" + to_hex(event.account.value()) + ": ";
    if (const auto refusal = refusal_of(event, *this))
        return because(Problem{Breach::wrong_correction, what + std::string{name_of(*refusal)}});
    const std::chrono::seconds hold{settings_.rules.parameters.hold_seconds};
    const auto posted = ledger_.apply(PayCorrected{
        .transcoder = event.account,
        .number = ledger_.state().pay.at(event.account).corrections + 1,
        .cumulative = event.earned,
        .at = event.at,
        .releases_at = event.at + hold,
    });
    if (!posted) {
        return because(
            Problem{Breach::wrong_posting, what + std::string{ledger::name_of(posted.error())}}
        );
    }
    Account& account = accounts_.at(event.account);
    std::ignore = account.lanes.correct(event.earned, epoch_->epoch);
    account.correction = event.reason;
    return {};
}

}  // namespace millpond::book
