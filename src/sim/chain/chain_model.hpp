#pragma once

#include "base/wei.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What the contracts of one pool do to bonds, fees and cases, written down a second time from
/// their interfaces, to be held against the contracts themselves. Every action says by which name
/// it is refused, "" when it is not, and changes nothing when it is refused. Party 0 runs the pool,
/// the others work for it or are strangers. Juries are empty here, so they fail; amounts are small.
namespace millpond::sim {

class ChainModel {
public:
    using Amount = std::uint64_t;
    using Time = std::uint64_t;
    /// Of each party, as the contracts' own maps: who is not in it has nothing.
    template <typename T>
    using Of = std::map<std::size_t, T>;
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
        Of<Amount> earned;
        Of<Time> hold;
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
    Of<Bond> bonds;
    Of<Pay> pay;
    Of<Amount> tokens;
    Of<int> convictions;
    std::vector<Root> roots;
    std::vector<Case> cases;

    /// What a root gives or says of a party.
    static Amount said(const Of<Amount>& root, int party);
    static Amount part(Amount amount, std::uint64_t bp);

    std::string fund(Amount amount);

    std::string withdraw_free(int who, Amount amount);

    std::string post(int who, const Root& root);

    std::string claim(const Root& root, int worker);

    std::string deposit_cover(Amount amount);

    std::string request_cover(int who, Amount amount);

    std::string withdraw_cover(int who, std::size_t id);

    std::string bond(int who, Amount amount);

    std::string unbond(int who, Amount amount);

    std::string release(int who, std::size_t id);

    /// What the verdict of a jury takes. This model has none; the courts of plays say it.
    std::string take_bond(int who, Amount amount);

    /// Two vouchers of one number: a tenth of the operator's bond.
    std::string equivocate(int who, std::uint64_t number);

    std::string open(int who, const Case& made, Amount value, Time issued_at);

    std::string dispute(int who, Case& of, Amount value);

    std::string publish(int who, Case& of, bool right_seed);

    std::string summon(Case& of, bool right_seed);

    std::string draw(const Case& of) const;

    std::string retry(Case& of);

    std::string take_verdict(Case& of);

    std::string advance(Case& of);

    std::string cancel(const Case& of) const;

    std::string execute(Case& of, const Root& root);

    std::string execute_without_pay(Case& of);

    [[nodiscard]] bool running(int accused) const;

    static bool is_over(const Case& of);

    static constexpr Time cover_wait = 21 * day;
    std::vector<CoverRequest> cover_requests;
    std::map<std::uint64_t, bool> proven;

private:
    static std::size_t at(int party) { return static_cast<std::size_t>(party); }

    std::string step(Case& of, std::string_view status, Time wait) const;

    void take(Amount amount);

    void pay_out(Amount amount) { court_ether -= amount; }

    static void slash(Bond& of, Amount amount);

    Amount slash_now(Amount amount);

    /// The claimant shows nothing: half of what it put up is the accused's.
    std::string dismiss(Case& of);

    /// Convicted by silence: nothing is the claimant's.
    std::string finish(Case& of, Amount from_pay);

    std::string close(Case& of, std::string_view status);
};

}  // namespace millpond::sim
