// The pool settles on a chain as the live one does, and transcoders claim there.
#include "base/assert.hpp"
#include "sim/world.hpp"

#include <algorithm>

namespace millpond::sim {
namespace {

/// As the live worker looks, each at its own time.
constexpr Duration between_looks = std::chrono::minutes{5};
constexpr Duration between_transcoders = std::chrono::seconds{37};

}  // namespace

void World::open_chain()
{
    if (!scenario_.chain) return;
    const auto& epoch = pool_.keeper.book().epoch();
    MILLPOND_ASSERT(epoch.has_value());
    const std::uint64_t pay_wei = scenario_.parameters.pay_wei;
    contracts_ = std::make_unique<ContractsOfPlay>(*scenario_.chain, pay_wei, epoch->anchor, now());
    settlement_ = std::make_unique<Settlement>(
        ContractsOfPlay::terms_of(*scenario_.chain, pay_wei),
        pool_.keeper,
        *contracts_,
        ContractsOfPlay::founder(),
        [](const Settlement::Status&) {}
    );
    settle();
}

void World::settle()
{
    if (!contracts_) return;
    contracts_->advance(now());
    pool_.settle(*settlement_, now());
    claim();
    const chain::Assessment& seen = settlement_->status().assessment;
    SettlementScore& score = settlement_score_;
    score.unposted = in_millionths(seen.unposted, scenario_.parameters.pay_wei);
    score.unposted_most = std::max(score.unposted_most, score.unposted);
    if (std::ranges::any_of(seen.alarms, chain::stops))
        score.contradicted += scenario_.around.tick_seconds;
    if (!seen.may_promise) score.stopped += scenario_.around.tick_seconds;
}

void World::claim()
{
    const auto looks = [&](Time until, std::uint32_t number) {
        return (until - started_ + between_transcoders * number) / between_looks;
    };
    const Time before = now() - std::chrono::seconds{scenario_.around.tick_seconds};
    const auto& pay = pool_.keeper.book().ledger().state().pay;
    for (std::uint32_t number = 0; number < identities_.size(); ++number) {
        if (looks(now(), number) == looks(before, number)) continue;
        const auto found = pay.find(identities_[number].address);
        // A court has its hand on what is frozen, and has taken what is forfeited.
        const bool free = found != pay.end() && !found->second.freeze &&
                          found->second.at(ledger::Account::forfeited).credits.is_zero();
        if (free) contracts_->claim(identities_[number].address);
    }
}

void World::sum_up_chain()
{
    if (!contracts_) return;
    const std::uint64_t pay_wei = scenario_.parameters.pay_wei;
    for (const Identity& identity : identities_)
        score(identity).claimed +=
            in_millionths(Wei{contracts_->claimed_by(identity.address)}, pay_wei);
    chain_score_ = contracts_->score();
}

}  // namespace millpond::sim
