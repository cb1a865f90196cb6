#pragma once

#include "base/bytes.hpp"
#include "base/wei.hpp"
#include "model/receipt.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace millpond::settle {

/// What one account has earned up to an epoch's end (cryptoeconomics 8.3).
struct Leaf {
    PoolId pool;
    std::uint64_t epoch = 0;
    Address account;
    Wei earned;  ///< cumulative
    std::uint64_t hold_seconds = 0;
    std::uint64_t segments = 0;
    std::uint64_t flags = 0;

    bool operator==(const Leaf&) const = default;
};

/// keccak(keccak(abi.encode(pool, epoch, account, earned, holdSeconds, segments, flags))): twice,
/// so that no inner node is anybody's leaf.
[[nodiscard]] Hash32 hash_of(const Leaf& leaf);

struct SumNode {
    Hash32 hash{};
    Wei sum;

    bool operator==(const SumNode&) const = default;
};

/// keccak(leftHash, leftSum, rightHash, rightSum) over the sum of both; nothing on overflow. Both
/// sums are hashed, so leaves that add up to more than the root's sum cannot all be proven.
[[nodiscard]] std::optional<SumNode> parent_of(const SumNode& left, const SumNode& right);

/// The siblings from the leaf up. Bit i of `path` is 1 where the node is the right one of level i.
struct SumProof {
    std::vector<SumNode> siblings;
    std::uint64_t path = 0;

    bool operator==(const SumProof&) const = default;
};

/// The node that the proof leads to; nothing on overflow.
[[nodiscard]] std::optional<SumNode> root_of(const SumProof& proof, const Leaf& leaf);

/// The tree over all accounts of an epoch, in the order of their addresses. The last node of a
/// level of odd length moves up as it is.
class SumTree {
public:
    /// Nothing when the sum overflows.
    static std::optional<SumTree> build(std::vector<Leaf> leaves);

    /// All zero without accounts.
    [[nodiscard]] SumNode root() const;

    [[nodiscard]] const std::vector<Leaf>& leaves() const { return leaves_; }

    /// Nothing for an account that is not in it.
    [[nodiscard]] std::optional<std::pair<Leaf, SumProof>> prove(const Address& account) const;

private:
    SumTree() = default;

    std::vector<Leaf> leaves_;
    std::vector<std::vector<SumNode>> levels_;  ///< leaves first
};

}  // namespace millpond::settle
