#include "core/book/bonds.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace millpond::book {
namespace {

/// Far from where sums of bonds end, and more than there is LPT.
constexpr std::uint64_t bond_most = 1'000'000'000'000;

std::uint64_t share(std::uint64_t mlpt, std::uint64_t bp)
{
    // What is lost is not one less for being rounded.
    return (mlpt * bp + 9'999) / 10'000;
}

}  // namespace

std::string_view name_of(BondRefusal refusal)
{
    switch (refusal) {
        case BondRefusal::reference_is_missing: return "reference_is_missing";
        case BondRefusal::reference_is_too_long: return "reference_is_too_long";
        case BondRefusal::nothing_moves: return "nothing_moves";
        case BondRefusal::more_than_there_can_be: return "more_than_there_can_be";
        case BondRefusal::exceeds_bond: return "exceeds_bond";
        case BondRefusal::exceeds_leaving: return "exceeds_leaving";
        case BondRefusal::case_is_open: return "case_is_open";
        case BondRefusal::leaving_too_short: return "leaving_too_short";
    }
    MILLPOND_ASSERT(false);
}

std::optional<BondRefusal> refusal_of(
    const BondMoved& event, const Account* account, const Parameters& parameters
)
{
    const std::uint64_t counts = account == nullptr ? 0 : account->standing.bond_mlpt;
    const Bond bond = account == nullptr ? Bond{} : account->bond;
    if (event.reference.empty()) return BondRefusal::reference_is_missing;
    if (event.reference.size() > bond_reference_max) return BondRefusal::reference_is_too_long;
    if (event.mlpt == 0) return BondRefusal::nothing_moves;
    if (event.mlpt > bond_most) return BondRefusal::more_than_there_can_be;
    switch (event.move) {
        case BondMove::posted:
            if (counts + bond.leaving_mlpt + event.mlpt > bond_most)
                return BondRefusal::more_than_there_can_be;
            return std::nullopt;
        case BondMove::leaving:
        case BondMove::taken:
            if (event.mlpt > counts) return BondRefusal::exceeds_bond;
            return std::nullopt;
        case BondMove::returned: {
            if (event.mlpt > bond.leaving_mlpt) return BondRefusal::exceeds_leaving;
            if (account->case_open) return BondRefusal::case_is_open;
            const auto wait = std::chrono::seconds{parameters.unbonding_seconds};
            if (event.at - bond.leaving_since < wait) return BondRefusal::leaving_too_short;
            return std::nullopt;
        }
    }
    MILLPOND_ASSERT(false);
}

Result<std::vector<BookEvent>, BondRefusal> events_of(
    const BondOrder& order, const Book& book, Time now
)
{
    const auto found = book.accounts().find(order.account);
    const Account* account = found == book.accounts().end() ? nullptr : &found->second;
    const bool known = account != nullptr && !order.reference.empty();
    if (known && account->bond.reference == order.reference) return std::vector<BookEvent>{};
    const BondMoved event{
        .account = order.account,
        .move = order.move,
        .mlpt = order.mlpt,
        .reference = order.reference,
        .at = now,
    };
    if (const auto refusal = refusal_of(event, account, book.settings().rules.parameters))
        return because(*refusal);
    return std::vector<BookEvent>{event};
}

BondMoves events_of(const BondOnChain& bond, const Book& book, Time now)
{
    const auto found = book.accounts().find(bond.account);
    if (found == book.accounts().end()) return {};
    const Account& account = found->second;
    std::uint64_t counts = account.standing.bond_mlpt;
    const std::uint64_t leaving = account.bond.leaving_mlpt;
    BondMoves moves;
    const auto enter = [&](BondMove move, std::uint64_t mlpt) {
        if (mlpt == 0) return;
        moves.events.emplace_back(BondMoved{
            .account = bond.account,
            .move = move,
            .mlpt = mlpt,
            .reference = bond.reference,
            .at = now,
        });
    };
    if (bond.unbonding_mlpt > leaving) {
        const std::uint64_t more = bond.unbonding_mlpt - leaving;
        enter(BondMove::posted, more > counts ? more - counts : 0);
        counts = std::max(counts, more);
        enter(BondMove::leaving, more);
        counts -= more;
    }
    if (bond.active_mlpt > counts) enter(BondMove::posted, bond.active_mlpt - counts);
    if (bond.active_mlpt < counts) enter(BondMove::taken, counts - bond.active_mlpt);
    if (bond.unbonding_mlpt >= leaving) return moves;
    const BondMoved back{
        .account = bond.account,
        .move = BondMove::returned,
        .mlpt = leaving - bond.unbonding_mlpt,
        .reference = bond.reference,
        .at = now,
    };
    moves.complete = !refusal_of(back, &account, book.settings().rules.parameters);
    if (moves.complete) moves.events.emplace_back(back);
    return moves;
}

std::vector<BookEvent> events_of(const MemberOrder& order, const Book& book, Time now)
{
    const auto found = book.accounts().find(order.account);
    const bool member = found != book.accounts().end() && found->second.standing.member;
    if (member == order.member) return {};
    return {MemberListed{.account = order.account, .member = order.member, .at = now}};
}

Book::Outcome Book::on(const BondMoved& event)
{
    const auto found = accounts_.find(event.account);
    const Account* known = found == accounts_.end() ? nullptr : &found->second;
    if (const auto refusal = refusal_of(event, known, settings_.rules.parameters)) {
        return because(Problem{
            Breach::wrong_bond,
            "0x" + to_hex(event.account.value()) + ": " + std::string{name_of(*refusal)}
        });
    }
    Account& account = account_of(event.account, Signing::yes, event.at);
    std::uint64_t counts = account.standing.bond_mlpt;
    switch (event.move) {
        case BondMove::posted: counts += event.mlpt; break;
        case BondMove::leaving:
            counts -= event.mlpt;
            account.bond.leaving_mlpt += event.mlpt;
            account.bond.leaving_since = event.at;
            break;
        case BondMove::returned: account.bond.leaving_mlpt -= event.mlpt; break;
        case BondMove::taken: counts -= event.mlpt; break;
    }
    account.bond.reference = event.reference;
    note_standing(account, standing::BondChanged{counts}, event.at);
    return {};
}

void Book::slash(Account& account, CaseRuling ruling, Time at)
{
    const Parameters& parameters = settings_.rules.parameters;
    const std::uint64_t bp = ruling == CaseRuling::fraud         ? parameters.first_fraud_bp
                             : ruling == CaseRuling::substandard ? parameters.soft_slash_bp
                                                                 : 0;
    const std::uint64_t counts = account.standing.bond_mlpt;
    if (bp == 0 || counts + account.bond.leaving_mlpt == 0) return;
    account.bond.leaving_mlpt -= share(account.bond.leaving_mlpt, bp);
    note_standing(account, standing::BondChanged{counts - share(counts, bp)}, at);
}

}  // namespace millpond::book
