#include "sim/chain/contracts_of_play.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace millpond::sim {
namespace {

constexpr std::uint64_t wei_of_thousandth = 1'000'000'000'000'000;

std::uint64_t seconds_of(Time time)
{
    return static_cast<std::uint64_t>(
        std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count()
    );
}

/// Plays are too short for more.
ChainModel::Amount amount_of(const Wei& wei)
{
    const auto& limbs = wei.limbs();
    MILLPOND_ASSERT(limbs[1] == 0 && limbs[2] == 0 && limbs[3] == 0);
    return limbs[0];
}

Wei tokens_of(std::uint64_t mlpt)
{
    return multiply(Wei{mlpt}, Wei{wei_of_thousandth}).value_or(Wei{});
}

ChainModel genesis_of(const ChainHabits& habits, std::uint64_t pay_wei)
{
    ChainModel genesis;
    genesis.challenge = std::uint64_t{habits.challenge_minutes} * 60;
    genesis.hold_max = std::uint64_t{7} * ChainModel::day;
    genesis.balance = habits.funds_w * pay_wei;
    genesis.cover = habits.cover_w * pay_wei;
    return genesis;
}

}  // namespace

ContractsOfPlay::ContractsOfPlay(
    const ChainHabits& habits, std::uint64_t pay_wei, const Hash32& first_anchor, Time now
)
    : habits_(habits),
      claim_least_(std::max<std::uint64_t>(habits.claim_least_w * pay_wei, 1)),
      first_anchor_(first_anchor),
      now_(now),
      chain_(habits, genesis_of(habits, pay_wei), now)
{
}

Address ContractsOfPlay::founder()
{
    std::array<std::uint8_t, 20> bytes{};
    bytes[0] = 0x6f;
    return Address{bytes};
}

chain::SettlingTerms ContractsOfPlay::terms_of(const ChainHabits& habits, std::uint64_t pay_wei)
{
    return {
        .unposted_early = Wei{habits.unposted_early_w * pay_wei},
        .unposted_max = Wei{habits.unposted_max_w * pay_wei},
        .gas_least = Wei{},
    };
}

int ContractsOfPlay::party_of(const Address& owner)
{
    const auto [found, added] = parties_.try_emplace(owner, static_cast<int>(owners_.size()) + 1);
    if (added) owners_.push_back(owner);
    return found->second;
}

void ContractsOfPlay::send(const Transaction& transaction)
{
    if (!chain_.has(transaction)) chain_.send(transaction, now_);
}

void ContractsOfPlay::advance(Time now)
{
    now_ = now;
    chain_.advance(now);
    for (const Transaction& each : bonds_)
        send(each);
}

void ContractsOfPlay::publish(const settle::EpochDocument& document, Time now)
{
    now_ = now;
    ChainModel::Root root{.epoch = document.root.epoch};
    for (const settle::Leaf& leaf : document.leaves) {
        const auto party = static_cast<std::size_t>(party_of(leaf.account));
        root.earned[party] = amount_of(leaf.earned);
        root.hold[party] = leaf.hold_seconds;
    }
    chain_.know(root);
    epochs_[root.epoch] = {
        .published = {.root = document.root, .seeds = document.audit.anchor},
        .ended_at = seconds_of(now),
    };
}

void ContractsOfPlay::deposit(const Address& owner, std::uint64_t mlpt)
{
    bonds_.push_back({
        .kind = Transaction::Kind::bond,
        .party = party_of(owner),
        .number = bonds_.size(),
        .amount = mlpt,
    });
    send(bonds_.back());
}

void ContractsOfPlay::take_bond(const Address& owner, std::uint64_t mlpt)
{
    bonds_.push_back({
        .kind = Transaction::Kind::verdict,
        .party = party_of(owner),
        .number = bonds_.size(),
        .amount = mlpt,
    });
    send(bonds_.back());
}

std::uint64_t ContractsOfPlay::bond_of(const Address& owner)
{
    const int party = party_of(owner);
    std::uint64_t bond = 0;
    for (const Transaction& each : bonds_) {
        if (each.party != party) continue;
        const bool posts = each.kind == Transaction::Kind::bond;
        bond = posts ? bond + each.amount : bond - std::min(bond, each.amount);
    }
    return bond;
}

void ContractsOfPlay::claim(const Address& owner)
{
    const int party = party_of(owner);
    ChainModel& seen = chain_.deep();
    const auto pays = [&](const ChainModel::Root& root) {
        const auto hold = std::max(seen.challenge, ChainModel::said(root.hold, party));
        return seen.now >= root.posted_at + hold;
    };
    const auto backwards = std::views::reverse(seen.roots);
    const auto newest = std::ranges::find_if(backwards, pays);
    if (newest == backwards.end()) return;
    const ChainModel::Amount claimed = seen.pay[static_cast<std::size_t>(party)].claimed;
    if (ChainModel::said(newest->earned, party) < claimed + claim_least_) return;
    send({.kind = Transaction::Kind::claim, .party = party, .number = newest->epoch});
}

std::uint64_t ContractsOfPlay::claimed_by(const Address& owner)
{
    return chain_.head().pay[static_cast<std::size_t>(party_of(owner))].claimed;
}

ChainScore ContractsOfPlay::score()
{
    ChainModel& head = chain_.head();
    ChainScore score{
        .roots = head.roots.size(),
        .paid_twice = chain_.taken_twice(),
        .lost = chain_.lost(),
    };
    for (const auto& [party, pay] : head.pay) {
        score.claims_paid += pay.received;
        const auto due = head.roots.empty()
                             ? 0
                             : ChainModel::said(head.roots.back().earned, static_cast<int>(party));
        if (pay.received > due) ++score.paid_twice;
    }
    for (const auto& [number, epoch] : epochs_) {
        const auto root = std::ranges::find(head.roots, number, &ChainModel::Root::epoch);
        const std::uint64_t until = root == head.roots.end() ? seconds_of(now_) : root->posted_at;
        score.posted_late = std::max(score.posted_late, until - std::min(until, epoch.ended_at));
    }
    return score;
}

chain::PoolView ContractsOfPlay::view() const
{
    const ChainModel& seen = chain_.deep();
    chain::PoolView view{
        .block = chain_.deep_block(),
        .founder = founder(),
        .first_anchor = first_anchor_,
        .challenge = seen.challenge,
        .balance = Wei{seen.balance},
        .reserved = Wei{seen.reserved},
        .total_earned = Wei{seen.total_earned},
        .cover = Wei{seen.cover},
    };
    if (seen.roots.empty()) return view;
    const ChainModel::Root& last = seen.roots.back();
    const EpochRoot& root = epochs_.at(last.epoch).published.root;
    view.last_epoch = last.epoch;
    view.posted_at = last.posted_at;
    view.next_anchor = root.next_anchor;
    view.last_commit = chain::commit_of(
        root,
        {.epoch = last.epoch,
         .posted_at = last.posted_at,
         .challenge = seen.challenge,
         .audit_root = root.audit_root}
    );
    return view;
}

chain::AccountView ContractsOfPlay::account(const Address& owner)
{
    const auto party = static_cast<std::size_t>(party_of(owner));
    ChainModel& seen = chain_.deep();
    const ChainModel::Bond& bond = seen.bonds[party];
    const ChainModel::Pay& pay = seen.pay[party];
    return {
        .account = owner,
        .bond_active = tokens_of(bond.active),
        .bond_unbonding = tokens_of(bond.unbonding),
        .claimed = Wei{pay.claimed},
        .forfeited = Wei{pay.forfeited},
    };
}

Task<Result<chain::PoolView, Fault>> ContractsOfPlay::pool()
{
    co_return view();
}

Task<Result<std::vector<Address>, Fault>> ContractsOfPlay::changed()
{
    std::vector<Address> owners;
    for (const int party : chain_.take_changed())
        if (party > 0) owners.push_back(owners_[static_cast<std::size_t>(party - 1)]);
    co_return owners;
}

Task<Result<std::vector<chain::AccountView>, Fault>> ContractsOfPlay::accounts(
    std::vector<Address> of
)
{
    std::vector<chain::AccountView> views;
    views.reserve(of.size());
    for (const Address& owner : of)
        views.push_back(account(owner));
    co_return views;
}

Task<Result<std::optional<PoolOnChain::Published>, Fault>> ContractsOfPlay::published(
    std::uint64_t epoch
)
{
    const auto found = epochs_.find(epoch);
    if (found == epochs_.end()) co_return std::optional<Published>{};
    co_return std::optional{found->second.published};
}

Task<Result<bool, Fault>> ContractsOfPlay::post(EpochRoot root)
{
    send({.kind = Transaction::Kind::post, .party = 0, .number = root.epoch});
    co_return false;
}

Task<Result<std::vector<chain::ChargeView>, Fault>> ContractsOfPlay::prosecute(
    std::vector<chain::Charge> /*charges*/
)
{
    co_return std::vector<chain::ChargeView>{};
}

}  // namespace millpond::sim
