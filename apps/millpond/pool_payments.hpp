#pragma once

#include "apps/millpond/chain_accounts.hpp"
#include "apps/millpond/config.hpp"
#include "crypto/signature.hpp"
#include "edge/payments/redeemer.hpp"
#include "edge/payments/ticket_desk.hpp"

#include <functional>
#include <memory>
#include <string>

namespace millpond {

/// What a pool on a chain takes tickets with. Nothing in a pool that is on none.
struct Payments {
    std::unique_ptr<PaymentChain> chain;
    std::unique_ptr<TicketDesk> desk;
    std::unique_ptr<Redeemer> redeemer;

    /// What the operator sees of it.
    [[nodiscard]] std::function<std::string()> page() const;
};

/// What the pool has for it already.
struct PaymentParts {
    net::Loop& loop;
    Journal& journal;
    Metrics& metrics;
    ChainAccounts& accounts;
    const crypto::PrivateKey& signer;
    std::string service_uri;  ///< as gateways are told
    std::function<void(const Fault&)> journal_failed;
};

/// What versions before kept of redemptions in a file of their own goes before what the file of
/// their chain holds, so that nothing is sent twice. Before anything is sent; once done, it does
/// nothing.
Result<void, Fault> take_over_redemptions(const PoolConfig& config);

/// With the journal's tickets taken in. `chain` stands in for the one that the configuration names.
Result<Payments, Fault> open_payments(
    const PaymentParts& parts, const PoolConfig& config, std::unique_ptr<PaymentChain> chain
);

/// Each of them "ADDRESS=WEI/PIXELS".
Result<std::map<Address, Price>, Fault> parse_prices(const std::vector<std::string>& items);

}  // namespace millpond
