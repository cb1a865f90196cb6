#pragma once

#include "core/chain/court.hpp"
#include "core/settle/epoch.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/sender.hpp"
#include "model/receipt.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millpond {

/// A transcoder's side of a pool's contracts: claims what it has earned when that is worth the gas,
/// shows where a root falls short of what it was promised, and answers cases against it. Blocks.
class Claimer {
public:
    struct Settings {
        chain::Deployed deployed;
        PoolId pool;
        std::uint64_t confirmations = 12;
        Wei least;                     ///< that is claimed
        std::uint64_t gas_times = 10;  ///< a claim is worth so many times what it costs at most
        bool answers = true;           ///< cases, with a bond
    };

    struct World {
        /// The document of an epoch as the pool publishes it.
        std::function<Result<settle::EpochDocument, Fault>(std::uint64_t epoch)> document;
        /// The newest voucher of that epoch or one before.
        std::function<std::optional<receipt::Signed<Voucher>>(std::uint64_t epoch)> voucher;
        /// For the owner to hear: "claimed", "accused", "answered", "short", "ruled", "over".
        std::function<void(const std::string& what, const std::string& text)> alert;
    };

    /// `key` signs what the cases' seeds follow from; the sender has the same.
    Claimer(
        const Settings& settings,
        chain::Node& node,
        chain::Sender& sender,
        const crypto::PrivateKey& key,
        World world
    );

    /// What is due now, one step of it. `now` in Unix seconds.
    Result<void, Fault> step(std::uint64_t now);

private:
    struct Case {
        chain::Accusation accusation;
        chain::CaseStatus told = chain::CaseStatus::none;  ///< to the owner
    };

    Result<void, Fault> look(std::uint64_t now);
    Result<void, Fault> read_logs(std::uint64_t until);
    Result<void, Fault> claim(std::uint64_t chain_time, std::uint64_t now);
    Result<void, Fault> claim_out_of(
        const chain::PostedRoot& posted, const settle::EpochDocument& document, std::uint64_t now
    );
    Result<void, Fault> hold_against(
        const chain::PostedRoot& posted, const settle::EpochDocument& document, std::uint64_t now
    );
    Result<void, Fault> defend(Case& each, std::uint64_t chain_time, std::uint64_t now);
    Result<const settle::EpochDocument*, Fault> document_of(const chain::PostedRoot& posted);
    /// True once it is on the chain for good.
    Result<bool, Fault> pursue(const chain::Intent& intent, std::uint64_t now);
    [[nodiscard]] Hash32 seed_of(const chain::Accusation& accusation) const;

    Settings settings_;
    chain::Node& node_;
    chain::Sender& sender_;
    const crypto::PrivateKey& key_;
    World world_;
    Address self_;
    std::uint64_t next_block_;
    std::map<std::uint64_t, chain::PostedRoot> roots_;
    std::vector<Case> cases_;
    std::optional<settle::EpochDocument> newest_;  ///< that was asked for
    bool under_way_ = false;                       ///< a claim, told when it is done
    std::uint64_t claimed_ = 0;                    ///< epochs up to it are claimed, or not worth it
    std::uint64_t held_ = 0;  ///< epochs up to it were held against the vouchers
};

}  // namespace millpond
