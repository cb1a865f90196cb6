#pragma once

#include "base/bytes.hpp"
#include "crypto/merkle.hpp"
#include "model/receipt.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millpond::settle {

/// What is bound of one task (cryptoeconomics 5.3): who could have had it, who had it, why others
/// were passed over, what was drawn, and what came of it.
struct AuditLeaf {
    TaskKey task;
    Hash32 roster{};  ///< root of the tick's candidates
    Address chosen;
    Hash32 skips{};  ///< keccak over who was passed over and why
    std::uint64_t replicas = 1;
    std::vector<std::uint64_t> chances;  ///< of a check, by tier, in millionths
    std::uint64_t checks = 0;            ///< bit i: tier i was drawn
    Hash32 report{};                     ///< the newest report's hash; zero without a check
    std::uint64_t voucher_seq = 0;       ///< 0 where it earned nothing

    bool operator==(const AuditLeaf&) const = default;
};

[[nodiscard]] Hash32 hash_of(const AuditLeaf& leaf);

/// Merkle root of each tick's tasks, and of those roots: an epoch's audit root. Takes tasks in the
/// order they were decided and keeps no more than the trees are high.
class AuditTree {
public:
    /// Ticks never go back.
    void add(std::uint64_t tick, const AuditLeaf& leaf);
    [[nodiscard]] Hash32 root() const;

    [[nodiscard]] std::uint64_t tasks() const { return tasks_; }

private:
    std::uint64_t tick_ = 0;
    crypto::MerkleFrontier of_tick_;
    crypto::MerkleFrontier of_epoch_;
    std::uint64_t tasks_ = 0;
};

}  // namespace millpond::settle
