#pragma once

#include "core/chain/abi.hpp"
#include "core/chain/livepeer.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/sender.hpp"
#include "tests/support/anvil.hpp"
#include "tests/support/contracts_fixture.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdlib>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace millpond::test {

/// A development chain with Livepeer's contracts, its own unless one is given: account 0 is the
/// recipient of tickets, account 1 a gateway, account 2 whoever runs the network.
class LivepeerOnAnvil {
    std::unique_ptr<Anvil> own_;

public:
    explicit LivepeerOnAnvil(Anvil* shared = nullptr)
        : own_(shared == nullptr ? std::make_unique<Anvil>(true) : nullptr),
          anvil(shared == nullptr ? *own_ : *shared)
    {
        const std::string build = MILLPOND_SOURCE_DIR "/contracts/build.sh >&2";
        EXPECT_EQ(std::system(build.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
        const auto code = chain::read_creation_code(
            MILLPOND_SOURCE_DIR "/build/contracts/out", "LivepeerDouble", "LivepeerDouble"
        );
        EXPECT_TRUE(code);
        if (code) send(2, {.name = "contracts", .data = *code});
    }

    [[nodiscard]] std::string url() const { return anvil.url(); }

    void mine(std::uint64_t blocks) { anvil.mine(blocks); }

    /// One of the test's own calls to one of the contracts.
    void call(int number, const std::string& contract, Bytes data, Wei value = {})
    {
        send(
            number,
            {.name = contract, .to = address(contract), .value = value, .data = std::move(data)}
        );
    }

    void fund(const Wei& deposit, const Wei& reserve)
    {
        const auto data = chain::call_of(
            "fundDepositAndReserve(uint256,uint256)", chain::Abi{}.amount(deposit).amount(reserve)
        );
        call(1, "TicketBroker", data, *add(deposit, reserve));
    }

    void start_round(std::uint64_t round, const Hash32& block_hash)
    {
        const auto data =
            chain::call_of("start(uint256,bytes32)", chain::Abi{}.number(round).word(block_hash));
        call(2, "RoundsManager", data);
    }

    Bytes ask(const std::string& contract, Bytes data)
    {
        const auto answer = node->call({.to = address(contract), .data = std::move(data)});
        EXPECT_TRUE(answer) << answer.error().what;
        return answer.value_or(Bytes{});
    }

    Address address(const std::string& contract)
    {
        const auto answer =
            node->call({.to = controller, .data = chain::livepeer::get_contract(contract)});
        return *chain::AbiAnswer{*answer}.address(0);
    }

    /// By the recipient, with tickets.
    Wei earned()
    {
        const auto data =
            chain::call_of("earned(address)", chain::Abi{}.address(Anvil::account(0)));
        return *chain::AbiAnswer{ask("BondingManager", data)}.amount(0);
    }

    /// Where the registry sends gateways.
    std::string registered()
    {
        const auto data = chain::livepeer::get_service_uri(Anvil::account(0));
        return std::string{as_text(*chain::AbiAnswer{ask("ServiceRegistry", data)}.bytes(0))};
    }

    /// How many transactions of the recipient's are in blocks.
    std::uint64_t recipient_sent() { return *node->nonce(Anvil::account(0)); }

    Anvil& anvil;
    std::unique_ptr<chain::Node> node = anvil.node();
    Address controller = chain::contract_address(Anvil::account(2), 0);

private:
    void send(int number, const chain::Intent& intent)
    {
        auto intents = chain::Intents::open(folder_.path() / std::to_string(++sent_));
        chain::Sender sender{
            *node, Anvil::key(number), *intents, {.confirmations = 0, .spend_max = ether(100'000)}
        };
        const auto ended =
            sender.finish(intent, std::chrono::milliseconds{5}, std::chrono::seconds{60});
        ASSERT_TRUE(ended) << ended.error().what;
        EXPECT_TRUE(ended->succeeded);
    }

    TempDir folder_;
    int sent_ = 0;
};

}  // namespace millpond::test
