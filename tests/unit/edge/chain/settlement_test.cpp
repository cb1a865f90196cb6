#include "core/chain/abi.hpp"
#include "core/receipt/receipt.hpp"
#include "core/settle/sum_tree.hpp"
#include "crypto/keccak.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/sender.hpp"
#include "tests/support/contracts_fixture.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>

#include <gtest/gtest.h>
#include <unistd.h>

namespace millpond::chain {
namespace {

using test::Anvil;
using test::ether;
using SettlementTest = test::ContractsTest;

/// An account that nobody has the key of.
Address account_of(std::uint64_t number)
{
    const Hash32 hash = crypto::keccak256(as_bytes("account " + std::to_string(number)));
    std::array<std::uint8_t, 20> bytes{};
    std::copy_n(hash.begin(), bytes.size(), bytes.begin());
    return Address{bytes};
}

TEST_F(SettlementTest, bonds_tokens_and_takes_them_back)
{
    const Bytes mint =
        call_of("mint(address,uint256)", Abi{}.address(Anvil::account(0)).amount(ether(1'000)));
    run("mint", contracts_.token, mint);
    run("approve", contracts_.token, calls::approve(contracts_.bonds, ether(1'000)));
    const Bytes deposit = calls::deposit_bond(pool_, BondKind::pool_operator, ether(1'000));
    run("bond", contracts_.bonds, deposit);
    run("unbond",
        contracts_.bonds,
        calls::request_unbond(pool_, BondKind::pool_operator, ether(400)));
    const Bytes look = calls::bonded(pool_, Anvil::account(0), BondKind::pool_operator);
    const Bytes told = *node_->call({.to = contracts_.bonds, .data = look});
    EXPECT_EQ(AbiAnswer{told}.amount(0), ether(600));
    EXPECT_EQ(AbiAnswer{told}.amount(1), ether(400));
    const Bytes withdraw = calls::withdraw_bond(pool_, BondKind::pool_operator, 0);
    EXPECT_EQ(refusal(contracts_.bonds, withdraw, 0), "reverted: NotReady");
    pass(21 * 86'400);
    run("withdraw", contracts_.bonds, withdraw);
    const Bytes rest =
        *node_->call({.to = contracts_.token, .data = calls::token_balance_of(Anvil::account(0))});
    EXPECT_EQ(AbiAnswer{rest}.amount(0), ether(400));
}

TEST_F(SettlementTest, pays_claims_among_ten_thousand_accounts_and_refuses_forged_ones_by_name)
{
    std::vector<settle::Leaf> leaves;
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        leaves.push_back({
            .pool = pool_,
            .epoch = 1,
            .account = account_of(i),
            .earned = Wei{1'000'000 + i * 7},
            .segments = i,
        });
    }
    std::ranges::sort(leaves, {}, &settle::Leaf::account);
    const auto tree = settle::SumTree::build(leaves);
    ASSERT_TRUE(tree);
    const EpochRoot root{
        .pool = pool_,
        .epoch = 1,
        .sum_root = tree->root().hash,
        .total_earned = tree->root().sum,
        .audit_root = Hash32{3},
        .next_anchor = Hash32{4},
    };
    EXPECT_EQ(refusal(contracts_.fees, calls::post_root(root), 0), "reverted: NotFunded");
    run("fund", contracts_.fees, calls::fund(pool_), ether(1));
    EXPECT_EQ(refusal(contracts_.fees, calls::post_root(root)), "reverted: NotOperator");
    const Ended posted = run("root/1", contracts_.fees, calls::post_root(root));
    const auto logs =
        node_->logs({.contracts = {contracts_.fees}, .from = posted.block, .to = posted.block});
    ASSERT_TRUE(logs && logs->size() == 1);
    const auto told = posted_root_of(logs->front().topics, logs->front().data);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->root, root);
    const EpochStamp stamp = told->stamp;

    auto [leaf, proof] = *tree->prove(account_of(77));
    const auto claim_of = [&] { return calls::claim(stamp, leaf, proof); };
    EXPECT_EQ(refusal(contracts_.fees, claim_of()), "reverted: StillHeld");
    pass(36 * 3'600);
    EXPECT_EQ(refusal(contracts_.fees, claim_of()), "");
    leaf.earned = *add(leaf.earned, Wei{1});
    EXPECT_EQ(refusal(contracts_.fees, claim_of()), "reverted: NotPosted");
    leaf = tree->prove(account_of(77))->first;
    leaf.account = Anvil::account(1);
    EXPECT_EQ(refusal(contracts_.fees, claim_of()), "reverted: NotPosted");
    leaf = tree->prove(account_of(77))->first;
    leaf.epoch = 2;
    EXPECT_EQ(refusal(contracts_.fees, claim_of()), "reverted: LeafOfAnother");
    leaf = tree->prove(account_of(77))->first;
    proof.siblings.front().sum = *add(proof.siblings.front().sum, Wei{1});
    EXPECT_EQ(refusal(contracts_.fees, claim_of()), "reverted: NotPosted");

    auto claimer = sender(1);
    std::mt19937_64 chance{7};  // NOLINT(cert-msc51-cpp): the same hundred each time
    std::vector<std::uint64_t> drawn(10'000);
    std::ranges::generate(drawn, [n = std::uint64_t{0}]() mutable { return n++; });
    std::ranges::shuffle(drawn, chance);
    drawn.resize(100);
    for (const std::uint64_t number : drawn) {
        const auto [mine, path] = *tree->prove(account_of(number));
        finish(
            {.name = "claim/" + std::to_string(number),
             .to = contracts_.fees,
             .data = calls::claim(stamp, mine, path)},
            claimer.get()
        );
        EXPECT_EQ(*node_->balance(mine.account), mine.earned);
    }
    const auto [again, path] = *tree->prove(account_of(drawn.front()));
    EXPECT_EQ(refusal(contracts_.fees, calls::claim(stamp, again, path)), "reverted: NothingDue");
}

TEST_F(SettlementTest, takes_what_a_root_omits_from_the_operators_bond)
{
    const Address worker = Anvil::account(2);
    const settle::Leaf leaf{.pool = pool_, .epoch = 1, .account = worker, .earned = ether(1)};
    const auto tree = settle::SumTree::build({leaf});
    const EpochRoot root{
        .pool = pool_, .epoch = 1, .sum_root = tree->root().hash, .total_earned = ether(1)
    };
    run("fund", contracts_.fees, calls::fund(pool_), ether(10));
    run("bond", contracts_.operator_bond, calls::deposit_operator_bond(pool_), ether(10));
    const Ended posted = run("root/1", contracts_.fees, calls::post_root(root));
    const auto logs =
        node_->logs({.contracts = {contracts_.fees}, .from = posted.block, .to = posted.block});
    const EpochStamp stamp = posted_root_of(logs->front().topics, logs->front().data)->stamp;
    const Voucher voucher{
        .pool = pool_, .transcoder = worker, .seq = 9, .earned = ether(3), .epoch = 1
    };
    const Hash32 separator = crypto::domain_separator(domain());
    const auto signed_voucher = receipt::sign(voucher, Anvil::key(0), separator);
    const auto forged = receipt::sign(voucher, Anvil::key(2), separator);
    const auto [mine, proof] = *tree->prove(worker);
    const auto proving = [&](const crypto::Signature& signature) {
        return calls::prove_under_inclusion(voucher, signature, stamp, mine, proof);
    };
    EXPECT_EQ(refusal(contracts_.challenges, proving(forged.signature)), "reverted: BadSignature");
    run("challenge", contracts_.challenges, proving(signed_voucher.signature));
    const Bytes left =
        *node_->call({.to = contracts_.operator_bond, .data = calls::operator_bond_of(pool_)});
    // two ether tenths of shortfall and a twentieth of that
    EXPECT_EQ(AbiAnswer{left}.amount(0), Wei{790'000'000'000'000'000});
}

}  // namespace
}  // namespace millpond::chain
