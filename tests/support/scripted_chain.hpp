#pragma once

#include "core/payment/winners.hpp"
#include "edge/payments/payment_chain.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace millpond {

/// What a chain of the test's making shows; it outlives the pool.
struct ChainScript {
    payment::ChainView view{
        .gas_price = Wei{2'000'000},
        .l1_block = Wei{20'000'000},
        .round = 3'500,
        .ticket_round = {.number = 3'500, .block_hash = {0x76, 0x24}},
        .active = true,
    };
    payment::SenderFunds funds{
        .deposit = Wei{1'000'000'000'000'000'000},
        .reserve = Wei{1'000'000'000'000'000'000},
        .pool_size = 100,
    };
    bool seen = true;
    std::vector<payment::WinningTicket> redeemed;
    /// What redeeming comes to, if not to that.
    std::function<Result<std::optional<Redemption>, Fault>(const payment::WinningTicket&)> says;
    std::function<void()> news;

    /// Every ticket is worth its face value and wins.
    void make_every_ticket_win(std::uint64_t face_value)
    {
        view.gas_price = Wei{1};
        funds.reserve = Wei{face_value};
        funds.pool_size = 1;
    }

    void move_to(std::uint64_t l1_block)
    {
        view.l1_block = Wei{l1_block};
        if (news) news();
    }
};

class ScriptedChain final : public PaymentChain {
public:
    explicit ScriptedChain(ChainScript& script) : script_(script) {}

    ~ScriptedChain() override { script_.news = {}; }

    [[nodiscard]] std::optional<payment::ChainView> view() const override
    {
        return script_.seen ? std::optional{script_.view} : std::nullopt;
    }

    Task<Result<payment::SenderFunds, Fault>> funds(Address /*sender*/) override
    {
        co_return script_.funds;
    }

    Task<Result<std::optional<Redemption>, Fault>> redeem(payment::WinningTicket winner) override
    {
        if (script_.says) co_return script_.says(winner);
        script_.redeemed.push_back(std::move(winner));
        co_return std::optional{Redemption{.end = RedemptionEnd::redeemed, .transaction = {7}}};
    }

    void on_news(std::function<void()> then) override { script_.news = std::move(then); }

private:
    ChainScript& script_;
};

}  // namespace millpond
