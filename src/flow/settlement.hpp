#pragma once

#include "base/result.hpp"
#include "base/task.hpp"
#include "core/chain/pool_cases.hpp"
#include "core/chain/pool_view.hpp"
#include "flow/bookkeeper.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millpond {

/// The chain as a pool sees it. What takes long is done elsewhere.
struct PoolOnChain {
    virtual ~PoolOnChain() = default;

    /// As of a block that is deep enough.
    virtual Task<Result<chain::PoolView, Fault>> pool() = 0;
    /// The accounts that something happened to since this was asked last.
    virtual Task<Result<std::vector<Address>, Fault>> changed() = 0;
    virtual Task<Result<std::vector<chain::AccountView>, Fault>> accounts(std::vector<Address> of
    ) = 0;

    struct Published {
        EpochRoot root;
        Hash32 seeds{};  ///< anchor
    };

    /// An epoch as it was published here; nothing where it was not.
    virtual Task<Result<std::optional<Published>, Fault>> published(std::uint64_t epoch) = 0;
    /// The next step of posting a root, once whatever interrupts it: true when it is on the chain
    /// for good.
    virtual Task<Result<bool, Fault>> post(EpochRoot root) = 0;
    /// The next step of a case for each charge; what it has come to in the order of the charges.
    virtual Task<Result<std::vector<chain::ChargeView>, Fault>> prosecute(
        std::vector<chain::Charge> charges
    ) = 0;
};

/// Keeps a pool's book and its contracts together: takes bonds and claims over from the chain,
/// posts the roots of epochs that have ended, lets nothing more be promised than is covered, and
/// posts nothing while the two contradict each other.
class Settlement {
public:
    struct Status {
        bool seen = false;  ///< the chain; the rest is of then
        chain::PoolView pool;
        chain::Assessment assessment;
        std::optional<Fault> trouble;  ///< why the last look or post failed
        /// Frauds that the book has confirmed, and their cases: those that are not over, and those
        /// that ended since the pool was started.
        std::vector<chain::ChargeView> charges;
    };

    using Watcher = std::function<void(const Status&)>;

    Settlement(
        const chain::SettlingTerms& terms,
        Bookkeeper& keeper,
        PoolOnChain& chain,
        Address operator_address,
        Watcher watcher
    );

    /// Due now and then, one after the other; what fails is tried again by the next.
    Task<Result<void, Fault>> step(Time now);

    [[nodiscard]] const Status& status() const { return status_; }

private:
    Task<Result<void, Fault>> look(Time now);
    Task<Result<void, Fault>> take_over_accounts(const chain::PoolView& pool, Time now);
    Task<Result<void, Fault>> prosecute(Time now);
    /// Enters how a case ended.
    Task<Result<void, Fault>> close(chain::ChargeView charge, Time now);
    Task<Result<chain::BookView, Fault>> view_of_book(const chain::PoolView& pool);
    /// The epoch that the pool was founded with; nothing where none of ours is it.
    Task<Result<std::optional<std::uint64_t>, Fault>> first_epoch(const Hash32& anchor);
    void take_over(const chain::AccountView& account, const chain::PoolView& pool, Time now);
    void judge(const chain::PoolView& pool, const chain::BookView& book);
    [[nodiscard]] bool still_covered() const;

    chain::SettlingTerms terms_;
    Bookkeeper& keeper_;
    PoolOnChain& chain_;
    Address operator_address_;
    Watcher watcher_;
    std::set<Address> looked_at_;  ///< accounts that are as the chain has them
    std::set<Address> differing_;  ///< that were paid what the book has not released
    std::optional<std::uint64_t> first_;
    Status status_;
};

}  // namespace millpond
