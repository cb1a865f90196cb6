#pragma once

#include "edge/chain/deployment.hpp"
#include "edge/chain/log_watch.hpp"
#include "edge/chain/sender.hpp"
#include "edge/net/workers.hpp"
#include "flow/settlement.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace millpond {

/// A pool's contracts through nodes, on a thread of its own; epochs as the pool's folder has them.
class ContractsOfPool final : public PoolOnChain {
public:
    struct Settings {
        std::vector<std::string> nodes;
        chain::Deployed deployed;
        PoolId pool;
        std::filesystem::path epochs;   ///< folder of the documents
        std::filesystem::path intents;  ///< what was sent and what came of it
        std::filesystem::path cursor;   ///< how far logs were read
        chain::SenderSettings sending;
    };

    /// The key is the operator's: it signs transactions on the thread only.
    static Result<std::unique_ptr<ContractsOfPool>, Fault> open(
        net::Loop& loop, Settings settings, const crypto::PrivateKey& key
    );
    ~ContractsOfPool() override;

    Task<Result<chain::PoolView, Fault>> pool() override;
    Task<Result<std::vector<Address>, Fault>> changed() override;
    Task<Result<std::vector<chain::AccountView>, Fault>> accounts(std::vector<Address> of) override;
    Task<Result<std::optional<Published>, Fault>> published(std::uint64_t epoch) override;
    Task<Result<bool, Fault>> post(EpochRoot root) override;

private:
    struct Inside;

    ContractsOfPool(net::Loop& loop, std::unique_ptr<Inside> inside);

    std::unique_ptr<Inside> inside_;  ///< the thread's
    net::Workers worker_;             ///< joins before it goes
};

}  // namespace millpond
