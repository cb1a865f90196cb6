// Cases, up to a jury that nobody fills.
#include "sim/chain/chain_model.hpp"

#include <algorithm>

namespace millpond::sim {

std::string ChainModel::open(int who, const Case& made, Amount value, Time issued_at)
{
    if (who != 0) return "NotOperator";
    if (value != made.opening_bond()) return "WrongBond";
    if (now > issued_at + 7 * day) return "TooOld";
    const auto same = [&](const Case& other) { return other.task == made.task; };
    if (std::ranges::any_of(cases, same)) return "TaskTaken";
    if (running(made.accused)) return "CaseRunning";
    Bond& of = bonds[at(made.accused)];
    const std::uint64_t most_bp = !made.fraud                         ? 1'000
                                  : convictions[at(made.accused)] > 0 ? 10'000
                                                                      : 3'000;
    Case opened = made;
    if (made.tokens > 0) {
        const bool within =
            made.tokens <= of.whole() - of.locked && made.tokens <= part(of.whole(), most_bp);
        if (!within) return "PenaltyOutOfBounds";
        const Amount own = part(made.tokens, 3'500);
        if (own > bonds[0].whole() - bonds[0].locked) return "WrongBond";
        opened.lock = made.tokens;
        opened.claim_lock = own;
        of.locked += opened.lock;
        bonds[0].locked += own;
    }
    opened.freeze = made.ether;
    pay[at(made.accused)].frozen += made.ether;
    opened.status = "open";
    opened.until = now + 72 * hour;
    court_ether += value;
    cases.push_back(opened);
    return "";
}

std::string ChainModel::dispute(int who, Case& of, Amount value)
{
    if (of.status != "open") return "WrongStatus";
    if (now >= of.until) return "TooLate";
    if (who != of.accused) return "NotAllowed";
    if (value != of.defence_bond()) return "WrongBond";
    court_ether += value;
    return step(of, "disputed", 48 * hour);
}

std::string ChainModel::publish(int who, Case& of, bool right_seed)
{
    if (of.status != "disputed") return "WrongStatus";
    if (who != 0) return "NotOperator";
    if (now >= of.until) return "TooLate";
    if (!right_seed) return "WrongSeed";
    return step(of, "evidence", 48 * hour);
}

std::string ChainModel::summon(Case& of, bool right_seed)
{
    if (of.status != "evidence") return "WrongStatus";
    if (now >= of.until) return "TooLate";
    if (!right_seed) return "WrongSeed";
    of.status = "in_court";
    of.draw_until = now + 48 * hour;
    return "";
}

std::string ChainModel::draw(const Case& of) const
{
    if (of.draw_until == 0) return "NoSuchRound";
    return now >= of.draw_until ? "DrawOver" : "NobodyEnrolled";
}

std::string ChainModel::retry(Case& of)
{
    if (of.attempts == 0 && of.draw_until == 0) return "NoSuchRound";
    if (of.attempts > 0 || now < of.draw_until) return "NotFailed";
    of.attempts = 1;
    of.draw_until = now + 48 * hour;
    return "";
}

std::string ChainModel::take_verdict(Case& of)
{
    if (of.status != "in_court") return "WrongStatus";
    if (now < of.draw_until || of.attempts == 0) return "TooEarly";
    pay_out(of.opening_bond() + of.defence_bond());
    return close(of, "cancelled");
}

std::string ChainModel::advance(Case& of)
{
    const bool waits = of.status == "open" || of.status == "disputed" || of.status == "evidence";
    if (!waits) return "WrongStatus";
    if (now < of.until) return "TooEarly";
    if (of.status == "disputed") return dismiss(of);
    of.disputed = of.status == "evidence";
    ++convictions[at(of.accused)];
    return step(of, "escrow", 7 * day);
}

std::string ChainModel::cancel(const Case& of) const
{
    return of.status != "escrow" ? "WrongStatus" : "NotAllowed";
}

std::string ChainModel::execute(Case& of, const Root& root)
{
    if (of.status != "escrow") return "WrongStatus";
    if (now < of.until) return "TooEarly";
    const Time since = of.until - 7 * day;
    if (root.epoch != roots.back().epoch && root.posted_at < since) return "WrongEpoch";
    if (now < root.posted_at + challenge) return "StillHeld";
    const Pay& from = pay[at(of.accused)];
    const Amount gone = from.claimed + from.forfeited;
    const Amount earned = said(root.earned, of.accused);
    return finish(of, earned <= gone ? 0 : std::min(earned - gone, of.freeze));
}

std::string ChainModel::execute_without_pay(Case& of)
{
    if (of.status != "escrow") return "WrongStatus";
    if (now < of.until + (of.ether > 0 ? 7 * day : 0)) return "TooEarly";
    return finish(of, 0);
}

bool ChainModel::running(int accused) const
{
    return std::ranges::any_of(cases, [&](const Case& each) {
        return each.accused == accused && !is_over(each);
    });
}

bool ChainModel::is_over(const Case& of)
{
    return of.status == "executed" || of.status == "dismissed" || of.status == "cancelled";
}

std::string ChainModel::step(Case& of, std::string_view status, Time wait) const
{
    of.status = status;
    of.until = now + wait;
    return "";
}

std::string ChainModel::dismiss(Case& of)
{
    const Amount claimant = of.opening_bond();
    pay[at(of.accused)].received += claimant / 2;
    burned_ether += claimant - claimant / 2;
    pay_out(claimant + of.defence_bond());
    if (of.claim_lock > 0) {
        slash(bonds[0], of.claim_lock);
        bonds[0].locked -= of.claim_lock;
        tokens[at(of.accused)] += of.claim_lock / 2;
        burned_tokens += of.claim_lock - of.claim_lock / 2;
        of.claim_lock = 0;
    }
    return close(of, "dismissed");
}

std::string ChainModel::finish(Case& of, Amount from_pay)
{
    Bond& accused = bonds[at(of.accused)];
    const Amount taken = std::min(of.tokens, part(accused.whole(), 1'000));
    if (of.tokens > 0) {
        slash(accused, taken);
        accused.locked -= taken;
        of.lock -= taken;
        burned_tokens += taken;
    }
    take(from_pay);
    of.freeze -= from_pay;
    pay[at(of.accused)].frozen -= from_pay;
    pay[at(of.accused)].forfeited += from_pay;
    burned_ether += from_pay;
    pay_out(of.opening_bond());
    if (of.disputed) {  // and kept its half of the seed
        burned_ether += of.defence_bond();
        pay_out(of.defence_bond());
    }
    return close(of, "executed");
}

std::string ChainModel::close(Case& of, std::string_view status)
{
    bonds[at(of.accused)].locked -= of.lock;
    bonds[0].locked -= of.claim_lock;
    pay[at(of.accused)].frozen -= of.freeze;
    of.lock = of.claim_lock = of.freeze = 0;
    of.status = status;
    of.until = 0;
    return "";
}

}  // namespace millpond::sim
