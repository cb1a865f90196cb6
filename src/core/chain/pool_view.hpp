#pragma once

#include "base/wei.hpp"
#include "core/chain/contracts.hpp"
#include "model/ids.hpp"
#include "model/receipt.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// What the contracts hold of one pool, and what follows from it for the pool's next step.
namespace millpond::chain {

/// As of one block.
struct PoolView {
    std::uint64_t block = 0;
    Address founder;  ///< whose pool it is; zero where nobody founded it
    Hash32 first_anchor{};
    std::uint64_t challenge = 0;
    Wei balance;   ///< ether to pay with
    Wei reserved;  ///< of it: what roots say and nobody claimed
    std::uint64_t last_epoch = 0;
    std::uint64_t posted_at = 0;  ///< 0 before the first root
    Wei total_earned;             ///< by the last root
    Hash32 last_commit{};         ///< to the last root; zero where it was voided
    Hash32 next_anchor{};
    Wei cover;      ///< ether that answers for what is not posted
    Wei gas_money;  ///< ether of the founder's own
    /// What we sent and another sender took the nonce of, and one node cannot make sure of.
    std::uint64_t displaced = 0;

    bool operator==(const PoolView&) const = default;
};

/// Of one account.
struct AccountView {
    Address account;
    Wei bond_active;  ///< the token's smallest units
    Wei bond_unbonding;
    Wei claimed;
    Wei forfeited;

    bool operator==(const AccountView&) const = default;
};

/// What the vault keeps of a root: it is posted exactly if this stands there.
[[nodiscard]] Hash32 commit_of(const EpochRoot& root, const EpochStamp& stamp);

/// What the pool knows of itself.
struct BookView {
    Address operator_address;
    Wei earned;                ///< by all accounts until now
    std::uint64_t closed = 0;  ///< the last epoch that ended; 0 before
    /// Of the epoch that the chain has last, as it was published here.
    std::optional<EpochRoot> last_posted;
    /// Of the one behind it, where it has ended.
    std::optional<EpochRoot> next;
    /// Its seeds' anchor, ended or not; nothing where no epoch of ours is the next.
    std::optional<Hash32> next_seeds;
    bool claims_differ = false;
};

struct SettlingTerms {
    Wei unposted_early;  ///< beyond this an epoch ends before its time; zero: none does
    Wei unposted_max;    ///< beyond this nothing more is promised
    Wei gas_least;       ///< less ether of one's own is an alarm
    std::uint64_t cover_percent = 150;  ///< of what is not posted has to be there
    bool opens_cases = false;           ///< for frauds of bonded transcoders
};

/// What is wrong, the worst first: from `books_differ` on nothing is posted.
enum class Alarm : std::uint8_t {
    cover_is_low,    ///< ether that nobody owns yet does not cover what is not posted
    gas_is_low,      ///< the operator's own ether runs out
    nonce_is_spent,  ///< by something else than what we sent; it waits for a second node
    not_funded,      ///< the next root would promise more than is there
    not_founded,     ///< nobody has founded the pool, or it is not in these contracts
    other_operator,  ///< the pool is another key's
    anchor_differs,  ///< the next epoch's seeds are not those that were announced
    root_voided,     ///< the last root took from somebody what it had been given
    root_differs,    ///< the last root is not the one that was published
    chain_is_ahead,  ///< the chain has epochs that the book does not know
    claims_differ,   ///< the chain paid what the book has not released
};
[[nodiscard]] std::string_view name_of(Alarm alarm);
/// Books and chain contradict each other: a person has to look.
[[nodiscard]] bool stops(Alarm alarm);

struct Assessment {
    Wei unposted;  ///< earned and in no root
    Wei free;      ///< ether that no root reserves
    std::vector<Alarm> alarms;
    bool may_promise = false;
    bool close_early = false;
    std::optional<EpochRoot> post;  ///< the next root, where it is due and can be posted
};

[[nodiscard]] Assessment assess(
    const PoolView& pool, const BookView& book, const SettlingTerms& terms
);

/// Whether what is earned and not posted is within bounds, and ether answers for it.
[[nodiscard]] bool covers(const PoolView& pool, const Wei& earned, const SettlingTerms& terms);

/// Thousandths of the token, as the book counts bonds.
[[nodiscard]] std::uint64_t mlpt_of(const Wei& tokens);

}  // namespace millpond::chain
