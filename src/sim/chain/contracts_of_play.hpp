#pragma once

#include "core/settle/epoch.hpp"
#include "flow/settlement.hpp"
#include "sim/chain/block_chain.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace millpond::sim {

/// How a pool of a play got along with its chain. Money in wei.
struct ChainScore {
    std::uint64_t roots = 0;
    std::uint64_t claims_paid = 0;
    std::uint64_t posted_late = 0;  ///< seconds from an epoch's end to its root, at the most
    std::uint64_t paid_twice = 0;   ///< what the contracts took twice, and who has too much
    std::uint64_t lost = 0;         ///< transactions that a reorganisation took out of their blocks
};

/// What the live pool's settlement and its transcoders do on the chain of a play. The pool believes
/// what has enough blocks on it; whoever sent something that is not there any more sends it again
/// when it looks.
class ContractsOfPlay final : public PoolOnChain {
public:
    /// A pool that was just founded.
    ContractsOfPlay(
        const ChainHabits& habits, std::uint64_t pay_wei, const Hash32& first_anchor, Time now
    );

    /// Who founded it.
    [[nodiscard]] static Address founder();
    [[nodiscard]] static chain::SettlingTerms terms_of(
        const ChainHabits& habits, std::uint64_t pay_wei
    );

    /// Makes the blocks until then, and sends again what is not there any more.
    void advance(Time now);
    /// An epoch has ended, and that is what its root says.
    void publish(const settle::EpochDocument& document, Time now);

    // Of a transcoder; it looks, and sends what is to be sent.

    void deposit(const Address& owner, std::uint64_t mlpt);
    /// What a court takes of its bond.
    void take_bond(const Address& owner, std::uint64_t mlpt);
    /// What the newest root that has stood its challenge gives it.
    void claim(const Address& owner);
    /// With what is under way.
    [[nodiscard]] std::uint64_t bond_of(const Address& owner);
    [[nodiscard]] std::uint64_t claimed_by(const Address& owner);

    [[nodiscard]] ChainScore score();

    // PoolOnChain
    Task<Result<chain::PoolView, Fault>> pool() override;
    Task<Result<std::vector<Address>, Fault>> changed() override;
    Task<Result<std::vector<chain::AccountView>, Fault>> accounts(std::vector<Address> of) override;
    Task<Result<std::optional<Published>, Fault>> published(std::uint64_t epoch) override;
    Task<Result<bool, Fault>> post(EpochRoot root) override;
    /// Cases are the courts' of the play, and no contract's.
    Task<Result<std::vector<chain::ChargeView>, Fault>> prosecute(std::vector<chain::Charge> charges
    ) override;

private:
    struct Epoch {
        Published published;
        std::uint64_t ended_at = 0;
    };

    [[nodiscard]] int party_of(const Address& owner);
    void send(const Transaction& transaction);
    [[nodiscard]] chain::PoolView view() const;
    [[nodiscard]] chain::AccountView account(const Address& owner);

    ChainHabits habits_;
    ChainModel::Amount claim_least_;
    Hash32 first_anchor_;
    Time now_;
    BlockChain chain_;
    std::map<Address, int> parties_;
    std::vector<Address> owners_;  ///< by party, from 1 on
    std::map<std::uint64_t, Epoch> epochs_;
    std::vector<Transaction> bonds_;  ///< and verdicts on them: what has to come to stand
};

}  // namespace millpond::sim
