#pragma once

#include "edge/chain/sender.hpp"
#include "edge/payments/payment_chain.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millpond {

/// Livepeer's contracts through nodes, for one recipient of tickets. Blocks.
class LivepeerContracts {
public:
    struct Settings {
        Address controller;
        Address recipient;
        std::uint64_t redeem_gas_max = 0;  ///< of a redemption, whatever a node estimates
    };

    /// What a look at the chain showed.
    struct Look {
        payment::ChainView view;
        std::uint64_t last_reward = 0;  ///< the round that the recipient called it for last
        std::vector<Address> changed;   ///< senders whose funds are not as they were
        bool unsure = false;            ///< others may have changed as well
    };

    /// The sender's transactions are in `intents`.
    LivepeerContracts(
        chain::Node& node, chain::Sender& sender, const chain::Intents& intents, Settings settings
    );

    Result<Look, Fault> look();
    Result<payment::SenderFunds, Fault> funds(const Address& sender);

    /// The next step of a redemption (`PaymentChain::redeem`). `now` in Unix seconds.
    Result<std::optional<Redemption>, Fault> redeem(
        const payment::WinningTicket& winner, std::uint64_t now
    );

    /// Where gateways look for the recipient.
    Result<std::string, Fault> service_uri();
    /// The next step of having it there.
    Result<void, Fault> set_service_uri(std::string_view uri, std::uint64_t now);
    /// Whether such steps were begun and are not known to have ended.
    [[nodiscard]] bool is_setting(std::string_view uri) const;
    /// The next step of the call for that round. True when it has been made, or cannot be.
    Result<bool, Fault> reward(std::uint64_t round, std::uint64_t now);

    /// Whether what is sent for the recipient's own record is sent by the recipient.
    [[nodiscard]] bool signs_for_recipient() const
    {
        return sender_.account() == settings_.recipient;
    }

private:
    struct Addresses {
        Address broker;
        Address rounds;
        Address bonding;
        Address services;
    };

    Result<Bytes, Fault> ask(const Address& contract, Bytes call);
    Result<Address, Fault> contract(std::string_view name);
    Result<void, Fault> resolve();
    Result<std::uint64_t, Fault> number(const Address& contract, Bytes call);
    Result<Wei, Fault> amount(const Address& contract, Bytes call);
    Result<Hash32, Fault> block_hash(std::uint64_t round);
    Result<CreationRound, Fault> ticket_round(std::uint64_t round);
    void read_logs(std::uint64_t head, Look& look);
    Result<void, Fault> stands_against(
        const payment::WinningTicket& winner, const chain::Intent& redemption
    );
    [[nodiscard]] std::string redemption_name(const std::string& ticket) const;
    [[nodiscard]] std::string setting_name(std::string_view uri) const;

    chain::Node& node_;
    chain::Sender& sender_;
    const chain::Intents& intents_;
    Settings settings_;
    std::optional<Addresses> addresses_;
    std::optional<Look> last_;
    std::uint64_t pool_size_ = 0;
    std::optional<std::uint64_t> logs_until_;  ///< the last block whose logs were read
};

}  // namespace millpond
