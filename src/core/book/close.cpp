#include "core/book/book.hpp"

#include <algorithm>
#include <string>

namespace millpond::book {

std::optional<settle::EpochDocument> Book::close(const Hash32& next_anchor, const Hash32& journal)
    const
{
    if (!epoch_) return std::nullopt;
    std::vector<settle::Leaf> leaves;
    leaves.reserve(ledger_.state().pay.size());
    for (const auto& [address, pay] : ledger_.state().pay) {
        leaves.push_back({
            .pool = settings_.pool,
            .epoch = epoch_->epoch,
            .account = address,
            .earned = ledger::cumulative_earned(pay),
            .hold_seconds = settings_.rules.parameters.hold_seconds,
            .segments = pay.vouchers - pay.corrections,
            .flags = pay.freeze ? 1U : 0U,
        });
    }
    const settle::EpochAudit audit{
        .tasks_root = audit_.root(),
        .tasks = audit_.tasks(),
        .policy = epoch_->rules,
        .anchor = epoch_->anchor,
        .ticks = epoch_->ticks,
        .beacon = epoch_->beacon,
        .journal = journal,
    };
    const Hash32 secret = seeds_ ? seeds_->seed(epoch_->ticks) : Hash32{};
    return settle::close(
        settings_.pool, epoch_->epoch, std::move(leaves), audit, secret, next_anchor
    );
}

Book::Outcome Book::on(const EpochEnded& event)
{
    const std::string what = "epoch " + std::to_string(event.root.epoch);
    if (!epoch_ || epoch_->epoch != event.root.epoch)
        return because(Problem{Breach::out_of_order, what});
    // What is still in work goes on in the next epoch; what was paid must have been examined.
    if (auto problem = owed()) return because(*std::move(problem));
    if (seeds_) {
        const auto document = close(event.root.next_anchor, event.audit_journal);
        if (!document || document->root != event.root)
            return because(Problem{Breach::root_differs, what});
    }
    for (const auto& [address, pay] : ledger_.state().pay)
        accounts_.at(address).published = ledger::cumulative_earned(pay);
    announced_ = event.root.next_anchor;
    epoch_.reset();
    seeds_.reset();
    tick_ = 0;
    audit_ = {};
    examined_ = 0;
    prevented_ = 0;
    rosters_.reset();
    // Ticks are counted anew: forgotten with the second of the next epoch.
    for (auto& [segment, tried] : tried_)
        tried.tick = 0;
    return {};
}

}  // namespace millpond::book
