#pragma once

#include "base/result.hpp"
#include "core/settle/sum_tree.hpp"
#include "crypto/signature.hpp"
#include "model/receipt.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace millpond::settle {

/// What an epoch's audit root stands for besides its tasks.
struct EpochAudit {
    Hash32 tasks_root{};  ///< AuditTree's
    std::uint64_t tasks = 0;
    Hash32 policy{};  ///< hash of the parameters that held
    Hash32 anchor{};  ///< of its seeds, told before it began
    std::uint64_t ticks = 0;
    Hash32 beacon{};   ///< the public value mixed into its draws
    Hash32 journal{};  ///< hash of the journal's last entry that belongs to it

    bool operator==(const EpochAudit&) const = default;
};

[[nodiscard]] Hash32 hash_of(const EpochAudit& audit);

/// All that is published when an epoch closes; with it anybody can recompute its draws and pay.
struct EpochDocument {
    EpochRoot root;
    EpochAudit audit;
    Hash32 secret{};  ///< the last seed: every other follows from it
    std::vector<Leaf> leaves;
    /// The operator's, over the SeedDisclosure of the last seed: should it not be what was
    /// announced, anybody can show it (IChallenges.proveSeedMismatch). All zero where nothing is
    /// signed.
    crypto::Signature disclosure{};
    /// The operator's, over `root`, which binds all that is above: two signed roots of one epoch
    /// are proof of a double book. All zero where nothing is signed.
    crypto::Signature signature{};

    bool operator==(const EpochDocument&) const = default;
};

/// What the operator signs of a document's seeds.
[[nodiscard]] SeedDisclosure disclosure_of(const EpochDocument& document);

/// What is wrong with a published epoch, in order of precedence.
enum class Refusal : std::uint8_t {
    not_next,        ///< another pool, or its number does not follow on the one before
    anchor_changed,  ///< its seeds are not those announced by the epoch before
    seed_mismatch,   ///< the disclosed secret does not lead to the anchor
    audit_root_mismatch,
    leaf_of_another,  ///< a leaf names another pool or epoch
    account_twice,
    sum_root_mismatch,
    total_falls,
    account_falls,    ///< somebody's cumulative earnings are less than in the epoch before
    account_missing,  ///< somebody of the epoch before is not in it
};
[[nodiscard]] std::string_view name_of(Refusal refusal);

struct Problem {
    Refusal refusal = Refusal::not_next;
    Address account;  ///< which account, where it is one in particular

    bool operator==(const Problem&) const = default;
};

/// Recomputes what can be recomputed from the documents alone. `before` is empty for the first.
[[nodiscard]] Result<void, Problem> check(
    const EpochDocument& document, const std::optional<EpochDocument>& before
);

/// Closes an epoch. Nothing when the sum of all earnings overflows.
[[nodiscard]] std::optional<EpochDocument> close(
    PoolId pool,
    std::uint64_t epoch,
    std::vector<Leaf> leaves,
    const EpochAudit& audit,
    const Hash32& secret,
    const Hash32& next_anchor
);

}  // namespace millpond::settle
