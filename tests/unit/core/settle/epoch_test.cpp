#include "core/settle/epoch.hpp"

#include "core/draw/seeds.hpp"
#include "core/settle/audit_tree.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace millpond::settle {
namespace {

const PoolId pool{{1}};
const draw::SeedChain first_seeds{{11}, 50};
const draw::SeedChain second_seeds{{12}, 50};

Leaf leaf(std::uint8_t account, std::uint64_t epoch, std::uint64_t earned)
{
    return {.pool = pool, .epoch = epoch, .account = Address{{account}}, .earned = Wei{earned}};
}

EpochDocument epoch_of(
    std::uint64_t number, const draw::SeedChain& seeds, const Hash32& next, std::vector<Leaf> leaves
)
{
    const EpochAudit audit{
        .tasks_root = {5}, .tasks = 9, .policy = {6}, .anchor = seeds.anchor(), .ticks = 50
    };
    return *close(pool, number, std::move(leaves), audit, seeds.seed(50), next);
}

struct Epochs {
    EpochDocument first = epoch_of(
        1, first_seeds, second_seeds.anchor(), {leaf(3, 1, 30), leaf(1, 1, 10), leaf(2, 1, 20)}
    );
    EpochDocument second = epoch_of(
        2, second_seeds, {99}, {leaf(1, 2, 15), leaf(2, 2, 20), leaf(3, 2, 31), leaf(4, 2, 5)}
    );

    /// What the second one is refused for after a change to it; its roots are made to fit again.
    std::optional<Problem> refused_after(const std::function<void(EpochDocument&)>& change) const
    {
        EpochDocument changed = second;
        change(changed);
        const auto checked = check(changed, first);
        return checked ? std::nullopt : std::optional{checked.error()};
    }
};

void refit(EpochDocument& document)
{
    document = *close(
        document.root.pool,
        document.root.epoch,
        document.leaves,
        document.audit,
        document.secret,
        document.root.next_anchor
    );
}

TEST(Epoch, checks_clean_alone_and_after_the_one_before)
{
    const Epochs epochs;
    EXPECT_TRUE(check(epochs.first, std::nullopt));
    EXPECT_TRUE(check(epochs.second, epochs.first));
    EXPECT_EQ(epochs.second.root.total_earned, Wei{71});
}

TEST(Epoch, names_what_was_changed_in_it)
{
    const Epochs epochs;
    const auto refusal = [&](const std::function<void(EpochDocument&)>& change) {
        const auto problem = epochs.refused_after(change);
        return problem ? name_of(problem->refusal) : std::string_view{"none"};
    };
    EXPECT_EQ(refusal([](auto& each) { each.root.epoch = 3; }), "not_next");
    EXPECT_EQ(refusal([](auto& each) { each.audit.anchor = {1}; }), "anchor_changed");
    EXPECT_EQ(refusal([](auto& each) { each.secret = {1}; }), "seed_mismatch");
    EXPECT_EQ(refusal([](auto& each) { each.audit.ticks = 49; }), "seed_mismatch");
    EXPECT_EQ(refusal([](auto& each) { each.audit.ticks = ~0ULL; }), "seed_mismatch");
    EXPECT_EQ(refusal([](auto& each) { each.audit.tasks = 8; }), "audit_root_mismatch");
    EXPECT_EQ(refusal([](auto& each) { each.leaves[0].epoch = 1; }), "leaf_of_another");
    EXPECT_EQ(refusal([](auto& each) { each.leaves[1] = each.leaves[0]; }), "account_twice");
    EXPECT_EQ(refusal([](auto& each) { each.leaves[0].earned = Wei{16}; }), "sum_root_mismatch");
    EXPECT_EQ(
        refusal([](auto& each) {
            each.leaves[2].earned = Wei{1};
            refit(each);
        }),
        "total_falls"
    );
    EXPECT_EQ(
        refusal([](auto& each) {
            each.leaves[0].earned = Wei{9};
            each.leaves[3].earned = Wei{50};
            refit(each);
        }),
        "account_falls"
    );
    EXPECT_EQ(
        refusal([](auto& each) {
            each.leaves[3].earned = Wei{90};
            each.leaves.erase(each.leaves.begin() + 1);
            refit(each);
        }),
        "account_missing"
    );
}

TEST(AuditTree, binds_every_field_of_every_task_and_the_order_of_ticks)
{
    const AuditLeaf task{.task = TaskKey{{1}}, .chances = {1, 2}, .checks = 2, .voucher_seq = 4};
    const auto root_with = [&](const std::function<void(AuditLeaf&)>& change) {
        AuditLeaf changed = task;
        change(changed);
        AuditTree tree;
        tree.add(1, {});
        tree.add(2, changed);
        return tree.root();
    };
    const Hash32 root = root_with([](auto&) {});
    EXPECT_NE(root_with([](auto& each) { each.task = TaskKey{{2}}; }), root);
    EXPECT_NE(root_with([](auto& each) { each.roster = {2}; }), root);
    EXPECT_NE(root_with([](auto& each) { each.chosen = Address{{2}}; }), root);
    EXPECT_NE(root_with([](auto& each) { each.skips = {2}; }), root);
    EXPECT_NE(root_with([](auto& each) { each.replicas = 2; }), root);
    EXPECT_NE(root_with([](auto& each) { each.chances = {1, 3}; }), root);
    EXPECT_NE(root_with([](auto& each) { each.checks = 0; }), root);
    EXPECT_NE(root_with([](auto& each) { each.report = {2}; }), root);
    EXPECT_NE(root_with([](auto& each) { each.voucher_seq = 5; }), root);
    AuditTree same_tick;
    same_tick.add(1, {});
    same_tick.add(1, task);
    EXPECT_NE(same_tick.root(), root);
    EXPECT_EQ(same_tick.tasks(), 2U);
}

}  // namespace
}  // namespace millpond::settle
