#pragma once

#include "edge/chain/account.hpp"
#include "edge/chain/deployment.hpp"
#include "edge/chain/log_watch.hpp"
#include "edge/chain/sender.hpp"
#include "edge/settlement/prosecutor.hpp"
#include "flow/settlement.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace millpond {

/// A pool's contracts through nodes, on the thread of the operator's account; epochs as the pool's
/// folder has them.
class ContractsOfPool final : public PoolOnChain {
public:
    struct Settings {
        std::vector<std::string> nodes;
        chain::Deployed deployed;
        PoolId pool;
        std::filesystem::path epochs;  ///< folder of the documents
        std::filesystem::path cursor;  ///< how far logs were read
        chain::SenderSettings sending;
        std::optional<Prosecutor::Settings> cases;  ///< where the pool opens them
    };

    /// The key is the operator's, the account that key's: it signs on the account's thread only.
    static Result<std::unique_ptr<ContractsOfPool>, Fault> open(
        chain::Account account, Settings settings, const crypto::PrivateKey& key
    );
    ~ContractsOfPool() override;

    /// Where everybody can read bundles of evidence; before anything else is asked.
    void set_evidence_uri(std::string uri);

    Task<Result<chain::PoolView, Fault>> pool() override;
    Task<Result<std::vector<Address>, Fault>> changed() override;
    Task<Result<std::vector<chain::AccountView>, Fault>> accounts(std::vector<Address> of) override;
    Task<Result<std::optional<Published>, Fault>> published(std::uint64_t epoch) override;
    Task<Result<bool, Fault>> post(EpochRoot root) override;
    Task<Result<std::vector<chain::ChargeView>, Fault>> prosecute(std::vector<chain::Charge> charges
    ) override;

private:
    struct Inside;

    ContractsOfPool(std::shared_ptr<net::Workers> thread, std::shared_ptr<Inside> inside);

    std::shared_ptr<net::Workers> thread_;
    std::shared_ptr<Inside> inside_;  ///< the thread's, with what is under way on it
};

}  // namespace millpond
