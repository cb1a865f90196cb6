#include "core/book/case_ruling.hpp"

#include "base/assert.hpp"

namespace millpond::book {
namespace {

/// Pay that a case holds back; a freeze that has run out holds nothing.
std::optional<ledger::PayBook> held_back(const Book& book, const Address& account, Time now)
{
    const auto& state = book.ledger().state();
    const auto pay = state.pay.find(account);
    if (pay == state.pay.end() || !pay->second.freeze) return std::nullopt;
    if (ledger::freeze_end(*pay->second.freeze, state.terms) <= now) return std::nullopt;
    return pay->second;
}

}  // namespace

std::string_view name_of(CaseRefusal refusal)
{
    switch (refusal) {
        case CaseRefusal::unknown_account: return "unknown_account";
        case CaseRefusal::no_open_case: return "no_open_case";
        case CaseRefusal::reason_is_missing: return "reason_is_missing";
        case CaseRefusal::reason_is_too_long: return "reason_is_too_long";
        case CaseRefusal::acquitted_forfeits_nothing: return "acquitted_forfeits_nothing";
        case CaseRefusal::nothing_is_frozen: return "nothing_is_frozen";
        case CaseRefusal::exceeds_frozen: return "exceeds_frozen";
    }
    MILLPOND_ASSERT(false);
}

Result<std::vector<BookEvent>, CaseRefusal> events_of(
    const CaseOrder& order, const Book& book, Time now
)
{
    const auto account = book.accounts().find(order.account);
    if (account == book.accounts().end()) return because(CaseRefusal::unknown_account);
    if (!account->second.case_open) return because(CaseRefusal::no_open_case);
    if (order.reason.empty()) return because(CaseRefusal::reason_is_missing);
    if (order.reason.size() > case_reason_max) return because(CaseRefusal::reason_is_too_long);
    const bool guilty = order.ruling != CaseRuling::acquitted;
    if (order.forfeit && !guilty) return because(CaseRefusal::acquitted_forfeits_nothing);
    const auto pay = held_back(book, order.account, now);
    if (order.forfeit && !pay) return because(CaseRefusal::nothing_is_frozen);
    std::vector<BookEvent> events;
    events.emplace_back(CaseClosed{
        .account = order.account, .ruling = order.ruling, .reason = order.reason, .at = now
    });
    if (!pay) return events;
    const Wei frozen = ledger::left_on(pay->at(ledger::Account::frozen));
    const Wei cost = order.forfeit.value_or(frozen);
    if (guilty && cost > frozen) return because(CaseRefusal::exceeds_frozen);
    if (guilty) {
        events.emplace_back(MoneyEvent{PayForfeited{
            .transcoder = order.account, .number = pay->cases, .amount = cost, .at = now
        }});
    } else {
        events.emplace_back(
            MoneyEvent{PayThawed{.transcoder = order.account, .number = pay->cases, .at = now}}
        );
    }
    return events;
}

}  // namespace millpond::book
