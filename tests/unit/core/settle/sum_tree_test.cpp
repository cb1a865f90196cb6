#include "core/settle/sum_tree.hpp"

#include <gtest/gtest.h>

namespace millpond::settle {
namespace {

Address address(std::size_t number)
{
    std::array<std::uint8_t, 20> bytes{};
    bytes[18] = static_cast<std::uint8_t>(number >> 8U);
    bytes[19] = static_cast<std::uint8_t>(number);
    return Address{bytes};
}

std::vector<Leaf> some_leaves(std::size_t count)
{
    std::vector<Leaf> leaves;
    for (std::size_t i = count; i > 0; --i)
        leaves.push_back(
            {.pool = PoolId{{1}}, .epoch = 2, .account = address(i), .earned = Wei{i * 7}}
        );
    return leaves;
}

TEST(SumTree, adds_up_and_proves_every_account)
{
    for (std::size_t count = 1; count <= 33; ++count) {
        const auto tree = SumTree::build(some_leaves(count));
        ASSERT_TRUE(tree);
        EXPECT_EQ(tree->root().sum, Wei{7 * count * (count + 1) / 2});
        for (std::size_t i = 1; i <= count; ++i) {
            const auto proven = tree->prove(address(i));
            ASSERT_TRUE(proven);
            EXPECT_EQ(root_of(proven->second, proven->first), tree->root()) << i << " of " << count;
        }
        EXPECT_FALSE(tree->prove(address(count + 1)));
    }
    EXPECT_EQ(SumTree::build({})->root(), SumNode{});
}

TEST(SumTree, has_no_proof_for_a_leaf_that_says_more)
{
    const auto tree = SumTree::build(some_leaves(9));
    auto [leaf, proof] = *tree->prove(address(4));
    leaf.earned = Wei{29};
    EXPECT_NE(root_of(proof, leaf), tree->root());
    leaf = tree->prove(address(4))->first;
    proof.siblings[1].sum = Wei{0};
    EXPECT_NE(root_of(proof, leaf), tree->root());
}

TEST(SumTree, refuses_sums_past_256_bits)
{
    Hash32 most{};
    most.fill(0xFF);
    auto leaves = some_leaves(2);
    leaves[0].earned = wei_of(most);
    EXPECT_FALSE(SumTree::build(leaves));
}

}  // namespace
}  // namespace millpond::settle
