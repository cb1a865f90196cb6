#pragma once

#include "base/wei.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What the contracts of one pool do to bonds, fees and cases, written down a second time from
/// their interfaces, to be held against the contracts themselves. Every action says by which name
/// it is refused, "" when it is not, and changes nothing when it is refused. Party 0 runs the pool,
/// 1 and 2 work for it, 3 is a stranger. Juries are empty here, so they fail; amounts are small.
namespace millpond::test {

class ChainModel {
public:
    using Amount = std::uint64_t;
    using Time = std::uint64_t;
    static constexpr int workers = 2;
    static constexpr Amount jury_fees = 3'500'000'000'000'000;
    static constexpr Time hour = 3'600;
    static constexpr Time day = 24 * hour;

    struct Request {
        Wei parts;
        Time ready = 0;
        std::uint64_t emptied = 0;
    };

    struct Bond {
        Amount active = 0;
        Amount unbonding = 0;
        Amount locked = 0;
        Wei parts;
        std::uint64_t emptied = 0;
        std::vector<Request> requests;

        [[nodiscard]] Amount whole() const { return active + unbonding; }
    };

    struct Pay {
        Amount claimed = 0;
        Amount frozen = 0;
        Amount forfeited = 0;
        Amount received = 0;  ///< at the payout address
    };

    struct Root {
        std::uint64_t epoch = 0;
        Time posted_at = 0;
        std::array<Amount, workers + 1> earned{};
        std::array<Time, workers + 1> hold{};
    };

    struct CoverRequest {
        Amount amount = 0;
        Time ready = 0;
    };

    struct Case {
        int accused = 1;
        int task = 0;
        bool fraud = true;
        Amount tokens = 0;
        Amount ether = 0;
        std::string status = "none";
        Time until = 0;
        Time draw_until = 0;
        int attempts = 0;
        bool disputed = false;
        Amount lock = 0;        ///< of the accused's bond
        Amount claim_lock = 0;  ///< of the operator's own
        Amount freeze = 0;

        [[nodiscard]] Amount opening_bond() const
        {
            return std::max(part(ether, 3'500), jury_fees);
        }

        [[nodiscard]] Amount defence_bond() const
        {
            return std::max(part(ether, 1'000), jury_fees);
        }
    };

    Time now = 0;
    Time challenge = 36 * hour;
    Time hold_max = 72 * hour;
    Amount balance = 0;
    Amount reserved = 0;
    Amount total_earned = 0;
    Amount cover = 0;
    Amount cover_requested = 0;
    Amount court_ether = 0;
    Amount burned_ether = 0;
    Amount burned_tokens = 0;
    std::array<Bond, workers + 1> bonds;
    std::array<Pay, workers + 1> pay;
    std::array<Amount, workers + 2> tokens{};
    std::array<int, workers + 1> convictions{};
    std::vector<Root> roots;
    std::vector<Case> cases;

    static Amount part(Amount amount, std::uint64_t bp)
    {
        return amount / 10'000 * bp + amount % 10'000 * bp / 10'000;
    }

    std::string fund(Amount amount)
    {
        if (amount == 0) return "NothingToDo";
        balance += amount;
        return "";
    }

    std::string withdraw_free(int who, Amount amount)
    {
        if (who != 0) return "NotOperator";
        if (amount > balance - reserved) return "AboveFree";
        balance -= amount;
        return "";
    }

    std::string post(int who, const Root& root)
    {
        if (who != 0) return "NotOperator";
        if (!roots.empty() && root.epoch != roots.back().epoch + 1) return "WrongEpoch";
        const Amount total = root.earned[1] + root.earned[2];
        if (total < total_earned) return "TotalFalls";
        if (reserved + (total - total_earned) > balance) return "NotFunded";
        reserved += total - total_earned;
        total_earned = total;
        roots.push_back(root);
        roots.back().posted_at = now;
        return "";
    }

    std::string claim(const Root& root, int worker)
    {
        const Time hold = std::max(challenge, std::min(root.hold[at(worker)], hold_max));
        if (now < root.posted_at + hold) return "StillHeld";
        Pay& of = pay[at(worker)];
        const Amount gone = of.claimed + of.forfeited + of.frozen;
        if (root.earned[at(worker)] <= gone) return "NothingDue";
        const Amount due = root.earned[at(worker)] - gone;
        of.claimed += due;
        of.received += due;
        take(due);
        return "";
    }

    std::string deposit_cover(Amount amount)
    {
        if (amount == 0) return "NothingToDo";
        cover += amount;
        return "";
    }

    std::string request_cover(int who, Amount amount)
    {
        if (who != 0) return "NotOperator";
        if (amount == 0) return "NothingToDo";
        if (cover_requested + amount > cover) return "AboveBond";
        cover_requested += amount;
        cover_requests.push_back({.amount = amount, .ready = now + cover_wait});
        return "";
    }

    std::string withdraw_cover(int who, std::size_t id)
    {
        if (who != 0) return "NotOperator";
        if (id >= cover_requests.size() || cover_requests[id].amount == 0) return "NothingToDo";
        CoverRequest& request = cover_requests[id];
        if (now < request.ready) return "NotReady";
        cover_requested -= request.amount;
        cover -= std::min(request.amount, cover);
        request.amount = 0;
        return "";
    }

    std::string bond(int who, Amount amount)
    {
        if (amount > tokens[at(who)]) return "ERC20InsufficientBalance";
        if (amount == 0) return "NothingToDo";
        tokens[at(who)] -= amount;
        bonds[at(who)].active += amount;
        return "";
    }

    std::string unbond(int who, Amount amount)
    {
        Bond& of = bonds[at(who)];
        if (amount == 0) return "NothingToDo";
        if (amount > of.active) return "BelowActive";
        const Wei parts = of.unbonding == 0
                              ? Wei{amount}
                              : *mul_div_floor(Wei{amount}, of.parts, Wei{of.unbonding});
        of.active -= amount;
        of.unbonding += amount;
        of.parts = *add(of.parts, parts);
        of.requests.push_back(
            {.parts = parts, .ready = now + (who == 0 ? 21 : 10) * day, .emptied = of.emptied}
        );
        return "";
    }

    std::string release(int who, std::size_t id)
    {
        Bond& of = bonds[at(who)];
        if (id >= of.requests.size()) return "NothingToDo";
        Request& request = of.requests[id];
        if (request.parts.is_zero() || request.emptied != of.emptied) return "NothingToDo";
        if (now < request.ready) return "NotReady";
        const Amount amount = mul_div_floor(request.parts, Wei{of.unbonding}, of.parts)->limbs()[0];
        if (of.whole() - amount < of.locked) return "StillLocked";
        of.unbonding -= amount;
        of.parts = *subtract(of.parts, request.parts);
        request.parts = Wei{};
        tokens[at(who)] += amount;
        return "";
    }

    /// Two vouchers of one number: a tenth of the operator's bond.
    std::string equivocate(int who, std::uint64_t number)
    {
        if (proven[number]) return "AlreadyProven";
        proven[number] = true;
        const Amount penalty = part(bonds[0].whole(), 1'000);
        const Amount reward = part(penalty, 500);
        burned_tokens += slash_now(penalty - reward);
        tokens[at(who)] += slash_now(reward);
        return "";
    }

    std::string open(int who, const Case& made, Amount value, Time issued_at)
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

    std::string dispute(int who, Case& of, Amount value)
    {
        if (of.status != "open") return "WrongStatus";
        if (now >= of.until) return "TooLate";
        if (who != of.accused) return "NotAllowed";
        if (value != of.defence_bond()) return "WrongBond";
        court_ether += value;
        return step(of, "disputed", 48 * hour);
    }

    std::string publish(int who, Case& of, bool right_seed)
    {
        if (of.status != "disputed") return "WrongStatus";
        if (who != 0) return "NotOperator";
        if (now >= of.until) return "TooLate";
        if (!right_seed) return "WrongSeed";
        return step(of, "evidence", 48 * hour);
    }

    std::string summon(Case& of, bool right_seed)
    {
        if (of.status != "evidence") return "WrongStatus";
        if (now >= of.until) return "TooLate";
        if (!right_seed) return "WrongSeed";
        of.status = "in_court";
        of.draw_until = now + 48 * hour;
        return "";
    }

    std::string draw(const Case& of) const
    {
        if (of.draw_until == 0) return "NoSuchRound";
        return now >= of.draw_until ? "DrawOver" : "NobodyEnrolled";
    }

    std::string retry(Case& of)
    {
        if (of.attempts == 0 && of.draw_until == 0) return "NoSuchRound";
        if (of.attempts > 0 || now < of.draw_until) return "NotFailed";
        of.attempts = 1;
        of.draw_until = now + 48 * hour;
        return "";
    }

    std::string take_verdict(Case& of)
    {
        if (of.status != "in_court") return "WrongStatus";
        if (now < of.draw_until || of.attempts == 0) return "TooEarly";
        pay_out(of.opening_bond() + of.defence_bond());
        return close(of, "cancelled");
    }

    std::string advance(Case& of)
    {
        const bool waits =
            of.status == "open" || of.status == "disputed" || of.status == "evidence";
        if (!waits) return "WrongStatus";
        if (now < of.until) return "TooEarly";
        if (of.status == "disputed") return dismiss(of);
        of.disputed = of.status == "evidence";
        ++convictions[at(of.accused)];
        return step(of, "escrow", 7 * day);
    }

    std::string cancel(const Case& of) const
    {
        return of.status != "escrow" ? "WrongStatus" : "NotAllowed";
    }

    std::string execute(Case& of, const Root& root)
    {
        if (of.status != "escrow") return "WrongStatus";
        if (now < of.until) return "TooEarly";
        const Time since = of.until - 7 * day;
        if (root.epoch != roots.back().epoch && root.posted_at < since) return "WrongEpoch";
        if (now < root.posted_at + challenge) return "StillHeld";
        const Pay& from = pay[at(of.accused)];
        const Amount gone = from.claimed + from.forfeited;
        const Amount earned = root.earned[at(of.accused)];
        return finish(of, earned <= gone ? 0 : std::min(earned - gone, of.freeze));
    }

    std::string execute_without_pay(Case& of)
    {
        if (of.status != "escrow") return "WrongStatus";
        if (now < of.until + (of.ether > 0 ? 7 * day : 0)) return "TooEarly";
        return finish(of, 0);
    }

    [[nodiscard]] bool running(int accused) const
    {
        return std::ranges::any_of(cases, [&](const Case& each) {
            return each.accused == accused && !is_over(each);
        });
    }

    static bool is_over(const Case& of)
    {
        return of.status == "executed" || of.status == "dismissed" || of.status == "cancelled";
    }

    static constexpr Time cover_wait = 21 * day;
    std::vector<CoverRequest> cover_requests;
    std::map<std::uint64_t, bool> proven;

private:
    static std::size_t at(int party) { return static_cast<std::size_t>(party); }

    std::string step(Case& of, std::string_view status, Time wait) const
    {
        of.status = status;
        of.until = now + wait;
        return "";
    }

    void take(Amount amount)
    {
        balance -= amount;
        reserved -= amount;
    }

    void pay_out(Amount amount) { court_ether -= amount; }

    static void slash(Bond& of, Amount amount)
    {
        const Amount from_active = std::min(amount, of.active);
        of.active -= from_active;
        if (amount == from_active) return;
        of.unbonding -= amount - from_active;
        if (of.unbonding > 0) return;
        of.parts = Wei{};
        ++of.emptied;
    }

    Amount slash_now(Amount amount)
    {
        const Amount taken = std::min(amount, bonds[0].whole() - bonds[0].locked);
        slash(bonds[0], taken);
        return taken;
    }

    /// The claimant shows nothing: half of what it put up is the accused's.
    std::string dismiss(Case& of)
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

    /// Convicted by silence: nothing is the claimant's.
    std::string finish(Case& of, Amount from_pay)
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

    std::string close(Case& of, std::string_view status)
    {
        bonds[at(of.accused)].locked -= of.lock;
        bonds[0].locked -= of.claim_lock;
        pay[at(of.accused)].frozen -= of.freeze;
        of.lock = of.claim_lock = of.freeze = 0;
        of.status = status;
        of.until = 0;
        return "";
    }
};

}  // namespace millpond::test
