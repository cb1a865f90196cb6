#include "sim/chain/block_chain.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <utility>

namespace millpond::sim {
namespace {

std::uint64_t unix_seconds(Time time)
{
    return static_cast<std::uint64_t>(
        std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count()
    );
}

}  // namespace

BlockChain::BlockChain(const ChainHabits& habits, ChainModel genesis, Time start)
    : habits_(habits),
      genesis_(std::move(genesis)),
      start_(start),
      head_{.state = genesis_},
      deep_{.state = genesis_},
      next_reorganisation_(std::uint64_t{habits.reorganised_minutes} * 60 / habits.block_seconds)
{
}

std::uint64_t BlockChain::block_at(Time now) const
{
    return static_cast<std::uint64_t>((now - start_) / std::chrono::seconds{habits_.block_seconds});
}

std::uint64_t BlockChain::deep_block() const
{
    return block_ - std::min<std::uint64_t>(habits_.confirmations, block_);
}

std::uint64_t BlockChain::blocks_to_wait(Time now) const
{
    const Time from = start_ + std::chrono::minutes{habits_.congested_from_minutes};
    const bool congested =
        now >= from && now < from + std::chrono::minutes{habits_.congested_minutes};
    return congested ? std::uint64_t{habits_.waits_minutes} * 60 / habits_.block_seconds : 0;
}

void BlockChain::send(const Transaction& transaction, Time now)
{
    const std::uint64_t block = block_at(now) + 1 + blocks_to_wait(now);
    const auto behind = std::ranges::upper_bound(waiting_, block, {}, &Placed::block);
    waiting_.insert(behind, {.block = block, .transaction = transaction, .refusal = {}});
}

void BlockChain::advance(Time now)
{
    const std::uint64_t until = block_at(now);
    const std::uint64_t every =
        std::uint64_t{habits_.reorganised_minutes} * 60 / habits_.block_seconds;
    while (every > 0 && next_reorganisation_ <= until) {
        make_until(next_reorganisation_);
        look_deep();
        reorganise(next_reorganisation_);
        next_reorganisation_ += every;
    }
    make_until(until);
    look_deep();
}

void BlockChain::make_until(std::uint64_t block)
{
    const auto end = std::ranges::upper_bound(waiting_, block, {}, &Placed::block);
    for (auto each = waiting_.begin(); each != end; ++each) {
        each->refusal = apply(head_.state, *each);
        placed_.push_back(std::move(*each));
    }
    waiting_.erase(waiting_.begin(), end);
    head_.applied = placed_.size();
    block_ = std::max(block_, block);
    head_.state.now = unix_seconds(start_) + block_ * habits_.block_seconds;
}

void BlockChain::reorganise(std::uint64_t block)
{
    const std::uint64_t stays = block - std::min<std::uint64_t>(habits_.reorganised_blocks, block);
    const auto first = std::ranges::upper_bound(placed_, stays, {}, &Placed::block);
    const auto kept = static_cast<std::size_t>(first - placed_.begin());
    if (kept == placed_.size()) return;
    lost_ += placed_.size() - kept;
    for (std::size_t i = kept; i < deep_.applied; ++i)
        changed_.insert(placed_[i].transaction.party);
    placed_.erase(first, placed_.end());
    head_.state = genesis_;
    for (const Placed& each : placed_)
        apply(head_.state, each);
    head_.applied = placed_.size();
    head_.state.now = unix_seconds(start_) + block_ * habits_.block_seconds;
    if (deep_.applied > kept) deep_ = head_;
}

void BlockChain::look_deep()
{
    while (deep_.applied < placed_.size() && placed_[deep_.applied].block <= deep_block()) {
        const Placed& next = placed_[deep_.applied++];
        apply(deep_.state, next);
        changed_.insert(next.transaction.party);
    }
    deep_.state.now = unix_seconds(start_) + deep_block() * habits_.block_seconds;
}

std::string BlockChain::apply(ChainModel& state, const Placed& placed) const
{
    const Transaction& wanted = placed.transaction;
    state.now = unix_seconds(start_) + placed.block * habits_.block_seconds;
    switch (wanted.kind) {
        case Transaction::Kind::post: return state.post(wanted.party, roots_.at(wanted.number));
        case Transaction::Kind::claim: {
            const auto root =
                std::ranges::find(state.roots, wanted.number, &ChainModel::Root::epoch);
            if (root == state.roots.end()) return "NotPosted";
            return state.claim(ChainModel::Root{*root}, wanted.party);
        }
        case Transaction::Kind::bond:
            // Whoever posts a bond has bought the tokens.
            state.tokens[static_cast<std::size_t>(wanted.party)] += wanted.amount;
            return state.bond(wanted.party, wanted.amount);
        case Transaction::Kind::verdict: return state.take_bond(wanted.party, wanted.amount);
    }
    MILLPOND_ASSERT(false);
}

bool BlockChain::has(const Transaction& transaction) const
{
    const auto same = [&](const Placed& each) {
        return each.transaction == transaction && each.refusal.empty();
    };
    return std::ranges::any_of(waiting_, same) || std::ranges::any_of(placed_, same);
}

std::set<int> BlockChain::take_changed()
{
    return std::exchange(changed_, {});
}

std::uint64_t BlockChain::taken_twice() const
{
    std::uint64_t twice = 0;
    std::set<Transaction> taken;
    for (const Placed& each : placed_)
        if (each.refusal.empty() && !taken.insert(each.transaction).second) ++twice;
    return twice;
}

}  // namespace millpond::sim
