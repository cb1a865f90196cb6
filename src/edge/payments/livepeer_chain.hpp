#pragma once

#include "crypto/signature.hpp"
#include "edge/chain/account.hpp"
#include "edge/net/loop.hpp"
#include "edge/payments/payment_chain.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millpond {

/// Livepeer's contracts as a recipient of tickets sees them, looked at now and then on a thread.
/// Their addresses come from the controller (livepeer-wire 6).
class LivepeerChain final : public PaymentChain {
public:
    struct Settings {
        std::vector<std::string> nodes;
        std::uint64_t chain_id = 0;
        Address controller;
        Address recipient;
        Duration poll = std::chrono::seconds{5};
        Duration funds_kept = std::chrono::seconds{30};  ///< then a sender is looked at again
        Wei spend_max;                                   ///< a day, for gas
        std::uint64_t redeem_gas_max = 1'200'000;        ///< of one redemption
        std::uint64_t confirmations = 12;
        std::string service_uri;        ///< that the ServiceRegistry ought to have; empty: any
        bool register_service = false;  ///< put it there
        bool call_reward = false;       ///< once in each round
        std::function<void(const std::string&)> told;  ///< what does not go as it should
    };

    /// The key signs redemptions and pays their gas; the account is that key's. Waits for a first
    /// look at the chain, or for its failure.
    static Result<std::unique_ptr<LivepeerChain>, Fault> open(
        net::Loop& loop, const crypto::PrivateKey& key, chain::Account account, Settings settings
    );
    ~LivepeerChain() override;

    [[nodiscard]] std::optional<payment::ChainView> view() const override;
    Task<Result<payment::SenderFunds, Fault>> funds(Address sender) override;
    Task<Result<std::optional<Redemption>, Fault>> redeem(payment::WinningTicket winner) override;
    void on_news(std::function<void()> then) override;

private:
    struct Inside;
    explicit LivepeerChain(std::shared_ptr<Inside> inside);
    std::shared_ptr<Inside> inside_;  // also held by what is under way
};

}  // namespace millpond
