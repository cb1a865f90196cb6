#pragma once

#include "base/time.hpp"
#include "sim/chain/chain_habits.hpp"
#include "sim/chain/chain_model.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace millpond::sim {

/// What somebody wants of the contracts. Two that are equal are the same, sent again.
struct Transaction {
    enum class Kind : std::uint8_t { post, claim, bond, verdict };

    Kind kind = Kind::post;
    int party = 0;
    std::uint64_t number = 0;  ///< the epoch, or which of a party's
    ChainModel::Amount amount = 0;

    auto operator<=>(const Transaction&) const = default;
};

/// Blocks with transactions on the contracts' model. While it is congested they wait; what stood in
/// blocks that a reorganisation replaces is lost, until its sender sends it again.
class BlockChain {
public:
    BlockChain(const ChainHabits& habits, ChainModel genesis, Time start);

    /// What transactions about that epoch are about.
    void know(const ChainModel::Root& root) { roots_[root.epoch] = root; }

    void send(const Transaction& transaction, Time now);
    /// Makes the blocks until then.
    void advance(Time now);

    /// By all blocks.
    [[nodiscard]] ChainModel& head() { return head_.state; }

    /// By those with enough blocks on them.
    [[nodiscard]] ChainModel& deep() { return deep_.state; }

    [[nodiscard]] const ChainModel& deep() const { return deep_.state; }

    [[nodiscard]] std::uint64_t deep_block() const;

    /// Waits for a block, or stands in one and was not refused.
    [[nodiscard]] bool has(const Transaction& transaction) const;

    /// Whose affairs are others than when this was asked last, by `deep`.
    [[nodiscard]] std::set<int> take_changed();

    /// Transactions that a reorganisation took out of their blocks.
    [[nodiscard]] std::uint64_t lost() const { return lost_; }

    /// Transactions that the contracts took twice.
    [[nodiscard]] std::uint64_t taken_twice() const;

private:
    struct Placed {
        std::uint64_t block = 0;
        Transaction transaction;
        std::string refusal;  ///< by the contracts; empty where they took it
    };

    /// The contracts after the first so many transactions.
    struct View {
        ChainModel state;
        std::size_t applied = 0;
    };

    [[nodiscard]] std::uint64_t block_at(Time now) const;
    [[nodiscard]] std::uint64_t blocks_to_wait(Time now) const;
    void make_until(std::uint64_t block);
    void reorganise(std::uint64_t block);
    void look_deep();
    std::string apply(ChainModel& state, const Placed& placed) const;

    ChainHabits habits_;
    ChainModel genesis_;
    Time start_;
    std::map<std::uint64_t, ChainModel::Root> roots_;
    std::vector<Placed> waiting_;  ///< by block
    std::vector<Placed> placed_;   ///< in blocks, in order
    View head_;
    View deep_;
    std::uint64_t block_ = 0;  ///< the newest
    std::uint64_t next_reorganisation_ = 0;
    std::set<int> changed_;
    std::uint64_t lost_ = 0;
};

}  // namespace millpond::sim
