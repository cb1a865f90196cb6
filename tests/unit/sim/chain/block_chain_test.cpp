// Transactions wait for their blocks, and are lost with blocks that others replace.
#include "sim/chain/block_chain.hpp"

#include <gtest/gtest.h>

namespace millpond::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Time start{std::chrono::hours{500'000}};
constexpr Transaction root{.kind = Transaction::Kind::post, .party = 0, .number = 1};

BlockChain chain_with(const ChainHabits& habits)
{
    ChainModel genesis;
    genesis.balance = 1'000;
    genesis.challenge = 60;
    BlockChain chain{habits, genesis, start};
    chain.know({.epoch = 1, .earned = {{1, 700}}, .hold = {{1, 0}}});
    return chain;
}

TEST(BlockChain, holds_a_transaction_from_the_next_block_on_and_deep_after_enough_others)
{
    BlockChain chain = chain_with({.block_seconds = 10, .confirmations = 3});
    chain.send(root, start);
    chain.advance(start + seconds{9});
    EXPECT_TRUE(chain.head().roots.empty());
    EXPECT_TRUE(chain.has(root));
    chain.advance(start + seconds{10});
    EXPECT_EQ(chain.head().roots.size(), 1U);
    EXPECT_TRUE(chain.deep().roots.empty());
    chain.advance(start + seconds{40});
    EXPECT_EQ(chain.deep().roots.size(), 1U);
    EXPECT_EQ(chain.deep().reserved, 700U);
}

TEST(BlockChain, lets_wait_what_is_sent_while_it_is_congested)
{
    BlockChain chain = chain_with(
        {.block_seconds = 10,
         .congested_from_minutes = 5,
         .congested_minutes = 10,
         .waits_minutes = 30}
    );
    chain.send(root, start + minutes{6});
    chain.advance(start + minutes{35});
    EXPECT_TRUE(chain.head().roots.empty());
    chain.advance(start + minutes{37});
    EXPECT_EQ(chain.head().roots.size(), 1U);
}

TEST(BlockChain, loses_what_stood_in_replaced_blocks_until_it_is_sent_again)
{
    BlockChain chain = chain_with(
        {.block_seconds = 10, .confirmations = 0, .reorganised_minutes = 5, .reorganised_blocks = 4}
    );
    chain.send(root, start + minutes{4} + seconds{40});
    chain.advance(start + minutes{4} + seconds{55});
    EXPECT_EQ(chain.deep().roots.size(), 1U);
    chain.advance(start + minutes{5});
    EXPECT_TRUE(chain.deep().roots.empty());
    EXPECT_EQ(chain.head().reserved, 0U);
    EXPECT_FALSE(chain.has(root));
    EXPECT_EQ(chain.lost(), 1U);
    chain.send(root, start + minutes{5});
    chain.advance(start + minutes{6});
    EXPECT_EQ(chain.head().roots.size(), 1U);
    EXPECT_EQ(chain.taken_twice(), 0U);
}

TEST(BlockChain, says_whose_claim_came_and_went)
{
    BlockChain chain = chain_with(
        {.block_seconds = 10, .confirmations = 0, .reorganised_minutes = 5, .reorganised_blocks = 4}
    );
    const Transaction claim{.kind = Transaction::Kind::claim, .party = 1, .number = 1};
    chain.send(root, start);
    chain.send(claim, start + minutes{4} + seconds{40});
    chain.advance(start + minutes{4} + seconds{55});
    EXPECT_EQ(chain.deep().pay.at(1).claimed, 700U);
    EXPECT_TRUE(chain.take_changed().contains(1));
    chain.advance(start + minutes{5});
    EXPECT_EQ(chain.deep().pay.count(1), 0U);
    EXPECT_TRUE(chain.take_changed().contains(1));
    EXPECT_EQ(chain.deep().roots.size(), 1U);
}

TEST(BlockChain, takes_a_bond_and_what_a_verdict_takes_of_it)
{
    BlockChain chain = chain_with({.block_seconds = 10});
    chain.send({.kind = Transaction::Kind::bond, .party = 1, .number = 0, .amount = 500}, start);
    chain.send({.kind = Transaction::Kind::verdict, .party = 1, .number = 1, .amount = 150}, start);
    chain.advance(start + seconds{10});
    EXPECT_EQ(chain.head().bonds.at(1).active, 350U);
    EXPECT_EQ(chain.head().burned_tokens, 150U);
}

}  // namespace
}  // namespace millpond::sim
