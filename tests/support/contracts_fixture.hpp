#pragma once

#include "core/chain/abi.hpp"
#include "core/receipt/receipt.hpp"
#include "crypto/typed_data.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/sender.hpp"
#include "tests/support/anvil.hpp"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace millpond::test {

inline Wei ether(std::uint64_t tenths)
{
    return *multiply(Wei{tenths}, Wei{100'000'000'000'000'000});
}

/// The contracts on a chain of their own, put there once by our sender; each test begins where they
/// were new, with a pool of account 0.
class ContractsTest : public ::testing::Test {
protected:
    static constexpr auto poll = std::chrono::milliseconds{5};
    static constexpr auto patience = std::chrono::seconds{60};
    static inline const std::string artifacts = MILLPOND_SOURCE_DIR "/build/contracts/out";

    static void SetUpTestSuite()
    {
        chain_ = std::make_unique<Chain>();
        if (!Anvil::installed()) return;
        const std::string build = MILLPOND_SOURCE_DIR "/contracts/build.sh >&2";
        ASSERT_EQ(std::system(build.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
    }

    static void TearDownTestSuite() { chain_.reset(); }

    void SetUp() override
    {
        if (!Anvil::installed()) GTEST_SKIP() << "the contracts' toolchain is not installed";
        std::string name = (std::filesystem::temp_directory_path() / "settle-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        anvil_.command("evm_setAutomine", "[true]");
        if (!chain_->fresh.empty()) anvil_.command("evm_revert", "[" + chain_->fresh + "]");
        node_ = anvil_.node();
        operator_ = sender(0);
        if (chain_->fresh.empty()) deploy();
        chain_->fresh = anvil_.command("evm_snapshot", "[]");
        pool_ = receipt::pool_id(domain(), Anvil::account(0).value());
        begin();
    }

    virtual void begin() { found(Hash32{2}); }

    /// Whether juries are drawn with a beacon that speaks every hour.
    [[nodiscard]] virtual bool has_beacon() const { return false; }

    void found(const Hash32& first_anchor)
    {
        const chain::PoolTerms terms{.parameters = Hash32{1}};
        run("pool", contracts_.registry, chain::calls::create_pool(terms, first_anchor));
    }

    void TearDown() override
    {
        if (!folder_.empty()) std::filesystem::remove_all(folder_);
    }

    struct Party {
        chain::Intents intents;
        std::optional<chain::Sender> sender;
    };

    std::unique_ptr<Party> sender(int number)
    {
        auto opened = chain::Intents::open(folder_ / ("intents" + std::to_string(number)));
        EXPECT_TRUE(opened);
        auto party = std::make_unique<Party>(Party{.intents = std::move(*opened)});
        const chain::SenderSettings settings{.confirmations = 0, .spend_max = ether(1'000)};
        party->sender.emplace(*node_, Anvil::key(number), party->intents, settings);
        return party;
    }

    [[nodiscard]] crypto::TypedDomain domain() const
    {
        return {.chain_id = Anvil::chain_id, .contract = contracts_.registry.value()};
    }

    void deploy()
    {
        auto token = chain::read_creation_code(artifacts, "Tokens", "PlainToken");
        ASSERT_TRUE(token) << token.error().what;
        const auto next = [&] {
            return chain::contract_address(Anvil::account(0), *node_->nonce(Anvil::account(0)));
        };
        const Address token_at = next();
        finish({.name = "token", .data = *token});
        Address beacon_at;
        if (has_beacon()) {
            auto beacon = chain::read_creation_code(artifacts, "Beacon", "Beacon");
            ASSERT_TRUE(beacon) << beacon.error().what;
            beacon_at = next();
            finish({.name = "beacon", .data = *beacon});
        }
        const std::uint64_t nonce = *node_->nonce(Anvil::account(0));
        contracts_ = chain::predict_contracts(Anvil::account(0), nonce, token_at, beacon_at);
        auto intents = chain::deployment(contracts_, artifacts);
        ASSERT_TRUE(intents) << intents.error().what;
        for (const chain::Intent& intent : *intents)
            finish(intent);
        ASSERT_TRUE(chain::require_deployed(*node_, contracts_));
    }

    chain::Ended finish(const chain::Intent& intent, Party* party = nullptr)
    {
        Party& by = party == nullptr ? *operator_ : *party;
        auto ended = by.sender->finish(intent, poll, patience);
        EXPECT_TRUE(ended) << ended.error().what;
        if (!ended) return {};
        EXPECT_TRUE(ended->succeeded) << intent.name;
        return *ended;
    }

    chain::Ended run(const std::string& name, const Address& to, Bytes data, Wei value = Wei{})
    {
        return finish({.name = name, .to = to, .value = value, .data = std::move(data)});
    }

    /// What a call would be refused with.
    std::string refusal(const Address& to, Bytes data, int from = 1)
    {
        auto answer =
            node_->call({.from = Anvil::account(from), .to = to, .data = std::move(data)});
        return answer ? "" : answer.error().what;
    }

    void pass(std::uint64_t seconds)
    {
        anvil_.command("evm_increaseTime", "[" + std::to_string(seconds) + "]");
        anvil_.mine();
    }

    struct Chain {
        Anvil anvil{true};
        chain::Contracts contracts;
        std::string fresh;  ///< names the state with nothing but the contracts
    };

    static inline std::unique_ptr<Chain> chain_;

    std::filesystem::path folder_;
    Anvil& anvil_ = chain_->anvil;
    chain::Contracts& contracts_ = chain_->contracts;
    std::unique_ptr<chain::Node> node_;
    std::unique_ptr<Party> operator_;
    PoolId pool_;
};

}  // namespace millpond::test
