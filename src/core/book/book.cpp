#include "core/book/book.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace millpond::book {
namespace {

Problem out_of_order(std::string what)
{
    return {Breach::out_of_order, std::move(what)};
}

std::string name(TranscoderId transcoder)
{
    return "transcoder " + std::to_string(transcoder.value());
}

std::string name(const Address& account)
{
    return "0x" + to_hex(account.value());
}

}  // namespace

Book::Book(Settings settings)
    : settings_(std::move(settings)),
      ledger_(settings_.terms, settings_.split)
{
}

Result<void, Problem> Book::apply(const BookEvent& event)
{
    Outcome done = std::visit([this](const auto& what) { return on(what); }, event);
    chosen_.reset();
    return done;
}

void Book::tell_seeds(std::uint64_t epoch, const Hash32& secret)
{
    secrets_[epoch] = secret;
    chosen_.reset();
    if (epoch_ && epoch_->epoch == epoch) seeds_.emplace(secret, epoch_->ticks);
}

std::optional<draw::Seed> Book::seed(std::uint32_t tick) const
{
    if (!seeds_ || tick == 0) return std::nullopt;
    return draw::Seed{.secret = seeds_->seed(tick), .beacon = epoch_->beacon};
}

Book::Outcome Book::on(const EpochBegan& event)
{
    const std::string what = "epoch " + std::to_string(event.epoch);
    if (epoch_ || event.ticks == 0 || event.tick <= Duration{}) return because(out_of_order(what));
    if (event.rules != rules_of(event.epoch).hash)
        return because(Problem{Breach::rules_differ, what});
    if (announced_ && *announced_ != event.anchor)
        return because(Problem{Breach::anchor_differs, what});
    std::optional<draw::SeedChain> seeds;
    if (const auto secret = secrets_.find(event.epoch); secret != secrets_.end()) {
        seeds.emplace(secret->second, event.ticks);
        if (seeds->anchor() != event.anchor) return because(Problem{Breach::anchor_differs, what});
    }
    const auto opened = ledger_.apply(EpochOpened{.epoch = event.epoch, .at = event.at});
    if (!opened) {
        return because(Problem{
            Breach::wrong_posting, what + ": " + std::string{ledger::name_of(opened.error())}
        });
    }
    const bool changed = take_rules(event.epoch);
    if (changed && split_of(settings_.rules.parameters) != ledger_.state().split)
        return because(Problem{Breach::rules_differ, what + ": fees are split otherwise"});
    epoch_ = event;
    seeds_ = std::move(seeds);
    return {};
}

Book::Outcome Book::on(const TickBegan& event)
{
    const std::string what = "tick " + std::to_string(event.tick);
    // Ticks in which nothing happened, or the pool was down, may be left out.
    if (!epoch_ || event.tick <= tick_ || event.tick > epoch_->ticks)
        return because(out_of_order(what));
    tick_ = event.tick;
    given_ /= 2;
    given_newcomers_ /= 2;
    for (auto& [cluster, count] : given_clusters_)
        count /= 2;
    std::erase_if(given_clusters_, [](const auto& each) { return each.second == 0; });
    std::erase_if(tried_, [&](const auto& each) { return each.second.tick + 2 <= tick_; });
    // Of which nothing came, and nobody tries any more.
    std::erase_if(replicated_, [&](const auto& each) {
        return each.second.tasks.empty() && !tried_.contains(each.first);
    });
    for (auto& [address, account] : accounts_) {
        const Tier tier = account.standing.tier;
        if (tier == Tier::suspended || tier == Tier::probation)
            note_standing(account, standing::TimePassed{}, event.at);
    }
    rosters_.reset();
    return {};
}

Account& Book::account_of(const Address& address, Signing signing, Time at)
{
    const auto found = accounts_.find(address);
    if (found != accounts_.end()) return found->second;
    const Signs signs = signing == Signing::yes ? Signs::yes : Signs::no;
    return accounts_
        .emplace(
            address,
            Account{
                .standing = standing::newcomer(signs, at, settings_.rules.parameters),
                .lanes = {settings_.pool, address},
            }
        )
        .first->second;
}

void Book::note_standing(Account& account, const standing::Event& event, Time at)
{
    const bool before = is_newcomer(account.standing.tier);
    account.standing = standing::apply(
        std::move(account.standing), event, at, settings_.rules.parameters, bounds_
    );
    if (is_newcomer(account.standing.tier) == before) return;
    fix_rosters();
    const Address& address = account.lanes.account().transcoder;
    if (before)
        past_probation_.insert(address);
    else
        past_probation_.erase(address);
}

Book::Outcome Book::on(const MachineJoined& event)
{
    if (machines_.contains(event.transcoder)) return because(out_of_order(name(event.transcoder)));
    Account& account = account_of(event.account, event.signing, event.at);
    if (account.cluster != event.cluster && !account.machines.empty()) fix_rosters();
    account.cluster = event.cluster;
    account.machines.insert(event.transcoder);
    machines_.emplace(event.transcoder, Machine{.account = event.account});
    return {};
}

Book::Outcome Book::on(const MachineLeft& event)
{
    const auto found = machines_.find(event.transcoder);
    if (found == machines_.end()) return because(out_of_order(name(event.transcoder)));
    if (found->second.pixels_per_second != 0) fix_rosters();
    accounts_.at(found->second.account).machines.erase(event.transcoder);
    machines_.erase(found);
    return {};
}

Book::Outcome Book::on(const MachineMeasured& event)
{
    const auto found = machines_.find(event.transcoder);
    if (found == machines_.end()) return because(out_of_order(name(event.transcoder)));
    const bool first = found->second.pixels_per_second == 0;
    if (!first) fix_rosters();
    found->second.pixels_per_second = event.pixels_per_second;
    found->second.lanes = event.lanes;
    // A newcomer is drawn from now on; whose speed is merely known better, from the next tick.
    if (first) rosters_.reset();
    return {};
}

Book::Outcome Book::on(const MachineRested& event)
{
    const auto found = machines_.find(event.transcoder);
    if (found == machines_.end()) return because(out_of_order(name(event.transcoder)));
    found->second.resting = event.resting;
    return {};
}

Book::Outcome Book::on(const MemberListed& event)
{
    Account& account = account_of(event.account, Signing::yes, event.at);
    const auto membership =
        event.member ? standing::Membership::joined : standing::Membership::left;
    note_standing(account, standing::MembershipChanged{membership}, event.at);
    return {};
}

Book::Outcome Book::on(const BookReopened&)
{
    for (auto& [transcoder, machine] : machines_)
        accounts_.at(machine.account).machines.erase(transcoder);
    machines_.clear();
    std::vector<TaskId> open;
    open.reserve(tasks_.size());
    for (const auto& [id, task] : tasks_)
        open.push_back(id);
    // What was not yet paid is lost, and what was paid and not yet examined cannot be any more:
    // the pictures were in memory. Nobody is to blame, but it counts as prevented: an operator
    // does not get round checks by starting anew.
    for (const TaskId id : open) {
        if (tasks_.at(id).voucher != 0) ++prevented_;
        settle_task(id, true);
    }
    for (auto& [address, account] : accounts_)
        account.canary.reset();
    tried_.clear();
    replicated_.clear();
    rosters_.reset();
    return {};
}

Book::Outcome Book::on(const CaseOpened& event)
{
    const auto found = accounts_.find(event.account);
    const std::string what = name(event.account);
    if (found == accounts_.end()) return because(out_of_order(what));
    Account& account = found->second;
    const bool ground = account.failures > 0 || account.standing.tier == Tier::suspended;
    if (account.case_open || !ground) return because(Problem{Breach::case_without_ground, what});
    account.case_open = true;
    note_standing(account, standing::CaseOpened{}, event.at);
    return {};
}

Book::Outcome Book::on(const CaseClosed& event)
{
    const auto found = accounts_.find(event.account);
    const std::string what = name(event.account);
    if (found == accounts_.end()) return because(out_of_order(what));
    Account& account = found->second;
    if (!account.case_open) return because(Problem{Breach::case_without_ground, what});
    account.case_open = false;
    account.failures = 0;
    account.ruling = event.ruling;
    const auto ruling = [&] {
        switch (event.ruling) {
            case CaseRuling::acquitted: return standing::Ruling::acquitted;
            case CaseRuling::substandard: return standing::Ruling::substandard;
            case CaseRuling::fraud: return standing::Ruling::fraud;
        }
        MILLPOND_ASSERT(false);
    }();
    slash(account, event.ruling, event.at);
    note_standing(account, standing::CaseClosed{ruling}, event.at);
    return {};
}

Book::Outcome Book::check_case(const MoneyEvent& event) const
{
    const auto grounded = [&](const Address& address, bool open, auto fits) -> Outcome {
        const auto found = accounts_.find(address);
        const bool known = found != accounts_.end() && found->second.case_open == open;
        if (known && fits(found->second)) return {};
        return because(Problem{Breach::case_without_ground, name(address)});
    };
    const auto ended = [](bool guilty) {
        return [guilty](const Account& account) {
            return account.ruling && (*account.ruling != CaseRuling::acquitted) == guilty;
        };
    };
    if (const auto* frozen = std::get_if<PayFrozen>(&event))
        return grounded(frozen->transcoder, true, [](const Account&) { return true; });
    if (const auto* thawed = std::get_if<PayThawed>(&event))
        return grounded(thawed->transcoder, false, ended(false));
    if (const auto* forfeited = std::get_if<PayForfeited>(&event))
        return grounded(forfeited->transcoder, false, ended(true));
    return {};
}

Book::Outcome Book::on(const MoneyEvent& event)
{
    if (const auto* earned = std::get_if<PayEarned>(&event)) return earn(*earned);
    if (std::holds_alternative<EpochOpened>(event)) return because(out_of_order("epoch opened"));
    if (std::holds_alternative<PayCorrected>(event))
        return because(Problem{Breach::wrong_correction, "nobody has agreed to it"});
    if (const auto grounded = check_case(event); !grounded) return grounded;
    const auto posted = ledger_.apply(event);
    if (posted) return {};
    return because(Problem{Breach::wrong_posting, std::string{ledger::name_of(posted.error())}});
}

}  // namespace millpond::book
