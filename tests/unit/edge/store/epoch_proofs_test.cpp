#include "edge/store/epoch_proofs.hpp"

#include "edge/store/epoch_json.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>

#include <gtest/gtest.h>

namespace millpond::store {
namespace {

Address account(std::uint8_t number)
{
    return Address{{number, 1, 2}};
}

settle::EpochDocument epoch_of(std::uint64_t epoch, std::uint8_t accounts)
{
    const PoolId pool{Hash32{9}};
    std::vector<settle::Leaf> leaves;
    for (std::uint8_t number = 1; number <= accounts; ++number) {
        leaves.push_back({
            .pool = pool,
            .epoch = epoch,
            .account = account(number),
            .earned = Wei{1'000ULL * number},
            .hold_seconds = 259'200,
            .segments = number,
        });
    }
    return *settle::close(pool, epoch, std::move(leaves), {}, Hash32{1}, Hash32{2});
}

struct Proofs : testing::Test {
    void publish(const settle::EpochDocument& document)
    {
        std::ofstream{epoch_file(folder.path(), document.root.epoch)} << to_json(document);
    }

    /// Runs a task to its end.
    template <typename Value>
    Value run(Task<Value> task)
    {
        std::optional<Value> value;
        spawn([](Task<Value> each, net::Loop& on, std::optional<Value>& into) -> Task<void> {
            into.emplace(co_await std::move(each));
            on.stop();
        }(std::move(task), loop, value));
        loop.run();
        return *std::move(value);
    }

    TempDir folder;
    net::Loop loop;
    EpochProofs proofs{loop, folder.path()};
};

TEST_F(Proofs, lead_every_account_to_the_root_that_was_published)
{
    for (const std::uint8_t accounts : std::initializer_list<std::uint8_t>{1, 2, 3, 7, 8}) {
        const auto document = epoch_of(accounts, accounts);
        publish(document);
        for (std::uint8_t number = 1; number <= accounts; ++number) {
            const auto proof = run(proofs.prove(accounts, account(number)));
            ASSERT_TRUE(proof && *proof);
            const auto root = settle::root_of((*proof)->proof, (*proof)->leaf);
            ASSERT_TRUE(root);
            EXPECT_EQ(root->hash, document.root.sum_root);
            EXPECT_EQ(root->sum, document.root.total_earned);
            EXPECT_EQ((*proof)->root, document.root);
            EXPECT_EQ((*proof)->leaf.earned, Wei{1'000ULL * number});
        }
    }
}

TEST_F(Proofs, that_were_doctored_lead_elsewhere)
{
    const auto document = epoch_of(4, 7);
    publish(document);
    const auto proof = run(proofs.prove(4, account(3)));
    ASSERT_TRUE(proof && *proof);
    const auto leads = [&](const settle::SumProof& siblings, const settle::Leaf& leaf) {
        const auto root = settle::root_of(siblings, leaf);
        return root && root->hash == document.root.sum_root &&
               root->sum == document.root.total_earned;
    };
    const auto& honest = **proof;
    EXPECT_TRUE(leads(honest.proof, honest.leaf));
    settle::Leaf richer = honest.leaf;
    richer.earned = Wei{999'999};
    EXPECT_FALSE(leads(honest.proof, richer));
    settle::Leaf another = honest.leaf;
    another.account = account(4);
    EXPECT_FALSE(leads(honest.proof, another));
    for (std::size_t i = 0; i < honest.proof.siblings.size(); ++i) {
        settle::SumProof bent = honest.proof;
        bent.siblings[i].sum = Wei{1};
        EXPECT_FALSE(leads(bent, honest.leaf));
        bent = honest.proof;
        bent.siblings[i].hash[5] ^= 1U;
        EXPECT_FALSE(leads(bent, honest.leaf));
        bent = honest.proof;
        bent.path ^= std::uint64_t{1} << i;
        EXPECT_FALSE(leads(bent, honest.leaf));
    }
    settle::SumProof shorter = honest.proof;
    shorter.siblings.pop_back();
    EXPECT_FALSE(leads(shorter, honest.leaf));
}

TEST_F(Proofs, are_not_there_without_epoch_or_account)
{
    publish(epoch_of(4, 3));
    const auto no_epoch = run(proofs.prove(5, account(1)));
    ASSERT_TRUE(no_epoch);
    EXPECT_FALSE(*no_epoch);
    const auto no_account = run(proofs.prove(4, account(9)));
    ASSERT_TRUE(no_account);
    EXPECT_FALSE(*no_account);
    EXPECT_EQ(**run(proofs.document(4)), to_json(epoch_of(4, 3)));
    EXPECT_FALSE(*run(proofs.document(5)));
}

TEST_F(Proofs, say_when_a_document_cannot_be_read)
{
    std::ofstream{epoch_file(folder.path(), 6)} << "{}";
    EXPECT_FALSE(run(proofs.prove(6, account(1))));
}

}  // namespace
}  // namespace millpond::store
