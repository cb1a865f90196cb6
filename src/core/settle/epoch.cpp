#include "core/settle/epoch.hpp"

#include "base/assert.hpp"
#include "core/draw/seeds.hpp"
#include "crypto/typed_data.hpp"

#include <algorithm>

namespace millpond::settle {
namespace {

Result<void, Problem> check_leaves(const EpochDocument& document)
{
    const Leaf* last = nullptr;
    for (const Leaf& leaf : document.leaves) {
        if (leaf.pool != document.root.pool || leaf.epoch != document.root.epoch)
            return because(Problem{Refusal::leaf_of_another, leaf.account});
        if (last != nullptr && last->account >= leaf.account)
            return because(Problem{Refusal::account_twice, leaf.account});
        last = &leaf;
    }
    const auto tree = SumTree::build(document.leaves);
    const bool same = tree && tree->root().hash == document.root.sum_root &&
                      tree->root().sum == document.root.total_earned;
    if (!same) return because(Problem{Refusal::sum_root_mismatch, {}});
    return {};
}

Result<void, Problem> check_growth(const EpochDocument& document, const EpochDocument& before)
{
    if (document.root.total_earned < before.root.total_earned)
        return because(Problem{Refusal::total_falls, {}});
    auto now = document.leaves.begin();
    for (const Leaf& leaf : before.leaves) {
        now =
            std::ranges::lower_bound(now, document.leaves.end(), leaf.account, {}, &Leaf::account);
        if (now == document.leaves.end() || now->account != leaf.account)
            return because(Problem{Refusal::account_missing, leaf.account});
        if (now->earned < leaf.earned)
            return because(Problem{Refusal::account_falls, leaf.account});
    }
    return {};
}

}  // namespace

Hash32 hash_of(const EpochAudit& audit)
{
    return crypto::TypedStruct{
        "EpochAudit(bytes32 tasksRoot,uint64 tasks,bytes32 policy,bytes32 anchor,uint64 ticks,"
        "bytes32 beacon,bytes32 journal)"
    }
        .word(audit.tasks_root)
        .number(audit.tasks)
        .word(audit.policy)
        .word(audit.anchor)
        .number(audit.ticks)
        .word(audit.beacon)
        .word(audit.journal)
        .hash();
}

SeedDisclosure disclosure_of(const EpochDocument& document)
{
    return {
        .pool = document.root.pool,
        .epoch = document.root.epoch,
        .tick = document.audit.ticks,
        .seed = document.secret,
    };
}

std::string_view name_of(Refusal refusal)
{
    switch (refusal) {
        case Refusal::not_next: return "not_next";
        case Refusal::anchor_changed: return "anchor_changed";
        case Refusal::seed_mismatch: return "seed_mismatch";
        case Refusal::audit_root_mismatch: return "audit_root_mismatch";
        case Refusal::leaf_of_another: return "leaf_of_another";
        case Refusal::account_twice: return "account_twice";
        case Refusal::sum_root_mismatch: return "sum_root_mismatch";
        case Refusal::total_falls: return "total_falls";
        case Refusal::account_falls: return "account_falls";
        case Refusal::account_missing: return "account_missing";
    }
    MILLPOND_ASSERT(false);
}

Result<void, Problem> check(
    const EpochDocument& document, const std::optional<EpochDocument>& before
)
{
    if (before && (before->root.pool != document.root.pool ||
                   before->root.epoch + 1 != document.root.epoch)) {
        return because(Problem{Refusal::not_next, {}});
    }
    if (before && before->root.next_anchor != document.audit.anchor)
        return because(Problem{Refusal::anchor_changed, {}});
    constexpr std::uint64_t ticks_max = 1U << 20U;  // hashing more would be an attack on the reader
    const std::uint64_t ticks = document.audit.ticks;
    if (ticks > ticks_max ||
        !draw::belongs(document.secret, static_cast<std::uint32_t>(ticks), document.audit.anchor)) {
        return because(Problem{Refusal::seed_mismatch, {}});
    }
    if (hash_of(document.audit) != document.root.audit_root)
        return because(Problem{Refusal::audit_root_mismatch, {}});
    const auto leaves = check_leaves(document);
    if (!leaves || !before) return leaves;
    return check_growth(document, *before);
}

// NOLINTNEXTLINE(readability-function-size): what a document consists of, each of its own type
std::optional<EpochDocument> close(
    PoolId pool,
    std::uint64_t epoch,
    std::vector<Leaf> leaves,
    const EpochAudit& audit,
    const Hash32& secret,
    const Hash32& next_anchor
)
{
    auto tree = SumTree::build(std::move(leaves));
    if (!tree) return std::nullopt;
    return EpochDocument{
        .root =
            {.pool = pool,
             .epoch = epoch,
             .sum_root = tree->root().hash,
             .total_earned = tree->root().sum,
             .audit_root = hash_of(audit),
             .next_anchor = next_anchor},
        .audit = audit,
        .secret = secret,
        .leaves = tree->leaves(),
    };
}

}  // namespace millpond::settle
