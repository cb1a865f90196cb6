#pragma once

#include "apps/millpond/chain_accounts.hpp"
#include "apps/millpond/config.hpp"
#include "crypto/signature.hpp"
#include "crypto/typed_data.hpp"
#include "edge/metrics/metrics.hpp"
#include "edge/net/loop.hpp"
#include "edge/settlement/contracts_of_pool.hpp"
#include "flow/bookkeeper.hpp"
#include "flow/settlement.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace millpond {

/// Where the configuration says that the contracts are; nothing for a pool without a chain. A fault
/// for rules that do not hold on one: a claim waits for its root's challenge.
Result<std::optional<chain::Deployed>, Fault> contracts_of(const PoolConfig& config);

/// A pool's settlement with what it needs.
class PoolChain {
public:
    /// Nothing for a pool without a chain. `keeper` and `metrics` outlive it.
    static Result<std::unique_ptr<PoolChain>, Fault> open(
        ChainAccounts& accounts,
        const PoolConfig& config,
        Bookkeeper& keeper,
        const crypto::PrivateKey& key,
        Metrics& metrics
    );

    /// How others reach the pool; before the first tick.
    void set_service(const std::string& uri);

    /// Looks and posts where that is due. `failed` hears of a journal that takes nothing.
    void tick(Time now, const std::function<void(const Fault&)>& failed);

    [[nodiscard]] const Settlement& settlement() const { return *settlement_; }

private:
    PoolChain(Metrics& metrics, Duration poll) : metrics_(metrics), poll_(poll) {}

    void tell(const Settlement::Status& status);
    void tell_charges(const Settlement::Status& status);

    Metrics& metrics_;
    Duration poll_;
    std::unique_ptr<ContractsOfPool> contracts_;
    std::unique_ptr<Settlement> settlement_;
    std::set<chain::Alarm> alarms_;
    std::string trouble_;
    std::map<TaskId, std::string> charges_;  ///< what was told of each
    std::set<std::string> charged_;          ///< statuses that a gauge stands at
    std::uint64_t posted_ = 0;
    Time due_;
    bool busy_ = false;
};

}  // namespace millpond
